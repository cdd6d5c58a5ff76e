"""Verbs on message templates: reading them from the provider, writing one, handing it in, and what the provider says.

What asks the provider keeps its own transactions: nothing is locked while it thinks.
"""

from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.audit import actions as audit
from apps.core.actors import SYSTEM, Actor
from apps.core.events import emit
from apps.core.refusals import Refusal
from apps.gateways import protocol, sentences, wording
from apps.gateways.actions.inboxes import line_of
from apps.gateways.drafts import Draft, checked
from apps.gateways.events import TemplatesChanged, TemplatesOutdated
from apps.gateways.models import Inbox, Template
from apps.gateways.reading import table, text
from apps.gateways.whatsapp_cloud.templates import STATUSES

Status = Template.Status
CHANGEABLE = (Status.DRAFT, Status.REJECTED, Status.PAUSED, Status.APPROVED)
TOLD = ("category", "status", "components", "external_id", "quality", "rejected_reason", "variables")


@dataclass(frozen=True, slots=True)
class Synced:
    """How many templates were new, different, and gone."""

    added: int = 0
    changed: int = 0
    gone: int = 0


def sync_templates(inbox: Inbox, *, by: Actor) -> Synced:
    """Make the rows what the provider has (GW-24). Raises Refusal `invalid` or `unavailable` when it does not say."""
    try:
        known = protocol.gateway(inbox.gateway).read_templates(line_of(inbox))
    except protocol.SendTrouble as trouble:
        raise sentences.refusal(inbox.gateway, trouble) from trouble
    with transaction.atomic():
        Inbox.objects.select_for_update().get(pk=inbox.pk)  # one at a time
        synced = _store(inbox, known)
        audit.record(
            by, "synced_templates", inbox,
            after={"added": synced.added, "changed": synced.changed, "gone": synced.gone},
        )  # fmt: skip
        if synced != Synced():
            emit(TemplatesChanged(inbox_id=inbox.pk))
    return synced


def _store(inbox: Inbox, known: list[protocol.KnownTemplate]) -> Synced:
    now, added, changed = timezone.now(), 0, 0
    rows = {(row.name, row.language): row for row in Template.objects.filter(inbox=inbox, archived_at=None)}
    told = {(each.name, each.language): each for each in known}
    for key, each in told.items():
        row = rows.get(key)
        if row is None:
            row = Template(inbox=inbox, name=each.name, language=each.language)
            added += 1
        elif _differs(row, each):
            changed += 1
        _take(row, each)
        row.synced_at = now
        row.save()
    lost = [row.pk for key, row in rows.items() if key not in told and row.external_id]
    Template.objects.filter(pk__in=lost).update(archived_at=now, updated_at=now)
    return Synced(added, changed, len(lost))


def _take(row: Template, known: protocol.KnownTemplate) -> None:
    row.category = known.category if known.category in Template.Category.values else Template.Category.UTILITY
    row.status = known.status
    row.components, row.variables = known.components, wording.variables_of(known.components)
    row.external_id, row.quality, row.rejected_reason = known.external_id, known.quality, known.rejected_reason


def _differs(row: Template, known: protocol.KnownTemplate) -> bool:
    before = [getattr(row, name) for name in TOLD]
    _take(row, known)
    return before != [getattr(row, name) for name in TOLD]


@transaction.atomic
def create_template(inbox: Inbox, *, draft: Draft, by: Actor) -> Template:
    """Write a template down as a draft. Refuses `invalid` words and a name that is taken (`duplicate`)."""
    components = checked(draft)
    try:
        with transaction.atomic():
            row = Template.objects.create(
                inbox=inbox, name=draft.name, language=draft.language, category=draft.category, components=components,
                variables=wording.variables_of(components),
            )  # fmt: skip
    except IntegrityError:
        raise Refusal("duplicate", _("There is a template of this name in this language already.")) from None
    audit.record(by, "created", row, after={"name": row.name, "language": row.language, "category": row.category})
    emit(TemplatesChanged(inbox_id=inbox.pk))
    return row


@transaction.atomic
def edit_template(template: Template, *, draft: Draft, by: Actor) -> Template:
    """Write it anew. One that the provider knows is a draft again until it is handed in; its name stays."""
    row = _locked(template)
    _require_changeable(row)
    if row.external_id and (draft.name, draft.language) != (row.name, row.language):
        raise Refusal("conflict", _("WhatsApp knows this template by its name: write a new one to call it otherwise."))
    before = {"category": row.category, "components": row.components}
    row.name, row.language, row.category = draft.name, draft.language, draft.category
    row.components = checked(draft)
    row.variables = wording.variables_of(row.components)
    row.status = Status.DRAFT
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:
        raise Refusal("duplicate", _("There is a template of this name in this language already.")) from None
    audit.record(by, "edited", row, before=before, after={"category": row.category, "components": row.components})
    emit(TemplatesChanged(inbox_id=row.inbox_id))
    return row


