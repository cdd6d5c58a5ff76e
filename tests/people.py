"""The same people in both businesses, in every test: Samia may everything, Mona may, Omar may look, Karim is an agent.

A stranger is an employee of the other business.
"""

from datetime import timedelta

import pyotp
from django.test import Client
from django.utils import timezone
from django_tenants.utils import tenant_context

from apps.accounts import second_factor
from apps.accounts.actions import add_employee, add_operator
from apps.accounts.models import Employee, Role, User
from apps.accounts.sessions import begin
from apps.core.actors import SYSTEM
from apps.tenants.models import Business

PASSWORD = "a long enough phrase"

TEAM = {"samia": "admin", "mona": "manager", "karim": "agent", "layla": "agent", "omar": "viewer"}


def populate(business: Business) -> None:
    """Give a business its team. Equal names and e-mails in both businesses are on purpose."""
    with tenant_context(business):
        for name, role in TEAM.items():
            add_employee(
                email=f"{name}@example.test", full_name=name.title(), role=Role.objects.get(name=role), by=SYSTEM,
                password=PASSWORD, confirmed=True,
            )  # fmt: skip


def sign_in(client: Client, name: str) -> Client:
    """Sign somebody of the current business in, as the door does it, without asking for the password."""
    return enter(client, employee(name).user)


def enter(client: Client, user: User) -> Client:
    """The same for a sign-in of the current business."""
    client.force_login(user)
    session = client.session
    begin(session, user, remembered=False, address="127.0.0.1", agent="")
    session.save()
    return client


def an_operator(role: str = "operator_admin", *, email: str = "op@majlis.test") -> User:
    """Somebody of our own staff, with the second factor they must have. Call within public."""
    user = add_operator(email=email, password=PASSWORD, role=role)
    give_second_factor(user)
    return user.fresh()


def give_second_factor(user: User) -> tuple[str, list[str]]:
    """Set a second factor up for somebody; its secret and the backup codes. Its next code is that of the next step."""
    secret = second_factor.begin(user, password=PASSWORD, by=SYSTEM).secret
    return secret, second_factor.confirm(user, pyotp.TOTP(secret).at(timezone.now()), by=SYSTEM)


def next_code(user: User) -> str:
    """The code that this person's phone shows in half a minute; good already, since clocks differ."""
    secret = second_factor._secret(User.objects.get(pk=user.pk))
    return pyotp.TOTP(secret).at(timezone.now() + timedelta(seconds=second_factor.STEP))


def employee(name: str) -> Employee:
    """One of the team, in the current business."""
    return Employee.objects.select_related("user", "role").get(user__email=f"{name}@example.test")
