"""The state of a number at Meta: whether it may send, how well it is rated, and whether its news reaches us."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, Final

from django.conf import settings

from apps.gateways.protocol import Condition, Meaning, SendTrouble, trouble
from apps.gateways.reading import identifier, moment, rows, table, text
from apps.gateways.whatsapp_cloud.client import call

if TYPE_CHECKING:
    from apps.gateways.protocol import Line, Profile

FIELDS: Final = "display_phone_number,verified_name,quality_rating,messaging_limit_tier,status,health_status"
SENDS: Final = {"AVAILABLE": "yes", "LIMITED": "limited", "BLOCKED": "no"}
VERSION_ENDS: Final = {
    "v20.0": date(2026, 9, 24),
    "v21.0": date(2027, 1, 21),
    "v22.0": date(2027, 5, 29),
    "v23.0": date(2027, 10, 8),
    "v24.0": date(2028, 2, 18),
    "v25.0": date(2028, 7, 29),
}
"""The day each version stops answering, two years after its successor came; the newest has no day yet."""


def examine(line: Line) -> Condition:
    """What Meta says of the number. Raises SendTrouble when the token is not taken or nobody answers."""
    number = table(call(line, "GET", line.external_id, params={"fields": FIELDS}))
    health = table(number.get("health_status"))
    return Condition(
        sends=SENDS.get(text(health.get("can_send_message")).upper(), "yes"),
        detail=_told(health),
        quality=text(number.get("quality_rating")).lower().replace("na", "")[:20],
        tier=text(number.get("messaging_limit_tier")).removeprefix("TIER_")[:20],
        display=text(number.get("display_phone_number")),
        subscribed=_is_subscribed(line),
        token_until=moment(_token_facts(line).get("expires_at")),
    )


def _told(health: dict[str, Any]) -> str:
    """The first reason that Meta gives, whatever it is about."""
    for entity in map(table, rows(health.get("entities"))):
        for error in map(table, rows(entity.get("errors"))):
            return text(error.get("error_description"))[:300]
    return ""


def _is_subscribed(line: Line) -> bool | None:
    """Whether an app hears of the account; None when Meta does not say."""
    try:
        answer = table(call(line, "GET", f"{line.account_ref}/subscribed_apps"))
    except SendTrouble:
        return None
    return bool(rows(answer.get("data")))


def _token_facts(line: Line) -> dict[str, Any]:
    """What Meta says of the access token itself: its app and its end; nothing when it does not say."""
    asked = {"input_token": line.secrets.get("meta_access_token", "")}
    try:
        return table(table(call(line, "GET", "debug_token", params=asked)).get("data"))
    except SendTrouble:
        return {}


def upload(line: Line, file: bytes, mime: str) -> str:
    """Hand a file to Meta's uploads (protocols 1.5): a handle for a profile picture or a template's sample."""
    asked = {"file_name": "picture", "file_length": str(len(file)), "file_type": mime}
    app = identifier(_token_facts(line).get("app_id")) or settings.META_APP_ID or "app"
    session = text(table(call(line, "POST", f"{app}/uploads", params=asked)).get("id"))
    if not session:
        raise trouble(Meaning.TIMEOUT, "", "the upload was not begun")
    headers = {"Authorization": f"OAuth {line.secrets.get('meta_access_token', '')}", "file_offset": "0"}
    handle = text(table(call(line, "POST", session, headers=headers, content=file)).get("h"))
    if not handle:
        raise trouble(Meaning.TIMEOUT, "", "the upload has no handle")
    return handle


def set_profile(line: Line, profile: Profile) -> None:
    """Show customers this text and picture beside the number. Raises SendTrouble."""
    told = {"messaging_product": "whatsapp", "about": profile.about, "description": profile.description}
    if profile.picture:
        told["profile_picture_handle"] = upload(line, profile.picture, profile.mime)
    given = {key: value for key, value in told.items() if value}
    call(line, "POST", f"{line.external_id}/whatsapp_business_profile", json=given)
