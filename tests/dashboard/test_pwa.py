"""The site as an app: manifest, worker, the page for no network. In a browser: tests/e2e."""

import re
from collections.abc import Callable
from io import BytesIO

from django.test import Client
from django_tenants.utils import schema_context
from PIL import Image

from apps.dashboard import pwa
from apps.tenants.models import Business


def visitor(business: Business) -> Client:
    return Client(headers={"host": f"{business.slug}.localhost"})


def test_the_manifest_is_the_businesss_own(acme: Business, globex: Business) -> None:
    with schema_context("public"):
        Business.objects.filter(pk=acme.pk).update(name="Nour & Söhne", logo_key="logos/x/0195")

    told, other = visitor(acme).get("/manifest.webmanifest"), visitor(globex).get("/manifest.webmanifest").json()

    assert told["Content-Type"] == "application/manifest+json"
    assert (told.json()["name"], other["name"]) == ("Nour & Söhne", "Globex")
    assert (told.json()["start_url"], told.json()["display"]) == ("/inbox/", "standalone")
    assert [icon["src"] for icon in told.json()["icons"]] == [
        "/logo/0195.png", "/logo/0195-512.png", "/logo/0195-maskable.png",
    ]  # fmt: skip
    assert [icon["sizes"] for icon in other["icons"]] == ["192x192", "512x512", "512x512"]


def test_our_own_icons_have_the_size_they_say(client_of: Callable[..., Client]) -> None:
    client = client_of("mona")
    for icon in client.get("/manifest.webmanifest").json()["icons"]:
        picture = Image.open(BytesIO(b"".join(client.get(icon["src"]).streaming_content)))  # type: ignore[attr-defined]
        assert f"{picture.width}x{picture.height}" == icon["sizes"]


def test_the_worker_keeps_files_that_are_there_and_nothing_with_data(client_of: Callable[..., Client]) -> None:
    client = client_of("mona")
    told = client.get("/sw.js")

    assert told["Content-Type"] == "text/javascript"
    assert "no-cache" in told["Cache-Control"]
    files = re.findall(r'"(/[^"]+)"', told.content.decode())
    assert set(pwa.kept_files()) | {"/offline/"} == set(files)
    assert {client.get(address).status_code for address in files} == {200}
    assert [address for address in files if not address.startswith(("/static/", "/offline/"))] == []


def test_the_page_for_no_network_says_nothing_of_anybody(client_of: Callable[..., Client], acme: Business) -> None:
    mine, anybodys = client_of("samia").get("/offline/"), visitor(acme).get("/offline/")

    for page in (mine, anybodys):
        assert page.status_code == 200
        assert "No connection" in page.content.decode()
        assert "samia" not in page.content.decode().lower()


def test_a_suspended_business_still_answers_them(acme: Business) -> None:
    with schema_context("public"):
        Business.objects.filter(pk=acme.pk).update(status="suspended", status_reason="Unpaid.")

    assert [visitor(acme).get(at).status_code for at in ("/manifest.webmanifest", "/sw.js", "/offline/")] == [200] * 3
