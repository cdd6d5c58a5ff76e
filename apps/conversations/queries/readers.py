"""Who may read along: the audience of a nudge."""

from typing import Any
from uuid import UUID

from guardian.shortcuts import get_groups_with_perms, get_users_with_perms

from apps.accounts.models import Employee
from apps.conversations.models import Conversation


def readers_of(conversation: Conversation) -> list[Employee]:
    """Everybody who may see this conversation now. The audience of a nudge, computed when it is sent."""
    # this is asked for every message: only what decides, and a role once, not for each person who has it
    people = (
        Employee.objects.filter(deactivated_at=None, user__is_active=True)
        .only("user_id", "role_id", "grants", "denials", "deactivated_at", "over_limit_at")
        .prefetch_related("role")
    )
    granted_users: set[UUID] = set()
    granted_groups: set[int] = set()
    if conversation.assignee_id is None:
        view = ["view_inbox"]
        users: Any = get_users_with_perms(conversation.inbox, only_with_perms_in=view, with_group_users=False)
        groups: Any = get_groups_with_perms(conversation.inbox, only_with_perms_in=view)
        granted_users = set(users.values_list("pk", flat=True))
        granted_groups = set(groups.values_list("pk", flat=True))
    return [
        person
        for person in people
        if "conversations.view" in (words := person.permissions)
        and (
            "conversations.view_all" in words
            or person.pk == conversation.assignee_id
            or person.user_id in granted_users
            or person.role.group_id in granted_groups
        )
    ]
