"""The harness fails when something leaks: each of these leaks is planted, and must be seen."""

import ast
import logging
from collections.abc import Callable, Iterator
from pathlib import Path

import channels.db
import pytest
from channels.layers import channel_layers
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.mail import send_mail
from django.test import Client, override_settings
from django_tenants.utils import schema_context

from apps.realtime.socket_auth import socket_auth
from apps.tenants.models import Business
from tests import people
from tests.house.doors import doors
from tests.house.test_no_module_state import state_of
from tests.isolation import leaky, working
from tests.isolation.carrying import opened
from tests.isolation.listening import crossed, overhear
from tests.isolation.touching import touched
from tests.isolation.twins import FOREIGN, keys
from tests.isolation.walking import Visitor
from tests.isolation.witness import Witness, watching
from tests.realtime.sockets import scenario

Visits = Callable[..., Visitor]


@pytest.fixture(autouse=True)
def _forgotten() -> Iterator[None]:
    leaky._kept.clear()
    yield
    leaky._kept.clear()


@pytest.mark.parametrize(
    ("planted", "kind"),
    [
        ("planted/cached/", "body"), ("planted/kept/", "body"), ("planted/header/", "headers"),
        ("planted/cached/", "cache"), ("planted/thrown-away/", "touched"),
    ],
)  # fmt: skip
@override_settings(ROOT_URLCONF="tests.isolation.leaky")
def test_a_page_that_remembers_too_much(
    planted: str, kind: str, visitor_of: Visits, twin: tuple[Business, Business]
) -> None:
    _acme, globex = twin
    theirs, ours = visitor_of("karim", globex), visitor_of("samia")
    door = [each for each in doors("tests.isolation.leaky") if each.path == planted]

    theirs.walk(door, writing=False)
    with watching(ours.witness), touched(globex.schema_name) as there:
        ours.walk(door)

    assert (kind == "touched" and there.tables) or any(leak.startswith(kind) for leak in ours.witness.leaks)


@override_settings(ROOT_URLCONF="tests.isolation.leaky")
def test_a_link_that_is_signed_for_everybody(visitor_of: Visits, twin: tuple[Business, Business]) -> None:
    acme, _globex = twin
    ours = visitor_of("samia")
    ours.walk([each for each in doors("tests.isolation.leaky") if each.path == "planted/link/"])
    witness = Witness(acme.schema_name)

    found = opened(ours.links, Client(headers={"host": "globex.localhost"}), witness)

    assert len(ours.links) == 1
    assert found == sorted(ours.links)
    assert any(FOREIGN in leak for leak in witness.leaks)


def test_a_consumer_that_queries_in_a_second_hop(
    twin: tuple[Business, Business], monkeypatch: pytest.MonkeyPatch
) -> None:
    channel_layers.backends.clear()
    monkeypatch.setattr(channels.db, "close_old_connections", lambda: None)
    acme, globex = twin
    samia = people.employee("samia").user_id
    application = socket_auth(leaky.Forgetful.as_asgi())

    heard = scenario(lambda: overhear("/ws/", acme, globex, samia, application))

    assert crossed(heard)


def test_a_task_that_comes_without_its_business(twin: tuple[Business, Business]) -> None:
    known = keys()

    with schema_context("public"):
        assert working.runs_without_business(leaky.count_people, known)


def test_a_log_line_a_mail_and_a_file(twin: tuple[Business, Business]) -> None:
    acme, _globex = twin
    witness = Witness(acme.schema_name)

    with watching(witness):
        planted = ast.parse(Path(leaky.__file__).read_text())
        _leave_everywhere(acme)

    assert {leak.split(" of ")[0] for leak in witness.leaks} == {"log", "mail", "file"}
    assert state_of(planted) == ["Forgetful.schema", "_kept"], "the lint of module state sees what was planted"


def _leave_everywhere(acme: Business) -> None:
    logging.getLogger("apps.planted").warning("%s said hello", FOREIGN)
    send_mail(f"Hello {FOREIGN}", "", None, ["somebody@example.test"])
    default_storage.save(f"{acme.schema_name}/a.txt", ContentFile(FOREIGN.encode()))
