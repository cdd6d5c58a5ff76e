"""The frame: which host shows what, language, theme, and what a refusal looks like."""

from collections.abc import Callable

import pytest
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path
from django_tenants.utils import tenant_context

from apps.core.access import NotAllowed
from apps.core.actors import SYSTEM
from apps.tenants import hosts
from apps.tenants.actions import suspend_business
from apps.tenants.colours import hue_of
from apps.tenants.models import Business
from config import urls
from tests import people

ClientOf = Callable[..., Client]
REASON = "The invoice of March is unpaid."


def raises(error: Exception) -> Callable[[HttpRequest], HttpResponse]:
    def view(request: HttpRequest) -> HttpResponse:
        raise error

    view.login_required = False  # type: ignore[attr-defined]
    return view


class broken_urls:  # stands for a URLconf module
    handler400, handler403 = urls.handler400, urls.handler403
    handler404, handler500 = urls.handler404, urls.handler500
    urlpatterns = (
        path("missing/", raises(NotAllowed("conversations.assign"))),
        path("denied/", raises(PermissionDenied())),
        path("boom/", raises(RuntimeError("the secret is 42"))),
        path("api/v1/missing/", raises(NotAllowed("conversations.assign"))),
        path("api/v1/boom/", raises(RuntimeError("the secret is 42"))),
        *urls.urlpatterns,
    )


def test_home_greets_the_person_and_counts_what_waits(acme: Business, client_of: ClientOf) -> None:
    response = client_of("mona").get("/")

    assert (response.status_code, response.context["counts"]["needs"]) == (200, 0)
    assert "Mona" in response.content.decode()
    assert response.context["business"].slug == "acme"


def test_home_is_for_the_signed_in(acme: Business) -> None:
    response = Client(headers={"host": "acme.localhost"}).get("/")

    assert (response.status_code, response["Location"]) == (302, "/sign-in/?next=/")


@pytest.mark.parametrize("host", ["nobody.localhost", "acme.evil.test", "b_abcdefghijkl.localhost"])
@pytest.mark.parametrize("address", ["/", "/sign-in/", "/operators/", "/api/v1/me/"])
def test_an_unknown_host_gets_no_hints(acme: Business, host: str, address: str) -> None:
    response = Client(headers={"host": host}).get(address)

    assert response.status_code == 404
    text = response.content.decode().lower()
    assert "acme" not in text
    assert "globex" not in text
    assert "no business lives here" in text


def test_a_suspended_business_shows_its_reason_on_every_door(
    acme: Business, globex: Business, client_of: ClientOf
) -> None:
    client, other = client_of("samia"), client_of("samia", globex)
    suspend_business(acme, reason=REASON, by=SYSTEM)

    for address in ("/", "/inbox/", "/subscription", "/nowhere/"):
        page = client.get(address)
        assert page.status_code == 403
        assert REASON in page.content.decode()
    api = client.get("/api/v1/me/")
    assert (api.status_code, api["Content-Type"]) == (403, "application/problem+json")
    assert (api.json()["code"], api.json()["detail"]) == ("business_suspended", REASON)
    assert client.post("/language/", {"language": "ar"}).status_code == 302
    assert 'dir="rtl"' in client.get("/").content.decode()
    assert client.post("/sign-out/").status_code == 302
    assert other.get("/").status_code == 200


def test_a_business_in_the_making_says_so(acme: Business) -> None:
    site = hosts.site_of("acme.localhost")
    assert site is not None
    hosts._remembered["acme.localhost"] = (float("inf"), site._replace(status="provisioning"))

    response = Client(headers={"host": "acme.localhost"}).get("/inbox/")

    assert (response.status_code, response["Retry-After"]) == (503, "3")


