"""A sign-in: of an employee inside a business, of an operator in public."""

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext as _

from apps.core.actors import Actor, ActorKind
from apps.core.models import Timestamped
from apps.core.refusals import Refusal


class UserManager(BaseUserManager["User"]):
    """Django asks for one; people are made by `actions.add_employee` and `actions.add_operator`."""

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username)


# What each kind of operator may do on the platform (requirements TEN-23): look, change plans and payments, do all.
OPERATORS_MAY = {
    "operator_support": frozenset({"view"}),
    "operator_billing": frozenset({"view", "billing"}),
    "operator_admin": frozenset({"view", "billing", "manage"}),
}


class User(AbstractBaseUser, PermissionsMixin, Timestamped):
    """A sign-in: an employee inside a business's schema, an operator in public."""

    class OperatorRole(models.TextChoices):
        SUPPORT = "operator_support"
        BILLING = "operator_billing"
        ADMIN = "operator_admin"

    email = models.EmailField(max_length=254)
    email_confirmed_at = models.DateTimeField(null=True, blank=True)
    is_active = models.BooleanField(default=True)
    is_operator = models.BooleanField(default=False)
    operator_role = models.CharField(max_length=16, choices=OperatorRole, blank=True)
    failed_count = models.PositiveSmallIntegerField(default=0)
    locked_until = models.DateTimeField(null=True, blank=True)
    language = models.CharField(max_length=8, default="en")
    totp = models.BinaryField(null=True, editable=False)
    totp_key_id = models.CharField(max_length=40, blank=True, editable=False)
    totp_confirmed_at = models.DateTimeField(null=True, blank=True)
    totp_last_step = models.BigIntegerField(default=0, editable=False)
    backup_codes = ArrayField(models.CharField(max_length=64), default=list, blank=True, editable=False)
    mfa_required = models.BooleanField(default=False)

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"

    class Meta:
        constraints: ClassVar[list[Any]] = [models.UniqueConstraint(Lower("email"), name="an_email_is_used_once")]

    def __str__(self) -> str:
        return self.email

    @property
    def full_name(self) -> str:
        """The person's name where it is at hand; a password must not look like it."""
        employee = self._state.fields_cache.get("employee")
        return employee.full_name if employee else ""

    @property
    def is_staff(self) -> bool:
        """Django's admin asks this word; only operators, who live in public, may enter it."""
        return self.is_operator

    def may(self, permission: str) -> bool:
        """Whether this person effectively holds a word of the vocabulary.

        Operators hold none of it, inside no business; they hold "operator." and each word of their role.
        """
        if permission.startswith("operator."):
            return self.operator_may(permission.removeprefix("operator."))
        employee = getattr(self, "employee", None)
        return self.is_active and employee is not None and permission in employee.permissions

    def operator_may(self, word: str) -> bool:
        """Whether this operator's role includes "view", "billing" or "manage". Employees hold none of them."""
        return self.is_active and self.is_operator and word in OPERATORS_MAY.get(self.operator_role, ())

    def require_confirmed(self) -> None:
        """Raise Refusal `email_unverified` until this person has confirmed their e-mail; see `sign_in`."""
        if self.email_confirmed_at is None:
            raise Refusal("email_unverified", _("Confirm your e-mail first: open the link in the mail we sent you."))

    @property
    def has_second_factor(self) -> bool:
        """Whether signing in asks for a code after the password."""
        return self.totp_confirmed_at is not None

    @property
    def owes_second_factor(self) -> bool:
        """Whether nothing is open to this person until they have set up a second factor (ACC-16, TEN-23)."""
        return (self.is_operator or self.mfa_required) and not self.has_second_factor

    @property
    def actor(self) -> Actor:
        """This person as the doer of a write."""
        if self.is_operator:
            return Actor(ActorKind.OPERATOR, self.pk, self.email)
        return Actor(ActorKind.EMPLOYEE, self.employee.pk, self.employee.full_name)
