"""How a number is doing: asked of the provider, heard from its news (GW-18, GW-20, GW-21, GW-27, R-077)."""

from datetime import date, timedelta

import pytest
from django.utils import timezone
from django_tenants.utils import schema_context

from apps.audit.models import AuditEvent
from apps.conversations import actions as talk
from apps.conversations import facts, tasks
from apps.core.actors import SYSTEM
from apps.core.refusals import Refusal
from apps.gateways import actions, protocol
from apps.gateways.actions.health import version_check
from apps.gateways.events import HealthChanged
from apps.tenants.models import Business, GatewayApp
from apps.tenants.queries import app_of_token
from tests.factories import a_conversation, an_inbox
from tests.gateways.provider import Answer

NUMBER = {"display_phone_number": "+1 555", "quality_rating": "GREEN", "messaging_limit_tier": "TIER_1K",
          "health_status": {"can_send_message": "AVAILABLE"}}  # fmt: skip


class Meta:
    """Meta as these tests want it; each path answers with what stands here."""

    def __init__(self):
        self.number, self.apps, self.ends, self.refusal = dict(NUMBER), [{"id": "1"}], 0, None
        self.posted = []

    def __call__(self, heard):
        if self.refusal:
            return self.refusal
        if heard.method == "POST":
            self.posted.append(heard)
            if "/uploads" in heard.path:
                return Answer(200, {"id": "upload:abc"})
            if "upload:abc" in heard.path:
                return Answer(200, {"h": "handle-1"})
            self.apps = [{"id": "1"}]
            return Answer(200, {"success": True})
        if "subscribed_apps" in heard.path:
            return Answer(200, {"data": self.apps})
        if "debug_token" in heard.path:
            return Answer(200, {"data": {"expires_at": self.ends, "app_id": "4711"}})
        return Answer(200, self.number)


@pytest.fixture
def meta(loopback, settings):
    settings.META_GRAPH_URL = loopback.url
    loopback.standing = found = Meta()
    return found


@pytest.fixture
def inbox(acme):
    return an_inbox()


def state(inbox, key):
    return next(each["state"] for each in inbox.fresh().checks if each["key"] == key)


def test_a_well_number_is_connected_and_its_quality_and_limit_are_kept(inbox, meta):
    row = actions.check_inbox(inbox)

    assert (row.health, row.quality, row.tier) == ("connected", "green", "1K")
    assert {each["state"] for each in row.checks} <= {"good", "unknown"}


def test_a_revoked_token_needs_reconnecting_is_told_once_and_the_check_brings_it_back(
    inbox, meta, announced, django_capture_on_commit_callbacks
):
    meta.refusal = Answer(401, {"error": {"code": 190, "message": "expired"}})
    with django_capture_on_commit_callbacks() as first:
        actions.check_inbox(inbox)
    with django_capture_on_commit_callbacks() as second:
        actions.check_inbox(inbox.fresh())

    assert inbox.fresh().health == "reconnect_needed"
    assert announced(first).count(HealthChanged(inbox_id=inbox.pk)) == 1
    assert announced(second) == []
    meta.refusal = None

    assert actions.check_inbox(inbox.fresh()).health == "connected"


def test_silence_of_the_provider_says_nothing_of_the_number(inbox, meta):
    meta.refusal = Answer(503)

    assert actions.check_inbox(inbox).health == "connected"
    assert state(inbox, "token") == "unknown"


@pytest.mark.parametrize(("change", "key", "health"), [
    ({"quality_rating": "RED"}, "quality", "degraded"),
    ({"health_status": {"can_send_message": "LIMITED"}}, "sending", "degraded"),
    ({"health_status": {"can_send_message": "BLOCKED"}}, "sending", "stopped"),
])  # fmt: skip
def test_what_the_provider_says_decides(inbox, meta, change, key, health):
    meta.number |= change

    assert actions.check_inbox(inbox).health == health
    assert state(inbox, key) in ("warning", "bad")


def test_a_token_that_ends_in_seven_days_is_an_alert(inbox, meta):
    meta.ends = int((timezone.now() + timedelta(days=6, hours=23)).timestamp())

    row = actions.check_inbox(inbox)

    assert (row.health, row.health_detail["code"], state(inbox, "token_end")) == ("degraded", "token_end", "warning")


def test_many_errors_within_the_hour_degrade(inbox, meta):
    assert actions.check_inbox(inbox, tried=10, failed=3).health == "degraded"
    assert actions.check_inbox(inbox.fresh(), tried=10, failed=1).health == "connected"


