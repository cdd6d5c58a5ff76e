"""A new business's schema from the prepared script, against every migration run in it; the two must be identical."""

import time
from contextlib import ExitStack
from statistics import median
from typing import Any

from apps.tenants import drift, provisioning, script
from apps.tenants.benches.figures import percentiles
from apps.tenants.benches.slow_road import make_by_migrations
from apps.tenants.benches.stage import Progress, remove, throwaway_businesses, unready_business

BUSINESSES = 300  # already there: what the usual way costs grows with them
ROUNDS = 5
OURS_PER_ROUND = 8


def measure(progress: Progress) -> dict[str, Any]:
    """Milliseconds to a ready schema. Each round makes one by migrations and eight from the script.

    All go at the end: on ext4 making files is several times slower just after many were deleted.
    """
    script.script_for("b_warmwarmwarm")  # made once per set of migrations, then kept
    ours: list[float] = []
    baseline: list[float] = []
    differences = 0
    with throwaway_businesses(BUSINESSES, progress), ExitStack() as stack:
        for turn in range(ROUNDS):
            slow = provisioning.opaque_schema_name()
            stack.callback(provisioning.drop, slow)
            began = time.perf_counter()
            make_by_migrations(slow)
            baseline.append((time.perf_counter() - began) * 1000)
            for _ in range(OURS_PER_ROUND):
                business = unready_business("Bench")
                stack.callback(remove, business)
                began = time.perf_counter()
                provisioning.provision(business)
                ours.append((time.perf_counter() - began) * 1000)
            differences += len(drift.differences(slow, business.schema_name))
            progress(turn + 1, ROUNDS, "rounds")
    return {
        "name": "provision",
        "unit": "ms per business",
        "ours": median(ours),
        "baseline": median(baseline),
        "ratio": median(baseline) / median(ours),
        "n": len(ours),
        **percentiles(ours),
        "also": {"differences between the schemas": differences, "businesses made by migrations": len(baseline)},
    }
