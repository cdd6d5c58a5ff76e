"""A provider on this machine, as tests script and question it. ``conftest`` serves it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs
from uuid import uuid4

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass
class Answer:
    """One scripted answer; ``late`` seconds of silence first, ``cut`` hangs up unanswered."""

    status: int = 200
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    late: float = 0.0
    cut: bool = False


@dataclass
class Heard:
    """One request as it came over the wire."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def form(self) -> dict[str, list[str]]:
        return parse_qs(self.body.decode(), keep_blank_values=True)


@dataclass
class Loopback:
    """The provider: ``answers`` are given in order, then ``standing`` says what; ``heard`` is what was asked."""

    url: str = ""
    answers: list[Answer] = field(default_factory=list)
    heard: list[Heard] = field(default_factory=list)
    standing: Callable[[Heard], Answer] = lambda heard: Answer(500)

    def said(self) -> list[str]:
        """The texts it was asked to send."""
        asked = [heard.json for heard in self.heard if heard.method == "POST" and heard.body.startswith(b"{")]
        return [each["text"]["body"] for each in asked if "text" in each]

    def will(self, *answers: Answer) -> None:
        self.answers.extend(answers)


def obliging(heard: Heard) -> Answer:
    """Meta on a good day: everything is taken, every message and file gets an id; it tells nothing."""
    if heard.method == "GET":
        return Answer(404, {"error": {"code": 100}})
    if heard.path.endswith("/media"):
        return Answer(200, {"id": f"media-{uuid4().hex}"})
    if heard.json.get("status") == "read":
        return Answer(200, {"success": True})
    return Answer(200, {"messaging_product": "whatsapp", "messages": [{"id": f"wamid.{uuid4()}"}]})
