"""Signing up: the address a name is given, the rows of a new business, and the job of opening it (TEN-01 to TEN-04).

The row is the job: it is claimed by one conditional update, set back when it fails, and swept when its worker died.
What opening consists of spans apps and lives on top; here is only who does it and when.
"""

import re
import secrets
import string
import unicodedata
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django_tenants.utils import schema_context

from apps.audit import actions as audit
from apps.core.actors import SYSTEM
from apps.core.events import emit
from apps.core.refusals import Refusal
from apps.tenants import hosts, provisioning
from apps.tenants.actions import RESERVED
from apps.tenants.events import BusinessSignedUp
from apps.tenants.models import Business, Domain, SignUp
from apps.tenants.postgres.context import PUBLIC

ALPHABET = string.ascii_lowercase + string.digits
LONGEST, SHORTEST, ENDING = 50, 3, 4  # characters of an address, and of its random ending
RETRIES = 3
PAUSES = (2, 10, 30)  # seconds before each retry
PATIENCE = timedelta(seconds=60)  # after which a claimed sign-up's worker counts as dead


@dataclass(frozen=True, slots=True)
class Owner:
    """Who signs up. `password` is the hash."""

    full_name: str
    email: str
    password: str
    language: str


def slug_for(name: str, industry: str) -> str:
    """The address a name asks for (TEN-03); with a random ending when it is too short or reserved.

    A name without a latin letter becomes the industry and a random ending.
    """
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:LONGEST].strip("-")
    if not re.search("[a-z]", slug):
        return with_ending(industry)
    return with_ending(slug) if len(slug) < SHORTEST or slug in RESERVED else slug


def with_ending(slug: str) -> str:
    """The same with a hyphen and four random characters, still at most 50 long."""
    stem = re.sub(r"[^a-z0-9]+", "-", slug)[: LONGEST - ENDING - 1].strip("-")
    return f"{stem}-{''.join(secrets.choice(ALPHABET) for _turn in range(ENDING))}"


def is_free(slug: str) -> bool:
    """Whether no business has this address."""
    with schema_context(PUBLIC):
        taken = Q(slug__iexact=slug) | Q(domains__host__iexact=host_of(slug))
        return not Business.objects.filter(taken).exists()


def host_of(slug: str) -> str:
    """The host name of an address."""
    return f"{slug}.{settings.BASE_DOMAIN}"


def url_of(slug: str) -> str:
    """Where a business is reached, as a browser writes it, without a slash at the end."""
    return settings.PUBLIC_BASE_URL.replace("://", f"://{slug}.", 1)


def sign_up(*, name: str, industry: str, owner: Owner, **facts: object) -> Business:
    """Make a business's row, its address and the job that opens it, all in one transaction."""
    with schema_context(PUBLIC), transaction.atomic():
        business = _with_address(slug_for(name, industry), name=name, industry=industry, **facts)
        job = SignUp.objects.create(
            business=business, email=owner.email.strip().lower(), full_name=owner.full_name, password=owner.password,
            language=owner.language,
        )  # fmt: skip
        audit.record_operator(SYSTEM, "signed_up", business, business_id=business.pk)
        emit(BusinessSignedUp(sign_up_id=job.pk))
    return business


def _with_address(slug: str, **facts: object) -> Business:
    """Two may ask for one address at the same moment: the second gets an ending."""
    wanted = slug if is_free(slug) else with_ending(slug)
    for _turn in range(5):
        try:
            with transaction.atomic():
                business = provisioning.new_business(slug=wanted, **facts)
                Domain.objects.create(business=business, host=host_of(wanted))
                return business
        except IntegrityError:
            wanted = with_ending(slug)
    raise Refusal("conflict", _("No address could be found for this name. Please choose another one."))


def claim(sign_up_id: UUID) -> SignUp | None:
    """Take the job, if it waits and nobody else has it. In public."""
    now = timezone.now()
    waiting = SignUp.objects.filter(pk=sign_up_id, state=SignUp.State.WAITING, next_at__lte=now)
    if not waiting.update(state=SignUp.State.WORKING, claimed_at=now, attempts=F("attempts") + 1):
        return None
    return SignUp.objects.select_related("business").get(pk=sign_up_id)


def mark_ready(job: SignUp) -> None:
    """Open the doors. From now on the business is reached. In public."""
    unready = (Business.Status.PROVISIONING, Business.Status.FAILED)
    with transaction.atomic():
        opened = Business.objects.filter(pk=job.business_id, status__in=unready).update(
            status=Business.Status.READY, status_reason="", updated_at=timezone.now()
        )
        if opened:
            audit.record_operator(SYSTEM, "opened", job.business, business_id=job.business_id)
    hosts.forget()


def set_back(job: SignUp, error: str) -> bool:
    """It failed. Try again a little later, or after three retries give up and tell the operators. In public.

    Returns whether it will be tried again.
    """
    with transaction.atomic():
        again = job.attempts <= RETRIES
        state = SignUp.State.WAITING if again else SignUp.State.FAILED
        pause = timedelta(seconds=PAUSES[min(job.attempts, RETRIES) - 1] if again else 0)
        moved = SignUp.objects.filter(pk=job.pk, state=SignUp.State.WORKING, attempts=job.attempts).update(
            state=state, error=error[:500], next_at=timezone.now() + pause
        )
        if moved and not again:
            Business.objects.filter(pk=job.business_id).update(
                status=Business.Status.FAILED, status_reason=error[:500], updated_at=timezone.now()
            )
            told = {"error": error[:500], "attempts": job.attempts}
            audit.record_operator(SYSTEM, "provisioning_failed", job.business, business_id=job.business_id, after=told)
    hosts.forget()
    return again


def try_again(job: SignUp) -> None:
    """Whoever waits asks for another round after it was given up. Anything but a failed one stays as it is."""
    with schema_context(PUBLIC), transaction.atomic():
        failed = SignUp.objects.filter(pk=job.pk, state=SignUp.State.FAILED)
        if failed.update(state=SignUp.State.WAITING, attempts=0, next_at=timezone.now(), error=""):
            Business.objects.filter(pk=job.business_id, status=Business.Status.FAILED).update(
                status=Business.Status.PROVISIONING, updated_at=timezone.now()
            )
            emit(BusinessSignedUp(sign_up_id=job.pk))
    hosts.forget()


def due() -> list[UUID]:
    """Jobs whose announcement was lost or whose pause is over; of a dead worker they are set back first. In public."""
    now = timezone.now()
    dead = SignUp.objects.filter(state=SignUp.State.WORKING, claimed_at__lte=now - PATIENCE).select_related("business")
    for job in dead:
        set_back(job, "The worker did not come back.")
    waiting = SignUp.objects.filter(state=SignUp.State.WAITING, next_at__lte=timezone.now())
    return list(waiting.order_by("next_at").values_list("pk", flat=True)[:100])
