"""What any gateway promises, asked of all that are registered (GW-01)."""

from __future__ import annotations

import ast
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import apps.gateways
from apps.gateways.protocol import (
    GATEWAYS,
    Element,
    Fact,
    Forged,
    Gateway,
    Kind,
    Line,
    Outbound,
    Recipient,
    Refused,
    Unknown,
    gateway,
)
from tests.gateways.samples import OPAQUE, OUTSIDE_WEBHOOKS, OWN, encoded, outbound

EACH = pytest.mark.parametrize("name", GATEWAYS)
LINE = Line("inbox", "10010001", "2001", {})
BODIES = [
    *map(encoded, OWN.values()),
    *map(encoded, OUTSIDE_WEBHOOKS.values()),
    b"MessageSid=SM1&From=whatsapp%3A%2B96170000001&To=whatsapp%3A%2B1415&Body=x",
    b"MessageSid=SM1&MessageStatus=read",
    b"",
    b"\x00\xff",
]


def test_the_registered_are_the_three_of_the_first_release() -> None:
    assert set(GATEWAYS) == {"whatsapp_cloud", "twilio", "simulator"}


def test_a_name_nobody_registered_is_no_gateway() -> None:
    with pytest.raises(KeyError):
        gateway("pigeon")


@EACH
def test_it_says_what_it_is(name: str) -> None:
    which: Gateway = gateway(name)

    assert which.name == name
    assert which is gateway(name)
    assert which.window == timedelta(hours=24)
    assert which.text_limit == {"twilio": 1600}.get(name, 4096)
    assert all(header.startswith("X-") for header in which.signature_headers)


@EACH
@pytest.mark.parametrize("body", BODIES)
def test_it_reads_everybodys_bodies(name: str, body: bytes) -> None:
    which = gateway(name)

    elements = which.parse(body)

    assert elements
    assert elements == which.parse(body)
    for element in elements:
        assert isinstance(element, Element)
        assert element.kind in set(Kind)
        assert isinstance(which.interpret(element.raw), Fact)


@EACH
@settings(max_examples=100, deadline=None)
@given(body=st.binary(max_size=300))
def test_it_reads_any_bytes(name: str, body: bytes) -> None:
    which = gateway(name)

    assert all(isinstance(which.interpret(e.raw), Fact) for e in which.parse(body))


@EACH
@pytest.mark.parametrize("raw", [{}, {"item": None}, {"form": 5}, {"unreadable": "x"}])
def test_it_reads_a_raw_that_lost_everything(name: str, raw: dict[str, Any]) -> None:
    assert isinstance(gateway(name).interpret(raw), Unknown)


@EACH
def test_a_reason_fits_its_column(name: str) -> None:
    facts = [gateway(name).interpret(e.raw) for b in BODIES for e in gateway(name).parse(b)]

    assert all(len(fact.reason) <= 60 for fact in facts if isinstance(fact, Unknown))


@EACH
def test_it_believes_nobody_without_proof(name: str) -> None:
    which = gateway(name)

    with pytest.raises(Forged) as absent:
        which.verify(b"{}", {}, "https://majlis.example/", None, ["secret"])
    assert absent.value.status == 401
    for secrets in (["secret"], [""], []):
        headers = dict.fromkeys(which.signature_headers, "sha256=00")
        with pytest.raises(Forged) as wrong:
            which.verify(b"{}", headers, "https://majlis.example/", None, secrets)
        assert wrong.value.status == 403


@EACH
def test_only_meta_shakes_hands(name: str) -> None:
    query = {"hub.mode": "subscribe", "hub.verify_token": "v", "hub.challenge": "5"}

    if name == "whatsapp_cloud":
        assert gateway(name).handshake(query, ["v"]) == "5"
    else:
        with pytest.raises(Forged):
            gateway(name).handshake(query, ["v"])


@EACH
@pytest.mark.parametrize(
    "message",
    [
        outbound("text", "   "),
        outbound("image"),
        outbound("buttons", "b", buttons=[{"id": str(i), "title": "t"} for i in range(4)]),
        outbound("list", "b", button="c", sections=[]),
        Outbound(OPAQUE, Recipient(None, None), "text", "x"),
    ],
)
def test_nonsense_is_refused_before_anything_leaves(name: str, message: Outbound) -> None:
    secrets = {"meta_access_token": "t", "twilio_auth_token": "t", "webhook_token": "t"}
    line = Line("inbox", "10010001", "2001", secrets, base_url="http://127.0.0.1:1")

    with pytest.raises(Refused):
        gateway(name).send(line, message)


# The simulator's pretend network, which keeps rows and files of its own.
FAR_SIDE = {"api", "carrier", "deeds", "faults", "files", "network", "phone", "statuses"}


def translators() -> list[Path]:
    root = Path(apps.gateways.__file__).parent
    packages = [path for name in GATEWAYS for path in (root / name).glob("*.py") if path.stem not in FAR_SIDE]
    ours = ["protocol", "facts", "elements", "trouble", "reading", "limits", "transport", "split"]
    return [*packages, *(root / f"{name}.py" for name in ours)]


def test_a_translator_knows_no_rows() -> None:
    allowed = {"django.conf", "django.http", "django.utils.module_loading"}
    for path in translators():
        tree = ast.parse(path.read_text())
        imported = {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
        django = {module for module in imported if module.startswith("django")}
        assert django <= allowed, path
        assert not {m for m in imported if m.startswith("apps.") and "apps.gateways" not in m}, path
        assert "apps.gateways.models" not in imported, path
