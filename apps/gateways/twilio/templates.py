"""Message templates at Twilio: its Content API in Meta's structure, and sends by content id and variables (GW-26)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qsl, urlsplit

from apps.gateways.protocol import KnownTemplate, Meaning, Submitted, trouble
from apps.gateways.reading import identifier, rows, table, text
from apps.gateways.twilio.client import content
from apps.gateways.wording import HEADER_MEDIA, media_kind, part, places, variables_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from apps.gateways.protocol import Line, Wording

MOST_PAGES: Final = 60
STATUSES: Final = {
    "approved": "approved", "pending": "pending", "received": "pending", "unsubmitted": "draft",
    "rejected": "rejected", "paused": "paused", "disabled": "disabled",
}  # fmt: skip


def filled(wording: Wording, values: Mapping[str, str]) -> dict[str, Any]:
    """The content's id and its variables by number; Twilio has one count of them for all parts."""
    given = {name.rsplit(".", 1)[-1]: values[name] for name in places(wording.components) if name != HEADER_MEDIA}
    return {
        "name": wording.name,
        "language": wording.language,
        "content_sid": wording.external_id,
        "variables": given,
    }


def read_all(line: Line) -> list[KnownTemplate]:
    """Every content of the account that can be a template, with what WhatsApp says of it. Raises SendTrouble."""
    found: list[KnownTemplate] = []
    asked: dict[str, str] = {"PageSize": "100"}
    for _page in range(MOST_PAGES):
        answer = table(content(line, "GET", "v1/ContentAndApprovals", params=asked))
        found += [known for item in rows(answer.get("contents")) if (known := _read(table(item)))]
        following = text(table(answer.get("meta")).get("next_page_url"))
        if not following:
            break
        asked = dict(parse_qsl(urlsplit(following).query))
    return found


def _read(item: dict[str, Any]) -> KnownTemplate | None:
    approval = table(item.get("approval_requests"))
    sid, components = identifier(item.get("sid")) or "", _components(item)
    name = text(approval.get("name")) or text(item.get("friendly_name"))
    if not sid or not components or not name:
        return None
    return KnownTemplate(
        name=name[:512],
        language=(text(item.get("language")) or "en")[:10],
        category=text(approval.get("category")).lower(),
        status=STATUSES.get(text(approval.get("status")).lower(), "draft"),
        components=components,
        external_id=sid,
        rejected_reason=text(approval.get("rejection_reason"))[:300],
    )


def _components(item: dict[str, Any]) -> list[dict[str, Any]]:
    """A content's types in Meta's structure; none for kinds that are no template of words."""
    types = table(item.get("types"))
    told = next((table(value) for value in types.values()), {})
    words = text(told.get("body")) or text(told.get("title"))
    if not words:
        return []
    samples = table(item.get("variables"))
    body: dict[str, Any] = {"type": "BODY", "text": words}
    if samples:
        body["example"] = {
            "body_text_named_params": [{"param_name": key, "example": text(value)} for key, value in samples.items()]
        }
    parts: list[dict[str, Any]] = [body]
    if subtitle := text(told.get("subtitle")):
        parts.append({"type": "FOOTER", "text": subtitle})
    if actions := rows(told.get("actions")):
        parts.append({"type": "BUTTONS", "buttons": [_button(table(each)) for each in actions]})
    return parts


def _button(action: dict[str, Any]) -> dict[str, Any]:
    kind = text(action.get("type")).upper() or "QUICK_REPLY"
    told = {"type": kind, "text": text(action.get("title"))}
    for ours, theirs in (("url", "url"), ("phone_number", "phone")):
        if action.get(theirs):
            told[ours] = text(action[theirs])
    return told


def submit(line: Line, wording: Wording, category: str) -> Submitted:
    """Make the content and ask WhatsApp to approve it. Twilio changes no content: a changed one is made anew."""
    told = {
        "friendly_name": wording.name,
        "language": wording.language,
        "variables": {each["name"].rsplit(".", 1)[-1]: each["sample"] for each in variables_of(wording.components)},
        "types": _types(wording.components),
    }
    sid = identifier(table(content(line, "POST", "v1/Content", json=told)).get("sid"))
    if not sid:
        raise trouble(Meaning.TIMEOUT, "", "taken without an id")
    asked = {"name": wording.name, "category": category.upper()}
    answer = table(content(line, "POST", f"v1/Content/{sid}/ApprovalRequests/whatsapp", json=asked))
    if wording.external_id:
        content(line, "DELETE", f"v1/Content/{wording.external_id}")
    status = STATUSES.get(text(answer.get("status")).lower(), "pending")
    return Submitted(sid, status, text(answer.get("rejection_reason"))[:300])


def delete(line: Line, wording: Wording) -> None:
    """Delete the content. Raises SendTrouble."""
    content(line, "DELETE", f"v1/Content/{wording.external_id}")


def _types(components: list[Any]) -> dict[str, Any]:
    words = text(part(components, "BODY").get("text"))
    buttons = [table(each) for each in rows(part(components, "BUTTONS").get("buttons"))]
    if kind := media_kind(components):
        sample = next((each["sample"] for each in variables_of(components) if each["name"] == HEADER_MEDIA), "")
        return {"twilio/media": {"body": words, "media": [sample or kind]}}
    if not buttons:
        return {"twilio/text": {"body": words}}
    if all(text(each.get("type")).upper() == "QUICK_REPLY" for each in buttons):
        titles = [text(each.get("text")) for each in buttons]
        return {"twilio/quick-reply": {"body": words, "actions": [{"title": t, "id": t[:20]} for t in titles]}}
    return {"twilio/call-to-action": {"body": words, "actions": [_action(each) for each in buttons]}}


def _action(button: dict[str, Any]) -> dict[str, str]:
    kind = text(button.get("type")).upper()
    told = {"type": kind, "title": text(button.get("text"))}
    if kind == "URL":
        told["url"] = text(button.get("url"))
    if kind == "PHONE_NUMBER":
        told["phone"] = text(button.get("phone_number"))
    return told
