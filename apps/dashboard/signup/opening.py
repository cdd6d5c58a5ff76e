"""Opening a business that has signed up. Each part finds what an earlier try has made: a second run ends the same.

The schema first, in one transaction of its own; then who and what belongs inside; then the doors; last of all the job
goes, and with it the owner's password hash.
"""

import logging
import secrets
from uuid import UUID

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _
from django_tenants.utils import schema_context, tenant_context

from apps.accounts.actions import add_employee, send_confirmation
from apps.accounts.actions.directory import list_team
from apps.accounts.models import Role, User
from apps.accounts.roles import ADMIN
from apps.billing.actions import start_trial
from apps.core.actors import SYSTEM
from apps.gateways.actions import add_app, connect_inbox
from apps.gateways.models import Inbox
from apps.gateways.simulator.phone import add_phone
from apps.tenants import provisioning, signup
from apps.tenants.models import Business, InboundRoute, SignUp
from apps.tenants.postgres.context import PUBLIC

log = logging.getLogger(__name__)
CUSTOMER = "+12025550123"  # of a range that belongs to nobody
OURS = "+12025550199"


def apply(facts: dict[str, str], *, language: str) -> Business:
    """Take a checked form: the business's row, its address, and the job of opening it."""
    owner = signup.Owner(
        full_name=facts["owner_name"], email=facts["email"], password=make_password(facts["password"]),
        language=language,
    )  # fmt: skip
    kept = ("name", "industry", "country", "timezone", "currency", "primary_language")
    return signup.sign_up(owner=owner, **{name: facts[name] for name in kept})


def open_business(sign_up_id: UUID) -> bool:
    """Do the job, if it waits. Whatever goes wrong sets it back, for a retry or for the operators."""
    job = signup.claim(sign_up_id)
    if job is None:
        return False
    try:
        _open(job)
    except Exception as error:  # whatever it is, the job must not stay claimed
        again = signup.set_back(job, f"{type(error).__name__}: {error}")
        log.log(logging.WARNING if again else logging.ERROR, "Opening %s failed", job.business_id, exc_info=error)
        return False
    return True


def _open(job: SignUp) -> None:
    business = provisioning.provision(job.business, opens=False)
    start_trial(business, by=SYSTEM)
    with tenant_context(business):
        owner = _owner(job)
        _simulator(business)
    signup.mark_ready(job)
    with tenant_context(business):
        list_team(anyway=True)
        send_confirmation(owner)
    job.delete()


def _owner(job: SignUp) -> User:
    """The first employee, with every permission and the password they chose."""
    found: User | None = User.objects.filter(email__iexact=job.email).first()
    if found:
        return found
    with transaction.atomic():
        role = Role.objects.get(name=ADMIN)
        owner = add_employee(email=job.email, full_name=job.full_name, role=role, by=SYSTEM, language=job.language)
        User.objects.filter(pk=owner.user_id).update(password=job.password)
    return owner.user


def _simulator(business: Business) -> Inbox:
    """A number that answers from the first minute, and a pretend customer who can write to it."""
    inbox: Inbox | None = Inbox.objects.filter(gateway="simulator", archived_at=None).first()
    if inbox is None:
        with schema_context(PUBLIC):  # of a try that was killed between the two schemas
            InboundRoute.objects.filter(business=business, gateway="simulator").delete()
        with translation.override(business.primary_language):
            inbox = connect_inbox(
                name=_("Simulator"), gateway="simulator", external_id=f"sim-{business.schema_name[2:]}",
                app=add_app("simulator", owner=business), by=SYSTEM, display_number=OURS, default_mode="ai",
                language=business.primary_language, is_test=True,
                secrets={"simulator_secret": secrets.token_urlsafe(32)},
            )  # fmt: skip
    with translation.override(business.primary_language):
        add_phone(inbox, number=CUSTOMER, name=_("A customer"), language=business.primary_language, by=SYSTEM)
    return inbox
