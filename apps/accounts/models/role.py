"""A named set of permission words."""

from typing import Any, ClassVar

from django.contrib.auth.models import Group
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext as _

from apps.core.models import Timestamped
from apps.core.querysets import GuardedQuerySet


class Role(Timestamped):
    """A named set of permission words. Its group carries the object grants of everybody who holds it."""

    guard: ClassVar[dict[str, str]] = {
        "view": "roles.view", "create": "roles.create", "edit": "roles.edit", "delete": "roles.delete",
    }  # fmt: skip

    group = models.OneToOneField(Group, models.PROTECT, related_name="role")
    name = models.CharField(max_length=50)
    display_name = models.CharField(max_length=100)
    description = models.CharField(max_length=500, blank=True)
    colour = models.CharField(max_length=7, default="#6B46C1")
    permissions = ArrayField(models.CharField(max_length=40), default=list)
    is_system = models.BooleanField(default=False)
    sort = models.IntegerField(default=0)

    objects = GuardedQuerySet.as_manager()

    class Meta:
        ordering: ClassVar[list[str]] = ["sort", "name"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(Lower("name"), name="a_role_name_is_used_once"),
            models.CheckConstraint(
                condition=models.Q(name__regex="^[a-z][a-z0-9_]*$"),
                name="a_role_name_is_made_of_small_letters_digits_underscores",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        """What it is called; the house's own in the reader's language."""
        return _(self.display_name) if self.is_system else self.display_name

    @property
    def purpose(self) -> str:
        """What it is for, likewise."""
        return _(self.description) if self.is_system and self.description else self.description
