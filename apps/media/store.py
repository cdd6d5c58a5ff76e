"""Where the bytes lie: under the business's own prefix, under names that nobody can guess (requirements MED-04)."""

import secrets
from typing import IO, Any

from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage

from apps.tenants.postgres.context import current_schema

GOOD_FOR = 300  # seconds that an address of the store can be opened


def put(data: bytes | IO[bytes], ending: str) -> str:
    """Keep this, and return the key it lies under."""
    file: Any = ContentFile(data) if isinstance(data, bytes) else File(data)
    return str(default_storage.save(f"{current_schema()}/media/{secrets.token_hex(16)}{ending}", file))


def get(key: str) -> Any:
    """The open file; None when there is none, or the key is not of this business."""
    return default_storage.open(key) if _is_ours(key) and default_storage.exists(key) else None


def remove(key: str) -> None:
    """Remove what lies under a key of this business; nothing there is as good."""
    if _is_ours(key):
        default_storage.delete(key)


def address(key: str, *, mime: str, disposition: str) -> str:
    """A signed address at the store, good for a few minutes; empty when files lie on our own disk."""
    if not _is_ours(key) or not hasattr(default_storage, "querystring_expire"):
        return ""
    store: Any = default_storage
    asked = {"ResponseContentType": mime, "ResponseContentDisposition": disposition, "ResponseCacheControl": "private"}
    return str(store.url(key, parameters=asked, expire=GOOD_FOR))


def _is_ours(key: str) -> bool:
    return key.startswith(f"{current_schema()}/media/") and ".." not in key
