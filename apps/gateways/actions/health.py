"""How a connected number is doing (GW-20, GW-21): asked of its provider, heard from its news, kept check by check."""

import logging
from datetime import date, timedelta
from typing import Any, Final

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from apps.audit import actions as audit
from apps.core.actors import SYSTEM, Actor
from apps.core.crypto import Unreadable
from apps.core.events import emit
from apps.gateways import protocol, sentences
from apps.gateways.actions.inboxes import line_of
from apps.gateways.events import HealthChanged
from apps.gateways.models import Inbox, Template
from apps.gateways.protocol import ACTIONS, Condition, Meaning, SendTrouble
from apps.gateways.reading import table, text
from apps.gateways.whatsapp_cloud.account import VERSION_ENDS

log = logging.getLogger(__name__)
Health = Inbox.Health
GOOD, WARNING, BAD, UNKNOWN = "good", "warning", "bad", "unknown"
SOON: Final = timedelta(days=7)
VERSION_SOON: Final = timedelta(days=183)
SILENT: Final = timedelta(days=7)
STALE: Final = timedelta(days=2)
MANY_ERRORS: Final = 0.2  # of what was tried within an hour
ENOUGH: Final = 5  # messages before a rate says anything
QUIET: Final = (Meaning.PASSING, Meaning.TIMEOUT, Meaning.THROUGHPUT)
GONE: Final = frozenset(["PARTNER_REMOVED", "PARTNER_APP_UNINSTALLED", "ACCOUNT_OFFBOARDED", "ACCOUNT_DELETED"])
BROKEN: Final = (Health.RECONNECT_NEEDED, Health.STOPPED)
Check = dict[str, Any]


def check_inbox(inbox: Inbox, *, by: Actor = SYSTEM, tried: int = 0, failed: int = 0) -> Inbox:
    """Ask the provider, look at our own rows, and write down what was found. `tried` and `failed`: of the last hour.

    A provider that does not answer says nothing of the number: its health stays.
    """
    condition, trouble = _asked(inbox)
    now = timezone.now()
    found = _checks(inbox, condition, trouble, tried, failed)
    with transaction.atomic():
        row: Inbox = Inbox.objects.select_for_update(of=("self",)).get(pk=inbox.pk)
        before = {each["key"]: each["state"] for each in row.checks}
        row.checks = [{**each, "at": now.isoformat()} for each in found]
        row.checked_at = now
        if condition:
            row.quality, row.tier = condition.quality or row.quality, condition.tier or row.tier
            row.token_until = condition.token_until
        _settle(row, *_judged(row, found, trouble), by=by)
        if by != SYSTEM:
            audit.record(by, "checked", row, after={"health": row.health})
        newly = [key for key, state in ((each["key"], each["state"]) for each in found)
                 if state in (WARNING, BAD) and before.get(key, state) != state]  # fmt: skip
        if newly and row.health == inbox.health:
            emit(HealthChanged(inbox_id=row.pk))
        row.save()
    return row


def _asked(inbox: Inbox) -> tuple[Condition | None, SendTrouble | None]:
    try:
        return protocol.gateway(inbox.gateway).examine(line_of(inbox)), None
    except SendTrouble as trouble:
        return None, trouble
    except Unreadable as error:
        return None, protocol.trouble(Meaning.TOKEN, "unreadable", str(error))


def _checks(
    inbox: Inbox, condition: Condition | None, trouble: SendTrouble | None, tried: int, failed: int
) -> list[Check]:
    """One row for each thing that can be wrong, in the order in which it should be mended."""
    found = [_token(trouble)]
    if condition:
        found += [_token_end(condition), _sending(condition), _webhook(condition), _quality(condition.quality)]
        found.append({"key": "tier", "state": GOOD, "told": condition.tier})
    found += [_inbound(inbox), _errors(tried, failed), _templates(inbox)]
    if inbox.gateway == "whatsapp_cloud":
        found.append(version_check(timezone.now().date()))
    return [each for each in found if each]


def _token(trouble: SendTrouble | None) -> Check:
    if trouble is None:
        return {"key": "token", "state": GOOD, "told": ""}
    state = UNKNOWN if trouble.meaning in QUIET else BAD
    return {"key": "token", "state": state, "told": trouble.code}


def _token_end(condition: Condition) -> Check:
    until = condition.token_until
    if until is None:
        return {}
    left = until - timezone.now()
    state = BAD if left <= timedelta(0) else WARNING if left <= SOON else GOOD
    return {"key": "token_end", "state": state, "told": until.isoformat()}


def _sending(condition: Condition) -> Check:
    states = {"yes": GOOD, "limited": WARNING, "no": BAD}
    return {"key": "sending", "state": states[condition.sends], "told": condition.detail}


def _webhook(condition: Condition) -> Check:
    if condition.subscribed is None:
        return {}
    return {"key": "webhook", "state": GOOD if condition.subscribed else BAD, "told": ""}


def _quality(quality: str) -> Check:
    states = {"green": GOOD, "yellow": WARNING, "red": BAD}
    return {"key": "quality", "state": states.get(quality, UNKNOWN), "told": quality} if quality else {}


def _inbound(inbox: Inbox) -> Check:
    last = inbox.last_inbound_at
    state = UNKNOWN if last is None else WARNING if last < timezone.now() - SILENT else GOOD
    return {"key": "inbound", "state": state, "told": last.isoformat() if last else ""}


def _errors(tried: int, failed: int) -> Check:
    state = WARNING if tried >= ENOUGH and failed / tried > MANY_ERRORS else GOOD
    return {"key": "errors", "state": state, "told": f"{failed}/{tried}"}


