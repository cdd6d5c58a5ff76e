"""Rotating the keyring over many businesses: every data key wrapped anew. The businesses are rows without a schema."""

import secrets
import time
from typing import Any

from django.conf import settings
from django.test.utils import override_settings
from django_tenants.utils import schema_context

from apps.tenants import keys, provisioning
from apps.tenants.benches.figures import percentiles
from apps.tenants.benches.stage import Progress
from apps.tenants.models import Business
from apps.tenants.postgres.context import PUBLIC

BUSINESSES = 1_000


def measure(progress: Progress, small: bool = False) -> dict[str, Any]:
    """Milliseconds per business to bring all data keys under a new first key, while they can still be read."""
    count = 50 if small else BUSINESSES
    prefix = f"bench-{secrets.token_hex(4)}-"
    ring = {"bench": secrets.token_urlsafe(40), **settings.ENCRYPTION_KEYS}
    with schema_context(PUBLIC):
        try:
            for number in range(count):
                provisioning.new_business(slug=f"{prefix}{number}", name="Bench")
                progress(number + 1, count, "businesses")
            with override_settings(ENCRYPTION_KEYS=ring):
                began = time.perf_counter()
                done, failed = keys.rewrap()
                seconds = time.perf_counter() - began
                stale = Business.objects.filter(slug__startswith=prefix).exclude(data_key_id="bench").count()
            keys.rewrap()  # back under the key of the settings, for whoever else lives in this database
            unwrap = _unwrapping()
        finally:
            Business.objects.using("migrate").filter(slug__startswith=prefix).delete()
    return {
        "name": "rotate",
        "unit": "ms per business",
        "ours": seconds * 1000 / done,
        "n": done,
        "also": {
            "seconds for all": seconds, "left under the old key": stale, "µs to unwrap one key (p50)": unwrap["p50"],
        },
        "failures": [f"could not be read: {slug}" for slug in failed],
    }  # fmt: skip


def _unwrapping() -> dict[str, float]:
    """Microseconds to open a data key: what each use of a secret pays for nothing being remembered."""
    row = provisioning.new_business(slug=f"bench-{secrets.token_hex(6)}", name="Bench")
    spent = []
    try:
        for _turn in range(500):
            began = time.perf_counter()
            keys.unwrapped(row)
            spent.append((time.perf_counter() - began) * 1e6)
    finally:
        Business.objects.using("migrate").filter(pk=row.pk).delete()
    return percentiles(spent)
