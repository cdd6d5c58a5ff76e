"""Small files of every kind, made here: pictures, sounds, documents, and what pretends to be one."""

import io
import struct
import wave
import zipfile
import zlib
from typing import Any

from PIL import Image

MARKUP = b"<html><script>alert(1)</script></html>"


def picture(kind: str = "JPEG", size: tuple[int, int] = (640, 480), **how: Any) -> bytes:
    """A picture with a gradient, so that it is not one colour."""
    made = io.BytesIO()
    image = Image.linear_gradient("L").resize(size).convert("RGB")
    image.save(made, kind, **how)
    return made.getvalue()


def with_a_place() -> bytes:
    """A photo that says where it was taken, and is to be turned."""
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010F] = "Camera of Rana"
    exif.get_ifd(0x8825)[1] = "N"
    exif.get_ifd(0x8825)[2] = (33.0, 53.0, 1.0)
    return picture("JPEG", exif=exif.tobytes(), comment=b"at home")


def moving() -> bytes:
    """A GIF of three frames."""
    made = io.BytesIO()
    frames = [Image.new("RGB", (40, 30), colour) for colour in ("red", "green", "blue")]
    frames[0].save(made, "GIF", save_all=True, append_images=frames[1:], duration=80)
    return made.getvalue()


def a_bomb() -> bytes:
    """A small PNG that says it is enormous."""
    head = struct.pack(">II5B", 60_000, 60_000, 8, 2, 0, 0, 0)
    chunk = b"IHDR" + head
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + chunk + struct.pack(">I", zlib.crc32(chunk)) + b"\0" * 64


def pdf(behind: bytes = b"") -> bytes:
    """A document of one empty page."""
    return b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n" + behind


def office(*others: str) -> bytes:
    """A Word file, with these parts besides."""
    return archive({name: b"<w/>" for name in ("[Content_Types].xml", "word/document.xml", *others)})


def archive(members: dict[str, bytes]) -> bytes:
    """A zip."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as file:
        for name, data in members.items():
            file.writestr(name, data)
    return made.getvalue()


def old_word(more: str = "") -> bytes:
    """A Word file of the old form, as far as its streams' names."""
    names = ("WordDocument" + more).encode("utf-16-le")
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504 + b"\xec\xa5\xc1\0" + b"\0" * 508 + names + b"\0" * 512


def wav() -> bytes:
    """A tenth of a second of silence."""
    made = io.BytesIO()
    with wave.open(made, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(8000)
        sound.writeframes(b"\0\0" * 800)
    return made.getvalue()


def ogg() -> bytes:
    """The first page of an Opus stream."""
    return b"OggS\0\x02" + b"\0" * 20 + b"\x01\x13OpusHead\x01\x01" + b"\0" * 200


def mp3() -> bytes:
    """A tagged MP3."""
    return b"ID3\x04\0\0\0\0\0\x0a" + b"\0" * 10 + b"\xff\xfb\x90\x64" + b"\0" * 400


def mp4(track: bytes = b"vide", brand: bytes = b"isom") -> bytes:
    """Boxes of an MP4 with one track."""
    kind = struct.pack(">I4s4sI4s", 20, b"ftyp", brand, 512, brand)
    handler = struct.pack(">I4sII4s12s", 32, b"hdlr", 0, 0, track, b"")
    return kind + struct.pack(">I4s", 8 + len(handler), b"moov") + handler + b"\0" * 64


def webm(*codecs: bytes) -> bytes:
    """The head of a WebM."""
    return b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\x82\x84webm" + b"\0" * 20 + b"".join(codecs) + b"\0" * 200
