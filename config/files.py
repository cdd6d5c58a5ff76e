"""Where files lie: under VAR_DIR, or in an S3-compatible store when S3_BUCKET names one."""

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import environ


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


def origin(env: environ.Env) -> str:
    """Where browsers are sent for a file: the store's origin; nothing when files come from ourselves."""
    if not env("S3_BUCKET", default=""):
        return ""
    region = env("S3_REGION", default="")
    address = urlsplit(env("S3_ENDPOINT_URL", default="") or f"https://s3.{region or 'us-east-1'}.amazonaws.com")
    return f"{address.scheme}://{address.netloc}"
