"""What a team keeps ready: replies, macros, and ways to look at the list."""

from typing import Any, ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Employee
from apps.core.models import Timestamped
from apps.core.querysets import GuardedQuerySet
from apps.gateways.models import Inbox

SHORTCUT = RegexValidator(r"^[a-z0-9_-]{1,20}$", _("One to twenty small letters, digits, hyphens and underscores."))


class ReplyQuerySet(GuardedQuerySet):
    """Replies kept for everybody, for one's role, for an inbox one sees, or for oneself. Whoever edits replies sees
    all but what others keep for themselves."""

    def for_user(self, user: Any, word: str = "view") -> Self:
        employee = getattr(user, "employee", None)
        if employee is None or not (user.may("templates.view") and user.may(CannedReply.guard[word])):
            return self.none()
        mine = Q(scope__kind="mine", scope__id=str(employee.pk))
        if user.may("templates.edit"):
            return self.filter(Q(scope={}) | Q(scope__kind__in=("role", "inbox")) | mine)
        inboxes = [str(pk) for pk in Inbox.objects.for_user(user, "view").values_list("pk", flat=True)]
        role = Q(scope__kind="role", scope__id=str(employee.role_id))
        return self.filter(Q(scope={}) | mine | role | Q(scope__kind="inbox", scope__id__in=inboxes))


class CannedReply(Timestamped):
    """A text kept ready in one or two languages, inserted by its shortcut (CONV-14).

    `scope` is empty for everybody, else {"kind": "role" | "inbox" | "mine", "id": …}.
    """

    class Category(models.TextChoices):
        GREETINGS = "greetings", _("Greetings")
        PAYMENTS = "payments", _("Payments")
        SUPPORT = "support", _("Support")
        FOLLOW_UP = "follow_up", _("Follow-up")
        CLOSING = "closing", _("Closing")
        BOOKING = "booking", _("Booking")
        CUSTOM = "custom", _("Other")

    guard: ClassVar[dict[str, str]] = {
        "view": "templates.view", "create": "templates.create", "edit": "templates.edit", "delete": "templates.delete",
    }  # fmt: skip

    title = models.CharField(max_length=100)
    shortcut = models.CharField(max_length=20, validators=[SHORTCUT])
    category = models.CharField(max_length=9, choices=Category, default=Category.CUSTOM)
    body_en = models.TextField(max_length=2_000, blank=True)
    body_ar = models.TextField(max_length=2_000, blank=True)
    tags = ArrayField(models.CharField(max_length=30), default=list, blank=True, size=10)
    sort = models.PositiveIntegerField(default=0)
    use_count = models.PositiveIntegerField(default=0)
    last_used_at = models.DateTimeField(null=True, blank=True)
    last_used_by = models.ForeignKey(Employee, models.SET_NULL, null=True, blank=True, related_name="+")
    scope = models.JSONField(default=dict, blank=True)
    attachment_ids = ArrayField(models.UUIDField(), default=list, blank=True, size=10)

    objects = ReplyQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "canned replies"
        ordering: ClassVar[list[str]] = ["category", "sort", "title"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(Lower("shortcut"), name="a_shortcut_is_used_once"),
            models.CheckConstraint(condition=~Q(body_en="", body_ar=""), name="a_reply_has_at_least_one_language"),
        ]

    def __str__(self) -> str:
        return f"/{self.shortcut}"


class OwnedQuerySet(GuardedQuerySet):
    """One's own, and those shared with everybody; shared ones are changed by whoever may edit the settings."""

    def for_user(self, user: Any, word: str = "view") -> Self:
        if getattr(user, "employee", None) is None:
            return self.none()
        if word == "view" or user.may("settings.edit"):
            return self.filter(Q(owner=user.employee) | Q(is_shared=True))
        return self.filter(owner=user.employee, is_shared=False)


class SavedView(Timestamped):
    """A way to look at the list: `filters` are the query parameters of the inbox's address."""

    guard: ClassVar[dict[str, str]] = {}

    owner = models.ForeignKey(Employee, models.CASCADE, related_name="+")
    name = models.CharField(max_length=60)
    filters = models.JSONField(default=dict)
    is_shared = models.BooleanField(default=False)
    sort = models.PositiveIntegerField(default=0)

    objects = OwnedQuerySet.as_manager()

    class Meta:
        ordering: ClassVar[list[str]] = ["sort", "name"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint("owner", Lower("name"), name="a_view_name_is_used_once_per_owner")
        ]

    def __str__(self) -> str:
        return self.name


class Macro(Timestamped):
    """Several verbs by one click: a list of {"verb", …its facts}, done in order, each by its own guard."""

    guard: ClassVar[dict[str, str]] = {}

    owner = models.ForeignKey(Employee, models.CASCADE, related_name="+")
    name = models.CharField(max_length=60)
    steps = models.JSONField(default=list)
    is_shared = models.BooleanField(default=False)
    use_count = models.PositiveIntegerField(default=0)

    objects = OwnedQuerySet.as_manager()

    class Meta:
        ordering: ClassVar[list[str]] = ["name"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint("owner", Lower("name"), name="a_macro_name_is_used_once_per_owner")
        ]

    def __str__(self) -> str:
        return self.name
