"""A logo, from what somebody uploaded to the pictures that pages and phones ask for. Pure: bytes in, bytes out."""

from io import BytesIO
from typing import Any

from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError

from apps.core.refusals import Refusal

LARGEST = 2 * 1024 * 1024  # bytes
SMALLEST_SIDE, LARGEST_SIDE = 192, 8000  # pixels of the longer side
FORMS = ("PNG", "JPEG", "WEBP")
SIZES = {"512.png": 512, "192.png": 192, "maskable.png": 512}
SAFE = 0.8  # of a maskable icon's width is never cut off (W3C App Manifest)


def address_of(logo_key: str, size: str = "") -> str:
    """Where a logo is shown, 192 pixels wide, or with `size` "-512" or "-maskable"; empty without one.

    The address changes with the picture, so that it may be kept for ever.
    """
    return f"/logo/{logo_key.rpartition('/')[2]}{size}.png" if logo_key else ""


def draw(data: bytes, *, ground: str) -> dict[str, bytes]:
    """The three squares as PNG, by name. What is not square is padded; `ground` fills the maskable one.

    Raises Refusal `too_large`, `unsupported_type` or `invalid`. What was uploaded is drawn anew, so nothing that was
    hidden in it is kept.
    """
    if len(data) > LARGEST:
        raise Refusal("too_large", _("A logo may have 2 MB at most."))
    picture = _read(data)
    longer = max(picture.size)
    if longer < SMALLEST_SIDE:
        raise Refusal("invalid", _("A logo needs at least 192 pixels on its longer side."))
    square = Image.new("RGBA", (longer, longer))
    square.paste(picture, ((longer - picture.width) // 2, (longer - picture.height) // 2))
    drawn = {}
    for name, side in SIZES.items():
        inner = round(side * SAFE) if name == "maskable.png" else side
        canvas = Image.new("RGBA", (side, side), ground if name == "maskable.png" else (0, 0, 0, 0))
        small = square.resize((inner, inner), Image.Resampling.LANCZOS)
        canvas.alpha_composite(small, ((side - inner) // 2, (side - inner) // 2))
        out = BytesIO()
        canvas.save(out, "PNG", optimize=True)
        drawn[name] = out.getvalue()
    return drawn


def _read(data: bytes) -> Any:
    try:
        with Image.open(BytesIO(data), formats=FORMS) as opened:
            if max(opened.size) > LARGEST_SIDE:
                raise Refusal("too_large", _("A logo may have 8,000 pixels on a side at most."))
            return ImageOps.exif_transpose(opened).convert("RGBA")
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise Refusal("unsupported_type", _("This is not a PNG, JPEG or WebP picture.")) from error
