"""The words of a template: its places for values, what fills them, and how it reads once filled. Pure.

Components are Meta's own structure whoever the provider is. A place in the body is named as it is written (`1`,
`first_name`); of the others `header.…` is in the header, `header.media` a file above the text, and `button.2.…` the end
of the third button's address.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from apps.gateways.reading import rows, table, text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

PLACE: Final = re.compile(r"\{\{\s*([A-Za-z0-9_]{1,60})\s*\}\}")
MEDIA: Final = ("IMAGE", "VIDEO", "DOCUMENT")
HEADER_MEDIA: Final = "header.media"


@dataclass(frozen=True, slots=True)
class Wording:
    """One template as a gateway fills it: its name, language and id there, and its parts."""

    name: str
    language: str
    external_id: str
    components: list[Any]


@dataclass(frozen=True, slots=True)
class Filled:
    """How a template reads with its values in place."""

    body: str
    header: str = ""
    media: str = ""
    media_kind: str = ""
    footer: str = ""
    buttons: list[dict[str, str]] = field(default_factory=list)


class MissingValues(Exception):
    """These places of a template were left empty."""

    def __init__(self, names: list[str]) -> None:
        super().__init__(names)
        self.names = names


def part(components: list[Any], kind: str) -> dict[str, Any]:
    """The header, body, footer or buttons of a template; empty when it has none."""
    return next((table(each) for each in components if text(table(each).get("type")).upper() == kind), {})


def media_kind(components: list[Any]) -> str:
    """image, video or document when the header is a file, else empty."""
    found = text(part(components, "HEADER").get("format")).upper()
    return found.lower() if found in MEDIA else ""


def places(components: list[Any]) -> list[str]:
    """The name of each place, in the order they are read."""
    return [name for name, _sample in _places(components)]


def variables_of(components: list[Any]) -> list[dict[str, str]]:
    """The places with the samples that were handed in with them."""
    return [{"name": name, "sample": sample} for name, sample in _places(components)]


def _places(components: list[Any]) -> Iterator[tuple[str, str]]:
    header, body = part(components, "HEADER"), part(components, "BODY")
    if media_kind(components):
        yield HEADER_MEDIA, _first(table(header.get("example")).get("header_handle"))
    for name, sample in _named(header, "header_text"):
        yield f"header.{name}", sample
    yield from _named(body, "body_text")
    for index, button in enumerate(rows(part(components, "BUTTONS").get("buttons"))):
        for name in dict.fromkeys(PLACE.findall(text(table(button).get("url")))):
            yield f"button.{index}.{name}", _first(table(button).get("example"))


def _named(component: dict[str, Any], key: str) -> Iterator[tuple[str, str]]:
    """The places of a text, each with its sample: by its name, or by its number among the samples."""
    example = table(component.get("example"))
    by_name = {
        text(table(each).get("param_name")): text(table(each).get("example"))
        for each in rows(example.get(f"{key}_named_params"))
    }
    listed = rows(example.get(key))
    in_order = rows(listed[0]) if listed and isinstance(listed[0], list) else listed
    for index, name in enumerate(dict.fromkeys(PLACE.findall(text(component.get("text"))))):
        number = int(name) - 1 if name.isdigit() else index
        by_number = text(in_order[number]) if 0 <= number < len(in_order) else ""
        yield name, by_name.get(name) or by_number


def _first(value: Any) -> str:
    found = rows(value)
    return text(found[0]) if found else text(value)


def fill(components: list[Any], values: Mapping[str, str]) -> Filled:
    """The template with its values in place. Raises MissingValues, naming every place that was left empty."""
    if missing := [name for name in places(components) if not text(values.get(name)).strip()]:
        raise MissingValues(missing)
    return preview(components, values)


def preview(components: list[Any], values: Mapping[str, str]) -> Filled:
    """The same, with places that have no value left as they are written."""
    header = part(components, "HEADER")
    buttons = []
    for index, button in enumerate(rows(part(components, "BUTTONS").get("buttons"))):
        told = table(button)
        kind, title = text(told.get("type")).upper(), text(told.get("text"))
        shown = {"id": title, "title": title, "kind": kind.lower()}
        if url := text(told.get("url")):
            shown["url"] = _put(url, values, f"button.{index}.")
        buttons.append(shown)
    return Filled(
        body=_put(text(part(components, "BODY").get("text")), values),
        header=_put(text(header.get("text")), values, "header."),
        media=text(values.get(HEADER_MEDIA)),
        media_kind=media_kind(components),
        footer=text(part(components, "FOOTER").get("text")),
        buttons=buttons,
    )


def _put(words: str, values: Mapping[str, str], prefix: str = "") -> str:
    return PLACE.sub(lambda place: text(values.get(prefix + place[1])) or place[0], words)
