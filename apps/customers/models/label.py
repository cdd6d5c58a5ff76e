"""Words that the team sticks on customers and conversations."""

from typing import Any, ClassVar

from django.core.validators import RegexValidator
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from apps.core.models import Timestamped
from apps.core.querysets import GuardedQuerySet


class LabelQuerySet(GuardedQuerySet):
    """Labels are everybody's to see; changing the list of them is for whoever may edit customers."""

    def for_user(self, user: Any, word: str = "view") -> Any:
        if word == "view":
            return self if getattr(user, "employee", None) else self.none()
        return super().for_user(user, word)


class Label(Timestamped):
    """One word with a colour. Its name is used once, whatever the case."""

    guard: ClassVar[dict[str, str]] = {
        "create": "customers.edit", "edit": "customers.edit", "delete": "customers.edit",
    }  # fmt: skip

    name = models.CharField(max_length=40)
    colour = models.CharField(
        max_length=7, default="#7A7468", validators=[RegexValidator("^#[0-9A-Fa-f]{6}$", _("Six hex digits after #."))]
    )

    objects = LabelQuerySet.as_manager()

    class Meta:
        ordering: ClassVar[list[Any]] = [Lower("name")]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(Lower("name"), name="a_label_name_is_used_once"),
            models.CheckConstraint(condition=~models.Q(name=""), name="a_label_has_a_name"),
        ]

    def __str__(self) -> str:
        return self.name
