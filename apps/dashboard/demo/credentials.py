"""The file that says how to get in: VAR_DIR/demo.json, mode 0600, generated afresh per VAR_DIR, never constant."""

import json
import os
from pathlib import Path
from typing import Any

from django.conf import settings
from django_tenants.utils import schema_context, tenant_context

from apps.accounts.models import Employee
from apps.dashboard.demo.build import Built, inbox_credentials
from apps.gateways.models import Inbox
from apps.tenants.models import GatewayApp
from apps.tenants.postgres.context import PUBLIC


def path() -> Path:
    """Where it lies."""
    return Path(settings.VAR_DIR) / "demo.json"


def read() -> dict[str, Any]:
    """What was written last time; passwords and tokens can only come from there."""
    return dict(json.loads(path().read_text())) if path().exists() else {}


def write(built: list[Built], operator: dict[str, str]) -> dict[str, Any]:
    """Write what this run made over what earlier runs made. Returns the whole content."""
    before = read()
    earlier = {entry["slug"]: entry for entry in before.get("businesses", [])}
    content = {
        "platform": {
            "url": settings.PUBLIC_BASE_URL + "/",
            "operator": {**before.get("platform", {}).get("operator", {}), **operator},
        },
        "businesses": [_entry(one, earlier.get(one.business.slug, {})) for one in built],
    }
    draft = path().with_suffix(".draft")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(content, file, indent=1, ensure_ascii=False)
    draft.rename(path())
    return content


def _entry(built: Built, before: dict[str, Any]) -> dict[str, Any]:
    business = built.business
    known = {person["email"]: person["password"] for person in before.get("employees", [])}
    with tenant_context(business):
        people = list(Employee.objects.select_related("user", "role").order_by("role__sort", "full_name"))
        inboxes = [(inbox.app_id, inbox_credentials(inbox)) for inbox in Inbox.objects.filter(archived_at=None)]
    with schema_context(PUBLIC):
        apps = {app.pk: app for app in GatewayApp.objects.filter(pk__in=[app_id for app_id, _facts in inboxes])}
    for app_id, facts in inboxes:
        facts["webhook_url"] = f"{settings.PUBLIC_BASE_URL}/hooks/{facts['gateway']}/{apps[app_id].token}/"
        if apps[app_id].owner_id is None:
            facts["app_secret"], facts["verify_token"] = settings.META_APP_SECRET, settings.META_VERIFY_TOKEN
    return {
        "slug": business.slug,
        "url": settings.PUBLIC_BASE_URL.replace("//localhost", f"//{business.slug}.localhost") + "/",
        "employees": [
            {
                "email": person.user.email, "role": person.role.name,
                "password": built.passwords.get(person.user.email) or known.get(person.user.email, ""),
            }
            for person in people
        ],
        "api_tokens": {**before.get("api_tokens", {}), **built.tokens},
        "inboxes": [facts for _app_id, facts in inboxes],
    }  # fmt: skip
