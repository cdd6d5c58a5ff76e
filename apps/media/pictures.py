"""Pictures: drawn anew so that nothing hidden comes along (place, camera, a second file), and small ones of them."""

from io import BytesIO
from typing import IO, Any

from django.utils.translation import gettext as _
from PIL import Image, ImageOps, ImageSequence

from apps.core.refusals import Refusal

FORMATS = ("PNG", "JPEG", "WEBP", "GIF")
MOST_PIXELS = 40_000_000  # of one picture
MOST_MOVING = 120_000_000  # of all frames of a moving one
LARGEST = 5 * 1024 * 1024  # bytes that WhatsApp takes
LONGEST_SIDE = 4096
THUMB = 320
TROUBLE = (OSError, ValueError, SyntaxError, EOFError, Image.DecompressionBombError, Image.DecompressionBombWarning)


def redraw(data: bytes) -> tuple[bytes, str, int, int]:
    """The picture without anything but itself: its bytes, type, width and height.

    JPEG and PNG stay what they are, a still WebP or GIF becomes one of them, a moving one stays. Raises Refusal
    `unsupported_type` when it cannot be read, `too_large` when it has too many pixels.
    """
    try:
        with Image.open(BytesIO(data), formats=FORMATS) as picture:
            _check(picture)
            if getattr(picture, "n_frames", 1) > 1 and picture.format in ("GIF", "WEBP"):
                return _moving(picture)
            turned = ImageOps.exif_transpose(picture)
            clear = picture.format != "JPEG" and turned.has_transparency_data
            kind = "PNG" if clear or picture.format == "PNG" else "JPEG"
            drawn = _saved(turned.convert("RGBA" if clear else "RGB"), kind)
            if len(drawn) > LARGEST:
                kind, turned = "JPEG", turned.convert("RGB")
                turned.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
                drawn = _saved(turned, kind)
            return drawn, f"image/{kind.lower()}", turned.width, turned.height
    except TROUBLE as error:
        sentence = _("This picture cannot be read. JPEG, PNG, WebP and GIF are good.")
        raise Refusal("unsupported_type", sentence) from error


def size_of(file: IO[bytes]) -> tuple[int, int] | None:
    """Width and height of a picture as it is shown; None when it is none, or more than anybody should open."""
    file.seek(0)
    try:
        with Image.open(file, formats=FORMATS) as picture:
            _check(picture)
            turned = picture.getexif().get(0x0112, 1) in (5, 6, 7, 8)
            return (picture.height, picture.width) if turned else (picture.width, picture.height)
    except (*TROUBLE, Refusal):
        return None


def thumbnail(file: IO[bytes]) -> bytes | None:
    """A WebP of at most 320 pixels a side; None when it cannot be drawn."""
    file.seek(0)
    try:
        with Image.open(file, formats=FORMATS) as picture:
            _check(picture)
            picture.draft("RGB", (THUMB * 2, THUMB * 2))
            small = ImageOps.exif_transpose(picture).convert("RGBA")
            small.thumbnail((THUMB, THUMB), Image.Resampling.LANCZOS)
    except (*TROUBLE, Refusal):
        return None
    return _saved(small, "WEBP")


def _check(picture: Image.Image) -> None:
    pixels = picture.width * picture.height
    if pixels > MOST_PIXELS or pixels * getattr(picture, "n_frames", 1) > max(MOST_MOVING, MOST_PIXELS):
        raise Refusal("too_large", _("This picture has too many pixels. Make it smaller first."))


def _moving(picture: Image.Image) -> tuple[bytes, str, int, int]:
    frames = [frame.convert("RGBA") for frame in ImageSequence.Iterator(picture)]
    pauses = [int(frame.info.get("duration", 100)) for frame in ImageSequence.Iterator(picture)]
    drawn = BytesIO()
    kind = str(picture.format)
    frames[0].save(drawn, kind, save_all=True, append_images=frames[1:], duration=pauses, loop=0)
    return drawn.getvalue(), f"image/{kind.lower()}", picture.width, picture.height


def _saved(picture: Image.Image, kind: str) -> bytes:
    drawn = BytesIO()
    how: dict[str, Any] = {"JPEG": {"quality": 88, "progressive": True}, "WEBP": {"quality": 80}}.get(kind, {})
    picture.info.clear()  # a comment, a profile, a place: nothing of it is the picture
    picture.save(drawn, kind, **how)
    return drawn.getvalue()
