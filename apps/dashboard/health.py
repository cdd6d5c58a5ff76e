"""Is it alive, can it work: for machines, on any host, in the public schema (requirements CORE-21)."""

import time
from collections.abc import Callable
from typing import NamedTuple

from celery import current_app
from django.contrib.auth.decorators import login_not_required
from django.core.cache import caches
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from apps.realtime.actions import call

PATIENCE = 60.0  # seconds without a heartbeat, and of an element's waiting
HEARTBEAT = "heartbeat:{queue}"  # platform cache: when the queue's worker last did something, seconds since the epoch
PENDING = "oldest-pending-element"  # platform cache: [when measured, when the oldest pending one came or None]


class Part(NamedTuple):
    """One thing that must work, and in words what does not."""

    ok: bool
    detail: str = ""


@login_not_required
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """The process is alive. Touches nothing."""
    return HttpResponse("ok\n", content_type="text/plain")


@login_not_required
@never_cache
@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """Every part by name; 503 if one of them does not work."""
    parts = checked_parts()
    ok = all(part.ok for part in parts.values())
    body = {"ok": ok, "parts": {name: part._asdict() for name, part in parts.items()}}
    return JsonResponse(body, status=200 if ok else 503)


def checked_parts() -> dict[str, Part]:
    """Look at each part, one after the other; a part that cannot be asked does not work."""
    checks: dict[str, Callable[[], Part]] = {
        "database": _database,
        "cache": _cache,
        "channel_layer": _channel_layer,
        "worker": _worker,
        "oldest_pending_element": _oldest_pending,
    }
    return {name: _asked(check) for name, check in checks.items()}


def queues() -> list[str]:
    """The names of the task queues, each of which must have a living worker."""
    return [queue.name for queue in current_app.conf.task_queues]


def _asked(check: Callable[[], Part]) -> Part:
    try:
        return check()
    except Exception:  # whatever a driver raises: it is not there
        return Part(False, "unreachable")


def _database() -> Part:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return Part(True)


def _cache() -> Part:
    caches["platform"].set("readyz", 1, timeout=PATIENCE)
    kept = caches["platform"].get("readyz") is not None
    return Part(kept, "" if kept else "forgets")


def _channel_layer() -> Part:
    answered = call("group_send", ("readyz", {"type": "nudge", "frame": "{}", "also": []}))  # nobody is in that group
    return Part(True) if answered else Part(False, "unreachable")


def _worker() -> Part:
    silent = [
        f"{queue}: {'never heard' if age is None else f'silent for {age:.0f} s'}"
        for queue, age in heartbeats().items()
        if age is None or age >= PATIENCE
    ]
    return Part(not silent, ", ".join(silent))


def _oldest_pending() -> Part:
    measured_at, oldest = caches["platform"].get(PENDING) or (0.0, None)
    if time.time() - measured_at >= PATIENCE:
        return Part(False, "not measured")
    waits = time.time() - oldest if oldest else 0.0
    return Part(waits < PATIENCE, f"waits for {waits:.0f} s" if oldest else "")


def heartbeats() -> dict[str, float | None]:
    """Seconds since each queue's worker was last heard."""
    keys = {queue: HEARTBEAT.format(queue=queue) for queue in queues()}
    heard = caches["platform"].get_many(list(keys.values()))
    now = time.time()
    return {queue: now - heard[key] if key in heard else None for queue, key in keys.items()}
