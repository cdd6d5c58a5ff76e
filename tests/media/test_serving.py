"""Who may open a file, and how it leaves: through what it belongs to, private, in pieces (MED-04)."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django_tenants.utils import tenant_context

from apps.accounts.models import Employee
from apps.conversations.actions import delete_conversation, hide_message
from apps.conversations.models import Message
from apps.conversations.queries import with_files
from apps.core.actors import SYSTEM
from apps.media import actions, store
from apps.media.models import Attachment
from apps.tenants.models import Business
from tests import people
from tests.factories import PNG, a_file, a_message, an_inbox
from tests.media import samples


def read(answer: Any) -> bytes:
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


@pytest.fixture
def file(acme: Business) -> Attachment:
    return a_file(a_message(an_inbox()))


@pytest.mark.parametrize("address", ["/media/{}/", "/media/{}/thumb/", "/api/v1/media/{}/content/"])
def test_a_file_opens_to_who_sees_its_message(address: str, file: Attachment, client_of: Callable[..., Client]) -> None:
    answer = client_of("omar").get(address.format(file.pk))

    assert answer.status_code == 200
    assert read(answer) == PNG
    assert answer["Content-Type"] == "image/png"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Cache-Control"].startswith("private")
    assert "sandbox" in answer["Content-Security-Policy"]


def test_it_opens_to_nobody_else(file: Attachment, client_of: Callable[..., Client], globex: Business) -> None:
    Employee.objects.filter(user__email="omar@example.test").update(denials=["conversations.view"])
    address = f"/media/{file.pk}/"
    stranger = Client(headers={"host": "acme.localhost"})
    stranger.cookies = client_of("samia", globex).cookies

    assert client_of("omar").get(address).status_code == 404
    assert client_of("samia", globex).get(address).status_code == 404
    assert stranger.get(address).status_code == 302
    assert Client(headers={"host": "acme.localhost"}).get(address).status_code == 302


@pytest.mark.parametrize("what", ["message", "conversation"])
def test_a_file_of_what_is_hidden_opens_to_nobody(
    what: str, file: Attachment, client_of: Callable[..., Client]
) -> None:
    message = Message.objects.get(pk=str(file.owner_id))
    samia = client_of("samia")
    if what == "message":
        hide_message(message, by=SYSTEM)
    else:
        delete_conversation(message.conversation, by=SYSTEM)

    doors = [f"/media/{file.pk}/", f"/media/{file.pk}/thumb/", f"/api/v1/media/{file.pk}/content/"]
    assert [samia.get(door).status_code for door in doors] == [404] * 3
    assert samia.post(f"/api/v1/media/{file.pk}/refetch/").status_code == 404
    assert samia.get("/api/v1/media/").json()["results"] == []
    assert with_files([message.fresh()])[0].files == []


def test_a_file_of_one_business_is_never_served_at_the_other(
    file: Attachment, client_of: Callable[..., Client], globex: Business
) -> None:
    with tenant_context(globex):
        theirs = a_file(a_message(an_inbox()), pk=file.pk, storage_key=file.storage_key)

    assert client_of("samia", globex).get(f"/media/{theirs.pk}/").status_code == 404


def test_an_upload_is_its_uploaders_alone_until_it_is_sent(client_of: Callable[..., Client], acme: Business) -> None:
    mona = people.employee("mona").user.actor
    row = actions.upload_file(SimpleUploadedFile("a.pdf", samples.pdf()), by=mona)

    assert client_of("mona").get(f"/media/{row.pk}/").status_code == 200
    assert client_of("samia").get(f"/media/{row.pk}/").status_code == 404
    assert client_of("samia").get("/api/v1/media/").json()["results"] == []


def test_documents_are_downloaded_under_their_name(acme: Business, client_of: Callable[..., Client]) -> None:
    key = store.put(samples.pdf(), ".pdf")
    row = a_file(a_message(an_inbox()), kind="document", mime="application/pdf", name="فاتورة.pdf", storage_key=key)

    answer = client_of("mona").get(f"/media/{row.pk}/")

    assert answer["Content-Disposition"].startswith("attachment; filename*=utf-8''%D9%81")
    assert client_of("mona").get(f"/media/{a_file(a_message(an_inbox())).pk}/")["Content-Disposition"].startswith("inl")


@pytest.mark.parametrize(
    ("asked", "status", "told", "body"),
    [
        ("bytes=0-3", 206, "bytes 0-3/10", b"0123"),
        ("bytes=4-", 206, "bytes 4-9/10", b"456789"),
        ("bytes=-3", 206, "bytes 7-9/10", b"789"),
        ("bytes=5-100", 206, "bytes 5-9/10", b"56789"),
        ("bytes=20-30", 416, "bytes */10", b""),
        ("pages=1", 200, None, b"0123456789"),
        ("bytes=-", 200, None, b"0123456789"),
    ],
)
def test_a_player_asks_for_pieces(
    asked: str, status: int, told: str | None, body: bytes, acme: Business, client_of: Callable[..., Client]
) -> None:
    key = store.put(b"0123456789", ".ogg")
    row = a_file(a_message(an_inbox()), kind="voice", mime="audio/ogg", storage_key=key, bytes=10)

    answer = client_of("mona").get(f"/media/{row.pk}/", headers={"range": asked})

    assert answer.status_code == status
    assert answer.headers.get("Content-Range") == told
    assert read(answer) == body


@pytest.mark.parametrize("state", ["pending", "fetching", "failed", "rejected", "expired", "erased"])
def test_what_is_not_ready_is_not_there(state: str, acme: Business, client_of: Callable[..., Client]) -> None:
    row = a_file(a_message(an_inbox()), state=state, reason="x")

    assert client_of("mona").get(f"/media/{row.pk}/").status_code == 404
    assert client_of("mona").get(f"/media/{row.pk}/thumb/").status_code == 404


def test_only_who_may_delete_deletes(file: Attachment, client_of: Callable[..., Client]) -> None:
    address = f"/api/v1/media/{file.pk}/"

    assert client_of("mona").delete(address).status_code == 403
    assert file.fresh().state == "ready"
    assert client_of("samia").delete(address).status_code == 204

    erased = file.fresh()
    assert (erased.state, erased.name, erased.sha256) == ("erased", "", "")
    actions.remove_objects(erased)
    assert store.get(file.storage_key) is None
    assert erased.fresh().storage_key == ""
