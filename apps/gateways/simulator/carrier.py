"""The pretend carrier: takes what we send as Meta would, shows it on the phone, and has its fate told by webhook.

It looks like Meta from outside: its answers, limits of the window and errors, and statuses that come when they come.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import httpx
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django_tenants.utils import schema_context

from apps.core.refusals import Refusal
from apps.gateways import tasks, wording
from apps.gateways.files import NotFetched
from apps.gateways.models import SimulatorBubble, SimulatorPhone, Template
from apps.gateways.protocol import KnownTemplate
from apps.gateways.reading import rows, table, text
from apps.gateways.simulator import files, network, statuses
from apps.gateways.simulator import templates as reviewing
from apps.gateways.simulator.phone import new_external_id
from apps.tenants.postgres.context import current_schema

if TYPE_CHECKING:
    from apps.gateways.protocol import Line

Item = dict[str, Any]
WINDOW: Final = timedelta(hours=24)
SERVER_ERROR: Final = 500
HTTP_STATUS: Final = {130429: 429, 80007: 429, 4: 429, 190: 401, 0: 401, 10: 403, 131031: 403}
CARRIED: Final = frozenset(["text", "image", "video", "audio", "document", "location", "interactive", "template"])


class Carrier:
    """`settings.SIMULATOR_CARRIER`; see `client.Carrier`. Called inside the business whose phone it is."""

    def upload(self, data: bytes, mime: str) -> str:
        """Keep a file that is about to be sent."""
        return files.keep(data, mime)

    def hand_out(self, line: Line, reference: str) -> bytes | None:
        """A phone's file; out of order as often as its phone is switched to."""
        bubble = SimulatorBubble.objects.filter(phone__inbox__pk=line.inbox_id, payload__id=reference).first()
        if bubble and _is_out_of_order(bubble.phone):
            raise NotFetched("unavailable")
        return files.read(reference) if bubble else None

    def accept(self, line: Line, body: Item) -> Item:
        """Meta's answer to a request for this number, and a bubble on the phone it is for."""
        if body.get("status") == "read":
            return _mark_read(line, text(body.get("message_id")))
        phone = _addressee(line, body)
        if phone is None:
            return _error(131026, "Message undeliverable: there is no such pretend phone.")
        if "unreachable" in phone.faults:
            raise httpx.ConnectError("The pretend network is switched off.")
        if "timeout_lost" in phone.faults:
            raise httpx.ReadTimeout("The pretend network swallowed the request.")
        if refusal := _refusal(phone):
            return refusal
        if body.get("type") == "reaction":
            return _answer(phone, _react(phone, table(body.get("reaction"))))
        if body.get("type") not in CARRIED:
            return _error(131051, "Unsupported message type.")
        if body.get("type") != "template" and not _is_open(phone):
            return _error(131047, "More than 24 hours have passed since the customer last wrote.")
        return _carry(line, phone, body)

    def templates(self, line: Line) -> list[KnownTemplate]:
        """The provider's own, and what was handed in to it, which nobody has taken away."""
        kept = Template.objects.filter(
            inbox__pk=line.inbox_id, archived_at=None, external_id__startswith=reviewing.MADE
        )
        return [*reviewing.approved(), *map(_known, kept)]


def _known(row: Template) -> KnownTemplate:
    return KnownTemplate(
        row.name, row.language, row.category, row.status, row.components, row.external_id, row.quality,
        row.rejected_reason,
    )  # fmt: skip


def _carry(line: Line, phone: SimulatorPhone, body: Item) -> Item:
    plan = statuses.plan(phone)
    first = "statuses_first" in phone.faults
    with transaction.atomic():
        bubble = SimulatorBubble.objects.create(
            phone=phone, direction=SimulatorBubble.Direction.OUT, external_id=new_external_id(),
            opaque=text(body.get("biz_opaque_callback_data"))[:64], provider_at=timezone.now() + phone.clock_offset,
            reply_to_external=text(table(body.get("context")).get("message_id")), pending=plan, **_content(line, body),
        )  # fmt: skip
        transaction.on_commit(partial(_follow_up, current_schema(), bubble, None if first else statuses.wait(plan)))
    if first:
        _tell_all(bubble)
    if "timeout" in phone.faults:
        raise httpx.ReadTimeout("The pretend network has sent it and lost the answer.")
    return _answer(phone, bubble.external_id)


def _tell_all(bubble: SimulatorBubble) -> None:
    """Every status at once, before the request is answered."""
    try:
        while statuses.tell_next(bubble.pk) is not None:
            pass
    except Refusal:
        tasks.tell_status.delay(bubble.pk)


def _follow_up(schema: str, bubble: SimulatorBubble, seconds: float | None) -> None:
    """After the commit, whose schema may be another: show the bubble, and have the first status told in a while."""
    with schema_context(schema):
        network.show(bubble.phone)
        if seconds is not None:
            tasks.tell_status.apply_async([bubble.pk], countdown=seconds)


