"""Who does a thing. Every write knows its actor; history outlives people, so it is three plain values, not a key."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import models


class ActorKind(models.TextChoices):
    """The kinds of speaker and doer that history tells apart."""

    EMPLOYEE = "employee"
    CUSTOMER = "customer"
    ASSISTANT = "assistant"
    AUTOMATION = "automation"
    PHONE_APP = "phone_app"
    API_TOKEN = "api_token"
    OPERATOR = "operator"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: a kind, the row's id where there is one, and the name to show after the row is gone."""

    kind: str
    id: UUID | None = None
    label: str = ""

    def as_fields(self) -> dict[str, Any]:
        """The three columns of `Acted`, ready for a create()."""
        return {"actor_kind": self.kind, "actor_id": self.id, "actor_label": self.label[:120]}


SYSTEM = Actor(ActorKind.SYSTEM)
ASSISTANT = Actor(ActorKind.ASSISTANT)
AUTOMATION = Actor(ActorKind.AUTOMATION)
