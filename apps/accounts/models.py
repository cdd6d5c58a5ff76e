"""Who may come in, and what they may do."""

from typing import Any, ClassVar, Self

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import Group, PermissionsMixin
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Lower

from apps.core.actors import Actor, ActorKind
from apps.core.models import Timestamped
from apps.core.querysets import GuardedQuerySet


class UserManager(BaseUserManager["User"]):
    """Django asks for one; people are made by `actions.add_employee` and `actions.add_operator`."""

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username)


class User(AbstractBaseUser, PermissionsMixin, Timestamped):
    """A sign-in: an employee inside a business's schema, an operator in public."""

    email = models.EmailField(max_length=254)
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
        return self.display_name


class Employee(Timestamped):
    """A person of the team. Never deleted: deactivated, or emptied in place."""

    class Theme(models.TextChoices):
        SYSTEM = "system"
        LIGHT = "light"
        DARK = "dark"

    guard: ClassVar[dict[str, str]] = {
        "view": "employees.view", "edit": "employees.edit", "delete": "employees.delete",
    }  # fmt: skip

    user = models.OneToOneField(User, models.CASCADE, related_name="employee")
    full_name = models.CharField(max_length=100)
    role = models.ForeignKey(Role, models.PROTECT, related_name="employees")
    grants = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    denials = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    theme = models.CharField(max_length=6, choices=Theme, default=Theme.SYSTEM)
    last_seen_at = models.DateTimeField(null=True, blank=True)
    deactivated_at = models.DateTimeField(null=True, blank=True)

    objects = GuardedQuerySet.as_manager()

    class Meta:
        ordering: ClassVar[list[str]] = ["full_name"]
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(
                condition=~models.Q(grants__overlap=models.F("denials")),
                name="a_permission_is_not_granted_and_denied_at_once",
            ),
        ]

    def __str__(self) -> str:
        return self.full_name

    @property
    def permissions(self) -> frozenset[str]:
        """Effective permission words: the role's, plus own grants, minus own denials; none when deactivated."""
        if self.deactivated_at:
            return frozenset()
        return (frozenset(self.role.permissions) | frozenset(self.grants)) - frozenset(self.denials)

    @property
    def language(self) -> str:
        return self.user.language


class ApiTokenQuerySet(GuardedQuerySet):
    """A person's own tokens; everybody's for whoever may change the settings."""

    def for_user(self, user: Any, word: str = "view") -> Self:
        return self if user.may("settings.edit") else self.filter(employee__user=user)


class ApiToken(Timestamped):
    """A key for programs. Acts with its owner's present rights; only a hash of it is kept."""

    employee = models.ForeignKey(Employee, models.CASCADE, related_name="api_tokens")
    name = models.CharField(max_length=60)
    prefix = models.CharField(max_length=10)
    token_hash = models.CharField(max_length=64)
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = ApiTokenQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[Any]] = [models.UniqueConstraint(fields=["token_hash"], name="a_token_is_unique")]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"


class Secret(Timestamped):
    """A credential of a business, sealed for this business, name and scope. No door gives it back."""

    class Name(models.TextChoices):
        META_ACCESS_TOKEN = "meta_access_token"
        META_APP_SECRET = "meta_app_secret"
        META_VERIFY_TOKEN = "meta_verify_token"
        TWILIO_ACCOUNT_SID = "twilio_account_sid"
        TWILIO_AUTH_TOKEN = "twilio_auth_token"
        SIMULATOR_SECRET = "simulator_secret"

    name = models.CharField(max_length=30, choices=Name)
    scope = models.CharField(max_length=60)
    ciphertext = models.BinaryField()
    key_id = models.CharField(max_length=40)
    last4 = models.CharField(max_length=4, blank=True)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["name", "scope"], name="a_secret_is_kept_once_per_scope")
        ]

    def __str__(self) -> str:
        return f"{self.name} of {self.scope}"


class IdempotentRequest(Timestamped):
    """A POST that was answered, so that its repetition gets the same answer and has no second effect."""

    key = models.CharField(max_length=128)
    caller = models.CharField(max_length=64)
    fingerprint = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(null=True)
    body = models.JSONField(null=True)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["caller", "key"], name="a_key_is_used_once_per_caller")
        ]

    def __str__(self) -> str:
        return self.key
