"""Coming in and going out: who may, how often one may try, and what is remembered of it (requirements ACC-12).

The same door serves employees in their business's schema and operators in public.
"""

import ipaddress
import time
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth import login, logout
from django.core.cache import caches
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Lower
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts.models import Employee, User
from apps.audit import actions as audit
from apps.audit.models import AuditEvent, OperatorEvent
from apps.core.actors import SYSTEM, Actor
from apps.core.refusals import Refusal
from apps.tenants.postgres.context import PUBLIC, current_schema

WINDOW = timedelta(minutes=15)
PER_ACCOUNT = 5  # failures within WINDOW, after which the account rests for WINDOW
PER_ADDRESS = 20  # failures within WINDOW
OPERATORS_STAY = 8 * 3600  # seconds, requirements TEN-23


def recognise(email: str, password: str, *, address: str) -> User:
    """The person behind an e-mail and a password, in the current schema.

    Raises Refusal `throttled` (with `retry_after` in seconds) when this address has failed too often, and `invalid`
    otherwise: with one text and after the same work, whether the e-mail, the password or the person is not right.
    """
    place = _take_place(address)
    user = _check(email.strip().lower(), password, address)
    if user is None:
        raise Refusal("invalid", _("This e-mail and password do not open this door. After 5 failures wait 15 minutes."))
    caches["platform"].delete(place)
    return user


def enter(request: HttpRequest, user: User) -> None:
    """Begin the session of somebody `recognise` has let in; the session's key changes."""
    login(request, user)
    remember(request, user)


def remember(request: HttpRequest, user: User) -> None:
    """Note in the record that a session began."""
    if user.is_operator:
        request.session.set_expiry(OPERATORS_STAY)
    _record(user.actor, "signed_in", user)


def leave(request: HttpRequest) -> None:
    """End the session and forget everything in it."""
    if request.user.is_authenticated:
        _record(request.user.actor, "signed_out", request.user)
    logout(request)


def _take_place(address: str) -> str:
    """Each failure of an address holds one of its places for WINDOW; who finds none waits.

    A place is taken before the password is looked at, so that attempts made at once cannot outrun the count.
    """
    cache, now = caches["platform"], time.time()
    places = [f"sign-in:{_network(address)}:{number}" for number in range(PER_ADDRESS)]
    taken = cache.get_many(places)
    until = now + WINDOW.total_seconds()
    for place in places:
        if place not in taken and cache.add(place, until, timeout=WINDOW.total_seconds()):
            return place
    wait = max(1, int(min(taken.values(), default=until) - now))
    raise Refusal("throttled", _("Too many attempts from here. Please wait a few minutes."), retry_after=wait)


def _network(address: str) -> str:
    """What counts as one address: an IPv4 address, or the /64 that one IPv6 subscriber is given."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    return str(parsed) if parsed.version == 4 else str(ipaddress.ip_network((parsed, 64), strict=False))


@transaction.atomic
def _check(email: str, password: str, address: str) -> User | None:
    """The person, or None. The row stays locked meanwhile, so that parallel guesses are counted one by one."""
    now = timezone.now()
    user: User | None = _people().select_for_update(of=("self",), no_key=True).filter(address=email).first()
    right = (user or User()).check_password(password)  # hashes once for an unknown e-mail too
    if user and user.locked_until and user.locked_until > now:
        _record(SYSTEM, "sign_in_refused", user, {"address": address})
    elif user and right and user.may_enter:  # type: ignore[attr-defined]  # annotated by _people
        User.objects.filter(pk=user.pk).update(failed_count=0, locked_until=None)
        return user
    else:
        _record(SYSTEM, "sign_in_failed", user or User(pk=None), {"address": address})
        _count(user or User(), now)
    return None


def _count(user: User, now: datetime) -> None:
    """Lock an account that failed too often since its last success. For an unknown e-mail it costs the same."""
    record = OperatorEvent if current_schema() == PUBLIC else AuditEvent
    since = max(now - WINDOW, user.last_login or now - WINDOW)
    failures = record.objects.filter(object_kind="user", object_id=user.pk, verb="sign_in_failed", at__gt=since).count()
    until = now + WINDOW if failures >= PER_ACCOUNT else None
    User.objects.filter(pk=user.pk).update(failed_count=failures, locked_until=until)


def _people() -> QuerySet[Any]:
    """Everybody of the current schema, with their e-mail as it is compared and whether they may come in."""
    is_welcome = (
        Q(is_active=True, is_operator=True)
        if current_schema() == PUBLIC
        else Q(
            Exists(Employee.objects.filter(user=OuterRef("pk"), deactivated_at=None, over_limit_at=None)),
            is_active=True,
        )
    )
    return User.objects.alias(address=Lower("email")).annotate(may_enter=is_welcome)


def _record(by: Actor, verb: str, user: User, after: dict[str, str] | None = None) -> None:
    if current_schema() == PUBLIC:
        audit.record_operator(by, verb, user, after=after)
    else:
        audit.record(by, verb, user, after=after)
