"""The settings of production are clean: Django's deployment check, in a process with nothing but its environment."""

import base64
import json
import os
import re
import secrets
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote

from django.conf import settings
from django.test import Client

from apps.tenants.models import Business

PRODUCTION = {
    "PUBLIC_BASE_URL": "https://majlis.example",
    "REDIS_URL": "redis://127.0.0.1:6379/0",
    "TRUSTED_PROXY_COUNT": "1",
    "META_APP_ID": "1",
}
SHOWN = """
import django, json
django.setup()
from django.conf import settings as s
names = ("DEBUG", "SESSION_COOKIE_SECURE", "SESSION_COOKIE_HTTPONLY", "CSRF_COOKIE_SECURE", "SESSION_COOKIE_NAME",
         "CSRF_COOKIE_NAME", "SESSION_COOKIE_SAMESITE", "SECURE_HSTS_SECONDS", "SECURE_HSTS_INCLUDE_SUBDOMAINS",
         "SESSION_COOKIE_DOMAIN", "LANGUAGE_COOKIE_NAME", "PASSWORD_HASHERS")
print(json.dumps({name: getattr(s, name) for name in names}))
"""


def in_production(*words: str) -> "subprocess.CompletedProcess[str]":
    """Run Python with the environment of a production server, and the test's database as its own."""
    logins = {
        name: "postgres://{USER}:{PASSWORD}@{place}:{PORT}/{NAME}".format(
            place=quote(str(settings.DATABASES[alias]["HOST"]), safe=""), **settings.DATABASES[alias]
        )
        for name, alias in (("DATABASE_URL", "default"), ("DATABASE_MIGRATE_URL", "migrate"))
    }
    made = {name: secrets.token_urlsafe(48) for name in ("SECRET_KEY", "META_APP_SECRET", "META_VERIFY_TOKEN")}
    keys = {"ENCRYPTION_KEYS": f"k1:{base64.b64encode(secrets.token_bytes(32)).decode()}"}
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    environment = {**kept, **PRODUCTION, **logins, **made, **keys, "DJANGO_SETTINGS_MODULE": "config.settings"}
    return subprocess.run(
        [sys.executable, *words], cwd=settings.BASE_DIR, env=environment, capture_output=True, text=True, check=False
    )


def test_production_settings_pass_the_deploy_check(db: None) -> None:
    done = in_production("manage.py", "check", "--deploy", "--tag", "security")
    shown = in_production("-c", SHOWN)

    # the database is not reached from there; what it is asked is tested beside (test_checks.py)
    assert set(re.findall(r"\((\w+\.\w+)\)", done.stderr)) <= {"majlis.W017"}, done.stderr
    assert done.returncode == 0, done.stderr
    facts = json.loads(shown.stdout)
    assert (facts["DEBUG"], facts["SESSION_COOKIE_DOMAIN"]) == (False, None)
    assert facts["SESSION_COOKIE_NAME"] == "__Host-sessionid"
    assert facts["CSRF_COOKIE_NAME"] == "__Host-csrftoken"
    assert facts["LANGUAGE_COOKIE_NAME"].startswith("__Host-")
    assert facts["SESSION_COOKIE_SECURE"]
    assert facts["SESSION_COOKIE_HTTPONLY"]
    assert facts["CSRF_COOKIE_SECURE"]
    assert facts["SESSION_COOKIE_SAMESITE"] == "Lax"
    assert facts["SECURE_HSTS_SECONDS"] >= 365 * 24 * 3600
    assert facts["SECURE_HSTS_INCLUDE_SUBDOMAINS"]
    assert facts["PASSWORD_HASHERS"][0].endswith("Argon2PasswordHasher")


def test_trace_is_not_answered(acme: Business) -> None:
    client = Client(headers={"host": "acme.localhost"})

    for address in ("/", "/sign-in/", "/api/v1/me/", "/api/v1/auth/login/"):
        answer = client.generic("TRACE", address, headers={"X-Secret": "marker"})
        assert answer.status_code in (302, 401, 405), address
        assert "marker" not in answer.text


def test_the_asvs_table_is_whole() -> None:
    """Each line of levels 1 and 2 once; what is met names tests that exist; what is open is known."""
    text = (Path(settings.BASE_DIR) / "docs" / "security.md").read_text()
    rows = re.findall(r"^\| (\d+\.\d+\.\d+) \| ([12]) \| (met|n/a|open) \| (.+) \|$", text, re.M)
    tests = "\n".join(path.read_text() for path in (Path(settings.BASE_DIR) / "tests").rglob("test_*.py"))
    named = set(re.findall(r"`(test_\w+)`", "\n".join(row[3] for row in rows)))

    assert (len(rows), len({row[0] for row in rows})) == (253, 253)
    assert sum(row[1] == "1" for row in rows) == 70
    assert [name for name in sorted(named) if f"def {name}(" not in tests] == []
    assert [row[0] for row in rows if row[1] == "1" and row[2] == "open"] == []
