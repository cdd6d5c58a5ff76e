"""The list's filters in words: the chips of those in force, the form that changes them, the orders to choose from."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Model
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from apps.accounts.models import Employee
from apps.conversations.models import Conversation
from apps.conversations.queries import Wanted
from apps.conversations.queries.narrowing import ME, NOBODY, SORTS, WAITS
from apps.core.templatetags.ui import language_word
from apps.customers.models import Label
from apps.gateways.models import Inbox


def words() -> dict[str, dict[str, str]]:
    """What each fixed value of a filter is called."""
    return {
        "mode": {"ai": _("Assistant answers"), "hybrid": _("Assistant drafts"), "human": _("A person answers")},
        "status": {"open": pgettext("conversation", "Open"), "snoozed": _("Snoozed"), "resolved": _("Closed")},
        "priority": {"urgent": _("Urgent"), "high": _("High"), "normal": _("Normal"), "low": _("Low")},
        "unread": {"yes": _("Unread")},
        "vip": {"yes": _("VIP")},
        "waiting": {minutes: _waiting(int(minutes)) for minutes in WAITS},
        "assignee": {ME: _("Me"), NOBODY: _("Nobody")},
    }


def _waiting(minutes: int) -> str:
    if minutes < 60:
        return ngettext("Waiting over %(n)d minute", "Waiting over %(n)d minutes", minutes) % {"n": minutes}
    hours = minutes // 60
    return ngettext("Waiting over %(n)d hour", "Waiting over %(n)d hours", hours) % {"n": hours}


def sorts(wishes: Wanted) -> list[dict[str, Any]]:
    """The orders, each with the address that has it."""
    called = {
        "activity": _("Last activity"), "waiting": _("Waiting longest"), "priority": _("Priority"),
        "unread": _("Unread first"),
    }  # fmt: skip
    return [
        {"key": key, "label": called[key], "query": wishes.query(sort=key, after=""), "current": key == wishes.sort}
        for key in SORTS
    ]


def chips(wishes: Wanted) -> list[dict[str, str]]:
    """The filters in force, each with the address without it."""
    fixed, named = words(), {}
    for name, model, field in (("label", Label, "name"), ("inbox", Inbox, "name"), ("assignee", Employee, "full_name")):
        keys = [each for each in wishes.picked.get(name, ()) if each not in fixed.get(name, {})]
        named[name] = _names(model, field, keys) if keys else {}
    found = []
    for name, values in wishes.picked.items():
        for value in values:
            word = fixed.get(name, {}).get(value) or named.get(name, {}).get(value) or value
            label = language_word(value) if name == "language" else word
            found.append({"name": name, "label": label, "query": wishes.without(name, value)})
    return found


def _names(model: type[Model], field: str, keys: Iterable[str]) -> dict[str, str]:
    return {str(pk): name for pk, name in model._default_manager.filter(pk__in=keys).values_list("pk", field)}


def form(user: Any, wishes: Wanted) -> dict[str, Any]:
    """Every filter with its choices; what is chosen now is marked."""
    seen = Conversation.objects.for_user(user).filter(hidden_at=None).order_by()
    fixed = words()
    people = Employee.objects.filter(deactivated_at=None).order_by("full_name").values_list("pk", "full_name")
    inboxes = Inbox.objects.for_user(user).order_by("name").values_list("pk", "name")
    choices: dict[str, Iterable[tuple[Any, str]]] = {
        "assignee": [*fixed["assignee"].items(), *people],
        "label": Label.objects.values_list("pk", "name"),
        "inbox": inboxes,
        "stage": [(each, each) for each in _distinct(seen, "stage")],
        "language": [(each, language_word(each)) for each in _distinct(seen, "language")],
        "waiting": fixed["waiting"].items(),
    }
    titles = {
        "assignee": _("Assigned to"), "label": _("Label"), "inbox": _("Inbox"), "stage": _("Stage"),
        "language": _("Language"), "waiting": _("Waiting"),
    }  # fmt: skip
    selects = [_field(wishes, name, titles[name], options) for name, options in choices.items()]
    groups = {"status": _("State"), "mode": _("Who answers"), "priority": _("Priority")}
    return {
        "sorts": sorts(wishes),
        "groups": [_field(wishes, name, title, fixed[name].items()) for name, title in groups.items()],
        "switches": [_field(wishes, name, fixed[name]["yes"], fixed[name].items()) for name in ("unread", "vip")],
        "selects": [found for found in selects if found["options"]],
    }  # fmt: skip


def _distinct(rows: Any, name: str) -> list[str]:
    return list(rows.exclude(**{name: ""}).order_by(name).values_list(name, flat=True).distinct()[:30])


def _field(wishes: Wanted, name: str, title: str, options: Iterable[tuple[Any, str]]) -> dict[str, Any]:
    chosen = wishes.picked.get(name, ())
    return {
        "name": name, "title": title, "chosen": bool(chosen),
        "options": [{"value": str(key), "label": word, "chosen": str(key) in chosen} for key, word in options],
    }  # fmt: skip
