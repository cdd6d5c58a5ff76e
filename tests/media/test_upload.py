"""Bringing a file: what it is, is read from its content; what it hides, stays behind (MED-01, MED-02, MED-06)."""

import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from django_tenants.utils import tenant_context
from PIL import Image

from apps.audit.models import AuditEvent
from apps.billing import limits
from apps.billing.queries import limits_of
from apps.core.models import new_id
from apps.core.refusals import Refusal
from apps.media import actions, store
from apps.media.events import AttachmentReady
from apps.media.models import Attachment
from apps.media.queries import files_of, stored_bytes
from apps.tenants.models import Business
from tests import people
from tests.factories import a_file, a_message, an_inbox
from tests.media import samples

GOOD = {
    "JPEG": (samples.picture("JPEG"), "image", "image/jpeg"),
    "PNG": (samples.picture("PNG"), "image", "image/png"),
    "WebP": (samples.picture("WEBP"), "image", "image/jpeg"),
    "a still GIF": (samples.picture("GIF"), "image", "image/jpeg"),
    "a moving GIF": (samples.moving(), "image", "image/gif"),
    "PDF": (samples.pdf(), "document", "application/pdf"),
    "DOCX": (samples.office(), "document", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    "DOC": (samples.old_word(), "document", "application/msword"),
    "WAV": (samples.wav(), "audio", "audio/wav"),
    "OGG": (samples.ogg(), "audio", "audio/ogg"),
    "MP3": (samples.mp3(), "audio", "audio/mpeg"),
    "M4A": (samples.mp4(b"soun", b"M4A "), "audio", "audio/mp4"),
    "a browser's M4A": (samples.mp4(b"soun"), "audio", "audio/mp4"),
    "WebM sound": (samples.webm(b"A_OPUS"), "audio", "audio/webm"),
    "MP4": (samples.mp4(), "video", "video/mp4"),
}  # fmt: skip
BAD = {
    "SVG": b'<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>',
    "HTML": samples.MARKUP,
    "a zip": samples.archive({"a.txt": b"a"}),
    "a program": b"MZ" + b"\0" * 200,
    "an ELF program": b"\x7fELF" + b"\0" * 200,
    "a script": b"#!/bin/sh\necho\n",
    "text": b"Hello",
    "nothing": b"",
    "WebM with pictures": samples.webm(b"V_VP9", b"A_OPUS"),
    "a PDF with a zip behind": samples.pdf(samples.archive({"a.exe": b"MZ"})),
    "a PDF that is a page": b"%PDF-1.4\n" + samples.MARKUP + samples.pdf(),
    "a PDF without an end": b"%PDF-1.4\n" + b"\0" * 5000,
    "a Word file with macros": samples.office("word/vbaProject.bin"),
    "an old Word file with macros": samples.old_word("_VBA_PROJECT"),
    "a program before a Word file": b"MZ" + samples.office(),
    "an MP3 with an archive": samples.mp3() + b"Rar!\x1a\x07\x00" + b"\0" * 40,
    "an MP3 that is a page": b"ID3\x04\0\0\0\0\0\x0a" + samples.MARKUP,
    "an MP4 without a track": samples.mp4(b"text"),
    "half a picture": samples.picture("JPEG")[:200],
    "a JPEG that is none": b"\xff\xd8\xff\xe0" + samples.MARKUP,
}


def bring(data: bytes, name: str = "whatever.jpg", who: str = "mona", **how: Any) -> Attachment:
    return actions.upload_file(SimpleUploadedFile(name, data), by=people.employee(who).user.actor, **how)


@pytest.mark.parametrize("what", GOOD)
def test_what_a_file_is_its_content_says(what: str, acme: Business) -> None:
    data, kind, mime = GOOD[what]

    row = bring(data, name="trick.exe")

    assert (row.kind, row.mime, row.state, row.owner_kind) == (kind, mime, "ready", "")
    assert row.name.startswith("trick.")
    assert not row.name.endswith(".exe")
    assert row.storage_key.startswith(f"{acme.schema_name}/media/")
    with store.get(row.storage_key) as kept:
        assert len(kept.read()) == row.bytes


@pytest.mark.parametrize("what", BAD)
def test_what_is_not_wanted_is_415_and_leaves_nothing(what: str, client_of: Callable[..., Client]) -> None:
    given = SimpleUploadedFile("photo.jpg", BAD[what], content_type="image/jpeg")

    answer = client_of("mona").post("/media/upload/", {"file": given})

    assert answer.status_code == 415
    assert answer.json()["code"] == "unsupported_type"
    assert answer.json()["detail"]
    assert not Attachment.objects.exists()


def test_a_picture_is_drawn_anew_without_its_place(acme: Business) -> None:
    row = bring(samples.with_a_place())

    with store.get(row.storage_key) as kept:
        data = kept.read()
    assert b"Rana" not in data
    assert b"at home" not in data
    assert b"Exif" not in data
    assert (row.width, row.height) == (480, 640), "turned as it was meant"
    assert Image.open(io.BytesIO(data)).size == (480, 640)


def test_a_polyglot_picture_keeps_only_the_picture(acme: Business) -> None:
    row = bring(samples.picture("PNG") + samples.MARKUP)

    with store.get(row.storage_key) as kept:
        assert b"script" not in kept.read()


def test_a_bomb_is_refused(acme: Business) -> None:
    with pytest.raises(Refusal) as refused:
        bring(samples.a_bomb())

    assert refused.value.code in ("too_large", "unsupported_type")
    assert not Attachment.objects.exists()


def test_ten_megabytes_are_the_end(client_of: Callable[..., Client]) -> None:
    large = SimpleUploadedFile("a.pdf", samples.pdf() + b" " * (10 * 1024 * 1024))

    answer = client_of("mona").post("/media/upload/", {"file": large})

    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
    assert not Attachment.objects.exists()


def test_the_door_tells_what_a_composer_shows(client_of: Callable[..., Client], announced: Any) -> None:
    given = SimpleUploadedFile("صورة.jpg", samples.picture())

    answer = client_of("mona").post("/media/upload/", {"file": given})

    row = Attachment.objects.get()
    assert answer.status_code == 201
    assert answer.json() == {
        "id": str(row.pk), "kind": "image", "name": "صورة.jpg", "mime": "image/jpeg", "bytes": row.bytes,
        "width": 640, "height": 480, "url": f"/media/{row.pk}/", "thumb": f"/media/{row.pk}/thumb/",
    }  # fmt: skip
    event = AuditEvent.objects.get(verb="uploaded")
    assert (event.object_id, event.actor_label) == (row.pk, "Mona")


def test_who_may_not_upload_does_not(client_of: Callable[..., Client]) -> None:
    answer = client_of("omar").post("/media/upload/", {"file": SimpleUploadedFile("a.jpg", samples.picture())})

    assert answer.status_code == 403
    assert not Attachment.objects.exists()


def test_the_api_takes_files_too(client_of: Callable[..., Client]) -> None:
    given = {"file": SimpleUploadedFile("a.ogg", samples.ogg()), "voice": "true"}

    answer = client_of("mona").post("/api/v1/media/", given, headers={"idempotency-key": "once"})

    assert answer.status_code == 201, answer.content
    assert answer.json()["kind"] == "voice"


def fill_up(business: Business, but: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the plan of a business have room for so many bytes more."""
    found = limits_of(business)
    room = stored_bytes() + but
    monkeypatch.setattr(limits, "limits_of", lambda _business: type(found)(**{
        name: room if name == "storage_bytes" else getattr(found, name) for name in type(found).__dataclass_fields__
    }))  # fmt: skip


def test_the_quota_is_kept_to_the_byte(acme: Business, monkeypatch: pytest.MonkeyPatch) -> None:
    size = len(samples.pdf())
    fill_up(acme, size * 2, monkeypatch)

    bring(samples.pdf())
    bring(samples.pdf())
    with pytest.raises(Refusal) as refused:
        bring(samples.pdf())

    assert refused.value.code == "plan_limit"
    assert refused.value.extra == {"current": size * 2, "limit": size * 2}
    assert Attachment.objects.count() == 2


def test_a_store_that_fails_gives_the_room_back(acme: Business, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_args: Any) -> str:
        raise OSError("no room on the disk")

    monkeypatch.setattr(store, "put", broken)

    with pytest.raises(OSError, match="no room"):
        bring(samples.pdf())

    assert not Attachment.objects.exists()


def test_only_ones_own_fresh_uploads_can_be_attached(acme: Business) -> None:
    message = a_message(an_inbox())
    mine, theirs = bring(samples.pdf()), bring(samples.pdf(), who="karim")
    mona = people.employee("mona").user.actor

    for ids in ([theirs.pk], [mine.pk, theirs.pk], [mine.pk, mine.pk], [new_id()], [a_file(message).pk]):
        with pytest.raises(Refusal):
            actions.attach(ids, owner_kind="message", owner_id=message.pk, by=mona)
    assert mine.fresh().owner_kind == ""

    second = bring(samples.wav())
    rows = actions.attach([second.pk, mine.pk], owner_kind="message", owner_id=message.pk, by=mona)
    with pytest.raises(Refusal):
        actions.attach([mine.pk], owner_kind="message", owner_id=new_id(), by=mona)

    assert [row.pk for row in rows] == [second.pk, mine.pk]
    assert [row.position for row in rows] == [0, 1]
    assert {row.pk for row in files_of("message", [message.pk])[message.pk]} > {second.pk, mine.pk}


def test_what_nobody_used_goes_after_a_day(acme: Business) -> None:
    used, unused, fresh = bring(samples.pdf()), bring(samples.pdf()), bring(samples.pdf())
    message = a_message(an_inbox())
    actions.attach([used.pk], owner_kind="message", owner_id=message.pk, by=people.employee("mona").user.actor)
    Attachment.objects.exclude(pk=fresh.pk).update(created_at=timezone.now() - timedelta(hours=24, seconds=1))

    assert actions.purge_unused(timezone.now()) == 1

    assert set(Attachment.objects.values_list("pk", flat=True)) == {used.pk, fresh.pk}
    assert store.get(unused.storage_key) is None
    assert AuditEvent.objects.filter(verb="purged", object_id=unused.pk).exists()


def test_a_small_picture_is_drawn_in_a_task(
    acme: Business, announced: Any, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks() as callbacks:
        row = bring(samples.picture(size=(1200, 900)))
    assert announced(callbacks) == [AttachmentReady(attachment_id=row.pk)]

    row = actions.draw_thumbnail(row)

    with store.get(row.thumb_key) as kept:
        assert Image.open(io.BytesIO(kept.read())).size == (320, 240)
    assert actions.draw_thumbnail(row).thumb_key == row.thumb_key


def test_a_key_of_another_business_opens_nothing(acme: Business, globex: Business) -> None:
    with tenant_context(globex):
        key = store.put(b"theirs", ".bin")

    assert store.get(key) is None
    assert store.get(f"{acme.schema_name}/media/../../{key}") is None
    store.remove(key)
    with tenant_context(globex):
        assert store.get(key) is not None
