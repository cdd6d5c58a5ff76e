"""Keys follow the same arrows as imports: a table refers only to tables of its own app or of one below."""

from collections.abc import Iterable

from django.apps import apps
from django.conf import settings

from tests.house.ground import layers

Key = tuple[str, str]  # the two labels: "conversations.message", "gateways.inbox"


def keys() -> list[Key]:
    """Every foreign key, one-to-one and many-to-many of our models."""
    return [
        (model._meta.label_lower, field.related_model._meta.label_lower)
        for model in apps.get_models(include_auto_created=True)
        if model.__module__.startswith("apps.")
        for field in (*model._meta.local_fields, *model._meta.local_many_to_many)
        if field.is_relation and field.related_model is not None
    ]


def upwards(found: Iterable[Key]) -> list[Key]:
    """The keys that do not point down. Django's and guardian's tables lie below all; the user is reached by name."""
    height = layers()
    wrong = []
    for holder, target in found:
        here, there = holder.split(".")[0], target.split(".")[0]
        allowed = here == there or there not in height or target == settings.AUTH_USER_MODEL.lower()
        if not allowed and height[there] >= height[here]:
            wrong.append((holder, target))
    return wrong


def test_foreign_keys_point_down() -> None:
    found = keys()

    assert ("conversations.conversation", "customers.customer") in found
    assert upwards(found) == []


def test_it_sees_a_planted_key() -> None:
    up, sideways = ("gateways.inbox", "conversations.message"), ("customers.customer", "gateways.inbox")

    assert upwards([up, sideways, ("audit.x", "accounts.user"), ("audit.x", "auth.group")]) == [up, sideways]
