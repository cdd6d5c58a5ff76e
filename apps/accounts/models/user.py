"""A sign-in: of an employee inside a business, of an operator in public."""

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models.functions import Lower

from apps.core.actors import Actor, ActorKind
from apps.core.models import Timestamped


class UserManager(BaseUserManager["User"]):
    """Django asks for one; people are made by `actions.add_employee` and `actions.add_operator`."""

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username)


class User(AbstractBaseUser, PermissionsMixin, Timestamped):
    """A sign-in: an employee inside a business's schema, an operator in public."""

    email = models.EmailField(max_length=254)
    email_confirmed_at = models.DateTimeField(null=True, blank=True)
    is_active = models.BooleanField(default=True)
    is_operator = models.BooleanField(default=False)
    failed_count = models.PositiveSmallIntegerField(default=0)
    locked_until = models.DateTimeField(null=True, blank=True)
    language = models.CharField(max_length=8, default="en")

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"

    class Meta:
        constraints: ClassVar[list[Any]] = [models.UniqueConstraint(Lower("email"), name="an_email_is_used_once")]

    def __str__(self) -> str:
        return self.email

    @property
    def is_staff(self) -> bool:
        """Django's admin asks this word; only operators, who live in public, may enter it."""
        return self.is_operator

    def may(self, permission: str) -> bool:
        """Whether this person effectively holds a word of the vocabulary. Operators hold none inside a business."""
        employee = getattr(self, "employee", None)
        return self.is_active and employee is not None and permission in employee.permissions

    @property
    def actor(self) -> Actor:
        """This person as the doer of a write."""
        if self.is_operator:
            return Actor(ActorKind.OPERATOR, self.pk, self.email)
        return Actor(ActorKind.EMPLOYEE, self.employee.pk, self.employee.full_name)
