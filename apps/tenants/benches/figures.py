"""Medians and percentiles of what was measured."""

from collections.abc import Sequence
from statistics import median, quantiles


def percentiles(values: Sequence[float]) -> dict[str, float]:
    """`p50`, `p95` and `p99` of the values, in their unit."""
    if len(values) < 2:
        return {"p50": values[0], "p95": values[0], "p99": values[0]}
    cuts = quantiles(values, n=100, method="inclusive")
    return {"p50": median(values), "p95": cuts[94], "p99": cuts[98]}
