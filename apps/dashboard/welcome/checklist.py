"""What the first page still asks for: every point is a fact of today, none is stored (TEN-17)."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from apps.accounts.models import Calendar, Employee, Secret
from apps.billing.models import Subscription
from apps.bookings.models import Service
from apps.conversations.models import Message
from apps.dashboard.welcome.starter import ARE_SET
from apps.gateways.models import Inbox
from apps.tenants.models import Business


@dataclass(frozen=True, slots=True)
class Point:
    """One thing to do: whether it is done, and where it is done."""

    key: str
    title: str
    text: str
    is_done: bool
    url: str


def points(request: Any) -> list[Point]:
    """The list for whoever may change the settings, in the order one would go; the facts come in one question."""
    facts = _facts(request.business.id)
    wizard = reverse("welcome")
    return [
        Point(
            "email", _("Confirm your e-mail"), _("Open the link in the letter we sent you."),
            request.user.email_confirmed_at is not None, reverse("me"),
        ),
        Point(
            "service", _("Offer a service"), _("At least one, so that the assistant has something to tell."),
            facts["has_service"], f"{wizard}?step=3",
        ),
        Point(
            "hours", _("Set your opening hours"), _("So that nobody is promised an hour at which you sleep."),
            facts["has_hours"], _place("settings-hours") or f"{wizard}?step=3",
        ),
        Point(
            "tried", _("Try the assistant"), _("Write as a customer and read the answer."),
            facts["is_tried"], f"{wizard}?step=5",
        ),
        Point(
            "inbox", _("Connect your WhatsApp number"), _("By Meta or by Twilio; the simulator stays beside it."),
            facts["has_inbox"], f"{wizard}?step=2",
        ),
        Point(
            "team", _("Bring a second person"), _("Nobody can be awake all the time."), facts["second"], _place("team"),
        ),
        Point(
            "payment", _("Add a payment method"), _("For your plan, or to be paid by your customers."),
            facts["has_payment"], _place("subscription"),
        ),
    ]  # fmt: skip


def _place(name: str) -> str:
    """Where a page of an app above or beside stands; nothing while there is none."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


def _facts(business_id: Any) -> dict[str, Any]:
    own = Inbox.objects.filter(archived_at=None, is_active=True).exclude(gateway="simulator")
    said = Message.objects.filter(direction=Message.Direction.OUT, conversation__inbox__gateway="simulator")
    card = Subscription.objects.filter(business=OuterRef("pk"), billing=Subscription.Billing.CARD)
    facts: dict[str, Any] = {
        "has_inbox": Exists(own),
        "has_service": Exists(Service.objects.filter(is_active=True, archived_at=None)),
        "has_hours": Exists(Calendar.objects.filter(ARE_SET, purpose=Calendar.Purpose.BUSINESS)),
        "is_tried": Exists(said),
        "has_payment": Q(Exists(card)) | Q(Exists(Secret.objects.filter(name="stripe_secret_key"))),
        "second": Exists(Employee.objects.filter(deactivated_at=None).order_by("pk")[1:2]),
    }
    return dict(Business.objects.filter(pk=business_id).annotate(**facts).values(*facts).get())
