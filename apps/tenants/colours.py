"""A business's colour on our ground: whether words can be read on it, and the nearest shade on which they can.

Colours are `#RRGGBB`. Contrast is WCAG 2.2's ratio, 1 to 21; words need 4.5. A shade keeps the hue and the chroma (as
far as sRGB holds it) and moves the lightness alone, in OKLCH (CSS Color 4).
"""

import math
from typing import NamedTuple

READABLE = 4.5
LIGHT_GROUND, DARK_GROUND = "#F3F0ED", "#221F1C"  # of tokens.css' grounds the least favourable: --sunken, --raised
STEP = 0.005  # of lightness; finer than one step of eight bits


class Brand(NamedTuple):
    """How a business's colour is shown, in either theme, and the words on it. `changed` says it is not as chosen."""

    light: str
    dark: str
    on_light: str
    on_dark: str
    hue: int
    changed: bool


def brand(colour: str) -> Brand:
    """The nearest shades that pass on both grounds: links and marks on the paper, words on a button."""
    light, dark = nearest(colour, LIGHT_GROUND), nearest(colour, DARK_GROUND)
    return Brand(light, dark, words_on(light), words_on(dark), hue_of(colour), {light, dark} != {colour.upper()})


def nearest(colour: str, paper: str) -> str:
    """The same colour, or its nearest lighter or darker shade with a contrast of 4.5 on this paper."""
    colour = colour.upper()
    if contrast(colour, paper) >= READABLE:
        return colour
    lightness, chroma, hue = _oklch(colour)
    direction = -STEP if luminance(paper) > 0.18 else STEP
    while 0 <= lightness <= 1:
        lightness += direction
        shade = _hex(lightness, chroma, hue)
        if contrast(shade, paper) >= READABLE:
            return shade
    return "#000000" if direction < 0 else "#FFFFFF"


def words_on(colour: str) -> str:
    """Black or white, whichever reads better. One of the two always reaches 4.5."""
    return max(("#FFFFFF", "#000000"), key=lambda words: contrast(words, colour))


def contrast(one: str, other: str) -> float:
    """WCAG 2.2's contrast ratio of two colours."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    """WCAG 2.2's relative luminance, 0 (black) to 1 (white)."""
    red, green, blue = _channels(colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def hue_of(colour: str) -> int:
    """The OKLCH hue, 0 to 359 degrees."""
    return round(_oklch(colour)[2]) % 360


def _oklch(colour: str) -> tuple[float, float, float]:
    red, green, blue = _channels(colour)
    long = math.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue)
    medium = math.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue)
    short = math.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue)
    lightness = 0.2104542553 * long + 0.7936177850 * medium - 0.0040720468 * short
    a = 1.9779984951 * long - 2.4285922050 * medium + 0.4505937099 * short
    b = 0.0259040371 * long + 0.7827717662 * medium - 0.8086757660 * short
    return lightness, math.hypot(a, b), math.degrees(math.atan2(b, a)) % 360


def _hex(lightness: float, chroma: float, hue: float) -> str:
    """The colour as bytes; a chroma that sRGB cannot show at this lightness is lowered until it can."""
    while True:
        a, b = chroma * math.cos(math.radians(hue)), chroma * math.sin(math.radians(hue))
        long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
        medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
        short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
        rgb = (
            4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
            -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
            -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
        )
        if chroma < 0.001 or all(-0.0005 <= channel <= 1.0005 for channel in rgb):
            return "#" + "".join(f"{round(255 * _gamma(min(1.0, max(0.0, channel)))):02X}" for channel in rgb)
        chroma *= 0.95


def _channels(colour: str) -> tuple[float, float, float]:
    red, green, blue = (_linear(int(colour[start : start + 2], 16) / 255) for start in (1, 3, 5))
    return red, green, blue


def _linear(channel: float) -> float:
    """An sRGB channel (0 to 1) without its gamma."""
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4


def _gamma(channel: float) -> float:
    return float(channel * 12.92 if channel <= 0.0031308 else 1.055 * channel ** (1 / 2.4) - 0.055)