def _content(line: Line, body: Item) -> Item:
    """What the phone shows of a request."""
    kind = text(body.get("type"))
    content = table(body.get(kind))
    if kind == "text":
        return {"type": "text", "body": text(content.get("body"))}
    if kind == "template":
        return _words(line, content)
    if kind == "interactive":
        action = table(content.get("action"))
        payload: Item = {"sections": rows(action.get("sections")), "button": text(action.get("button"))}
        payload["buttons"] = [table(each.get("reply")) for each in rows(action.get("buttons"))]
        payload |= {key: content[key] for key in ("header", "footer") if key in content}
        return {
            "type": "interactive", "body": text(table(content.get("body")).get("text")),
            "payload": {key: value for key, value in payload.items() if value},
        }  # fmt: skip
    kind = "voice" if kind == "audio" and content.get("voice") is True else kind
    return {"type": kind, "body": text(content.get("caption")), "payload": content}


def _words(line: Line, content: Item) -> Item:
    """A template as a phone shows it: the approved words with the values that were sent."""
    name, language = text(content.get("name")), text(table(content.get("language")).get("code"))
    given = [
        (text(part_.get("type")), text(value.get("text")))
        for part_ in map(table, rows(content.get("components"))) for value in map(table, rows(part_.get("parameters")))
    ]  # fmt: skip
    known = Template.objects.filter(inbox__pk=line.inbox_id, name=name, language=language, archived_at=None).first()
    if known is None:
        return {"type": "template", "body": " ".join([name, *(value for _where, value in given if value)]),
                "payload": content}  # fmt: skip
    values = dict(zip(wording.places(known.components), [value for _where, value in given], strict=False))
    shown = wording.preview(known.components, values)
    payload: Item = {"buttons": shown.buttons, "header": {"text": shown.header}, "footer": {"text": shown.footer}}
    return {"type": "template", "body": shown.body, "payload": {key: each for key, each in payload.items() if each}}


def _addressee(line: Line, body: Item) -> SimulatorPhone | None:
    number, user = text(body.get("to")).lstrip("+"), text(body.get("recipient"))
    phones = SimulatorPhone.objects.filter(inbox__pk=line.inbox_id).select_related("inbox")
    wanted = Q(number=f"+{number}") if number else Q(pk=None)
    return phones.filter(wanted | Q(provider_user=user) if user else wanted).first()


def _refusal(phone: SimulatorPhone) -> Item | None:
    """The error this phone is switched to, counted down where it is to come only some times."""
    with transaction.atomic():
        held = SimulatorPhone.objects.select_for_update().get(pk=phone.pk)
        fault = held.faults.get("error")
        if fault is None:
            return None
        if "times" in fault:
            left = fault["times"] - 1
            others = {name: value for name, value in held.faults.items() if name != "error"}
            held.faults = {**others, "error": {**fault, "times": left}} if left > 0 else others
            held.save(update_fields=["faults", "updated_at"])
    answer = _error(fault["code"], "The pretend network was asked to refuse.")
    return {**answer, "retry_after": fault["retry_after"]} if "retry_after" in fault else answer


def _is_out_of_order(phone: SimulatorPhone) -> bool:
    """Whether the files of this phone cannot be fetched now; counted down."""
    with transaction.atomic():
        held = SimulatorPhone.objects.select_for_update().get(pk=phone.pk)
        left = held.faults.get("files_late", 0)
        if left:
            others = {name: value for name, value in held.faults.items() if name != "files_late"}
            held.faults = {**others, "files_late": left - 1} if left > 1 else others
            held.save(update_fields=["faults", "updated_at"])
    return bool(left)


def _error(code: int, words: str) -> Item:
    if SERVER_ERROR <= code < SERVER_ERROR + 100:
        return {"http_status": code}
    error = {"message": words, "type": "OAuthException", "code": code, "error_data": {"details": words}}
    return {"error": error, "http_status": HTTP_STATUS.get(code, 400)}


def _answer(phone: SimulatorPhone, external_id: str) -> Item:
    number = phone.number.lstrip("+")
    return {
        "messaging_product": "whatsapp", "contacts": [{"input": number, "wa_id": number}],
        "messages": [{"id": external_id}],
    }  # fmt: skip


def _react(phone: SimulatorPhone, reaction: Item) -> str:
    with transaction.atomic():
        phone.bubbles.filter(external_id=text(reaction.get("message_id"))).update(
            reaction=text(reaction.get("emoji"))[:16]
        )
        transaction.on_commit(partial(_show_in, current_schema(), phone))
    return new_external_id()


def _mark_read(line: Line, external_id: str) -> Item:
    """Blue ticks for this message and those before it."""
    found = (
        SimulatorBubble.objects.filter(phone__inbox__pk=line.inbox_id, external_id=external_id)
        .select_related("phone")
        .first()
    )
    if found is None:
        return _error(131009, "There is no such message to mark as read.")
    with transaction.atomic():
        found.phone.bubbles.filter(direction=SimulatorBubble.Direction.IN, provider_at__lte=found.provider_at).exclude(
            status=SimulatorBubble.Status.WAITING
        ).update(status=SimulatorBubble.Status.READ)
        transaction.on_commit(partial(_show_in, current_schema(), found.phone))
    return {"success": True}


def _show_in(schema: str, phone: SimulatorPhone) -> None:
    with schema_context(schema):
        network.show(phone)


def _is_open(phone: SimulatorPhone) -> bool:
    """Whether the customer wrote within a day, by the provider's own clock."""
    last: datetime | None = (
        phone.bubbles.filter(direction=SimulatorBubble.Direction.IN)
        .exclude(status=SimulatorBubble.Status.WAITING)
        .order_by("-provider_at")
        .values_list("provider_at", flat=True)
        .first()
    )
    return last is None or last > timezone.now() + phone.clock_offset - WINDOW
