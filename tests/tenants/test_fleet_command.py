"""`migrate_fleet` and django-tenants' own command; and a run that somebody kills."""

import json
import os
import signal
import subprocess
import sys
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connections

from apps.tenants import fleet
from apps.tenants.benches.stage import one_more_migration
from tests.tenants.migrations import A_FIELD, recorded, slugs, these


def test_django_tenants_own_command_can_use_it(three):
    with one_more_migration("customers", A_FIELD):
        call_command("migrate_schemas", executor="bulk", schema_name=three[0].schema_name, verbosity=0)

    assert [recorded(business) for business in three] == [1, 0, 0]


def test_the_command_says_what_it_did(three):
    out = StringIO()

    call_command("migrate_fleet", json=True, stdout=out, stderr=StringIO())

    told = json.loads(out.getvalue())
    assert set(slugs(three)) <= set(told["unchanged"])
    assert (told["migrated"], told["failed"], told["left"]) == ([], {}, [])


def test_the_command_refuses_while_public_is_behind(three):
    with one_more_migration("customers", A_FIELD), pytest.raises(CommandError, match="prepare_database"):
        call_command("migrate_fleet", stdout=StringIO(), stderr=StringIO())

    assert [recorded(business) for business in three] == [0, 0, 0]


KILLED = """
import os, signal, sys
import django
django.setup()
from django.conf import settings
from django.db import connections
from apps.tenants import fleet
from apps.tenants.benches.stage import one_more_migration
from apps.tenants.models import Business

name, body, *wanted = sys.argv[1:]
for alias in ("default", "migrate"):
    settings.DATABASES[alias]["NAME"] = connections[alias].settings_dict["NAME"] = name

def die(done, total, slug):
    print(slug, flush=True)
    if done == 2:
        os.kill(os.getpid(), signal.SIGKILL)

with one_more_migration("customers", body):
    fleet.migrate(Business.objects.filter(slug__in=wanted), progress=die)
"""


def test_a_killed_run_is_resumed_by_running_again(fleet_of):
    five = fleet_of(5)
    name = connections["default"].settings_dict["NAME"]

    killed = subprocess.run(
        [sys.executable, "-c", KILLED, name, A_FIELD, *slugs(five)],
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings_test"},
        capture_output=True,
        text=True,
        check=False,
    )
    with one_more_migration("customers", A_FIELD):
        outcome = fleet.migrate(these(five), resume=True)

    done = killed.stdout.split()
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert len(done) == 2
    assert sorted(outcome.unchanged) == sorted(done)
    assert len(outcome.migrated) == 3
    assert [recorded(business) for business in five] == [1, 1, 1, 1, 1]
