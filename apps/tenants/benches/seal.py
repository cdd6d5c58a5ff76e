"""The record under many writers at once: entries whose places are given afterwards, against a chain that each writer
extends in its own transaction under a lock on the head."""

import threading
import time
from collections.abc import Callable
from typing import Any

from django.db import connection, connections, transaction
from django_tenants.utils import tenant_context

from apps.audit import actions as audit
from apps.audit import chain
from apps.core.actors import SYSTEM
from apps.tenants.benches.figures import percentiles
from apps.tenants.benches.stage import Progress, throwaway_businesses
from apps.tenants.models import Business

WRITERS = 8
EACH = 100  # transactions of one writer
WORK = 0.003  # seconds a transaction goes on after its entry, as a webhook's does


def measure(progress: Progress, small: bool = False) -> dict[str, Any]:
    """Milliseconds a writing transaction takes, with eight writers in one business."""
    each = 10 if small else EACH
    with throwaway_businesses(1, progress) as (business,):
        ours, seconds = _run(business, each, lambda: None)
        with tenant_context(business):
            began = time.perf_counter()
            sealed = chain.seal(whole=True)
            sealing = time.perf_counter() - began
            began = time.perf_counter()
            verdict = chain.verify()
            verifying = time.perf_counter() - began
        baseline, locked = _run(business, each, _lock_head)
    return {
        "name": "seal",
        "unit": "ms per writing transaction",
        "ours": sum(ours) / len(ours),
        "baseline": sum(baseline) / len(baseline),
        "ratio": sum(baseline) / sum(ours),
        "n": len(ours),
        **percentiles(ours),
        "also": {
            "entries a second, without a lock": len(ours) / seconds,
            "entries a second, head locked": len(baseline) / locked,
            "µs to seal one entry afterwards": sealing * 1e6 / max(1, sealed),
            "µs to verify one entry": verifying * 1e6 / max(1, verdict.rows),
        },
        "failures": [] if verdict.is_whole else [verdict.reason],
    }


def _run(business: Business, each: int, before: Callable[[], None]) -> tuple[list[float], float]:
    spent: list[float] = []

    def write() -> None:
        with tenant_context(business):
            for number in range(each):
                began = time.perf_counter()
                with transaction.atomic():
                    before()
                    audit.record(SYSTEM, "noted", business, after={"number": number})
                    time.sleep(WORK)
                spent.append((time.perf_counter() - began) * 1000)
        connections.close_all()

    writers = [threading.Thread(target=write) for _number in range(WRITERS)]
    began = time.perf_counter()
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    return spent, time.perf_counter() - began


def _lock_head() -> None:
    """What extending the chain at once would need: one row that every writer holds until it commits."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM accounts_role WHERE name = 'admin' FOR UPDATE")  # it stands for the head
