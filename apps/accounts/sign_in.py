"""Coming in and going out: who may, how often one may try, and what is remembered of it (requirements ACC-12).

The same door serves employees in their business's schema and operators in public.
"""

from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth import login, logout
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Lower
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts import second_factor, sessions
from apps.accounts.models import Employee, User
from apps.audit import actions as audit
from apps.audit.models import AuditEvent, OperatorEvent
from apps.core import throttles
from apps.core.actors import SYSTEM, Actor
from apps.core.refusals import Refusal
from apps.tenants.postgres.context import PUBLIC, current_schema

WINDOW = timedelta(minutes=15)
PER_ACCOUNT = 5  # failures within WINDOW, after which the account rests for WINDOW
PER_ADDRESS = 20  # failures within WINDOW
OPERATORS_STAY = timedelta(hours=8)  # requirements TEN-23


def recognise(email: str, password: str, *, address: str) -> User:
    """The person behind an e-mail and a password, in the current schema.

    Raises Refusal `throttled` (with `retry_after` in seconds) when this address has failed too often, and `invalid`
    otherwise: with one text and after the same work, whether the e-mail, the password or the person is not right.
    """
    place = _take_place(address)
    user = _check(email.strip().lower(), password, address)
    if user is None:
        raise Refusal("invalid", _("This e-mail and password do not open this door. After 5 failures wait 15 minutes."))
    throttles.give_back(place, store="platform")
    return user


def recognise_code(user: User, code: str, *, address: str) -> User:
    """The same person, if this code is their second factor's. Counted and refused as `recognise` does.

    Raises Refusal `mfa_required` for a wrong code; a code is taken once.
    """
    place = _take_place(address)
    if not _check_code(user, code, address):
        raise Refusal("mfa_required", _("This code is not right, or it was used already. Wait for the next one."))
    throttles.give_back(place, store="platform")
    return user


def require_code(user: User, code: str, *, address: str) -> None:
    """As `recognise_code`, for doors that take everything at once: without a code nothing is counted as a failure."""
    if not code:
        raise Refusal("mfa_required", _("This account asks for a code from its owner's phone too."))
    recognise_code(user, code, address=address)


def enter(request: HttpRequest, user: User, *, remembered: bool = False) -> None:
    """Begin the session of somebody `recognise` has let in; the session's key changes.

    It ends after 12 idle hours, or 14 days after now when it is to be remembered.
    """
    login(request, user)
    remember(request, user, remembered=remembered)


def remember(request: HttpRequest, user: User, *, remembered: bool = False) -> None:
    """List a session that has begun, and note it in the record. An operator's ends in 8 hours, busy or not."""
    if user.is_operator:
        request.session.set_expiry(timezone.now() + OPERATORS_STAY)
    else:
        agent = request.headers.get("User-Agent", "")
        sessions.begin(
            request.session, user, remembered=remembered, address=throttles.client_address(request), agent=agent
        )
        Employee.objects.filter(user=user).update(last_seen_at=timezone.now())
    _record(user.actor, "signed_in", user)


def leave(request: HttpRequest) -> None:
    """End the session and forget everything in it; its sockets close too."""
    user = request.user
    if user.is_authenticated:
        _record(user.actor, "signed_out", user)
        if not user.is_operator:
            sessions.leave(request.session, user, by=user.actor)
    logout(request)


def require_confirmed(user: User) -> None:
    """Raise Refusal `email_unverified` until this person has confirmed their e-mail (requirements TEN-05).

    Asked before a real gateway is connected, before somebody is invited, and before a plan is paid for.
    """
    user.require_confirmed()


def _take_place(address: str) -> str:
    """Each failure of an address holds one of its places for WINDOW; who finds none waits.

    A place is taken before the password is looked at, so that attempts made at once cannot outrun the count.
    """
    seconds = WINDOW.total_seconds()
    try:
        return throttles.take("sign-in", throttles.subscriber(address), PER_ADDRESS, seconds, store="platform")
    except Refusal as refusal:
        sentence = _("Too many attempts from here. Please wait a few minutes.")
        raise Refusal("throttled", sentence, **refusal.extra) from refusal


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


@transaction.atomic
def _check_code(user: User, code: str, address: str) -> bool:
    """Whether the code is right. A wrong one counts as a failure of the account, like a wrong password."""
    now = timezone.now()
    row = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    if row.locked_until and row.locked_until > now:
        _record(SYSTEM, "sign_in_refused", row, {"address": address})
        return False
    if second_factor.accepts(row, code):
        return True
    _record(SYSTEM, "sign_in_failed", row, {"address": address})
    _count(row, now)
    return False


def _count(user: User, now: datetime) -> None:
    """Lock an account that failed too often since its last success. For an unknown e-mail it costs the same."""
    record = OperatorEvent if current_schema() == PUBLIC else AuditEvent
    since = max(now - WINDOW, user.last_login or now - WINDOW)
    failures = record.objects.filter(object_kind="user", object_id=user.pk, verb="sign_in_failed", at__gt=since).count()
    until = now + WINDOW if failures >= PER_ACCOUNT else None
    if User.objects.filter(pk=user.pk).update(failed_count=failures, locked_until=until) and until:
        _record(SYSTEM, "locked", user, {"until": until.isoformat(timespec="seconds"), "failures": str(failures)})


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
