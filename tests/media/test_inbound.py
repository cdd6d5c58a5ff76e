"""A customer's file: seen from the start, fetched afterwards, believed as far as it can be checked (MED-03, R-020)."""

import base64
import hashlib
import io
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from apps.audit.models import AuditEvent
from apps.conversations import actions, queries
from apps.conversations.models import Message
from apps.gateways import protocol
from apps.media import actions as media
from apps.media import store
from apps.media.events import AttachmentExpected
from apps.media.models import Attachment
from apps.media.queries import due
from apps.tenants.models import Business
from tests.factories import a_conversation, a_message, an_inbox
from tests.media import samples

PHOTO = samples.picture()


class Provider:
    """Meta on this machine: tells where a file is, and hands it out as it is told to."""

    def __init__(self) -> None:
        self.url, self.asked = "", list[tuple[str, str]]()
        self.data, self.statuses, self.sha256 = PHOTO, list[int](), ""
        self.location, self.says, self.endless = "", "", False

    def host(self) -> str:
        return self.url.removeprefix("http://")


@contextmanager
def serving() -> Iterator[Provider]:
    provider = Provider()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            provider.asked.append((self.path, self.headers.get("Authorization", "")))
            if self.path.startswith("/v"):
                url = provider.says or f"{provider.url}/files/1"
                return self._answer(200, f'{{"url": "{url}", "sha256": "{provider.sha256}"}}'.encode())
            status = provider.statuses.pop(0) if provider.statuses else 200
            if status in (301, 302):
                self.send_response(status)
                self.send_header("Location", provider.location)
                self.send_header("Content-Length", "0")
                return self.end_headers()
            if provider.endless:
                self.send_response(200)
                self.end_headers()
                try:
                    while True:
                        self.wfile.write(b"\xff" * 65536)
                except OSError:
                    self.close_connection = True
                return None
            return self._answer(status, provider.data if status == 200 else b"")

        def _answer(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: Any) -> None:
            """Quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        provider.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield provider
        server.shutdown()
        thread.join()


@pytest.fixture
def provider(settings: Any) -> Iterator[Provider]:
    with serving() as found:
        settings.META_GRAPH_URL = settings.TWILIO_API_URL = found.url
        settings.OUTBOUND_ALLOW = [found.host()]
        yield found


def a_photo(kind: str = "image", mime: str = "image/jpeg", data: bytes = PHOTO, **but: Any) -> Attachment:
    """What a customer has sent and nobody has fetched yet."""
    hashed = base64.b64encode(hashlib.sha256(data).digest()).decode()
    facts = {"reference": "1234567890", "mime": mime, "sha256": hashed, **but}
    message = a_message(an_inbox(), body="Look", type=kind, media=protocol.MediaRef(**facts))
    return Attachment.objects.get(owner_id=message.pk)


def test_a_message_is_seen_with_its_file_on_the_way(
    acme: Business, django_capture_on_commit_callbacks: Any, announced: Any
) -> None:
    with django_capture_on_commit_callbacks() as callbacks:
        row = a_photo()

    [seen] = queries.thread(Message.objects.get().conversation, with_notes=False)
    assert [file.state for file in getattr(seen, "files", [])] == ["pending"]
    assert AttachmentExpected(attachment_id=row.pk) in announced(callbacks)


def test_it_is_fetched_with_the_token_and_kept(acme: Business, provider: Provider) -> None:
    row = actions.fetch_file(a_photo().pk)

    assert row is not None
    assert (row.state, row.mime, row.width, row.bytes) == ("ready", "image/jpeg", 640, len(PHOTO))
    with store.get(row.storage_key) as kept:
        assert kept.read() == PHOTO
    assert [said for _path, said in provider.asked] == ["Bearer EAAx", "Bearer EAAx"]
    assert actions.fetch_file(row.pk) is None, "done once"


def test_three_times_out_of_order_then_here(acme: Business, provider: Provider) -> None:
    row, provider.statuses = a_photo(), [503, 503, 503]

    states = []
    for _turn in range(4):
        Attachment.objects.exclude(next_at=None).update(next_at=timezone.now())
        states += [Attachment.objects.get(pk=pk).state for pk in due(timezone.now())]
        row = actions.fetch_file(row.pk)  # type: ignore[assignment]

    assert states == ["pending", "failed", "failed", "failed"]
    assert (row.state, row.attempts, row.reason) == ("ready", 4, "")


def test_after_the_fifth_try_only_a_person_asks_again(
    acme: Business, provider: Provider, client_of: Callable[..., Client]
) -> None:
    row, provider.statuses = a_photo(), [503] * 5
    waits = []
    for _turn in range(5):
        Attachment.objects.exclude(next_at=None).update(next_at=timezone.now())
        row = actions.fetch_file(row.pk)  # type: ignore[assignment]
        waits.append(row.next_at and row.next_at - timezone.now())

    assert (row.state, row.next_at, row.reason) == ("failed", None, "unavailable")
    assert timedelta(hours=23) < sum((wait for wait in waits if wait), timedelta()) < timedelta(hours=24)
    assert actions.fetch_file(row.pk) is None
    assert client_of("omar").post(f"/api/v1/media/{row.pk}/refetch/").status_code == 403

    answer = client_of("karim").post(f"/api/v1/media/{row.pk}/refetch/", {}, "application/json")

    assert (answer.status_code, answer.json()["state"]) == (200, "pending")
    assert AuditEvent.objects.filter(verb="refetched").exists()
    assert actions.fetch_file(row.pk).state == "ready"  # type: ignore[union-attr]


def test_a_link_that_is_over_is_asked_for_again(acme: Business, provider: Provider) -> None:
    row, provider.statuses = a_photo(), [404]

    assert actions.fetch_file(row.pk).state == "ready"  # type: ignore[union-attr]
    assert [path for path, _said in provider.asked] == ["/v26.0/1234567890", "/files/1"] * 2


HOSTILE: dict[str, tuple[dict[str, Any], str, str]] = {
    "another picture than was told": ({"data": samples.picture("PNG")}, "failed", "wrong_hash"),
    "a hash that changes": ({"sha256": base64.b64encode(b"0" * 32).decode()}, "failed", "wrong_hash"),
    "an endless stream": ({"endless": True}, "rejected", "too_large"),
    "a redirect into our network": (
        {"statuses": [302], "location": "http://127.0.0.1:1/latest/meta-data"}, "rejected", "foreign_host",
    ),
    "a redirect to the cloud's own host": (
        {"statuses": [302], "location": "http://169.254.169.254/"}, "rejected", "foreign_host",
    ),
    "an address of somebody else": ({"says": "https://evil.example/1"}, "rejected", "foreign_host"),
    "an address that looks like Meta's": ({"says": "https://evil-fbcdn.net/1"}, "rejected", "foreign_host"),
    "Meta's name as a user": ({"says": "https://a.fbcdn.net@evil.example/"}, "rejected", "foreign_host"),
    "no address": ({"says": "nowhere"}, "rejected", "foreign_host"),
}  # fmt: skip


@pytest.mark.parametrize("what", HOSTILE)
def test_what_is_wrong_is_not_kept(what: str, acme: Business, provider: Provider) -> None:
    how, state, reason = HOSTILE[what]
    row = a_photo()
    for name, value in how.items():
        setattr(provider, name, value)

    settled = actions.fetch_file(row.pk)

    assert settled is not None
    assert (settled.state, settled.reason, settled.storage_key) == (state, reason, "")
    assert all(said == "Bearer EAAx" for _path, said in provider.asked), "and to nobody else"


@pytest.mark.parametrize(
    ("kind", "data"),
    [("image", samples.MARKUP), ("image", samples.pdf()), ("document", b"MZ" + b"\0" * 99), ("voice", samples.mp4()),
     ("document", samples.archive({"a.exe": b"MZ"})), ("image", samples.a_bomb())],
)  # fmt: skip
def test_what_is_another_kind_is_rejected(kind: str, data: bytes, acme: Business, provider: Provider) -> None:
    provider.data = data

    row = actions.fetch_file(a_photo(kind, data=data).pk)

    assert row is not None
    assert (row.state, row.storage_key) == ("rejected", "")
    assert row.reason in ("unsupported_type", "unreadable")


def test_inbound_files_have_room_when_the_plan_has_none(acme: Business, provider: Provider, monkeypatch: Any) -> None:
    monkeypatch.setattr("apps.media.queries.stored_bytes", lambda: 10**15)

    assert actions.fetch_file(a_photo().pk).state == "ready"  # type: ignore[union-attr]


def test_twilio_s_password_stays_with_twilio(acme: Business, provider: Provider, settings: Any) -> None:
    with serving() as elsewhere:
        provider.statuses, provider.location = [302], f"{elsewhere.url}/store/1"
        inbox = an_inbox("twilio")
        ref = protocol.MediaRef(f"{provider.url}/2010/Media/ME1", "image/jpeg")
        message = a_message(inbox, type="image", media=ref, payload={"more_media": []})
        settings.OUTBOUND_ALLOW = [provider.host(), elsewhere.host()]

        row = actions.fetch_file(Attachment.objects.get(owner_id=message.pk).pk)

        assert row is not None
        assert row.state == "ready"
        assert provider.asked[0][1].startswith("Basic ")
        assert elsewhere.asked == [("/store/1", "")]


def test_several_files_of_one_message_are_all_expected(acme: Business) -> None:
    more = [{"reference": "https://api.twilio.com/2", "mime": "application/pdf"}, "nonsense"]

    message = a_message(
        an_inbox("twilio"), type="image", media=protocol.MediaRef("https://api.twilio.com/1", "image/png"),
        payload={"more_media": more},
    )  # fmt: skip

    files = Attachment.objects.filter(owner_id=message.pk)
    assert [(file.kind, file.position) for file in files] == [("image", 0), ("document", 1)]


def test_a_file_that_comes_moves_its_message_for_all_who_look(acme: Business, provider: Provider) -> None:
    row = actions.fetch_file(a_photo().pk)
    before = Message.objects.get().seq

    actions.note_file(row.pk)  # type: ignore[union-attr]

    message = Message.objects.get()
    assert message.seq > before
    [again] = queries.thread(message.conversation, since=before, with_notes=False)
    assert [file.state for file in getattr(again, "files", [])] == ["ready"]


def test_a_worker_that_never_came_back_is_let_go_of(acme: Business) -> None:
    row = a_photo()
    media.claim_fetch(row.pk)
    Attachment.objects.update(claimed_at=timezone.now() - timedelta(minutes=6))

    media.let_go_of_lost(timezone.now())

    assert due(timezone.now()) == [row.pk]


def test_erased_while_it_was_fetched_it_stays_erased(acme: Business, provider: Provider) -> None:
    row = media.claim_fetch(a_photo().pk)
    assert row is not None
    assert row.owner_id is not None
    assert media.erase_files("message", [row.owner_id]) == 1

    kept = media.keep_fetched(row, io.BytesIO(PHOTO))

    assert (kept.state, kept.storage_key, kept.name) == ("erased", "", "")


def test_text_stays_text(acme: Business) -> None:
    conversation = a_conversation()

    assert not Attachment.objects.exists()
    assert [getattr(row, "files", None) for row in queries.thread(conversation, with_notes=False)] == [[]]
