"""Who may read along: the audience of a nudge."""

from typing import Any

from django.db.models import Q, QuerySet
from guardian.shortcuts import get_groups_with_perms, get_users_with_perms

from apps.accounts.models import Employee
from apps.conversations.models import Conversation


def readers_of(conversation: Conversation) -> QuerySet[Employee]:
    """Everybody who may see this conversation now. Asked for every message, so it is one question, whoever is there."""
    reach = _holding("conversations.view_all") | Q(pk=conversation.assignee_id)
    if conversation.assignee_id is None:
        view = ["view_inbox"]
        users: Any = get_users_with_perms(conversation.inbox, only_with_perms_in=view, with_group_users=False)
        groups: Any = get_groups_with_perms(conversation.inbox, only_with_perms_in=view)
        reach |= Q(user__in=users.values("pk")) | Q(role__group__in=groups.values("pk"))
    working = Employee.objects.filter(deactivated_at=None, over_limit_at=None, user__is_active=True)
    return working.filter(_holding("conversations.view"), reach)


def _holding(word: str) -> Q:
    """`Employee.permissions` of this word, in SQL: the role's or granted, and not denied."""
    return (Q(role__permissions__contains=[word]) | Q(grants__contains=[word])) & ~Q(denials__contains=[word])