def test_the_doctor_mends_a_webhook_nobody_hears(inbox, meta):
    meta.apps = []
    assert actions.check_inbox(inbox).health == "degraded"

    actions.subscribe_webhook(inbox.fresh(), by=SYSTEM)

    assert (inbox.fresh().health, state(inbox, "webhook")) == ("connected", "good")


def test_nothing_is_sent_by_a_stopped_number_and_the_queue_goes_out_when_it_is_free(inbox, meta, loopback):
    conversation = a_conversation(inbox)
    meta.number["health_status"] = {"can_send_message": "BLOCKED"}
    actions.check_inbox(inbox)
    message = talk.send_message(conversation, body="Welcome", by=SYSTEM)
    heard = len(loopback.heard)

    tasks.deliver.delay(message.pk)

    assert (message.fresh().status, len(loopback.heard)) == ("queued", heard)
    meta.number["health_status"] = {"can_send_message": "AVAILABLE"}
    actions.check_inbox(inbox.fresh())
    loopback.will(Answer(200, {"messages": [{"id": "wamid.sent"}]}))
    tasks.wake.delay(inbox.pk)
    assert message.fresh().status == "sent"


@pytest.mark.parametrize(("kind", "detail", "health"), [
    ("account_update", {"event": "DISABLED_UPDATE", "ban_info": {"waba_ban_state": "DISABLE"}}, "stopped"),
    ("account_update", {"event": "PARTNER_REMOVED"}, "reconnect_needed"),
    ("account_update", {"event": "ACCOUNT_VIOLATION"}, "degraded"),
    ("phone_quality", {"event": "FLAGGED", "current_limit": "TIER_1K"}, "degraded"),
])  # fmt: skip
def test_news_of_the_account_is_health(inbox, kind, detail, health):
    facts.apply(inbox, protocol.Notice(kind, detail, None))

    assert inbox.fresh().health == health


@pytest.mark.parametrize(("today", "expected"), [
    (date(2026, 7, 1), "good"), (date(2026, 7, 23), "warning"), (date(2027, 1, 21), "bad"),
])  # fmt: skip
def test_the_end_of_the_providers_version_is_told_half_a_year_before(settings, today, expected):
    settings.META_GRAPH_VERSION = "v21.0"

    assert version_check(today)["state"] == expected


def test_the_picture_is_uploaded_and_shown_with_the_text(inbox, meta, acme, monkeypatch):
    with schema_context("public"):
        Business.objects.filter(slug="acme").update(description_en="Tarot by appointment", logo_key="logos/x")
    monkeypatch.setattr("apps.gateways.actions.settings.picture_of", lambda key, name: b"a picture")

    actions.sync_profile(inbox, by=SYSTEM)

    begun, sent, shown = meta.posted
    assert begun.path.startswith("/v26.0/4711/uploads?")
    assert (sent.body, sent.headers["file_offset"]) == (b"a picture", "0")
    assert sent.headers["Authorization"].startswith("OAuth ")
    assert shown.json["profile_picture_handle"] == "handle-1"
    assert shown.json["about"] == "Tarot by appointment"
    noted = AuditEvent.objects.get(verb="synced_profile", object_id=inbox.pk)
    assert noted.after == {"about": "Tarot by appointment", "picture": True}


def test_an_old_webhook_address_is_good_for_a_day(inbox, acme):
    with schema_context("public"):
        before = GatewayApp.objects.get(pk=inbox.app_id)
    token = actions.rotate_webhook(inbox, by=SYSTEM)

    assert app_of_token("whatsapp_cloud", token).pk == inbox.app_id
    assert app_of_token("whatsapp_cloud", before.token).pk == inbox.app_id
    with schema_context("public"):
        GatewayApp.objects.filter(pk=inbox.app_id).update(previous_until=timezone.now() - timedelta(seconds=1))
    assert app_of_token("whatsapp_cloud", before.token) is None


def test_a_released_number_is_anybodys_and_comes_back_when_it_is_free(inbox, meta, globex):
    actions.release_inbox(inbox, by=SYSTEM)
    assert (inbox.fresh().health, inbox.fresh().is_active) == ("disabled", False)

    assert actions.reconnect_inbox(inbox.fresh(), secrets={}, by=SYSTEM).health == "connected"


def test_a_profile_without_words_is_refused(inbox, meta, acme):
    with schema_context("public"):
        Business.objects.filter(slug="acme").update(description_en="", description_ar="", logo_key="")

    with pytest.raises(Refusal):
        actions.sync_profile(inbox, by=SYSTEM)

    assert meta.posted == []
