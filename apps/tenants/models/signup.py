"""Somebody who has signed up and whose business is still being made."""

from typing import Any, ClassVar

from django.db import models
from django.utils import timezone

from apps.core.models import Timestamped
from apps.tenants.models.business import Business


class SignUp(Timestamped):
    """The job of opening a business, and its owner until the business holds them: the row goes when they are there.

    The password is here as a hash only. No business can read this table.
    """

    class State(models.TextChoices):
        WAITING = "waiting"
        WORKING = "working"
        FAILED = "failed"

    business = models.OneToOneField(Business, models.CASCADE, related_name="sign_up")
    email = models.EmailField(max_length=254)
    full_name = models.CharField(max_length=100)
    password = models.CharField(max_length=128)
    language = models.CharField(max_length=8, default="en")
    terms_at = models.DateTimeField(default=timezone.now)
    state = models.CharField(max_length=7, choices=State, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField(default=timezone.now)
    claimed_at = models.DateTimeField(null=True, blank=True)
    error = models.CharField(max_length=500, blank=True)

    class Meta:
        db_table = 'public"."tenants_signup'
        indexes: ClassVar[list[Any]] = [models.Index(fields=["state", "next_at"], name="sign_up_by_state")]

    def __str__(self) -> str:
        return str(self.business)
