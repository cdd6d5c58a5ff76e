"""Requests that schemathesis makes up from the OpenAPI document, sent to the application in this process."""

import io
import random
import traceback
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import requests
import schemathesis
from django.test import Client
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)  # fmt: skip
from urllib3 import HTTPResponse

from tests.api.routes import document
from tests.isolation.walking import undone
from tests.isolation.witness import Witness, forget_counts

CHECKS = [
    not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance,
    response_headers_conformance,
]  # fmt: skip
REAL = 0.8  # how often an id that was made up is replaced by one that exists


@dataclass
class Fuzzer:
    """One caller: what it asked, and what was wrong with the answers."""

    host: str
    headers: dict[str, str]
    rows: list[tuple[str, UUID]]  # noun and key, of both businesses
    witness: Witness
    urlconf: str = "config.urls"
    passed_over: tuple[str, ...] = ()  # operations that nothing could undo
    asked: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    wrong: dict[str, str] = field(default_factory=dict)

    def run(self, examples: int, seed_: int = 1) -> None:
        """So many requests for each operation, half of them as the document wants them and half not."""
        for result in schemathesis.openapi.from_dict(document(self.urlconf)).get_all_operations():
            operation: Any = result.ok()  # type: ignore[union-attr]
            if operation.label in self.passed_over:
                continue
            for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
                with suppress(Unsatisfiable):  # nothing in it could be wrong
                    self._play(operation.as_strategy(generation_mode=mode), max(1, examples // 2), seed_)

    def _play(self, cases: Any, examples: int, seed_: int) -> None:
        chance = random.Random(seed_)

        @seed(seed_)
        @settings(
            max_examples=examples, phases=[Phase.generate], deadline=None, database=None,
            suppress_health_check=list(HealthCheck),
        )  # fmt: skip
        @given(cases)
        def play(case: Any) -> None:
            self._aim(case, chance)
            self._check(case, self._send(case))

        play()

    def _aim(self, case: Any, chance: random.Random) -> None:
        """Let it be about rows that exist, most of the time about rows of its noun."""
        if "id" in (case.path_parameters or {}) and chance.random() < REAL:
            case.path_parameters["id"] = self._key(case.operation.path.split("/")[3], chance)
        if isinstance(case.body, dict):
            for name, value in case.body.items():
                if _is_key(value) and chance.random() < REAL:
                    case.body[name] = self._key(f"{name}s", chance)

    def _key(self, noun: str, chance: random.Random) -> str:
        fitting = [key for each, key in self.rows if each == noun] if chance.random() < REAL else []
        return str(chance.choice(fitting or [key for _noun, key in self.rows]))

    def _send(self, case: Any) -> requests.Response:
        told = case.as_transport_kwargs(base_url=f"http://{self.host}")
        told = {name: told[name] for name in ("method", "url", "headers", "params", "json", "data") if name in told}
        try:
            asked = requests.Request(**told).prepare()
        except (requests.RequestException, UnicodeError, ValueError):  # no client could send this
            return _response(case, 0, None, b"")
        address = urlsplit(str(asked.url))
        body: Any = asked.body
        body = body or b""
        headers = {
            name: str(value) for name, value in asked.headers.items()
            if name.lower() not in ("content-type", "content-length", "authorization", "cookie", "host")
        }  # fmt: skip
        client = Client(headers={**headers, **self.headers, "host": self.host}, raise_request_exception=False)
        forget_counts()
        with undone():
            answer = client.generic(
                str(asked.method), f"{address.path}?{address.query}", body,
                str(asked.headers.get("Content-Type", "application/json")),
            )  # fmt: skip
            content = _whole(answer)
            self.witness.answer(f"{asked.method} {address.path}", answer)  # type: ignore[arg-type]
        if broken := getattr(answer, "exc_info", None):
            self.wrong[f"{asked.method} {address.path}"] = "".join(traceback.format_exception(*broken)[-3:])
        self.asked += 1
        self.statuses[answer.status_code] += 1
        return _response(asked, answer.status_code, answer, content)

    def _check(self, case: Any, response: requests.Response) -> None:
        if not response.status_code:
            return
        try:
            case.validate_response(response, checks=CHECKS)
        except (Failure, FailureGroup) as failure:
            each = getattr(failure, "exceptions", [failure])
            for one in each:
                where = f"{case.operation.method.upper()} {case.operation.path}"
                name = f"{where}: {response.status_code} {type(one).__name__} {str(one).splitlines()[0][:120]}"
                sent = f"{case.formatted_path} {case.query} {str(case.body)[:200]} → {response.text[:300]}"
                self.wrong.setdefault(name, f"{str(one)[:300]} | {sent}")


def _whole(answer: Any) -> bytes:
    """The body, which a streamed answer keeps to give once more."""
    if not answer.streaming:
        return bytes(answer.content)
    content = b"".join(answer.streaming_content)
    answer.streaming_content = [content]
    return content


def _response(asked: Any, status: int, answer: Any, content: bytes) -> requests.Response:
    found = requests.Response()
    found.status_code = status
    found.request = asked
    if answer is not None:
        found.headers.update(dict(answer.headers))
        found._content = content
        found.raw = HTTPResponse(io.BytesIO(content), headers=dict(answer.headers), status=status)
        found.reason = answer.reason_phrase
        found.url = getattr(asked, "url", "")
    return found


def _is_key(value: Any) -> bool:
    try:
        return isinstance(value, str) and bool(UUID(value))
    except ValueError:
        return False
