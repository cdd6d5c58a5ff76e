"""Requirement CORE-18: what every page sends along."""

import re
from collections.abc import Callable, Iterator
from importlib import import_module

import pytest
from django.test import Client, override_settings
from django.urls import URLPattern, URLResolver

from apps.tenants.models import Business


def addresses(patterns: object, prefix: str = "/") -> Iterator[str]:
    """Every address of a URLconf that takes no argument."""
    for pattern in patterns:  # type: ignore[attr-defined]
        here = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern.url_patterns, here)
        elif isinstance(pattern, URLPattern) and not re.search(r"[<^(]", here):
            yield here.replace("$", "")


def check(client: Client, address: str) -> None:
    response = client.get(address)
    policy = response["Content-Security-Policy"]
    scripts = re.search(r"script-src ([^;]*)", policy)

    assert scripts is not None
    assert "'unsafe-inline'" not in scripts[1]
    assert ("'unsafe-eval'" in scripts[1]) <= address.startswith("/operators/")
    assert "frame-ancestors 'none'" in policy
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Referrer-Policy"] == "same-origin"
    assert response["X-Request-Id"]
    for cookie in response.cookies.values():
        assert (cookie["samesite"], cookie["domain"]) == ("Lax", "")
        assert cookie["httponly"] or cookie.key == "csrftoken"
    if response["Content-Type"].startswith("text/html"):
        assert not re.search(r"<script(?![^>]*\bsrc=)(?![^>]*\bnonce=)[^>]*>", response.content.decode())
        assert not re.search(r"\son[a-z]+=", response.content.decode())


def test_all_pages_of_a_business(acme: Business, client_of: Callable[..., Client]) -> None:
    pages = set(addresses(import_module("config.urls").urlpatterns))
    client, stranger = client_of("samia"), Client(headers={"host": "acme.localhost"})
    assert {"/", "/sign-in/", "/inbox/"} <= pages

    for address in sorted(pages | {"/nowhere/", "/api/nowhere/"}):
        check(stranger, address)
        check(client, address)


def test_all_pages_of_the_platform(console: Client, platform: Client) -> None:
    pages = set(addresses(import_module("config.urls_public").urlpatterns)) - {"/operators/logout/"}
    assert {"/", "/operators/", "/operators/login/", "/operators/tenants/business/"} <= pages

    for address in sorted(pages | {"/nowhere/"}):
        check(platform, address)
        check(console, address)


def test_pages_without_a_business(db: None) -> None:
    check(Client(headers={"host": "nobody.localhost"}), "/")


@pytest.mark.parametrize("host", ["acme.localhost", "localhost"])
def test_https_is_remembered(acme: Business, host: str) -> None:
    with override_settings(SECURE_HSTS_SECONDS=31_536_000, SECURE_HSTS_INCLUDE_SUBDOMAINS=True):
        response = Client(headers={"host": host}).get("/", secure=True)

    assert response["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"
