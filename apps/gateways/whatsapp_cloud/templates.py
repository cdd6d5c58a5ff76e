"""Message templates at Meta: filling one for a send, and reading, handing in and deleting them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from apps.gateways.protocol import KnownTemplate, Meaning, Submitted, trouble
from apps.gateways.reading import identifier, rows, table, text
from apps.gateways.whatsapp_cloud.client import call
from apps.gateways.wording import HEADER_MEDIA, PLACE, media_kind, part

if TYPE_CHECKING:
    from collections.abc import Mapping

    from apps.gateways.protocol import Line, Wording

FIELDS: Final = "id,name,language,status,category,components,quality_score,rejected_reason,parameter_format"
PAGE: Final = 100
MOST_PAGES: Final = 60
STATUSES: Final = {
    "APPROVED": "approved", "PENDING": "pending", "IN_APPEAL": "pending", "PENDING_REVIEW": "pending",
    "REJECTED": "rejected", "PAUSED": "paused", "DISABLED": "disabled", "FLAGGED": "approved", "REINSTATED": "approved",
    "LIMIT_EXCEEDED": "disabled", "PENDING_DELETION": "disabled", "DELETED": "disabled", "ARCHIVED": "disabled",
}  # fmt: skip
"""Meta's words for the state of a template in ours. Flagged ones still go out."""


def filled(wording: Wording, values: Mapping[str, str]) -> dict[str, Any]:
    """What goes under ``template`` of a send: only the parts that have places are named."""
    parts = [
        _header(wording.components, values),
        _text("body", text(part(wording.components, "BODY").get("text")), values),
        *_buttons(wording.components, values),
    ]
    return {
        "name": wording.name,
        "language": wording.language,
        "components": [each for each in parts if each],
    }


def _header(components: list[Any], values: Mapping[str, str]) -> dict[str, Any]:
    if kind := media_kind(components):
        given = values.get(HEADER_MEDIA, "")
        key = "link" if "://" in given else "id"
        return {"type": "header", "parameters": [{"type": kind, kind: {key: given}}]}
    return _text("header", text(part(components, "HEADER").get("text")), values, "header.")


def _text(where: str, words: str, values: Mapping[str, str], prefix: str = "") -> dict[str, Any]:
    names = list(dict.fromkeys(PLACE.findall(words)))
    if not names:
        return {}
    numbered = all(name.isdigit() for name in names)
    parameters = [
        {"type": "text", **({} if numbered else {"parameter_name": name}), "text": values[prefix + name]}
        for name in (sorted(names, key=int) if numbered else names)
    ]
    return {"type": where, "parameters": parameters}


def _buttons(components: list[Any], values: Mapping[str, str]) -> list[dict[str, Any]]:
    """Those whose address ends in a place: its value is all that Meta takes for them."""
    found = []
    for index, button in enumerate(rows(part(components, "BUTTONS").get("buttons"))):
        for name in PLACE.findall(text(table(button).get("url")))[:1]:
            told = {"type": "text", "text": values[f"button.{index}.{name}"]}
            found.append({"type": "button", "sub_type": "url", "index": str(index), "parameters": [told]})
    return found


def read_all(line: Line) -> list[KnownTemplate]:
    """Every template of the account, page by page. Raises SendTrouble."""
    found: list[KnownTemplate] = []
    after = ""
    for _page in range(MOST_PAGES):
        asked = {"fields": FIELDS, "limit": str(PAGE), **({"after": after} if after else {})}
        answer = table(call(line, "GET", f"{line.account_ref}/message_templates", params=asked))
        found += [known for item in rows(answer.get("data")) if (known := read(table(item)))]
        paging = table(answer.get("paging"))
        after = text(table(paging.get("cursors")).get("after"))
        if not after or not paging.get("next"):
            return found
    return found


def read(item: dict[str, Any]) -> KnownTemplate | None:
    """One template as Meta tells of it; None when it has no name or language."""
    name, language = text(item.get("name")), text(item.get("language"))
    if not name or not language:
        return None
    reason = text(item.get("rejected_reason"))
    return KnownTemplate(
        name=name[:512],
        language=language[:10],
        category=text(item.get("category")).lower(),
        status=STATUSES.get(text(item.get("status")).upper(), "pending"),
        components=[table(each) for each in rows(item.get("components"))],
        external_id=identifier(item.get("id")) or "",
        quality=text(table(item.get("quality_score")).get("score"))[:20].lower(),
        rejected_reason="" if reason in {"", "NONE"} else reason[:300],
    )


def submit(line: Line, wording: Wording, category: str) -> Submitted:
    """Hand a new template in, or a changed one in again. Raises SendTrouble."""
    told: dict[str, Any] = {"category": category.upper(), "components": wording.components}
    if not wording.external_id:
        told |= {"name": wording.name, "language": wording.language}
        if _is_named(wording.components):
            told["parameter_format"] = "named"
    path = wording.external_id or f"{line.account_ref}/message_templates"
    answer = table(call(line, "POST", path, json=told))
    external_id = identifier(answer.get("id")) or wording.external_id
    if not external_id:
        raise trouble(Meaning.TIMEOUT, "", "taken without an id")
    return Submitted(external_id, STATUSES.get(text(answer.get("status")).upper(), "pending"))


def delete(line: Line, wording: Wording) -> None:
    """Take one wording of a template away at Meta. Raises SendTrouble."""
    asked = {"name": wording.name, "hsm_id": wording.external_id}
    call(line, "DELETE", f"{line.account_ref}/message_templates", params=asked)


def _is_named(components: list[Any]) -> bool:
    named = PLACE.findall(text(part(components, "BODY").get("text")))
    return any(not name.isdigit() for name in named)
