"""Macros: several verbs by one click. Each step asks its own guard; the first refusal ends the run and is told."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts.models import Employee
from apps.audit import actions as audit
from apps.conversations import composing
from apps.conversations.actions import assignment, closing, keeping, labels, notes, replies, snooze, speaker
from apps.conversations.actions.send import send_message
from apps.conversations.models import CannedReply, Conversation, Macro
from apps.core.actors import Actor
from apps.core.refusals import Refusal
from apps.customers.models import Label

MOST = 10  # steps
LONGEST_SLEEP = 24 * 365  # hours


@dataclass(frozen=True, slots=True)
class Run:
    """What a macro did: the verbs that were done, and the first that was not, with the reason."""

    done: tuple[str, ...]
    refused: str = ""
    code: str = ""
    reason: str = ""


Step = Callable[[Conversation, Any, Actor, dict[str, Any]], Any]


def _assign(row: Conversation, user: Any, by: Actor, step: dict[str, Any]) -> Any:
    to = Employee.objects.filter(pk=step["employee"], deactivated_at=None).first() if step["employee"] else None
    if step["employee"] and to is None:
        raise Refusal("invalid", _("The person of this step no longer works here."))
    return assignment.assign_conversation(row, to=to, by=by)


def _send(row: Conversation, user: Any, by: Actor, step: dict[str, Any]) -> Any:
    reply = CannedReply.objects.for_user(user).filter(pk=step["reply"]).first()
    if reply is None:
        raise Refusal("invalid", _("The reply of this step is not there any more."))
    if row.mode != Conversation.Mode.HUMAN and not _may(user, "takeover", row):
        raise Refusal("held_by_other", _("The assistant is answering here, and you may not take over."))
    language = composing.language_for(row)
    filled, _language = composing.rendered(reply, row.customer, language=language, employee=user.employee)
    files = [file.pk for file in replies.lend_files(reply, by=by)]
    send_message(row, body=filled.body, by=by, employee=user.employee, attachments=files)
    return replies.use_reply(reply, employee=user.employee, by=by)


def _label(row: Conversation, user: Any, by: Actor, step: dict[str, Any]) -> Any:
    label = Label.objects.filter(pk=step["label"]).first()
    if label is None:
        raise Refusal("invalid", _("The label of this step is not there any more."))
    return labels.add_labels(row, labels={label}, by=by)


def _snooze(row: Conversation, user: Any, by: Actor, step: dict[str, Any]) -> Any:
    return snooze.snooze_conversation(row, until=timezone.now() + timedelta(hours=int(step["hours"])), by=by)


# verb: the word of its guard, the facts of a step besides it, and what is done
VERBS: dict[str, tuple[str, tuple[str, ...], Step]] = {
    "takeover": ("takeover", (), lambda row, user, by, step: speaker.take_over(row, employee=user.employee, by=by)),
    "handback": ("handback", (), lambda row, user, by, step: speaker.hand_back(row, by=by)),
    "close": ("reply", (), lambda row, user, by, step: closing.close_conversation(row, by=by)),
    "reopen": ("reply", (), lambda row, user, by, step: closing.reopen_conversation(row, by=by)),
    "set_priority": (
        "reply", ("priority",), lambda row, user, by, step: labels.set_priority(row, priority=step["priority"], by=by)
    ),
    "assign": ("assign", ("employee",), _assign),
    "note": (
        "note", ("body",),
        lambda row, user, by, step: notes.add_note(row, body=step["body"], author=user.employee, by=by),
    ),
    "send": ("reply", ("reply",), _send),
    "label": ("reply", ("label",), _label),
    "snooze": ("reply", ("hours",), _snooze),
}  # fmt: skip


def create_macro(*, owner: Employee, by: Actor, **facts: Any) -> Macro:
    """Keep several verbs under one name. Raises ValidationError by field."""
    return keeping.create(Macro(owner=owner, **facts), _problems, by=by)


def edit_macro(macro: Macro, *, by: Actor, **facts: Any) -> Macro:
    """Change its name, its steps, or who has it. Raises ValidationError by field."""
    return keeping.edit(macro, _problems, by=by, **facts)


def delete_macro(macro: Macro, *, by: Actor) -> None:
    """Keep it no longer."""
    keeping.delete(macro, by=by)


def run_macro(macro: Macro, conversation: Conversation, *, user: Any, by: Actor) -> Run:
    """Do its steps in order, each in its action's own transaction and by this person's own rights. What was done before
    a refusal stays done; the answer says where it ended."""
    done: list[str] = []
    Macro.objects.filter(pk=macro.pk).update(use_count=F("use_count") + 1)
    audit.record(by, "ran", macro, after={"conversation": conversation.number})
    for step in macro.steps:
        word, _facts, act = VERBS[step["verb"]]
        try:
            if not _may(user, word, conversation):
                raise Refusal("permission_denied", _("You may not do this step here."))
            act(conversation.fresh(), user, by, step)
        except Refusal as refusal:
            return Run(tuple(done), step["verb"], refusal.code, refusal.detail)
        done.append(step["verb"])
    return Run(tuple(done))


def _may(user: Any, word: str, conversation: Conversation) -> bool:
    return bool(Conversation.objects.for_user(user, word).filter(pk=conversation.pk).exists())


def _problems(macro: Macro) -> keeping.Problems:
    if not isinstance(macro.steps, list) or not 0 < len(macro.steps) <= MOST or not all(map(_is_step, macro.steps)):
        return {"steps": [_("A macro has one to ten steps, each a verb with what it needs.")]}
    return {}


def _is_step(step: Any) -> bool:
    if not isinstance(step, dict) or step.get("verb") not in VERBS:
        return False
    _word, facts, _act = VERBS[step["verb"]]
    if set(step) != {"verb", *facts} or not all(isinstance(step[name], str) for name in facts):
        return False
    if step["verb"] == "set_priority":
        return step["priority"] in Conversation.Priority.values
    if step["verb"] == "snooze":
        return is_sleep(step["hours"])
    if step["verb"] == "note":
        return 0 < len(step["body"].strip()) <= notes.NOTE_LONGEST
    return all(_is_id(step[name]) for name in facts) or (step["verb"] == "assign" and not step["employee"])


def is_sleep(hours: str) -> bool:
    """Whether this is a time to sleep: hours within a year, as digits."""
    return hours.isdecimal() and len(hours) <= 4 and 0 < int(hours) <= LONGEST_SLEEP


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
