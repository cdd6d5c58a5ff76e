"""Two people at the same moment, in a committed business of its own: the last admin, the last seat, the one link."""

from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest
from django.db import connections
from django_tenants.utils import tenant_context

from apps.accounts import actions
from apps.accounts.models import Employee, Invitation, Role
from apps.core.actors import SYSTEM
from apps.core.refusals import Refusal
from apps.tenants.benches.stage import throwaway_businesses


@pytest.fixture
def business(django_db_setup, django_db_blocker):
    """A business whose rows every thread sees; it is removed afterwards."""
    with django_db_blocker.unblock(), throwaway_businesses(1) as (business,):
        with tenant_context(business):
            yield business
        connections.close_all()


def at_once(business, *acts):
    """Do everything at the same time, each in a thread and transaction of its own. "done", or the refusal's code."""

    def do(act):
        try:
            with tenant_context(business):
                act()
            return "done"
        except Refusal as refusal:
            return refusal.code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(acts)) as threads:
        return sorted(threads.map(do, acts))


def an_admin(name):
    role = Role.objects.get(name="admin")
    return actions.add_employee(email=f"{name}@example.test", full_name=name, role=role, by=SYSTEM)


def test_two_admins_who_demote_each_other_leave_one(business):
    for turn in range(5):
        first, second = an_admin(f"a{turn}"), an_admin(f"b{turn}")
        viewer = Role.objects.get(name="viewer")
        for other in Employee.objects.exclude(pk__in=[first.pk, second.pk]).filter(deactivated_at=None):
            actions.deactivate_employee(other, by=SYSTEM)
        demote = [
            partial(actions.edit_employee, target, by=SYSTEM, giver=giver.user, role=viewer)
            for giver, target in ((first, second), (second, first))
        ]

        assert at_once(business, *demote) == ["done", "last_admin"]


def test_two_admins_who_deactivate_each_other_leave_one(business):
    pair = [an_admin("a"), an_admin("b")]

    assert at_once(business, *[partial(actions.deactivate_employee, each, by=SYSTEM) for each in pair]) == [
        "done",
        "last_admin",
    ]
    assert Employee.objects.filter(deactivated_at=None).count() == 1


def test_one_link_opened_by_two_makes_one_person(business):
    invitation = actions.invite(
        email="rana@example.test", full_name="Rana", role=Role.objects.get(name="viewer"), by=SYSTEM, inviter=None
    )
    token = actions.link_of(invitation).rstrip("/").rpartition("/")[2]
    accept = partial(actions.accept_invitation, token, password="seven quiet rivers")

    assert at_once(business, accept, accept) == ["done", "expired_link"]
    assert Employee.objects.count() == 1


def test_the_last_seat_is_taken_once(business):
    viewer = Role.objects.get(name="viewer")
    invite = partial(actions.invite, full_name="Somebody", role=viewer, by=SYSTEM, inviter=None)
    codes = []
    for number in range(40):  # until the plan is full
        codes = at_once(business, *[partial(invite, email=f"{side}{number}@example.test") for side in "ab"])
        if "plan_limit" in codes:
            break

    taken = Invitation.objects.filter(state=Invitation.State.PENDING).count()
    with pytest.raises(Refusal) as full:
        invite(email="one.more@example.test")
    assert full.value.code == "plan_limit"
    assert full.value.extra == {"current": taken, "limit": taken}
