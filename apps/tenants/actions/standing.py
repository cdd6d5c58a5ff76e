"""Where a business stands, and the one table of how it may move (requirements TEN-08, TEN-09, TEN-20).

Each move is noted in public and, after that is committed, in the business; no transaction spans the two.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django_tenants.utils import schema_context, tenant_context

from apps.audit import actions as audit
from apps.core.actors import Actor
from apps.core.events import Event, emit
from apps.core.refusals import Refusal
from apps.tenants import hosts
from apps.tenants.events import BusinessClosing, BusinessSuspended
from apps.tenants.models import Business
from apps.tenants.postgres.context import PUBLIC

SHORTEST_REASON, LONGEST_REASON = 10, 500  # characters
CLOSING = timedelta(days=30)
ASKED_BY_BUSINESS = "The business asked for it itself."  # the reason that stands in the records

_S = Business.Status
MOVES: frozenset[tuple[str, str]] = frozenset({
    (_S.PROVISIONING, _S.READY), (_S.PROVISIONING, _S.FAILED),
    (_S.FAILED, _S.PROVISIONING),
    (_S.READY, _S.SUSPENDED), (_S.SUSPENDED, _S.READY),
    (_S.READY, _S.CLOSING), (_S.SUSPENDED, _S.CLOSING),
    (_S.CLOSING, _S.READY), (_S.CLOSING, _S.ERASED),
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Move:
    """One way of moving: where from, where to, and what the records call it."""

    before: tuple[str, ...]
    after: str
    verb: str


SUSPEND = Move((_S.READY,), _S.SUSPENDED, "suspended")
RESUME = Move((_S.SUSPENDED,), _S.READY, "resumed")
CLOSE = Move((_S.READY, _S.SUSPENDED), _S.CLOSING, "closed")
REOPEN = Move((_S.CLOSING,), _S.READY, "reopened")


def suspend_business(business: Business, *, reason: str, by: Actor) -> Business:
    """Close the doors: pages and API answer 403, nothing is sent, what comes in is kept for later."""
    reason = reason.strip()
    return _move(business, SUSPEND, reason, by, BusinessSuspended(business_id=business.pk), status_reason=reason)


def resume_business(business: Business, *, reason: str, by: Actor) -> Business:
    """Open the doors again; what came in meanwhile is handled by the sweeper."""
    return _move(business, RESUME, reason, by, None, status_reason="")


def close_business(business: Business, *, reason: str, by: Actor) -> Business:
    """Begin the 30 days after which a business is erased: everything can be read, nothing written, nothing is sent."""
    until = timezone.now() + CLOSING
    event = BusinessClosing(business_id=business.pk)
    return _move(business, CLOSE, reason, by, event, status_reason="", closing_until=until, closing_reminded=0)


def reopen_business(business: Business, *, reason: str, by: Actor) -> Business:
    """Take a closing back within its 30 days: everything is as it was. Raises Refusal when they are over."""
    with schema_context(PUBLIC):
        row = business.fresh()
    if row.status == _S.CLOSING and row.closing_until and row.closing_until <= timezone.now():
        raise Refusal("illegal_transition", _("The 30 days are over; %(name)s is being erased.") % {"name": row.name})
    return _move(business, REOPEN, reason, by, None, status_reason="", closing_until=None, closing_reminded=0)


def check_move(row: Business, after: str) -> None:
    """Raises Refusal `illegal_transition` when the table does not know this move."""
    if (row.status, after) not in MOVES:
        wanted = _S(after).label
        facts = {"name": row.name, "status": row.get_status_display(), "wanted": wanted}
        raise Refusal(
            "illegal_transition", _("%(name)s is %(status)s; from there it cannot become %(wanted)s.") % facts
        )


def checked_reason(reason: str) -> str:
    """A reason as it is kept. Raises Refusal `invalid` when it is too short or too long."""
    reason = reason.strip()
    if not SHORTEST_REASON <= len(reason) <= LONGEST_REASON:
        raise Refusal("invalid", _("Give a reason of 10 to 500 characters."))
    return reason


def _move(business: Business, move: Move, reason: str, by: Actor, event: Event | None, **facts: Any) -> Business:
    """Change the status and leave a record in public and, after that is committed, in the business (TEN-18).

    A business that is there already is left alone. Raises Refusal `invalid` or `illegal_transition`.
    """
    reason = checked_reason(reason)
    with schema_context(PUBLIC), transaction.atomic():
        row = Business.objects.select_for_update().get(pk=business.pk)
        if row.status == move.after:
            return row
        check_move(row, move.after)
        if row.status not in move.before:
            facts_of_it = {"name": row.name, "status": row.get_status_display()}
            raise Refusal("illegal_transition", _("%(name)s is %(status)s; this cannot be done now.") % facts_of_it)
        row.status = move.after
        for name, value in facts.items():
            setattr(row, name, value)
        row.save()
        audit.record_operator(by, move.verb, row, business_id=row.pk, after={"reason": reason})
        if event:
            emit(event)
    hosts.forget()
    note_inside(row, move.verb, by, {"reason": reason})
    return row


def note_inside(row: Business, verb: str, by: Actor, after: dict[str, Any]) -> None:
    """The second record of a platform's deed: the business's own."""
    with tenant_context(row), transaction.atomic():
        audit.record(by, verb, row, after=after)
