"""What every template may use: the business and its hue, the person, the answer's nonce, the socket's address."""

import math
from functools import partial
from typing import Any

from django.http import HttpRequest

from apps.conversations.queries import conversations_for

LIVE_URL = "/ws/"


def page(request: HttpRequest) -> dict[str, Any]:
    """The context processor. Error pages need it too, so it asks the database only if a template shows the count."""
    business, me = getattr(request, "business", None), getattr(request, "me", None)
    return {
        "business": business,
        "business_hue": hue_of(business.colour_primary) if business else None,
        "csp_nonce": getattr(request, "csp_nonce", ""),
        "me": me,
        "live_url": LIVE_URL,
        "needs_person": partial(needing_a_person, request.user) if me else 0,
        "request_id": getattr(request, "request_id", ""),
    }


def needing_a_person(user: Any) -> int:
    """How many conversations this person sees that wait for somebody: the length of the list's tab of that name."""
    return conversations_for(user, tab="needs").count()


def hue_of(colour: str) -> int:
    """The OKLCH hue (0 to 359 degrees) of a colour `#RRGGBB`, as CSS Color 4 computes it."""
    red, green, blue = (_linear(int(colour[start : start + 2], 16) / 255) for start in (1, 3, 5))
    long = math.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue)
    medium = math.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue)
    short = math.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue)
    a = 1.9779984951 * long - 2.4285922050 * medium + 0.4505937099 * short
    b = 0.0259040371 * long + 0.7827717662 * medium - 0.8086757660 * short
    return round(math.degrees(math.atan2(b, a))) % 360


def _linear(channel: float) -> float:
    """An sRGB channel (0 to 1) without its gamma."""
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4
