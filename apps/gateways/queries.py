"""Reads of connected numbers: who is granted what."""

from typing import Any

from apps.gateways.models import Inbox, InboxGroupPermission, InboxUserPermission

WORDS = ("view", "reply", "assign")


def grants_of(inbox: Inbox) -> list[dict[str, Any]]:
    """Who holds which words in an inbox: `{role, employee, words}`, where one of the two is None."""
    found: dict[tuple[Any, Any], set[str]] = {}
    by_role = InboxGroupPermission.objects.filter(content_object=inbox).values_list(
        "group__role", "permission__codename"
    )
    by_person = InboxUserPermission.objects.filter(content_object=inbox)
    for role, codename in by_role:
        found.setdefault((role, None), set()).add(codename.removesuffix("_inbox"))
    for employee, codename in by_person.values_list("user__employee", "permission__codename"):
        found.setdefault((None, employee), set()).add(codename.removesuffix("_inbox"))
    return [
        {"role": role, "employee": employee, "words": [word for word in WORDS if word in words]}
        for (role, employee), words in found.items()
    ]
