"""The persona: how the assistant speaks. Versions are only added, so that old answers stay explainable."""

from typing import Any, ClassVar

from django.db import models

from apps.core.models import Timestamped


class Persona(Timestamped):
    """One version of the assistant's words; exactly one is current."""

    version = models.PositiveIntegerField()
    greeting_en = models.CharField(max_length=1000)
    greeting_ar = models.CharField(max_length=1000)
    is_current = models.BooleanField(default=True)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["version"], name="a_persona_version_is_used_once"),
            models.UniqueConstraint(
                fields=["is_current"], condition=models.Q(is_current=True), name="one_persona_is_current"
            ),
        ]

    def __str__(self) -> str:
        return f"version {self.version}"
