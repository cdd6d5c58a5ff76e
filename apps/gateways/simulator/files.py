"""The pretend provider's own store of files: what its phones send and what we send to them."""

import base64
import hashlib
import mimetypes
import re
import secrets
from io import BytesIO
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from PIL import Image, ImageOps

from apps.gateways.models import SimulatorBubble
from apps.tenants.postgres.context import current_schema

ID = re.compile(r"sim-media-[0-9a-f]{32}(\.[a-z0-9]{1,5})?")
SHOWN = ("image/", "audio/", "video/")


def keep(data: bytes, mime: str) -> str:
    """Keep a file, and return the id it is known by."""
    ending = mimetypes.guess_extension(mime) or ""
    found = f"sim-media-{secrets.token_hex(16)}{ending if ID.fullmatch('sim-media-' + '0' * 32 + ending) else ''}"
    default_storage.save(_key(found), ContentFile(data))
    return found


def read(reference: str) -> bytes | None:
    """The file of an id; None when there is none."""
    if not ID.fullmatch(reference) or not default_storage.exists(_key(reference)):
        return None
    with default_storage.open(_key(reference)) as file:
        return bytes(file.read())


def type_of(bubble: SimulatorBubble) -> str:
    """The type of a bubble's file, as far as it may be shown in a page; else a mere download."""
    said = str(bubble.payload.get("mime_type") or mimetypes.guess_type(str(bubble.payload.get("id", "")))[0] or "")
    is_shown = said.startswith(SHOWN) and "svg" not in said and "xml" not in said
    return said.partition(";")[0] if is_shown else "application/octet-stream"


def described(data: bytes, mime: str) -> dict[str, Any]:
    """A file as Meta's webhook tells of it, the file kept."""
    hashed = base64.b64encode(hashlib.sha256(data).digest()).decode()
    return {"id": keep(data, mime), "mime_type": mime, "sha256": hashed}


def a_photo(seed: str) -> bytes:
    """A picture for a customer who has none at hand: an evening sky, another each time."""
    hue = int(hashlib.sha256(seed.encode()).hexdigest()[:2], 16)
    sky = ImageOps.colorize(
        Image.linear_gradient("L").resize((960, 720)), black=f"hsl({hue}, 45%, 22%)", white=f"hsl({hue + 60}, 70%, 72%)"
    )
    drawn = BytesIO()
    sky.save(drawn, "JPEG", quality=85)
    return drawn.getvalue()


def _key(reference: str) -> str:
    return f"{current_schema()}/simulator/{reference}"