def test_switching_to_arabic_turns_the_page_at_once(acme: Business, globex: Business, client_of: ClientOf) -> None:
    client = client_of("mona")
    assert '<html lang="en" dir="ltr"' in client.get("/").content.decode()

    response = client.post("/language/", {"language": "ar", "next": "/inbox/?tab=mine"})

    assert (response.status_code, response["Location"]) == (302, "/inbox/?tab=mine")
    assert '<html lang="ar" dir="rtl"' in client.get("/").content.decode()
    assert '<html lang="ar" dir="rtl"' in client_of("mona").get("/").content.decode()
    with tenant_context(globex):
        assert people.employee("mona").user.language == "en"


def test_a_visitor_chooses_a_language_too(acme: Business, platform: Client) -> None:
    for client, address in ((platform, "/"), (Client(headers={"host": "acme.localhost"}), "/sign-in/")):
        response = client.post("/language/", {"language": "ar", "next": "https://evil.test/"})

        assert response["Location"] == "/"
        assert (response.cookies["django_language"]["samesite"], response.cookies["django_language"]["domain"]) == (
            "Lax",
            "",
        )
        assert 'dir="rtl"' in client.get(address).content.decode()


@pytest.mark.parametrize(("address", "field"), [("/language/", "language"), ("/theme/", "theme")])
def test_what_does_not_exist_cannot_be_chosen(acme: Business, client_of: ClientOf, address: str, field: str) -> None:
    client = client_of("mona")

    assert client.post(address, {field: "purple"}).status_code == 400
    assert client.get(address).status_code == 405
    with tenant_context(acme):
        mona = people.employee("mona")
        assert (mona.theme, mona.user.language) == ("system", "en")


def test_the_theme_is_kept_with_the_person(acme: Business, client_of: ClientOf) -> None:
    client = client_of("mona")

    assert client.post("/theme/", {"theme": "dark"}, headers={"hx-request": "true"}).status_code == 204
    assert 'data-theme="dark"' in client.get("/").content.decode()
    assert client.post("/theme/", {"theme": "system", "next": "/inbox/"})["Location"] == "/inbox/"
    assert "data-theme" not in client.get("/").content.decode().split("<head>")[0]


@pytest.mark.urls("tests.dashboard.test_frame.broken_urls")
def test_refusals_have_a_page_and_a_problem_document(acme: Business, settings: object) -> None:
    settings.ROOT_URLCONF = broken_urls  # type: ignore[attr-defined]
    client = Client(headers={"host": "acme.localhost"}, raise_request_exception=False)

    missing, denied, boom = (client.get(f"/{name}/") for name in ("missing", "denied", "boom"))
    api_missing, api_boom = client.get("/api/v1/missing/"), client.get("/api/v1/boom/")

    assert (missing.status_code, denied.status_code, boom.status_code) == (403, 403, 500)
    assert "conversations.assign" in missing.content.decode()
    assert "42" not in boom.content.decode().replace(boom["X-Request-Id"], "")
    assert boom["X-Request-Id"] in boom.content.decode()
    assert (api_missing.status_code, api_missing.json()["code"]) == (403, "permission_denied")
    assert api_missing.json()["required_permission"] == "conversations.assign"
    assert (api_boom.status_code, api_boom.json()["code"]) == (500, "internal")
    assert "secret" not in api_boom.content.decode()
    assert api_boom.json()["request_id"] == api_boom["X-Request-Id"]


def test_an_address_that_leads_nowhere(acme: Business, client_of: ClientOf) -> None:
    client = client_of("mona")

    page, api = client.get("/nowhere/"), client.get("/api/nowhere/")

    assert (page.status_code, page["Content-Type"]) == (404, "text/html; charset=utf-8")
    assert (api.status_code, api["Content-Type"], api.json()["code"]) == (404, "application/problem+json", "not_found")


@pytest.mark.parametrize(("colour", "hue"), [("#ff0000", 29), ("#00FF00", 142), ("#0000ff", 264), ("#0F766E", 186)])
def test_the_hue_is_that_of_css(colour: str, hue: int) -> None:
    assert hue_of(colour) == hue
