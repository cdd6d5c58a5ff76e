"""The password once more, before what cannot be taken back lightly: closing, exporting, letting somebody look in."""

from typing import Any

from django.core.cache import cache
from django.utils.translation import gettext as _

from apps.core.refusals import Refusal

TRIES, WINDOW = 5, 15 * 60  # wrong ones, within so many seconds


def check_password_again(user: Any, password: str) -> None:
    """Raises Refusal `invalid` for a wrong password, `throttled` after five of them in a quarter of an hour."""
    key = f"password-again:{user.pk}"
    cache.add(key, 0, WINDOW)
    try:
        tried = cache.incr(key)  # counted before it is looked at, so that tries made at once cannot outrun the count
    except ValueError:
        tried = 1
    if tried > TRIES:
        raise Refusal("throttled", _("Too many wrong passwords. Please wait a few minutes."), retry_after=WINDOW)
    if not user.check_password(password):
        raise Refusal(
            "invalid", _("This is not your password."), errors={"password": [_("This is not your password.")]}
        )
    cache.delete(key)
