"""Reads for whoever writes: replies kept ready and what their variables become, templates, drafts, who may be told."""

import json
from pathlib import Path
from typing import Any

from django.db.models import Case, F, Q, QuerySet, When
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from apps.accounts import opening_hours
from apps.accounts.models import Calendar, Employee
from apps.conversations import queries, variables
from apps.conversations.language import language_of
from apps.conversations.models import CannedReply, ComposerDraft, Conversation, Macro, Message, SavedView
from apps.conversations.variables import Filled
from apps.customers.models import Customer
from apps.gateways.models import Template
from apps.gateways.queries import cheapest_first, usable_templates
from apps.tenants.models import Business
from apps.tenants.postgres.context import current_schema

ORDER = ("category", "sort", "title")
SHOWN = 30  # replies in the list that "/" opens
LANGUAGES = ("en", "ar")


def replies_for(user: Any, *, conversation: Conversation | None = None, q: str = "") -> QuerySet[CannedReply]:
    """The replies this person may use (in this conversation), those whose shortcut begins with `q` first."""
    rows: QuerySet[CannedReply] = CannedReply.objects.for_user(user)
    if conversation is not None:
        here = Q(scope__kind="inbox", scope__id=str(conversation.inbox_id))
        rows = rows.filter(Q(scope={}) | Q(scope__kind__in=("role", "mine")) | here)
    if q := q.strip().removeprefix("/"):
        rows = rows.filter(
            Q(shortcut__icontains=q) | Q(title__icontains=q) | Q(body_en__icontains=q) | Q(body_ar__icontains=q)
        )
        near = Case(When(shortcut__istartswith=q, then=0), When(title__icontains=q, then=1), default=2)
        rows = rows.order_by(near, "-use_count", *ORDER)
    return rows


def by_category(rows: list[CannedReply]) -> list[dict[str, Any]]:
    """Replies under the headings of their page, empty ones left out."""
    names = dict(CannedReply.Category.choices)
    grouped = [(key, [row for row in rows if row.category == key]) for key in names]
    return [{"key": key, "name": names[key], "replies": found} for key, found in grouped if found]


def language_for(conversation: Conversation) -> str:
    """The language a reply is written in here: the conversation's, else the last words', else the customer's."""
    for known in (conversation.language, _last_words(conversation), conversation.customer.language):
        if known[:2] in LANGUAGES:
            return known[:2]
    return "ar" if _business().primary_language == "ar" else "en"


def body_in(reply: CannedReply, language: str) -> tuple[str, str]:
    """The reply's text in this language, else in the other, and which of the two it is."""
    other = "en" if language == "ar" else "ar"
    found = getattr(reply, f"body_{language}")
    return (found, language) if found else (getattr(reply, f"body_{other}"), other)


def rendered(
    reply: CannedReply, customer: Customer | None, *, language: str, employee: Employee | None
) -> tuple[Filled, str]:
    """A reply as it would be said to this customer by this person, and in which language it is."""
    body, language = body_in(reply, language)
    business = _business()
    values = _values(business, customer, language=language, employee=employee, body=body)
    return variables.fill(body, values, language, currency=business.currency), language


def templates_for(conversation: Conversation) -> list[dict[str, Any]]:
    """The templates that can be said here, the cheapest first, each with its text and its places as
    {"name", "sample"}."""
    rows = cheapest_first(usable_templates(conversation.inbox))
    return [
        {"template": row, "body": _text_of(row), "places": [place for place in row.variables if place.get("name")]}
        for row in rows
    ]


def _text_of(template: Template) -> str:
    return next(
        (str(each.get("text", "")) for each in template.components if each.get("type", "").upper() == "BODY"), ""
    )


def draft_of(user: Any, conversation: Conversation) -> ComposerDraft | None:
    """What this person has begun to write here."""
    return ComposerDraft.objects.filter(conversation=conversation, employee=user.employee).first()


def may_be_told(conversation: Conversation | None) -> list[Employee]:
    """Who may be mentioned: they see the conversation (or customers, for a note on one) and may read notes."""
    if conversation is not None:
        words, people = {"notes.view"}, queries.readers_of(conversation)
    else:
        working = Employee.objects.filter(deactivated_at=None, user__is_active=True)
        words, people = {"notes.view", "customers.view"}, working
    people = people.select_related("role").order_by("full_name")
    return [person for person in people if person.permissions >= words]


def views_menu(user: Any) -> QuerySet[SavedView]:
    """One's own ways to look at the list, then those of everybody, for the list's menu."""
    rows: QuerySet[SavedView] = SavedView.objects.for_user(user)
    return rows.select_related("owner").order_by(F("is_shared").asc(), "sort", "name")


def macros_menu(user: Any) -> QuerySet[Macro]:
    """The macros this person may run, most used first."""
    rows: QuerySet[Macro] = Macro.objects.for_user(user)
    return rows.select_related("owner").order_by("-use_count", "name")


def emoji() -> list[dict[str, Any]]:
    """The most used emoji by group, with their names and what they are found by (CLDR 45, English and Arabic)."""
    found: list[dict[str, Any]] = json.loads(Path(__file__).with_name("emoji.json").read_text())
    return found


def _last_words(conversation: Conversation) -> str:
    said = conversation.messages.filter(direction=Message.Direction.IN).exclude(body="").order_by("-arrived_seq")
    return language_of(said.values_list("body", flat=True).first() or "")


def _business() -> Business:
    return Business.objects.get(schema_name=current_schema())


def _values(
    business: Business, customer: Customer | None, *, language: str, employee: Employee | None, body: str
) -> dict[str, Any]:
    found: dict[str, Any] = {
        "business.name": business.name, "business.address": business.address, "business.phone": business.support_phone,
        "business.email": business.support_email, "agent.name": employee.full_name if employee else "",
        "date.today": timezone.localdate(), "time.now": f"{timezone.localtime():%H:%M}",
    }  # fmt: skip
    with translation.override(language):
        found["business.industry"] = business.get_industry_display()
        if "business.hours_today" in body:
            found["business.hours_today"] = _hours_today()
    if customer is not None:
        name = customer.name or customer.profile_name
        found |= {
            "customer.name": (getattr(customer, "name_ar", "") if language == "ar" else "") or name,
            "customer.first_name": name.split()[0] if name.split() else "",
            "customer.arabic_name": getattr(customer, "name_ar", ""), "customer.email": getattr(customer, "email", ""),
            "customer.language": customer.language, "customer.is_vip": customer.is_vip,
        }  # fmt: skip
    return found


def _hours_today() -> str:
    calendar = Calendar.objects.filter(purpose=Calendar.Purpose.BUSINESS).first()
    if calendar is None:
        return ""
    hours = opening_hours.hours_on(calendar, timezone.now())
    return _(" and ").join(f"{each['from']}–{each['to']}" for each in hours) or _("closed")
