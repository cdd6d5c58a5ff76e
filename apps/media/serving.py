"""A file on its way to a browser: from our disk in pieces, or by a signed address of the store (MED-04)."""

import re
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.utils.http import content_disposition_header

from apps.media import store
from apps.media.models import Attachment
from apps.tenants.postgres.context import current_schema, is_business_schema

SHOWN = ("image/jpeg", "image/png", "image/webp", "image/gif")
PLAYED = ("audio/", "video/")
CHUNK = 64 * 1024
HANDED, HANDED_FOR = "media.handed", 600  # seconds
_RANGE = re.compile(r"bytes=(\d*)-(\d*)")


def serve(request: HttpRequest, row: Attachment) -> HttpResponse | StreamingHttpResponse | None:
    """The content of a file that may be seen; None when there is none. The caller has asked who comes."""
    if row.state != Attachment.State.READY:
        return None
    inside = row.mime in SHOWN or row.mime.startswith(PLAYED)
    as_download = not inside or "download" in request.GET
    disposition = content_disposition_header(as_download, row.name or "file") or "attachment"
    if address := store.address(row.storage_key, mime=row.mime, disposition=disposition):
        return _kept_private(HttpResponseRedirect(address))
    file = store.get(row.storage_key)
    if file is None:
        return None
    response = _ranged(request, file, row.mime)
    response["Content-Disposition"] = disposition
    return _kept_private(response, stays=True)


def serve_thumb(request: HttpRequest, row: Attachment) -> HttpResponse | StreamingHttpResponse | None:
    """The small picture; the large one until it is drawn."""
    file = store.get(row.thumb_key) if row.thumb_key and row.state == Attachment.State.READY else None
    if file is None:
        return serve(request, row) if row.mime in SHOWN else None
    return _kept_private(FileResponse(file, content_type="image/webp"), stays=True)


def handed_address(row: Attachment) -> str:
    """An address on the platform's host at which a provider may fetch this file, for a few minutes."""
    token = signing.dumps([current_schema(), str(row.pk)], salt=HANDED)
    return f"{settings.PUBLIC_BASE_URL}/media/{token}/"


def handed(token: str) -> tuple[str, UUID] | None:
    """The schema and the file that a token of `handed_address` names; None when it is none, or too old."""
    try:
        schema, pk = signing.loads(token, salt=HANDED, max_age=HANDED_FOR)
        return (str(schema), UUID(pk)) if is_business_schema(str(schema)) else None
    except (signing.BadSignature, ValueError, TypeError):
        return None


def _ranged(request: HttpRequest, file: Any, mime: str) -> HttpResponse | StreamingHttpResponse:
    """The whole file, or the one piece that a player asks for."""
    size = file.size
    asked = _RANGE.fullmatch(request.headers.get("Range", ""))
    if not asked or not any(asked.groups()):
        whole = FileResponse(file, content_type=mime)
        whole["Accept-Ranges"] = "bytes"
        return whole
    first, last = asked.groups()
    start = int(first) if first else max(0, size - int(last))
    end = min(int(last), size - 1) if first and last else size - 1
    if start > end:
        file.close()
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    response = StreamingHttpResponse(_piece(file, start, end - start + 1), status=206, content_type=mime)
    response["Content-Range"], response["Content-Length"] = f"bytes {start}-{end}/{size}", str(end - start + 1)
    response["Accept-Ranges"] = "bytes"
    return response


def _piece(file: Any, start: int, left: int) -> Iterator[bytes]:
    with file:
        file.seek(start)
        while left and (chunk := file.read(min(CHUNK, left))):
            left -= len(chunk)
            yield chunk


def _kept_private(response: Any, *, stays: bool = False) -> Any:
    """Only this browser may keep it, and nothing in it may run."""
    response["Cache-Control"] = "private, max-age=86400, immutable" if stays else "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response
