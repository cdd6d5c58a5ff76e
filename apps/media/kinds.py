"""What a file really is, read from its content. Names and declared types are not believed (requirements MED-02).

A file that is two things at once is neither: a document with an archive behind it, a sound that begins with markup.
"""

import re
import zipfile
from dataclasses import dataclass
from io import BytesIO
from typing import IO

import filetype
from django.utils.translation import gettext as _

from apps.core.refusals import Refusal

MB = 1024 * 1024
LARGEST_UPLOAD = 10 * MB
LARGEST_INBOUND = {
    "image": 5 * MB, "sticker": 5 * MB, "audio": 16 * MB, "voice": 16 * MB, "video": 16 * MB, "document": 100 * MB,
}  # fmt: skip
HEAD = 8192  # bytes that tell the type
OFFICE = "application/vnd.openxmlformats-officedocument."
DOCX = f"{OFFICE}wordprocessingml.document"

# type as the detector says it: what it is to us, its proper name, its ending
UPLOADED = {
    "image/jpeg": ("image", "image/jpeg", ".jpg"),
    "image/png": ("image", "image/png", ".png"),
    "image/gif": ("image", "image/gif", ".gif"),
    "image/webp": ("image", "image/webp", ".webp"),
    "application/pdf": ("document", "application/pdf", ".pdf"),
    "application/msword": ("document", "application/msword", ".doc"),
    DOCX: ("document", DOCX, ".docx"),
    "audio/mpeg": ("audio", "audio/mpeg", ".mp3"),
    "audio/ogg": ("audio", "audio/ogg", ".ogg"),
    "audio/x-wav": ("audio", "audio/wav", ".wav"),
    "audio/mp4": ("audio", "audio/mp4", ".m4a"),
    "audio/webm": ("audio", "audio/webm", ".weba"),
    "video/mp4": ("video", "video/mp4", ".mp4"),
}
# besides, from customers: what WhatsApp lets them send
RECEIVED = {
    **UPLOADED,
    "audio/aac": ("audio", "audio/aac", ".aac"),
    "audio/amr": ("audio", "audio/amr", ".amr"),
    "video/3gpp": ("video", "video/3gpp", ".3gp"),
    "application/vnd.ms-excel": ("document", "application/vnd.ms-excel", ".xls"),
    "application/vnd.ms-powerpoint": ("document", "application/vnd.ms-powerpoint", ".ppt"),
    f"{OFFICE}spreadsheetml.sheet": ("document", f"{OFFICE}spreadsheetml.sheet", ".xlsx"),
    f"{OFFICE}presentationml.presentation": ("document", f"{OFFICE}presentationml.presentation", ".pptx"),
    "text/plain": ("document", "text/plain", ".txt"),
}

_MARKUP = re.compile(rb"<\s*(?:!doctype|html|head|body|script|svg|iframe|\?php)", re.IGNORECASE)
_ARCHIVES = (b"Rar!\x1a\x07", b"7z\xbc\xaf\x27\x1c")
_TRACK = re.compile(rb"hdlr.{8}(vide|soun)", re.DOTALL)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PARTS = {
    "word/document.xml": DOCX,
    "xl/workbook.xml": f"{OFFICE}spreadsheetml.sheet",
    "ppt/presentation.xml": f"{OFFICE}presentationml.presentation",
}
_STREAMS = {
    "WordDocument": "application/msword", "Workbook": "application/vnd.ms-excel",
    "PowerPoint Document": "application/vnd.ms-powerpoint",
}  # fmt: skip
MOST_PARTS = 5000
MOST_UNPACKED = 300 * MB


@dataclass(frozen=True, slots=True)
class Found:
    """What a file is: our kind, its type, the ending it is kept under."""

    kind: str
    mime: str
    ending: str


def uploaded(data: bytes) -> Found:
    """What somebody of ours uploads. Raises Refusal `unsupported_type`."""
    if found := UPLOADED.get(_type_of(BytesIO(data))):
        return Found(*found)
    raise Refusal(
        "unsupported_type",
        _("This kind of file cannot be used here. Pictures, PDF, Word, sound and MP4 video can."),
    )


