"""A business's own host name: it leads nowhere until DNS shows whose it is; then it is the main address (TEN-07)."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client
from django_tenants.utils import schema_context

from apps.audit.models import AuditEvent
from apps.tenants import hosts
from apps.tenants.models import Business, Domain
from tests.tenants.dns_server import NameServer, name_server

ClientOf = Callable[..., Client]
HOST = "chat.acme.example"


@pytest.fixture
def dns(settings: Any) -> Iterator[NameServer]:
    """The name server that proofs are read from."""
    with name_server() as server:
        settings.DNS_RESOLVER = server.address
        yield server


def call(client: Client, method: str, path: str = "domains/", **body: str) -> Any:
    return client.generic(method, f"/api/v1/{path}", json.dumps(body), "application/json")


def added(client: Client, host: str = HOST) -> dict[str, Any]:
    answer = call(client, "POST", host=host)
    assert answer.status_code == 201, answer.content
    return dict(answer.json())


def visit(host: str, path: str = "/sign-in/") -> Any:
    hosts.forget()
    return Client(headers={"host": host}).get(path)


def test_an_unproven_name_never_resolves(acme: Business, client_of: ClientOf, dns: NameServer) -> None:
    samia = client_of("samia")
    row = added(samia)
    assert (row["state"], row["is_primary"], row["record"]["name"]) == ("pending", False, f"_majlis.{HOST}")
    assert visit(HOST).status_code == 404

    for texts in ({}, {f"_majlis.{HOST}": ["something else"]}, {HOST: [row["record"]["value"]]}):
        dns.texts = texts
        refused = call(samia, "POST", f"domains/{row['id']}/verify/")
        assert (refused.status_code, refused.json()["code"]) == (409, "conflict")
    dns.is_broken = True
    assert call(samia, "POST", f"domains/{row['id']}/verify/").json()["code"] == "unavailable"

    assert visit(HOST).status_code == 404
    assert Domain.objects.get(pk=row["id"]).state == "pending"


def test_a_proven_name_is_the_main_one_and_the_subdomain_leads_there(
    acme: Business, client_of: ClientOf, dns: NameServer
) -> None:
    samia = client_of("samia")
    row = added(samia, f" {HOST.upper()}. ")
    dns.texts[row["record"]["name"]] = ["v=spf1 -all", row["record"]["value"]]

    verified = call(samia, "POST", f"domains/{row['id']}/verify/").json()

    assert (verified["state"], verified["is_primary"], verified["verified_at"] is None) == ("active", True, False)
    assert visit(HOST).status_code == 200
    moved = visit("acme.localhost", "/sign-in/?next=/inbox/")
    assert (moved.status_code, moved["Location"]) == (302, f"http://{HOST}/sign-in/?next=/inbox/")
    assert visit("acme.localhost", "/api/v1/me/").status_code == 401  # programs keep their address
    assert call(samia, "DELETE", f"domains/{row['id']}/").status_code == 204

    assert (visit(HOST).status_code, visit("acme.localhost").status_code) == (404, 200)
    verbs = AuditEvent.objects.filter(object_kind="domain").order_by("at").values_list("verb", flat=True)
    assert list(verbs) == ["added", "verified", "removed"]


def test_the_proof_of_one_business_is_none_for_another(
    acme: Business, globex: Business, client_of: ClientOf, dns: NameServer
) -> None:
    samia, stranger = client_of("samia"), client_of("samia", globex)
    row = added(samia)

    assert call(stranger, "POST", host=HOST).json()["code"] == "duplicate"
    assert call(stranger, "POST", f"domains/{row['id']}/verify/").status_code == 404
    assert call(stranger, "DELETE", f"domains/{row['id']}/").status_code == 404
    assert stranger.post(f"/settings/domains/{row['id']}/remove/").status_code == 404
    assert call(samia, "DELETE", f"domains/{row['id']}/").status_code == 204
    other = added(stranger)
    dns.texts[other["record"]["name"]] = [row["record"]["value"]]
    assert call(stranger, "POST", f"domains/{other['id']}/verify/").status_code == 409


@pytest.mark.parametrize(
    "host",
    [
        "acme",
        "globex.localhost",
        "localhost",
        "a b.example",
        "-a.example",
        "127.0.0.1",
        "x" * 254,
        "a..example",
        "1.2.3.4:80",
    ],
)
def test_what_is_no_name_of_theirs_is_refused(acme: Business, client_of: ClientOf, host: str) -> None:
    assert call(client_of("samia"), "POST", host=host).status_code == 400
    assert not Domain.objects.filter(kind="custom").exists()


def test_our_own_address_stays(acme: Business, client_of: ClientOf) -> None:
    own = Domain.objects.get()

    answer = call(client_of("samia"), "DELETE", f"domains/{own.pk}/")

    assert (answer.status_code, answer.json()["code"]) == (409, "conflict")
    assert visit("acme.localhost").status_code == 200


def test_the_page(acme: Business, client_of: ClientOf, dns: NameServer) -> None:
    samia, page = client_of("samia"), "/settings/domains/"

    assert samia.post(page, {"host": "nonsense"}).status_code == 400
    assert samia.post(page, {"host": HOST}).status_code == 302
    shown = samia.get(page).content.decode()
    row = Domain.objects.get(kind="custom")
    assert row.proof in shown
    assert "not there yet" in samia.post(f"{page}{row.pk}/verify/", follow=True).content.decode()
    dns.texts[f"_majlis.{HOST}"] = [row.proof]
    assert samia.post(f"{page}{row.pk}/verify/").status_code == 302
    with schema_context("public"):
        assert row.fresh().state == "active"
    assert client_of("mona").get(page).status_code in (302, 403)
