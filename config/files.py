"""Where files lie: under VAR_DIR, or in an S3-compatible store when S3_BUCKET names one; and our own static files.

Styles are written one file per component and sent as one (ADR 20): the finder below joins them, in the order of
`STYLES`, whenever they are not what they were. Nothing in them is rewritten.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import environ
from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage

from apps.core.templatetags.assets import ALL_STYLES, STYLES


def storages(env: environ.Env, folder: Path, *, production: bool) -> dict[str, Any]:
    """Django's STORAGES: what people upload, and our own static files."""
    bucket = env("S3_BUCKET", default="")
    static = (
        "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if production
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    )
    kept: dict[str, Any] = (
        {
            "BACKEND": "storages.backends.s3.S3Storage",
            "OPTIONS": {
                "bucket_name": bucket,
                "endpoint_url": env("S3_ENDPOINT_URL", default="") or None,
                "region_name": env("S3_REGION", default="") or None,
                "access_key": env("S3_ACCESS_KEY_ID", default="") or None,
                "secret_key": env("S3_SECRET_ACCESS_KEY", default="") or None,
                "signature_version": "s3v4",
                "addressing_style": "path",  # a store of one's own has no name for each bucket
                "default_acl": None,  # private; a page of ours decides who reads
                "file_overwrite": False,
                "querystring_expire": 300,  # seconds
            },
        }
        if bucket
        else {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": folder}}
    )
    return {"default": kept, "staticfiles": {"BACKEND": static}}


class JoinedStyles(BaseFinder):
    """Finds the one file that all styles are sent as, made under VAR_DIR from those in `static/css/`."""

    def __init__(self, *args: Any, **options: Any) -> None:
        self.folder = Path(settings.VAR_DIR) / "static"
        self.storage = FileSystemStorage(location=self.folder)

    def find(self, path: str, find_all: bool = False, **options: Any) -> Any:
        if path != ALL_STYLES:
            return []
        return [str(self._made())] if find_all else str(self._made())

    def list(self, ignore_patterns: Any) -> Iterator[tuple[str, FileSystemStorage]]:
        self._made()
        yield ALL_STYLES, self.storage

    def _made(self) -> Path:
        sources = [Path(settings.BASE_DIR) / "static" / "css" / f"{name}.css" for name in STYLES]
        made = self.folder / ALL_STYLES
        text = "\n".join(each.read_text() for each in sources)
        if not made.exists() or made.read_text() != text:
            made.parent.mkdir(parents=True, exist_ok=True)
            draft = made.with_suffix(f".{os.getpid()}")
            draft.write_text(text)
            draft.replace(made)
        return made


def origin(env: environ.Env) -> str:
    """Where browsers are sent for a file: the store's origin; nothing when files come from ourselves."""
    if not env("S3_BUCKET", default=""):
        return ""
    region = env("S3_REGION", default="")
    address = urlsplit(env("S3_ENDPOINT_URL", default="") or f"https://s3.{region or 'us-east-1'}.amazonaws.com")
    return f"{address.scheme}://{address.netloc}"
