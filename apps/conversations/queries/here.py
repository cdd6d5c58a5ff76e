"""Who is in a conversation at this moment: kept in the cache for a few seconds, never in a table."""

from uuid import UUID

from django.core.cache import cache

from apps.accounts.models import Employee
from apps.conversations.models import Conversation

SIGNS = ("viewing", "typing")  # of somebody's being there, the stronger one last


def here_key(sign: str, conversation_id: UUID, employee_id: UUID) -> str:
    """Where the cache keeps that somebody is typing or viewing."""
    return f"{sign}:{conversation_id}:{employee_id}"


def who_is_here(conversation: Conversation, *, but: Employee | None = None) -> list[tuple[Employee, str]]:
    """The colleagues in this conversation now, each `typing` or `viewing`; of somebody who does both, typing."""
    people = list(Employee.objects.filter(deactivated_at=None).exclude(pk=but.pk if but else None))
    signs = {here_key(sign, conversation.pk, each.pk): (each, sign) for sign in SIGNS for each in people}
    found = cache.get_many(signs)
    here = {each.pk: (each, sign) for key, (each, sign) in signs.items() if key in found}
    return list(here.values())
