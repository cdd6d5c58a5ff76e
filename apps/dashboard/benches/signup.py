"""From the request that signs up to the business that can be entered: schema, owner, trial, simulator and all.

The job runs where it is announced, without a broker; a worker takes it up some 40 ms later.
"""

import secrets
import time
from statistics import median
from typing import Any

from celery import current_app
from django.conf import settings
from django.core.cache import caches
from django.test import Client
from django_tenants.utils import schema_context

from apps.tenants import hosts, script
from apps.tenants.benches.figures import percentiles
from apps.tenants.benches.stage import Progress, remove
from apps.tenants.models import Business
from apps.tenants.postgres.context import PUBLIC

ROUNDS, FEW = 40, 5
PROMISED = 2_000  # ms


def measure(progress: Progress, small: bool = False) -> dict[str, Any]:
    """Milliseconds from the request to `ready`. Every business made is removed; none may stay unready."""
    script.script_for("b_warmwarmwarm")  # made once per set of migrations, then kept
    rounds, took, failures = FEW if small else ROUNDS, [], []
    letters = settings.EMAIL_BACKEND
    client, made = Client(headers={"host": "localhost"}), []
    eager, current_app.conf.task_always_eager = current_app.conf.task_always_eager, True
    try:
        settings.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"  # nobody reads these
        for number in range(rounds):
            caches["default"].clear()  # five an hour are let in from one address
            began = time.perf_counter()
            answer = client.post("/api/v1/signup/", _facts(), "application/json")
            took.append((time.perf_counter() - began) * 1000)
            with schema_context(PUBLIC):
                business = Business.objects.filter(slug=answer.json().get("slug", "")).first()
            if business is None or business.status != Business.Status.READY:
                failures.append(f"{answer.status_code} {answer.content[:200]!r}")
            made += [business] if business else []
            progress(number + 1, rounds, "businesses opened")
    finally:
        settings.EMAIL_BACKEND = letters
        current_app.conf.task_always_eager = eager
        for business in made:
            remove(business)
        hosts.forget()
    return {
        "name": "signup", "unit": "ms from request to ready", "ours": median(took), "n": len(took),
        **percentiles(took), "failures": failures, "also": {"promised": PROMISED},
    }  # fmt: skip


def _facts() -> dict[str, Any]:
    name = f"bench {secrets.token_hex(6)}"
    return {
        "name": name, "industry": "salon", "country": "LB", "primary_language": "ar", "owner_name": "Nour",
        "email": "nour@bench.example", "password": secrets.token_urlsafe(18), "terms_accepted": True,
    }  # fmt: skip
