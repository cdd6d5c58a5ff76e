"""Every registered task: in its business it sees no other, and without one it does nothing (R-069, R-070)."""

import pytest
from django_tenants.utils import schema_context

from apps.tenants import hosts
from apps.tenants.models import Business
from tests.isolation import working
from tests.isolation.touching import touched
from tests.isolation.twins import keys
from tests.isolation.witness import Witness, watching

# Tasks that belong to no business, with what they touch instead.
PLATFORMS = {"apps.realtime.tasks.tidy": "expired rows of the channel layer, which carry ids alone"}


def test_no_task_carries_anything_across(twin: tuple[Business, Business]) -> None:
    acme, globex = twin
    witness, known = Witness(acme.schema_name), keys()
    ours = set(working.tasks()) - working.clock()

    with watching(witness), touched(globex.schema_name) as there, schema_context("public"):
        for name in sorted(ours):
            for kwargs in working.arguments(working.tasks()[name], known):
                working.run(working.tasks()[name], acme.schema_name, kwargs)

    assert witness.leaks == []
    assert there.tables == set()
    assert witness.kinds["task"] > len(known)
    assert len(ours) >= 7


def test_the_clocks_tasks_tell_the_platform_nothing(twin: tuple[Business, Business]) -> None:
    witness = Witness("public")

    with watching(witness), schema_context("public"):
        for name in sorted(working.clock()):
            for kwargs in working.arguments(working.tasks()[name], []):
                assert working.run(working.tasks()[name], "public", kwargs) is None, name

    assert witness.leaks == []
    assert working.clock() <= set(working.tasks())


def test_no_task_runs_without_its_business(twin: tuple[Business, Business]) -> None:
    acme, globex = twin
    known, both = keys(), [acme.schema_name, globex.schema_name]

    with touched(*both) as there, schema_context("public"):
        homeless = {name for name, task in working.tasks().items() if working.runs_without_business(task, known)}

    assert homeless == set(PLATFORMS)
    assert there.tables == set()


@pytest.mark.parametrize("which", ["unknown", "suspended", "erased"])
def test_a_task_of_a_business_that_is_not_there_does_nothing(which: str, twin: tuple[Business, Business]) -> None:
    acme, globex = twin
    known = keys()
    if which != "unknown":
        with schema_context("public"):
            Business.objects.filter(pk=acme.pk).update(status=which)
        hosts.forget()
    witness = Witness(acme.schema_name)
    header = working.NOBODYS if which == "unknown" else acme.schema_name

    both = [acme.schema_name, globex.schema_name]
    with watching(witness), touched(*both) as there, schema_context("public"):
        for name, task in working.tasks().items():
            if name not in working.clock() | set(PLATFORMS):
                for kwargs in working.arguments(task, known):
                    working.run(task, header, kwargs)

    assert witness.leaks == []
    assert there.tables == set()
