"""The address guard: what people typed leads to the open internet, to the address that was checked, or nowhere."""

import socket
import time
from collections.abc import Iterator
from typing import Any

import pytest

from apps.core import outbound
from apps.core.outbound import BadAddress, NoAnswer, fetch, is_public
from tests.gateways.conftest import loopback_server
from tests.gateways.provider import Answer, Loopback


@pytest.fixture
def inside() -> Iterator[Loopback]:
    """A server in our own network, which nobody outside may reach through us."""
    with loopback_server() as server:
        server.standing = lambda heard: Answer(200, {"secret": "inside"})
        yield server


@pytest.fixture
def allowed(inside: Loopback, settings: Any) -> Loopback:
    """The same, named in OUTBOUND_ALLOW."""
    settings.OUTBOUND_ALLOW = [inside.url.removeprefix("http://")]
    return inside


HOSTILE = [
    "https://127.0.0.1:{port}/", "https://localhost:{port}/", "https://[::1]:{port}/", "https://2130706433:{port}/",
    "https://127.1:{port}/", "https://0.0.0.0:{port}/", "https://[::ffff:127.0.0.1]:{port}/",
    "https://169.254.169.254/latest/meta-data/", "https://10.0.0.1/", "https://192.168.1.1/", "https://[fd00::1]/",
    "https://100.64.0.1/", "http://example.com/", "file:///etc/passwd", "gopher://127.0.0.1:{port}/",
    "https://user:word@example.com/", "https://[fe80::1]/", "https://168.63.129.16/", "https://", "https://x y/",
]  # fmt: skip


@pytest.mark.parametrize("address", HOSTILE)
def test_a_hostile_address_is_refused(address: str, inside: Loopback) -> None:
    with pytest.raises(BadAddress):
        fetch(address.format(port=inside.url.rpartition(":")[2]), longest=2)

    assert inside.heard == []


def test_an_allowed_address_answers(allowed: Loopback) -> None:
    answer = fetch(f"{allowed.url}/page?x=1", headers={"Authorization": "Bearer mine"})

    assert (answer.status, answer.body) == (200, b'{"secret": "inside"}')
    assert allowed.heard[0].path == "/page?x=1"
    assert allowed.heard[0].headers["Authorization"] == "Bearer mine"


def test_a_redirect_to_loopback_is_refused(allowed: Loopback) -> None:
    with loopback_server() as hidden:
        allowed.will(Answer(302, None, {"Location": f"{hidden.url}/admin"}))

        with pytest.raises(BadAddress):
            fetch(f"{allowed.url}/", plain_http=True)

        assert hidden.heard == []


def test_a_redirect_carries_no_credentials(allowed: Loopback) -> None:
    allowed.will(Answer(302, None, {"Location": "/next"}))

    fetch(f"{allowed.url}/", headers={"Authorization": "Bearer mine", "Cookie": "a=b", "Accept": "text/html"})

    assert allowed.heard[1].path == "/next"
    assert {"Authorization", "Cookie"} & set(allowed.heard[1].headers) == set()
    assert allowed.heard[1].headers["Accept"] == "text/html"


def test_three_redirects_are_followed_and_a_fourth_is_not(allowed: Loopback) -> None:
    onward = [Answer(302, None, {"Location": f"/{number}"}) for number in range(4)]
    allowed.will(*onward[:3])
    assert fetch(f"{allowed.url}/").url.endswith("/2")

    allowed.will(*onward)
    with pytest.raises(BadAddress):
        fetch(f"{allowed.url}/")

    assert len(allowed.heard) == 4 + 4


def test_what_is_written_to_an_address_is_not_sent_onward(allowed: Loopback) -> None:
    allowed.will(Answer(307, None, {"Location": "/elsewhere"}))

    with pytest.raises(BadAddress):
        fetch(f"{allowed.url}/", method="POST", content=b"ours")

    assert len(allowed.heard) == 1


def test_dns_is_asked_once_and_its_answer_is_used(inside: Loopback, monkeypatch: pytest.MonkeyPatch) -> None:
    port = int(inside.url.rpartition(":")[2])
    real, told = socket.getaddrinfo, ["93.184.215.14", "127.0.0.1", "127.0.0.1"]
    asked = []

    def rebinding(host: str, *rest: Any, **options: Any) -> Any:
        if host != "rebinding.example":
            return real(host, *rest, **options)
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (told.pop(0), port))]

    monkeypatch.setattr(socket, "getaddrinfo", rebinding)

    with pytest.raises(NoAnswer):
        fetch(f"http://rebinding.example:{port}/", plain_http=True, longest=0.5)

    assert asked == ["rebinding.example"]
    assert inside.heard == []


def test_a_name_with_one_private_address_among_public_ones_is_refused(
    inside: Loopback, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = int(inside.url.rpartition(":")[2])
    both = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, port)) for each in ("93.184.215.14", "127.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *rest, **options: both)

    with pytest.raises(BadAddress):
        fetch(f"http://two.example:{port}/", plain_http=True)

    assert inside.heard == []


def test_an_answer_that_is_too_large_is_dropped(allowed: Loopback) -> None:
    allowed.will(Answer(200, b"x" * 10_001))

    with pytest.raises(NoAnswer, match="too large"):
        fetch(f"{allowed.url}/", largest=10_000)


def test_an_answer_that_does_not_come_is_given_up(allowed: Loopback) -> None:
    allowed.will(Answer(200, b"x", late=1.5))
    began = time.monotonic()

    with pytest.raises(NoAnswer):
        fetch(f"{allowed.url}/", longest=0.3)

    assert time.monotonic() - began < 1.4


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.215.14", True), ("2606:2800:21f:cb07:6820:80da:af6b:8b2c", True), ("127.0.0.1", False),
        ("::ffff:10.0.0.1", False), ("64:ff9b::7f00:1", False), ("2002:7f00:1::", False), ("224.0.0.1", False),
        ("255.255.255.255", False), ("fec0::1", False), ("198.18.0.1", False), ("fe80::1%eth0", False),
    ],
)  # fmt: skip
def test_which_addresses_are_public(address: str, public: bool) -> None:
    assert is_public(address) == public


def test_limits_are_what_the_requirements_say() -> None:
    assert outbound.MOST_REDIRECTS == 3
