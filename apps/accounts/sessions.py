"""Sessions as rows: where a person is signed in, until when, and the end of it (requirements ACC-13).

The cookie alone opens nothing: at each request the row behind it must be living (`is_open`). Operators' sessions are
Django's own and end 8 hours after they began, since these rows are a business's.
"""

import time
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib.sessions.backends.base import SessionBase
from django.core.exceptions import ValidationError
from django.core.validators import validate_ipv46_address
from django.db import transaction
from django.db.models import Exists
from django.utils import timezone
from django.utils.crypto import salted_hmac
from ua_parser import parse

from apps.accounts.events import SessionsEnded
from apps.accounts.models import DeviceSession, Employee, User
from apps.accounts.models.session import DeviceSessionQuerySet
from apps.audit import actions as audit
from apps.core.actors import Actor
from apps.core.events import emit
from apps.core.models import new_id

IDLE = timedelta(hours=12)
REMEMBERED = timedelta(days=14)
NOTED_EVERY = 300  # seconds: how exact "last seen" is kept
DEVICE, SEEN = "device", "seen"  # what of it stands in Django's session


def begin(session: SessionBase, user: User, *, remembered: bool, address: str, agent: str) -> DeviceSession:
    """List a session that has just begun. Its key must be the final one: call after Django's `login`."""
    now = timezone.now()
    browser, device = described(agent)
    row = DeviceSession(
        id=new_id(), user=user, session_key_hash=hash_of(str(session.session_key)), browser=browser, device=device,
        address=_valid(address), last_seen_at=now, remembered=remembered,
        expires_at=now + (REMEMBERED if remembered else IDLE),
    )  # fmt: skip
    row.save()
    session[DEVICE], session[SEEN] = str(row.pk), time.time()
    session.set_expiry(row.expires_at if remembered else 0)  # 0: the cookie goes with the browser
    return row


def is_open(session: SessionBase, user_id: Any) -> Exists:
    """The condition under which this session still opens the door, to be asked together with the employee."""
    return Exists(_living(session, user_id))


def living_row(session: SessionBase, user_id: Any) -> DeviceSession | None:
    """The row of a session that still opens the door."""
    return _living(session, user_id).first()


def _living(session: SessionBase, user_id: Any) -> DeviceSessionQuerySet:
    return DeviceSession.objects.living().filter(pk=device_of(session) or UUID(int=0), user_id=user_id)


def device_of(session: SessionBase) -> str | None:
    """The key of this session's row."""
    return session.get(DEVICE)


def note_seen(session: SessionBase, me: Employee, address: str) -> None:
    """Write down that the person is here, at most every five minutes; an idle time begins anew."""
    if time.time() - float(session.get(SEEN, 0)) < NOTED_EVERY:
        return
    now = timezone.now()
    session[SEEN] = time.time()
    rows = DeviceSession.objects.filter(pk=device_of(session) or UUID(int=0))
    rows.update(last_seen_at=now, address=_valid(address))
    rows.filter(remembered=False).update(expires_at=now + IDLE)
    Employee.objects.filter(pk=me.pk).update(last_seen_at=now)


def keep_listed(session: SessionBase) -> None:
    """Note the key that Django has given a session anew."""
    DeviceSession.objects.filter(pk=device_of(session) or UUID(int=0)).update(
        session_key_hash=hash_of(str(session.session_key))
    )


@transaction.atomic
def revoke_sessions(
    user: User, *, by: Actor, keep: str | None = None, only: DeviceSession | None = None
) -> list[DeviceSession]:
    """End sessions of a person now, and close their sockets: all of them, all but `keep` (a row's key), or `only` one.

    Returns the rows that were living until now.
    """
    if user.is_operator:
        return []  # theirs are not rows; a changed password ends them
    rows = DeviceSession.objects.living().filter(user=user)
    rows = rows.filter(pk=only.pk) if only else rows
    ended = list(rows.exclude(pk=keep) if keep else rows)
    _end(ended, by)
    if ended:
        audit.record(by, "sessions_revoked", user, after={"count": len(ended)})
    if not (keep or only):
        emit(SessionsEnded(user_id=user.pk, session_ids=[]))
    elif ended:
        emit(SessionsEnded(user_id=user.pk, session_ids=[str(row.pk) for row in ended]))
    return ended


@transaction.atomic
def leave(session: SessionBase, user: User, *, by: Actor) -> None:
    """Note that a person has gone out of this session by themselves; its sockets close."""
    if row := living_row(session, user.pk):
        _end([row], by)
        emit(SessionsEnded(user_id=user.pk, session_ids=[str(row.pk)]))


def _end(rows: list[DeviceSession], by: Actor) -> None:
    DeviceSession.objects.filter(pk__in=[row.pk for row in rows]).update(
        revoked_at=timezone.now(), revoked_by=(by.label or by.kind)[:120]
    )


def described(agent: str) -> tuple[str, str]:
    """A browser's and a device's name from a user agent, as people know them; empty where it does not say."""
    found = parse(agent[:500])
    browser = f"{found.user_agent.family} {found.user_agent.major or ''}".strip() if found.user_agent else ""
    system = f"{found.os.family} {found.os.major or ''}".strip() if found.os else ""
    model = found.device.model or found.device.family if found.device else ""
    device = " · ".join(part for part in dict.fromkeys((model, system)) if part)
    return browser[:60], device[:80]


def hash_of(session_key: str) -> str:
    """What is kept of a session's key beside its row."""
    return salted_hmac("majlis.sessions", session_key, algorithm="sha256").hexdigest()


def _valid(address: str) -> str | None:
    try:
        validate_ipv46_address(address)
    except ValidationError:
        return None
    return address
