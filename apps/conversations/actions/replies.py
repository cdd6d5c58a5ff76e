"""Replies kept ready: made, changed, put in order, used. What their variables become, `variables` says."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, Max
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts.models import Employee, Role
from apps.audit import actions as audit
from apps.conversations import variables
from apps.conversations.models import CannedReply
from apps.core.actors import Actor
from apps.core.refusals import Refusal
from apps.gateways.files import require_taken
from apps.gateways.models import Inbox
from apps.media import actions as media
from apps.media.models import Attachment
from apps.media.queries import ready_files

OWNER = "reply"  # the owner kind of its files
RECORDED = ("title", "shortcut", "category", "sort", "scope")
SCOPES = {"role": Role, "inbox": Inbox, "mine": Employee}


@transaction.atomic
def create_reply(*, by: Actor, **facts: Any) -> CannedReply:
    """Keep a text ready, last in its category. Raises ValidationError by field."""
    reply = CannedReply(**facts)
    reply.sort = _last(reply.category) + 1
    _check(reply)
    _take_files(reply, by)
    reply.save(force_insert=True)
    audit.record(by, "created", reply, after={name: getattr(reply, name) for name in RECORDED})
    return reply


@transaction.atomic
def edit_reply(reply: CannedReply, *, by: Actor, **facts: Any) -> CannedReply:
    """Change a reply. In another category it comes last."""
    reply = CannedReply.objects.select_for_update().get(pk=reply.pk)
    before = {name: getattr(reply, name) for name in RECORDED}
    changed = [name for name, value in facts.items() if getattr(reply, name) != value]
    if not changed:
        return reply
    for name in changed:
        setattr(reply, name, facts[name])
    if "category" in changed:
        reply.sort = _last(reply.category) + 1
    _check(reply)
    if "attachment_ids" in changed:
        _take_files(reply, by)
    reply.save()
    after = {name: getattr(reply, name) for name in RECORDED}
    audit.record(by, "edited", reply, before=before, after=after)
    return reply


@transaction.atomic
def delete_reply(reply: CannedReply, *, by: Actor) -> None:
    """Keep it no longer, nor its files. What was said with it stays said, with files of its own."""
    media.erase_files(OWNER, [reply.pk])
    audit.record(by, "deleted", reply, before={name: getattr(reply, name) for name in RECORDED})
    reply.delete()


@transaction.atomic
def reorder_replies(order: Sequence[UUID], *, by: Actor) -> None:
    """Put replies of one category into this order; those not named follow."""
    rows = {row.pk: row for row in CannedReply.objects.select_for_update().filter(pk__in=order)}
    if len(rows) != len(set(order)) or len({row.category for row in rows.values()}) > 1:
        raise Refusal("invalid", _("Name replies of one category, each once."))
    if not rows:
        return
    first = next(iter(rows.values()))
    rest = CannedReply.objects.filter(category=first.category).exclude(pk__in=rows).order_by("sort", "title")
    for place, row in enumerate([*(rows[pk] for pk in dict.fromkeys(order)), *rest], 1):
        row.sort = place
        row.save(update_fields=["sort", "updated_at"])
    audit.record(by, "reordered", first, after={"category": first.category})


@transaction.atomic
def use_reply(reply: CannedReply, *, employee: Employee, by: Actor) -> CannedReply:
    """It was put into a message once more."""
    CannedReply.objects.filter(pk=reply.pk).update(
        use_count=F("use_count") + 1, last_used_at=timezone.now(), last_used_by=employee
    )
    audit.record(by, "used", reply)
    reply.refresh_from_db(fields=["use_count", "last_used_at", "last_used_by"])
    return reply


def lend_files(reply: CannedReply, *, by: Actor) -> list[Attachment]:
    """Copies of its files for one message, as fresh uploads of whoever uses it. Raises Refusal as `copy_files` does."""
    return media.copy_files(ready_files(OWNER, reply.pk), by=by)


def _take_files(reply: CannedReply, by: Actor) -> None:
    """Make the files it names its own, and let go of those it no longer names."""
    try:
        files = media.settle(
            reply.attachment_ids, owner_kind=OWNER, owner_id=reply.pk, by=by, used_for=Attachment.Use.CANNED_REPLY
        )
        for file in files:
            require_taken(file.kind, file.mime, file.bytes)
    except Refusal as refusal:
        raise ValidationError({"attachment_ids": [refusal.detail]}) from None
    reply.attachment_ids = [file.pk for file in files]


def _last(category: str) -> int:
    return int(CannedReply.objects.filter(category=category).aggregate(last=Max("sort"))["last"] or 0)


def _check(reply: CannedReply) -> None:
    reply.body_en, reply.body_ar = reply.body_en.strip(), reply.body_ar.strip()
    problems: dict[str, Any] = {}
    for name in ("body_en", "body_ar"):
        try:
            variables.check(getattr(reply, name))
        except ValidationError as error:
            problems[name] = error.messages
    if not (reply.body_en or reply.body_ar):
        problems["body_en"] = [_("Write it in one language at least.")]
    taken = CannedReply.objects.exclude(pk=reply.pk).filter(shortcut__iexact=reply.shortcut)
    if taken.exists():
        problems["shortcut"] = [_("Another reply has this shortcut.")]
    if scope := _scope_problem(reply.scope):
        problems["scope"] = [scope]
    try:
        reply.clean_fields(exclude=[*problems, "scope"])
    except ValidationError as error:
        problems |= error.message_dict
    if problems:
        raise ValidationError(problems)


def _scope_problem(scope: dict[str, Any]) -> str:
    if not scope:
        return ""
    model = SCOPES.get(str(scope.get("kind")))
    try:
        known = model is not None and set(scope) == {"kind", "id"} and model._default_manager.filter(
            pk=UUID(str(scope["id"]))
        ).exists()  # fmt: skip
    except ValueError:
        known = False
    return "" if known else _("A reply is for everybody, a role, an inbox, or yourself.")
