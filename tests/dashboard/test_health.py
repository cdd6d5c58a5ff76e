"""Requirement CORE-21: alive, able to work, and a few figures."""

import time
from datetime import timedelta
from typing import Any

import pytest
from celery import current_app
from celery.beat import Scheduler
from django.core.cache import caches
from django.test import Client
from django.utils import timezone
from django_tenants.utils import tenant_context

from apps.core.models import new_id
from apps.dashboard import health, tasks
from apps.dashboard.metrics import metrics_token
from apps.gateways.models import Delivery, DeliveryElement
from apps.tenants.models import Business

QUEUES = ["live", "outbound", "slow"]


@pytest.fixture
def alive(db: None) -> None:
    """Workers that have just been heard."""
    for queue in QUEUES:
        tasks.heartbeat.delay(queue)
    tasks.measure_pending.delay()


def readiness(host: str = "localhost") -> tuple[int, dict[str, Any]]:
    response = Client(headers={"host": host}).get("/readyz")
    return response.status_code, response.json()


def failing(body: dict[str, Any]) -> dict[str, str]:
    return {name: part["detail"] for name, part in body["parts"].items() if not part["ok"]}


def an_element(business: Business, *, age: float, outcome: str) -> None:
    """Something that came, and if it is not done is due since, `age` seconds ago."""
    with tenant_context(business):
        at = timezone.now() - timedelta(seconds=age)
        delivery = Delivery.objects.create(
            received_at=at, gateway="simulator", app_id=new_id(), body_sha256="", bytes=1, element_count=1
        )
        DeliveryElement.objects.create(
            delivery=delivery,
            position=0,
            kind="text",
            outcome=outcome,
            object_id=new_id(),
            created_at=at,
            next_at=at if outcome in DeliveryElement.OPEN else None,
        )


@pytest.mark.parametrize("host", ["localhost", "acme.localhost"])
def test_everything_works(acme: Business, alive: None, host: str) -> None:
    status, body = readiness(host)

    assert (status, body["ok"], failing(body)) == (200, True, {})
    assert list(body["parts"]) == ["database", "cache", "channel_layer", "worker", "oldest_pending_element"]
    assert Client(headers={"host": host}).get("/healthz").content == b"ok\n"


def test_a_stopped_worker_is_named(alive: None, monkeypatch: pytest.MonkeyPatch) -> None:
    caches["platform"].delete("heartbeat:slow")
    caches["platform"].set("heartbeat:outbound", time.time() - 61)

    status, body = readiness()

    assert (status, failing(body)) == (503, {"worker": "outbound: silent for 61 s, slow: never heard"})


@pytest.mark.parametrize(
    ("outcome", "overdue", "status"),
    [("failed", 59, 200), ("failed", 61, 503), ("held", 61, 503), ("failed", -600, 200), ("stored", 6000, 200)],
)
def test_an_element_that_the_sweeper_does_not_come_for(
    acme: Business, globex: Business, outcome: str, overdue: float, status: int
) -> None:
    for queue in QUEUES:
        tasks.heartbeat.delay(queue)
    an_element(acme, age=1, outcome="stored")
    an_element(globex, age=overdue, outcome=outcome)
    tasks.measure_pending.delay()

    answered, body = readiness()

    assert (answered, list(failing(body))) == (status, [] if status == 200 else ["oldest_pending_element"])


@pytest.mark.parametrize(
    ("part", "check"),
    [("database", "_database"), ("cache", "_cache"), ("channel_layer", "_channel_layer")],
)
def test_a_part_that_cannot_be_asked_is_named_and_says_nothing_more(
    alive: None, monkeypatch: pytest.MonkeyPatch, part: str, check: str
) -> None:
    def refused() -> health.Part:
        raise OSError("10.0.0.5 refused maj_app")

    monkeypatch.setattr(health, check, refused)

    status, body = readiness()

    assert (status, failing(body)) == (503, {part: "unreachable"})


def test_health_leaves_a_business_session_alone(acme: Business, client_of: Any) -> None:
    client = client_of("mona")

    for address in ("/healthz", "/readyz", "/metrics"):
        assert not client.get(address).cookies

    assert client.get("/sign-in/").status_code == 302  # still signed in


def test_figures_are_for_this_machine_or_the_token(acme: Business, alive: None) -> None:
    token = {"authorization": f"Bearer {metrics_token()}"}
    near, far = Client(headers={"host": "localhost"}), Client(headers={"host": "localhost"}, REMOTE_ADDR="203.0.113.9")

    text = near.get("/metrics").content.decode()

    assert 'majlis_part_ok{part="worker"} 1' in text
    assert 'majlis_businesses{status="ready"} 2' in text
    assert "majlis_oldest_pending_element_seconds 0" in text
    assert "acme" not in text
    assert far.get("/metrics").status_code == 403
    assert far.get("/metrics", headers={"authorization": "Bearer wrong"}).status_code == 403
    assert far.get("/metrics", headers=token).status_code == 200
    assert near.get("/metrics", headers={"x-forwarded-for": "127.0.0.1"}).status_code == 403


def test_a_first_start_gives_its_signs_of_life_at_once():
    schedule = Scheduler(current_app, lazy=True)
    schedule.setup_schedule()

    due = {name for name, entry in schedule.schedule.items() if entry.is_due().is_due}

    assert due == {"heartbeat-live", "heartbeat-outbound", "heartbeat-slow", "measure"}
