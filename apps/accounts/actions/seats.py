"""Room for people: who is active and who is asked count together towards the plan (requirements ACC-02, ACC-05)."""

from apps.accounts.actions.rights import take_turns
from apps.accounts.models import Employee, Invitation
from apps.billing import limits
from apps.tenants.postgres.context import current_tenant


def require_seat(*, but: Invitation | None = None) -> None:
    """Raise Refusal `plan_limit` (with `current` and `limit`) unless one more person fits.

    `but` is an invitation that is about to become this person. Holds the turn until the transaction ends, so that the
    last seat is taken once.
    """
    take_turns()
    limits.require_room(current_tenant.get(), "employees", _seats(but))


def _seats(but: Invitation | None) -> int:
    asked = Invitation.objects.filter(state=Invitation.State.PENDING)
    return Employee.objects.filter(deactivated_at=None).count() + asked.exclude(pk=but.pk if but else None).count()