def submit_template(template: Template, *, by: Actor) -> Template:
    """Hand it in to the provider's reviewers. Raises Refusal `illegal_transition`, `invalid` or `unavailable`."""
    if template.archived_at or template.status not in (Status.DRAFT, Status.REJECTED):
        raise Refusal("illegal_transition", _("Only a draft or a rejected template can be submitted."))
    if lacking := [each["name"] for each in template.variables if not each["sample"]]:
        sentence = _("WhatsApp's reviewers want a sample for each place: %(names)s.")
        raise Refusal("invalid", sentence % {"names": ", ".join(lacking)})
    inbox = template.inbox
    try:
        told = protocol.gateway(inbox.gateway).submit_template(line_of(inbox), worded(template), template.category)
    except protocol.SendTrouble as trouble:
        raise sentences.refusal(inbox.gateway, trouble) from trouble
    with transaction.atomic():
        row = _locked(template)
        row.external_id, row.status = told.external_id, told.status
        row.rejected_reason, row.synced_at = told.rejected_reason, timezone.now()
        row.save()
        audit.record(by, "submitted", row, after={"status": row.status})
        emit(TemplatesChanged(inbox_id=row.inbox_id))
    return row


def delete_template(template: Template, *, by: Actor) -> Template:
    """Take it away here and at the provider. The row is archived: messages were sent by it."""
    inbox = template.inbox
    if template.external_id:
        try:
            protocol.gateway(inbox.gateway).delete_template(line_of(inbox), worded(template))
        except protocol.SendTrouble as trouble:
            if trouble.meaning not in (protocol.Meaning.BAD_PARAMETERS, protocol.Meaning.TEMPLATE_FAULT):
                raise sentences.refusal(inbox.gateway, trouble) from trouble  # else the provider has it no more
    with transaction.atomic():
        row = _locked(template)
        row.archived_at = timezone.now()
        row.save(update_fields=["archived_at", "updated_at"])
        audit.record(by, "deleted", row)
        emit(TemplatesChanged(inbox_id=row.inbox_id))
    return row


def note_template(inbox: Inbox, *, kind: str, detail: dict[str, Any]) -> Template | Inbox:
    """Write down what the provider says of a template: its status, quality, category or words (in a transaction).

    Numbers of one account have their templates together. Of one that is unknown here the whole list is asked for.
    """
    same = Inbox.objects.filter(account_ref=inbox.account_ref, gateway=inbox.gateway, archived_at=None)
    rows = Template.objects.select_for_update().filter(
        inbox__in=same if inbox.account_ref else [inbox], archived_at=None,
        name=text(detail.get("message_template_name")), language=text(detail.get("message_template_language")),
    ).order_by("pk")  # fmt: skip
    found = list(rows)
    if not found or kind == "template_components":
        emit(TemplatesOutdated(inbox_id=inbox.pk))
    for row in found:
        before = {"status": row.status, "quality": row.quality, "category": row.category}
        _NOTED.get(kind, _note_nothing)(row, detail)
        row.save()
        after = {"status": row.status, "quality": row.quality, "category": row.category}
        if after != before:
            audit.record(SYSTEM, "noted", row, before=before, after=after)
            emit(TemplatesChanged(inbox_id=row.inbox_id))
    return found[0] if found else inbox


def _note_status(row: Template, detail: dict[str, Any]) -> None:
    row.status = STATUSES.get(text(detail.get("event")).upper(), row.status)
    reason = text(table(detail.get("rejection_info")).get("reason")) or text(detail.get("reason"))
    row.rejected_reason = reason[:300] if row.status == Status.REJECTED and reason != "NONE" else ""
    row.external_id = text(detail.get("message_template_id"))[:64] or row.external_id
    _note_category(row, {"new_category": detail.get("message_template_category")})


def _note_quality(row: Template, detail: dict[str, Any]) -> None:
    row.quality = text(detail.get("new_quality_score"))[:20].lower()


def _note_category(row: Template, detail: dict[str, Any]) -> None:
    said = text(detail.get("new_category")).lower()
    row.category = said if said in Template.Category.values else row.category


def _note_nothing(row: Template, detail: dict[str, Any]) -> None:
    """Words come with the list."""


_NOTED = {
    "template_status": _note_status,
    "template_quality": _note_quality,
    "template_category": _note_category,
}


@transaction.atomic
def mark_template(inbox: Inbox, *, name: str, language: str, code: str) -> None:
    """A send by this template was refused because of it (12.1): paused, disabled or gone it is picked no more."""
    status = {"132015": Status.PAUSED, "132016": Status.DISABLED, "132001": Status.DISABLED}.get(code)
    row = Template.objects.select_for_update().filter(
        inbox=inbox, name=name, language=language, archived_at=None
    ).first()  # fmt: skip
    if row is None or status is None or row.status == status:
        return
    before = {"status": row.status}
    row.status = status
    row.save(update_fields=["status", "updated_at"])
    audit.record(SYSTEM, "noted", row, before=before, after={"status": row.status, "code": code})
    emit(TemplatesChanged(inbox_id=inbox.pk))


def worded(template: Template) -> protocol.Wording:
    """The template as its gateway takes it."""
    return protocol.Wording(template.name, template.language, template.external_id, template.components)


def _locked(template: Template) -> Template:
    row: Template = Template.objects.select_for_update(of=("self",)).select_related("inbox").get(pk=template.pk)
    return row


def _require_changeable(row: Template) -> None:
    if row.archived_at or row.status not in CHANGEABLE:
        raise Refusal("illegal_transition", _("This template is being reviewed or disabled, so it cannot be changed."))