def received(file: IO[bytes], kind: str) -> Found | None:
    """What a customer sent as this kind; None when it is nothing we keep, or something else than was said."""
    found = RECEIVED.get(_type_of(file))
    if found is None:
        return None
    is_kind, mime, ending = found
    fits = {"image": ("image",), "sticker": ("image",), "voice": ("audio",), "audio": ("audio",), "video": ("video",)}
    if is_kind not in fits.get(kind, (is_kind,)):
        return None
    return Found(kind, mime, ending)


def _type_of(file: IO[bytes]) -> str:
    """The one type a file has; empty when it has none that we know, or several."""
    file.seek(0)
    head = file.read(HEAD)
    if head.startswith(b"PK\x03\x04"):
        return _office(file)
    if _is_archive_too(file):
        return ""
    if head.startswith(_OLE):
        return _old_office(file)
    guess = filetype.guess(head)
    said = guess.mime if guess else _text(file)
    if said == "text/plain":
        return said
    if not said.startswith("image/") and _MARKUP.search(head[:1024]):  # pictures are drawn anew, whatever they carry
        return ""
    if said == "application/pdf":
        return said if head.startswith(b"%PDF-") and b"%%EOF" in _tail(file) else ""
    if said in ("video/mp4", "audio/mp4"):
        return _mp4(file)
    if said in ("video/webm", "video/x-matroska"):
        sound, seen = b"A_OPUS" in head or b"A_VORBIS" in head, b"V_VP" in head or b"V_AV1" in head
        return "audio/webm" if sound and not seen else ""
    return said


def _is_archive_too(file: IO[bytes]) -> bool:
    if zipfile.is_zipfile(file):
        return True
    file.seek(0)
    before = b""
    while chunk := file.read(MB):
        if any(mark in before + chunk for mark in _ARCHIVES):
            return True
        before = chunk[-8:]
    return False


def _office(file: IO[bytes]) -> str:
    """A Word, Excel or PowerPoint file without macros; anything else in a zip is an archive."""
    try:
        with zipfile.ZipFile(file) as parts:
            members = parts.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return ""
    names = {member.filename for member in members}
    is_sane = len(members) <= MOST_PARTS and sum(member.file_size for member in members) <= MOST_UNPACKED
    if not is_sane or "[Content_Types].xml" not in names or any(name.endswith("vbaProject.bin") for name in names):
        return ""
    if min(member.header_offset for member in members) != 0:
        return ""  # something stands before it
    kinds = [mime for part, mime in _PARTS.items() if part in names]
    return kinds[0] if len(kinds) == 1 else ""


def _old_office(file: IO[bytes]) -> str:
    file.seek(0)
    data = file.read()
    if "_VBA_PROJECT".encode("utf-16-le") in data:
        return ""
    kinds = [mime for stream, mime in _STREAMS.items() if stream.encode("utf-16-le") in data]
    return kinds[0] if len(kinds) == 1 else ""


def _mp4(file: IO[bytes]) -> str:
    file.seek(0)
    tracks = set(_TRACK.findall(file.read()))
    if b"vide" in tracks:
        return "video/mp4"
    return "audio/mp4" if b"soun" in tracks else ""


def _text(file: IO[bytes]) -> str:
    """Plain text: UTF-8 from end to end, without markup and without control characters."""
    file.seek(0)
    data = file.read(MB + 1)
    if not data or len(data) > MB or _MARKUP.search(data) or data.lstrip().startswith((b"#!", b"<?")):
        return ""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return ""
    return "text/plain" if all(letter.isprintable() or letter in "\r\n\t\u200e\u200f" for letter in text) else ""


def _tail(file: IO[bytes]) -> bytes:
    file.seek(0, 2)
    file.seek(max(0, file.tell() - 2048))
    return file.read()
