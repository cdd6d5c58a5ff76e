"""How often strangers may ask the platform for something (requirements 5.2): so many places, each held for an hour."""

import hashlib
import time

from django.core.cache import caches
from django.utils.translation import gettext as _

from apps.core.refusals import Refusal

HOUR = 3600  # seconds
SIGN_UPS_PER_ADDRESS = 5
FINDS_PER_EMAIL, FINDS_PER_ADDRESS = 3, 10


def count_sign_up(address: str) -> None:
    """Raises Refusal `throttled` when an address has signed up too often."""
    _take_place("sign-up", address, SIGN_UPS_PER_ADDRESS)


def count_find(email: str, address: str) -> None:
    """Raises Refusal `throttled`; an e-mail nobody knows counts like any other."""
    _take_place("find-from", address, FINDS_PER_ADDRESS)
    _take_place("find", email.strip().lower(), FINDS_PER_EMAIL)


def _take_place(what: str, who: str, limit: int) -> None:
    cache, now = caches["platform"], time.time()
    key = hashlib.sha256(who.encode()).hexdigest()[:32]
    places = [f"{what}:{key}:{number}" for number in range(limit)]
    taken = cache.get_many(places)
    for place in places:
        if place not in taken and cache.add(place, now + HOUR, timeout=HOUR):
            return
    wait = max(1, int(min(taken.values(), default=now + HOUR) - now))
    raise Refusal("throttled", _("Too often for now. Please wait a while and try again."), retry_after=wait)
