"""The persona: how the assistant speaks. Versions are only added, so that old answers stay explainable."""

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.core.models import Timestamped


class Persona(Timestamped):
    """One version of the assistant's words; exactly one is current."""

    class Tone(models.TextChoices):
        PROFESSIONAL = "professional", _("Professional")
        FRIENDLY = "friendly", _("Friendly")
        MYSTICAL = "mystical", _("Mystical")
        CASUAL = "casual", _("Casual")

    class LanguageRule(models.TextChoices):
        AUTO = "auto", _("The customer's, Arabic or English")
        ARABIC_ONLY = "arabic_only", _("Always Arabic")
        ENGLISH_ONLY = "english_only", _("Always English")

    version = models.PositiveIntegerField()
    greeting_en = models.CharField(max_length=1000)
    greeting_ar = models.CharField(max_length=1000)
    tone = models.CharField(max_length=12, choices=Tone, default=Tone.FRIENDLY)
    language_rule = models.CharField(max_length=12, choices=LanguageRule, default=LanguageRule.AUTO)
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
