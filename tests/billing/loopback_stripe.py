"""A Stripe on this machine: real HTTP, state per key, idempotency keys honoured, events signed as Stripe signs them.

Objects have the official shapes (`fixtures/stripe_shapes.json`); only what a test needs to differ is changed in them.
"""

import copy
import hashlib
import hmac
import itertools
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

SHAPES = json.loads(Path(__file__).with_name("fixtures").joinpath("stripe_shapes.json").read_text())
MONTH = 30 * 24 * 3600
Answer = tuple[int, dict[str, Any]]


@dataclass
class Account:
    """What one secret key sees: objects by id, answers by idempotency key, what it was asked."""

    objects: dict[str, dict[str, Any]] = field(default_factory=dict)
    answered: dict[str, tuple[str, Answer]] = field(default_factory=dict)
    asked: list[tuple[str, str, dict[str, Any]]] = field(default_factory=list)


@dataclass
class LoopbackStripe:
    """The server's memory, and the hands of a test: pay, fail, end, sign."""

    url: str = ""
    accounts: dict[str, Account] = field(default_factory=dict)
    troubles: list[int] = field(default_factory=list)  # statuses to answer with before behaving again
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def of(self, key: str) -> Account:
        return self.accounts.setdefault(key, Account())

    def answer(self, method: str, path: str, key: str, once: str, form: dict[str, Any]) -> Answer:
        account = self.of(key)
        account.asked.append((method, path, form))
        told = json.dumps([path, form], sort_keys=True)
        if once and once in account.answered:
            before, answer = account.answered[once]
            return answer if before == told else (400, _error("idempotency_error", "Keys for idempotent requests …"))
        if self.troubles:
            return self.troubles.pop(0), _error("api_error", "An error occurred")
        answer = self._do(account, method, path, form)
        if once and method == "POST":
            account.answered[once] = (told, answer)
        return answer

    def _do(self, account: Account, method: str, path: str, form: dict[str, Any]) -> Answer:
        parts = path.removeprefix("/v1/").split("/")
        match method, parts:
            case "POST", ["customers"]:
                return 200, self.make(account, "customer", "cus", name=form.get("name"), metadata=form["metadata"])
            case "POST", ["checkout", "sessions"]:
                if form.get("customer") not in account.objects:
                    return 400, _error("invalid_request_error", "No such customer")
                made = self.make(
                    account, "checkout.session", "cs_test", customer=form["customer"], mode="subscription",
                    client_reference_id=form["client_reference_id"], metadata=form["metadata"], subscription=None,
                    status="open", payment_status="unpaid",
                )  # fmt: skip
                made["url"] = f"https://checkout.stripe.test/{made['id']}"
                made["_form"] = form
                return 200, _shown(made)
            case "POST", ["billing_portal", "sessions"]:
                made = self.make(account, "billing_portal.session", "bps", customer=form["customer"])
                return 200, {**made, "url": f"https://billing.stripe.test/{made['id']}"}
            case "POST", ["subscriptions", name] if name in account.objects:
                account.objects[name]["cancel_at_period_end"] = form["cancel_at_period_end"] == "true"
                return 200, account.objects[name]
            case "GET", [*_nouns, name] if name in account.objects:
                return 200, _shown(account.objects[name])
        return 404, _error("invalid_request_error", f"No such object: {parts[-1]}")

    def make(self, account: Account, shape: str, prefix: str, **facts: Any) -> dict[str, Any]:
        made = {**copy.deepcopy(SHAPES[shape]), "id": f"{prefix}_{next(self.numbers):06}", "livemode": False, **facts}
        account.objects[made["id"]] = made
        return made

    def pay(self, key: str, session_id: str) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
        """The customer pays on the page: the session is complete, a subscription runs, an invoice is paid."""
        account, now = self.of(key), int(time.time())
        session = account.objects[session_id]
        form = session["_form"]
        data, line = form["subscription_data"], form["line_items"]["0"]["price_data"]
        running = self.make(
            account, "subscription", "sub", customer=session["customer"], status="active",
            metadata=data["metadata"], cancel_at_period_end=False,
        )  # fmt: skip
        item = running["items"]["data"][0]
        item["current_period_start"], item["current_period_end"] = now, now + MONTH
        item["price"] |= {"unit_amount": int(line["unit_amount"]), "currency": line["currency"]}
        item["price"]["recurring"]["interval"] = line["recurring"]["interval"]
        bill = self.make(
            account, "invoice", "in", customer=session["customer"], status="paid", number=f"MJ-{next(self.numbers):04}",
            amount_due=int(line["unit_amount"]), currency=line["currency"], period_start=now, period_end=now + MONTH,
            hosted_invoice_url="https://invoice.stripe.test/1",
            parent={"type": "subscription_details", "subscription_details": {"subscription": running["id"]}},
        )  # fmt: skip
        session |= {"status": "complete", "payment_status": "paid", "subscription": running["id"]}
        return session, running, bill

    def event(self, type: str, about: dict[str, Any], **but: Any) -> dict[str, Any]:
        """An event of Stripe's about an object as it was at this moment."""
        made = {**copy.deepcopy(SHAPES["event"]), "id": f"evt_{next(self.numbers):06}", "livemode": False}
        return {**made, "type": type, "data": {"object": copy.deepcopy(_shown(about))}, **but}


def signed(event: dict[str, Any], secret: str, at: int | None = None) -> tuple[bytes, str]:
    """The body and the Stripe-Signature header of an event."""
    body, at = json.dumps(event).encode(), at or int(time.time())
    mark = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return body, f"t={at},v1={mark}"


@contextmanager
def loopback_stripe() -> Iterator[LoopbackStripe]:
    """A Stripe of one's own, for as long as the block lasts."""
    stripe = LoopbackStripe()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            text = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
            self._answer(_nested(text))

        def do_GET(self) -> None:
            self._answer({})

        def _answer(self, form: dict[str, Any]) -> None:
            key = self.headers.get("Authorization", "").removeprefix("Bearer ")
            once = self.headers.get("Idempotency-Key", "")
            status, body = stripe.answer(self.command, urlsplit(self.path).path, key, once, form)
            told = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(told)))
            self.end_headers()
            self.wfile.write(told)

        def log_message(self, format: str, *args: Any) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    stripe.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield stripe
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _shown(thing: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in thing.items() if not name.startswith("_")}


def _error(kind: str, text: str) -> dict[str, Any]:
    return {"error": {"type": kind, "message": text}}


def _nested(text: str) -> dict[str, Any]:
    """A form as Stripe reads it: `a[b][c]=d` is a tree."""
    tree: dict[str, Any] = {}
    for name, value in parse_qsl(text, keep_blank_values=True):
        steps = name.replace("]", "").split("[")
        inner = tree
        for step in steps[:-1]:
            inner = inner.setdefault(step, {})
        inner[steps[-1]] = value
    return tree
