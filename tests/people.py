"""The same people in both businesses, in every test: Samia may everything, Mona may, Omar may look, Karim is an agent.

A stranger is an employee of the other business.
"""

from django.test import Client
from django_tenants.utils import tenant_context

from apps.accounts.actions import add_employee
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


def employee(name: str) -> Employee:
    """One of the team, in the current business."""
    return Employee.objects.select_related("user", "role").get(user__email=f"{name}@example.test")
