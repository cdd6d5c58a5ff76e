"""Find my business knows who works where, and knows no e-mail (TEN-14)."""

import pytest
from django.db import connections
from django_tenants.utils import schema_context, tenant_context

from apps.accounts import actions
from apps.accounts.models import Employee, Role
from apps.accounts.tasks import rebuild_directory, sweep
from apps.core.actors import SYSTEM
from apps.tenants.directory import businesses_of, hash_of, list_people
from apps.tenants.models import DirectoryEntry
from tests.people import TEAM, employee


def listed(business):
    """The hashes that public keeps of a business."""
    with schema_context("public"):
        return set(DirectoryEntry.objects.filter(business=business).values_list("email_hash", flat=True))


def test_the_team_is_listed_and_no_address_is_kept(acme):
    actions.list_team(anyway=True)

    assert listed(acme) == {hash_of(f"{name}@example.test") for name in TEAM}
    assert not any("@" in each or "example" in each for each in listed(acme))


def test_who_comes_and_goes_is_listed_after_the_commit(acme, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        actions.add_employee(
            email="Rana@Example.test", full_name="Rana", role=Role.objects.get(name="agent"), by=SYSTEM
        )
        actions.deactivate_employee(employee("karim"), by=SYSTEM)
        actions.erase_employee(employee("layla"), by=SYSTEM)

    names = {hash_of(f"{name}@example.test") for name in (*TEAM, "rana")}
    assert listed(acme) == names - {hash_of("karim@example.test"), hash_of("layla@example.test")}
    assert [found.pk for found in businesses_of("RANA@example.test")] == [acme.pk]
    assert Employee.objects.exclude(directory_due_at=None).count() == 0


def test_a_change_whose_task_was_lost_is_listed_by_the_sweeper(acme):
    actions.list_team(anyway=True)
    actions.deactivate_employee(employee("karim"), by=SYSTEM)  # its callbacks are not run here
    assert hash_of("karim@example.test") in listed(acme)

    sweep()

    assert hash_of("karim@example.test") not in listed(acme)
    assert actions.list_team() is False


def test_one_person_of_two_businesses_is_found_in_both_until_the_night_repairs(acme, globex):
    with schema_context("public"):
        rebuild_directory.run()
    assert {found.slug for found in businesses_of("mona@example.test")} == {"acme", "globex"}

    list_people(acme.schema_name, ["stray@example.test"])
    with schema_context("public"):
        rebuild_directory.run()

    assert listed(acme) == {hash_of(f"{name}@example.test") for name in TEAM}
    with tenant_context(globex):
        assert Employee.objects.count() == len(TEAM)


def test_the_role_of_a_business_reads_nothing_of_it(acme):
    actions.list_team(anyway=True)

    with pytest.raises(Exception, match="permission denied"), connections["default"].cursor() as cursor:
        cursor.execute("SELECT * FROM public.tenants_directoryentry")
