"""The wizard's five steps and how far a business is (TEN-15). What a step does is its own app's; here is the order.

The state stands on the public row. It is written there first; the business's own record follows after that commit.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_tenants.utils import schema_context

from apps.audit import actions as audit
from apps.conversations.models import Message
from apps.core.actors import Actor
from apps.core.refusals import Refusal
from apps.tenants.models import Business
from apps.tenants.postgres.context import PUBLIC

BUSINESS, WHATSAPP, SERVICES, ASSISTANT, TRY = range(1, 6)
KEYS = {BUSINESS: "business", WHATSAPP: "whatsapp", SERVICES: "services", ASSISTANT: "assistant", TRY: "try"}
TITLES = {
    BUSINESS: gettext_lazy("Your business"),
    WHATSAPP: gettext_lazy("WhatsApp"),
    SERVICES: gettext_lazy("Services"),
    ASSISTANT: gettext_lazy("Assistant"),
    TRY: gettext_lazy("Try it"),
}
LAST = TRY


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a business is: the first step not yet done (6 after the last), what was skipped, when it ended."""

    step: int
    skipped: tuple[int, ...]
    done_at: datetime | None

    def state_of(self, number: int) -> str:
        """One of `done`, `skipped`, `current`, `open`."""
        if number in self.skipped:
            return "skipped"
        if number < self.step or self.done_at:
            return "done"
        return "current" if number == self.step else "open"

    @property
    def is_done(self) -> bool:
        return self.done_at is not None


def progress(business_id: UUID) -> Progress:
    """How far the wizard is. Works in the business and in public."""
    return _of(Business.objects.get(pk=business_id))


def advance(business_id: UUID, *, step: int, by: Actor) -> Progress:
    """This step is done. The last one ends the wizard, and only once a message was answered."""
    if step == TRY and not is_answered():
        raise Refusal("conflict", _("Write as the customer first: the wizard ends with an answered message."))
    return _move(business_id, step, "advanced", skips=False, by=by)


def skip(business_id: UUID, *, step: int, by: Actor) -> Progress:
    """Later, or never: the step is left out, which is noted. The first one cannot be."""
    if step == BUSINESS:
        raise Refusal("invalid", _("This step cannot be skipped: we need to know whose room it is."))
    return _move(business_id, step, "skipped", skips=True, by=by)


def reopen(business_id: UUID, *, step: int, by: Actor) -> Progress:
    """Go through this step again."""
    with schema_context(PUBLIC), transaction.atomic():
        row = _locked(business_id, step)
        row.onboarding_step, row.onboarded_at = step, None
        row.onboarding_skipped = [each for each in row.onboarding_skipped if each != step]
        _save(row)
    audit.record(by, "reopened_step", row, after={"step": KEYS[step]})
    return _of(row)


def is_answered() -> bool:
    """Whether somebody has been answered on the simulator, by the assistant or by a person."""
    said = Message.objects.filter(direction=Message.Direction.OUT, conversation__inbox__gateway="simulator")
    return said.exists()


def _move(business_id: UUID, step: int, verb: str, *, skips: bool, by: Actor) -> Progress:
    with schema_context(PUBLIC), transaction.atomic():
        row = _locked(business_id, step)
        others = {each for each in row.onboarding_skipped if each != step}
        row.onboarding_skipped = sorted(others | ({step} if skips else set()))
        row.onboarding_step = max(row.onboarding_step, step + 1)
        if row.onboarding_step > LAST:
            row.onboarded_at = row.onboarded_at or timezone.now()
        _save(row)
    audit.record(by, f"{verb}_step", row, after={"step": KEYS[step]})
    return _of(row)


def _locked(business_id: UUID, step: int) -> Business:
    if step not in KEYS:
        raise Refusal("invalid", _("The steps are 1 to 5."))
    return Business.objects.select_for_update().get(pk=business_id)


def _save(row: Business) -> None:
    row.save(update_fields=["onboarding_step", "onboarding_skipped", "onboarded_at", "updated_at"])


def _of(row: Business) -> Progress:
    return Progress(row.onboarding_step, tuple(row.onboarding_skipped), row.onboarded_at)
