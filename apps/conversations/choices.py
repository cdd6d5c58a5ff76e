"""What a verb may be given, in words: colleagues, times to sleep, priorities, labels; and what the palette finds."""

from collections.abc import Iterable
from datetime import datetime, time, timedelta
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.accounts.models import Employee
from apps.conversations import queries
from apps.conversations.models import Conversation
from apps.core import numerals
from apps.customers.models import Customer, Label

WHAT = ("more", "assign", "transfer", "snooze", "later", "priority", "labels", "clear", "delete")
FOUND = 6  # of each kind in the palette
SLEEPS = (1, 2, 4, 8, 24, 48, 72, 168, 336, 720)  # hours


def of(user: Any, what: str, conversation: Conversation | None) -> dict[str, Any]:
    """What one chooser shows. Without a conversation it is for all that are ticked in the list."""
    if what in ("assign", "transfer"):
        return {"people": _people(user, conversation)}
    if what in ("snooze", "later"):
        return {"times": times(timezone.localtime()), "soonest": timezone.localtime() + timedelta(minutes=5)}
    if what == "priority":
        words = {"urgent": _("Urgent"), "high": _("High"), "normal": _("Normal"), "low": _("Low")}
        return {"priorities": [(key, words[key]) for key in reversed(Conversation.Priority.values)]}
    if what == "labels":
        held = set(conversation.labels.values_list("pk", flat=True)) if conversation else set()
        return {"labels": [(label, label.pk in held) for label in Label.objects.all()]}
    return {}


def times(now: datetime) -> list[dict[str, Any]]:
    """When a conversation may come back, as people say it, on the reader's own clock."""
    today = now.date()
    evening, morning = _at(now, today, 18), _at(now, today + timedelta(days=1), 9)
    monday = _at(now, today + timedelta(days=(7 - today.weekday()) or 7), 9)
    found = [(_("In 1 hour"), now + timedelta(hours=1), f"{now + timedelta(hours=1):%H:%M}")]
    if now + timedelta(hours=1) < evening:
        found.append((_("This evening"), evening, f"{evening:%H:%M}"))
    found.append((_("Tomorrow morning"), morning, f"{date_format(morning, 'D')} {morning:%H:%M}"))
    if monday != morning:
        found.append((_("Next week"), monday, f"{date_format(monday, 'D')} {monday:%H:%M}"))
    return [
        {"label": label, "value": moment.isoformat(timespec="seconds"), "hint": hint} for label, moment, hint in found
    ]


def spans(others: Iterable[int] = ()) -> list[tuple[str, str]]:
    """How long a conversation may sleep: hours, and how people say them."""
    return [(str(hours), numerals.written(_span(hours))) for hours in sorted({*SLEEPS, *others})]


def _span(hours: int) -> str:
    if hours % 168 == 0:
        return ngettext("For %(n)d week", "For %(n)d weeks", hours // 168) % {"n": hours // 168}
    if hours % 24 == 0:
        return ngettext("For %(n)d day", "For %(n)d days", hours // 24) % {"n": hours // 24}
    return ngettext("For %(n)d hour", "For %(n)d hours", hours) % {"n": hours}


def _at(now: datetime, day: Any, hour: int) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(hour)), now.tzinfo)


def _people(user: Any, conversation: Conversation | None) -> list[Employee]:
    """Colleagues to give it to: oneself first, and not whoever has it."""
    people = Employee.objects.filter(deactivated_at=None).order_by("full_name")
    holder = conversation.assignee_id if conversation else None
    found = [person for person in people if person.pk != holder]
    return sorted(found, key=lambda person: person.pk != user.employee.pk)


def palette(user: Any, words: str) -> dict[str, Any]:
    """Conversations and customers this person may open, by a few letters of a name or number."""
    if not words:
        return {"conversations": [], "customers": []}
    conversations = queries.conversations_for(user, q=words)[:FOUND] if user.may("conversations.view") else []
    customers = Customer.objects.for_user(user).filter(
        Q(name__icontains=words) | Q(profile_name__icontains=words) | Q(phone__contains=words)
    )
    return {"conversations": conversations, "customers": customers.order_by("-last_contact_at")[:FOUND]}
