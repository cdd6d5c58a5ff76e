"""Pages of the inbound ledger: what providers posted, what became of each element, and applying it once more."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe

from apps.accounts.middleware import SignedInRequest
from apps.audit import actions as audit
from apps.conversations import ledger
from apps.conversations.models import Message
from apps.core.access import get_for, require
from apps.core.refusals import Refusal
from apps.gateways.models import Delivery, DeliveryElement, Inbox
from apps.gateways.protocol import Kind

WORD = "webhooks.view"
PAGE = 50
FILTERS = ("outcome", "kind", "inbox", "since", "until", "message")
OUTCOMES = {
    "stored": (gettext_lazy("stored"), "good"),
    "duplicate": (gettext_lazy("seen before"), ""),
    "ignored": (gettext_lazy("ignored"), ""),
    "pending": (gettext_lazy("to do"), "needs"),
    "processing": (gettext_lazy("under way"), "needs"),
    "failed": (gettext_lazy("tried again soon"), "needs"),
    "held": (gettext_lazy("waiting"), "needs"),
    "dead_letter": (gettext_lazy("could not be applied"), "failed"),
}


@require_safe
def delivery_list(request: SignedInRequest) -> HttpResponse:
    """What was posted, the newest first. Filters and the place in the list stand in the address."""
    require(request.user, WORD)
    filters = {name: request.GET.get(name, "").replace("\x00", "").strip()[:128] for name in FILTERS}
    rows = _filtered(filters)
    before = request.GET.get("before", "")
    if last := Delivery.objects.filter(pk=before).first() if _uuid(before) else None:
        earlier = Q(received_at__lt=last.received_at) | Q(received_at=last.received_at, pk__lt=last.pk)
        rows = rows.filter(received_at__lte=last.received_at).filter(earlier)
    found = list(rows.order_by("-received_at", "-pk")[: PAGE + 1])
    address = request.GET.copy()
    address.pop("before", None)
    context = {
        "rows": _counted(found[:PAGE]), "older": found[PAGE - 1].pk if len(found) > PAGE else None,
        "filters": filters, "is_filtered": any(filters.values()), "address": address.urlencode(),
        "outcomes": [(key, words) for key, (words, _kind) in OUTCOMES.items()], "kinds": [each.value for each in Kind],
        "inboxes": list(Inbox.objects.order_by("name")), "may_replay": request.user.may("settings.whatsapp"),
        "page_settings": "deliveries",
    }  # fmt: skip
    return render(request, "deliveries/list.html", context)


@require_safe
def balance(request: SignedInRequest) -> HttpResponse:
    """Whether everything received is accounted for, counted now. Apart from the list, which need not wait for it."""
    require(request.user, WORD)
    return render(request, "deliveries/_balance.html", {"balance": ledger.balance()})


@require_safe
def delivery(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """One POST, element by element. Opening it shows customers' words, so it leaves a row in the record (AUD-03)."""
    row = get_for(request.user, "view", Delivery.objects.all(), pk=pk)
    elements = list(row.elements.select_related("inbox").order_by("position"))
    messages_of = _conversations(request, elements)
    for each in elements:
        each.words, each.badge = OUTCOMES[each.outcome]
        each.text = json.dumps(each.raw, ensure_ascii=False, indent=2) if each.raw is not None else ""
        each.conversation = messages_of.get(each.object_id)
    audit.record(request.user.actor, "opened", row)
    context = {"row": row, "elements": elements, "may_replay": request.user.may("settings.whatsapp"),
               "page_settings": "deliveries"}  # fmt: skip
    return render(request, "deliveries/delivery.html", context)


@require_POST
def replay(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Apply one delivery, or one `element` of it, once more."""
    row = get_for(request.user, "replay", Delivery.objects.all(), pk=pk)
    element = _uuid(request.POST.get("element", ""))
    with transaction.atomic():
        taken = ledger.replay(row, element=element)
        audit.record(request.user.actor, "replayed", row, after={"elements": taken})
    messages.success(request, _told(taken))
    return redirect("delivery", pk)


@require_POST
def replay_range(request: SignedInRequest) -> HttpResponse:
    """The same for whole days."""
    require(request.user, WORD)
    require(request.user, "settings.whatsapp")
    since, until = (_day(request.POST.get(name, "")) for name in ("since", "until"))
    try:
        if since is None or until is None:
            raise Refusal("invalid", _("Say from which day to which."))
        _deliveries, taken = ledger.replay_range(since, until + timedelta(days=1), by=request.user.actor)
        messages.success(request, _told(taken))
    except Refusal as refusal:
        messages.error(request, refusal.detail)
    return redirect("deliveries")


def _told(taken: int) -> str:
    told = ngettext("%(n)d element was applied once more.", "%(n)d elements were applied once more.", taken)
    return told % {"n": taken} if taken else _("There was nothing to apply: all of it is stored.")


def _filtered(filters: dict[str, str]) -> Any:
    rows, elements = Delivery.objects.all(), DeliveryElement.objects.all()
    narrowed = False
    for name, field in (("outcome", "outcome"), ("kind", "kind"), ("inbox", "inbox"), ("message", "external_id")):
        value: Any = filters[name]
        if not value:
            continue
        if name == "inbox" and (value := _uuid(value)) is None:
            return rows.none()
        elements, narrowed = elements.filter(**{field: value}), True
    if narrowed:
        rows = rows.filter(pk__in=elements.values("delivery"))
    if since := _day(filters["since"]):
        rows = rows.filter(received_at__gte=since)
    if until := _day(filters["until"]):
        rows = rows.filter(received_at__lt=until + timedelta(days=1))
    return rows


def _counted(rows: list[Delivery]) -> list[Delivery]:
    """Each with how many of its elements had which outcome, and of which numbers: two questions for the whole page."""
    found = DeliveryElement.objects.filter(delivery__in=rows).values_list("delivery", "outcome", "inbox__name", "kind")
    for row in rows:
        row.outcomes, row.names, row.kinds_seen = {}, [], []  # type: ignore[attr-defined]
    by_pk: dict[Any, Any] = {row.pk: row for row in rows}
    for pk, outcome, name, kind in found:
        row = by_pk[pk]
        words, badge = OUTCOMES[outcome]
        row.outcomes[outcome] = (words, badge, row.outcomes.get(outcome, (0, 0, 0))[2] + 1)
        if name and name not in row.names:
            row.names.append(name)
        if kind not in row.kinds_seen:
            row.kinds_seen.append(kind)
    return rows


def _conversations(request: SignedInRequest, elements: list[DeliveryElement]) -> dict[Any, UUID]:
    """The conversation of each message an element became, where this person may read it."""
    ids = [each.object_id for each in elements if each.object_kind == "message"]
    seen = Message.objects.for_user(request.user).filter(pk__in=ids)
    return dict(seen.values_list("pk", "conversation"))


def _day(text: str) -> datetime | None:
    try:
        day = parse_date(text)
    except ValueError:
        return None
    if day is None:
        return None
    zone = timezone.get_current_timezone() or UTC
    return datetime(day.year, day.month, day.day, tzinfo=zone)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
