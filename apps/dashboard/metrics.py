"""A few honest gauges in Prometheus' text format: parts, workers, what waits, businesses, quarantine."""

import hmac
import ipaddress
import time
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.cache import caches
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import salted_hmac
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from apps.core.problems import refuse
from apps.core.throttles import client_address
from apps.dashboard.health import PENDING, checked_parts, heartbeats
from apps.tenants.models import Business, QuarantinedDelivery


class Gauge(NamedTuple):
    """One measurement; each sample is its labels as they are printed, and its value."""

    name: str
    help: str
    samples: Mapping[str, float]


@login_not_required
@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """For this machine, or for whoever carries the operators' token."""
    if not (_is_loopback(request) or _carries_token(request)):
        return refuse(request, "permission_denied", required_permission=None)
    text = "".join(_printed(gauge) for gauge in _gauges())
    return HttpResponse(text, content_type="text/plain; version=0.0.4; charset=utf-8")


def metrics_token() -> str:
    """The operators' token: derived from SECRET_KEY, so every process knows it and none stores it."""
    return salted_hmac("majlis.metrics", "operators", algorithm="sha256").hexdigest()


def _is_loopback(request: HttpRequest) -> bool:
    if not settings.TRUSTED_PROXY_COUNT and "X-Forwarded-For" in request.headers:
        return False  # a proxy on this machine that nobody told us of: the caller is somebody else
    try:
        return ipaddress.ip_address(client_address(request)).is_loopback
    except ValueError:
        return False


def _carries_token(request: HttpRequest) -> bool:
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    return kind == "Bearer" and hmac.compare_digest(token.encode(), metrics_token().encode())


def _gauges() -> Iterator[Gauge]:
    parts = checked_parts()
    yield Gauge("majlis_part_ok", "Whether a part works.", {f'part="{name}"': part.ok for name, part in parts.items()})
    if parts["cache"].ok:
        ages = {f'queue="{queue}"': age for queue, age in heartbeats().items() if age is not None}
        yield Gauge("majlis_heartbeat_age_seconds", "Since a queue's worker was last heard.", ages)
        _, oldest = caches["platform"].get(PENDING) or (0.0, None)
        waits = time.time() - oldest if oldest else 0.0
        yield Gauge("majlis_oldest_pending_element_seconds", "The longest wait of a pending element.", {"": waits})
    if parts["database"].ok:
        counts = Business.objects.order_by().values_list("status").annotate(count=Count("pk"))
        yield Gauge("majlis_businesses", "By status.", {f'status="{status}"': count for status, count in counts})
        quarantined = {"": QuarantinedDelivery.objects.count()}
        yield Gauge("majlis_quarantined_elements", "Elements that no business may have.", quarantined)


def _printed(gauge: Gauge) -> str:
    lines = [f"# HELP {gauge.name} {gauge.help}", f"# TYPE {gauge.name} gauge"]
    for labels, value in gauge.samples.items():
        lines.append(f"{gauge.name}{{{labels}}} {value:g}" if labels else f"{gauge.name} {value:g}")
    return "\n".join(lines) + "\n"