def _templates(inbox: Inbox) -> Check:
    last = Template.objects.filter(inbox=inbox).order_by("-synced_at").exclude(synced_at=None).first()
    if last is None or last.synced_at is None:
        return {"key": "templates", "state": UNKNOWN, "told": ""}
    state = WARNING if last.synced_at < timezone.now() - STALE else GOOD
    return {"key": "templates", "state": state, "told": last.synced_at.isoformat()}


def version_check(today: date) -> Check:
    """How long Meta still answers in the version we speak (GW-18)."""
    ends = VERSION_ENDS.get(settings.META_GRAPH_VERSION)
    state = GOOD if ends is None or today < ends - VERSION_SOON else BAD if today >= ends else WARNING
    return {"key": "version", "state": state, "told": ends.isoformat() if ends else settings.META_GRAPH_VERSION}


def _judged(row: Inbox, found: list[Check], trouble: SendTrouble | None) -> tuple[str, dict[str, Any]]:
    """The health that follows from the checks, and why."""
    states = {each["key"]: each for each in found}
    if not row.is_active:
        return Health.DISABLED, {}
    if trouble is not None and trouble.meaning in QUIET:
        return row.health, row.health_detail
    if trouble is not None:
        health = ACTIONS[trouble.meaning].inbox_health or Health.RECONNECT_NEEDED
        return health, {"code": trouble.code, "detail": trouble.detail[:300]}
    if states["sending"]["state"] == BAD:
        return Health.STOPPED, {"code": "sending", "detail": states["sending"]["told"]}
    if states.get("token_end", {}).get("state") == BAD:
        return Health.RECONNECT_NEEDED, {"code": "token_end", "detail": ""}
    weak = [each for key in ("webhook", "token_end", "sending", "quality", "errors")
            if (each := states.get(key)) and each["state"] in (WARNING, BAD)]  # fmt: skip
    if weak:
        return Health.DEGRADED, {"code": weak[0]["key"], "detail": weak[0]["told"]}
    return Health.CONNECTED, {}


def _settle(row: Inbox, health: str, detail: dict[str, Any], *, by: Actor) -> None:
    """Put a health on a locked row, which the caller saves; who must know hears of a change once."""
    if health != row.health:
        audit.record(by, "health_changed", row, before={"health": row.health}, after={"health": health, **detail})
        emit(HealthChanged(inbox_id=row.pk))
    row.health, row.health_detail = health, detail


def note_account(inbox: Inbox, *, kind: str, detail: dict[str, Any]) -> Inbox:
    """What the provider says of the number or its account by itself (in a transaction)."""
    row: Inbox = Inbox.objects.select_for_update(of=("self",)).get(pk=inbox.pk)
    event = text(detail.get("event")).upper()
    health: str = row.health
    told = {"code": event.lower()[:60], "detail": ""}
    if kind == "phone_quality":
        limit = text(detail.get("max_daily_conversations_per_business")) or text(detail.get("current_limit"))
        row.tier = limit.removeprefix("TIER_")[:20] or row.tier
        if event in ("FLAGGED", "DOWNGRADE"):
            row.quality, health = "red" if event == "FLAGGED" else row.quality, Health.DEGRADED
        elif event == "UNFLAGGED":
            row.quality, health = "green", Health.CONNECTED
    elif event in GONE:
        health = Health.RECONNECT_NEEDED
    elif event == "DISABLED_UPDATE":
        ban = text(table(detail.get("ban_info")).get("waba_ban_state")).upper()
        told["detail"] = ban
        health = {"DISABLE": Health.STOPPED, "REINSTATE": Health.CONNECTED}.get(ban, Health.DEGRADED)
    elif event in ("ACCOUNT_RESTRICTION", "ACCOUNT_VIOLATION"):
        told["detail"] = text(table(detail.get("violation_info")).get("violation_type"))[:300]
        health = Health.DEGRADED
    elif event == "ACCOUNT_RECONNECTED":
        health = Health.CONNECTED
    worse = health == Health.DEGRADED and row.health in (*BROKEN, Health.DISABLED)
    _settle(row, row.health if worse or not row.is_active else health, told, by=SYSTEM)
    row.save()
    return row


def note_trouble(inbox: Inbox, trouble: protocol.ChannelTrouble) -> Inbox:
    """The provider complains about the channel (in a transaction)."""
    row: Inbox = Inbox.objects.select_for_update(of=("self",)).get(pk=inbox.pk)
    action = ACTIONS.get(trouble.meaning) if trouble.meaning else None
    health = (action.inbox_health if action else None) or (
        row.health if row.health in (*BROKEN, Health.DISABLED) else Health.DEGRADED
    )
    _settle(row, health, {"code": trouble.code, "detail": trouble.detail[:300]}, by=SYSTEM)
    row.save()
    return row


def subscribe_webhook(inbox: Inbox, *, by: Actor) -> Inbox:
    """Have the account's news posted to us, then look again. Raises Refusal `invalid` or `unavailable`."""
    try:
        protocol.gateway(inbox.gateway).subscribe(line_of(inbox))
    except SendTrouble as trouble:
        raise sentences.refusal(inbox.gateway, trouble) from trouble
    with transaction.atomic():
        audit.record(by, "subscribed", inbox)
    return check_inbox(inbox, by=by)


def mind_version() -> None:
    """Tell the operators' log when the version we speak ends within half a year (GW-18)."""
    found = version_check(timezone.now().date())
    if found["state"] != GOOD:
        log.error("Meta's API %s ends on %s: set META_GRAPH_VERSION", settings.META_GRAPH_VERSION, found["told"])
