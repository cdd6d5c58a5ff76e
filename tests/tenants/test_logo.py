"""A logo: what is taken, what becomes of it, who sees it (TEN-12)."""

import json
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from django.core import mail
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from apps.accounts.letters import send_notice
from apps.core.actors import SYSTEM
from apps.core.refusals import Refusal
from apps.tenants import actions, hosts, logos
from apps.tenants.models import Business
from tests import people

ClientOf = Callable[..., Client]


def a_picture(width: int = 300, height: int = 200, form: str = "PNG", colour: str = "#FF0000") -> bytes:
    out = BytesIO()
    Image.new("RGB", (width, height), colour).save(out, form)
    return out.getvalue()


def send(client: Client, data: bytes, name: str = "logo.png") -> Any:
    return client.post("/api/v1/business/logo/", {"logo": SimpleUploadedFile(name, data)})


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP"])
def test_three_squares_are_drawn(form: str) -> None:
    drawn = logos.draw(a_picture(form=form), ground="#0F766E")

    opened = {name: Image.open(BytesIO(data)) for name, data in drawn.items()}
    assert {name: (each.format, each.size) for name, each in opened.items()} == {
        "512.png": ("PNG", (512, 512)), "192.png": ("PNG", (192, 192)), "maskable.png": ("PNG", (512, 512)),
    }  # fmt: skip
    pixels: dict[str, Any] = {name: each.load() for name, each in opened.items()}
    assert pixels["512.png"][256, 2][3] == 0  # padded above, because it was wider than high
    assert pixels["maskable.png"][0, 0] == (15, 118, 110, 255)
    assert pixels["maskable.png"][256, 256][0] > 250


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (a_picture(191, 191), "invalid"), (a_picture(form="GIF"), "unsupported_type"), (b"<svg/>", "unsupported_type"),
        (a_picture()[:200], "unsupported_type"), (b"x" * (2 * 1024 * 1024 + 1), "too_large"),
    ],
)  # fmt: skip
def test_what_is_no_logo_is_refused(data: bytes, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        logos.draw(data, ground="#000000")

    assert refused.value.code == code


def test_it_is_shown_at_the_door_and_inside_and_the_old_one_goes(acme: Business, client_of: ClientOf) -> None:
    samia = client_of("samia")
    first = send(samia, a_picture()).json()["logo"]
    old_key = Business.objects.get(pk=acme.pk).logo_key

    second = send(samia, a_picture(colour="#00FF00")).json()["logo"]

    hosts.forget()
    stranger = Client(headers={"host": "acme.localhost"})
    answer = stranger.get(second)
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/png")
    assert "immutable" in answer["Cache-Control"]
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert stranger.get(first).status_code == 404
    assert not default_storage.exists(f"{old_key}/192.png")
    assert second in stranger.get("/sign-in/").content.decode()
    assert second in samia.get("/").content.decode()
    assert Business.objects.get(pk=acme.pk).logo_key.startswith(f"{acme.schema_name}/logo/")


def test_the_logo_of_another_business_is_not_here(acme: Business, globex: Business, client_of: ClientOf) -> None:
    address = send(client_of("samia", globex), a_picture()).json()["logo"]

    assert Client(headers={"host": "globex.localhost"}).get(address).status_code == 200
    assert Client(headers={"host": "acme.localhost"}).get(address).status_code == 404


def test_a_wrong_one_changes_nothing(acme: Business, client_of: ClientOf) -> None:
    answer = send(client_of("samia"), b"not a picture")

    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_type")
    assert Business.objects.get(pk=acme.pk).logo_key == ""
    assert send(client_of("mona"), a_picture()).status_code == 403
    assert client_of("samia").post("/api/v1/business/logo/", json.dumps({}), "application/json").status_code == 415


def test_the_page_takes_it_and_takes_it_away(acme: Business, client_of: ClientOf) -> None:
    samia = client_of("samia")

    assert samia.post("/settings/business/logo/", {"logo": SimpleUploadedFile("a.png", b"no")}).status_code == 400
    assert samia.post("/settings/business/logo/", {"logo": SimpleUploadedFile("a.png", a_picture())}).status_code == 302
    kept = Business.objects.get(pk=acme.pk).logo_key
    assert samia.post("/settings/business/logo/", {"remove": "1"}).status_code == 302

    assert default_storage.exists(f"{kept}/192.png") is False
    assert Business.objects.get(pk=acme.pk).logo_key == ""


def test_letters_carry_it(acme: Business, client_of: ClientOf) -> None:
    send(client_of("samia"), a_picture())
    mona = people.employee("mona").user
    outbox: list[Any] = mail.outbox

    send_notice(mona, "password")
    actions.remove_logo(acme.fresh(), by=SYSTEM)
    send_notice(mona, "password")

    with_one, without = outbox[-2:]
    page, picture = with_one.message().get_payload()
    assert (page.get_content_type(), picture["Content-ID"]) == ("multipart/alternative", "<logo>")
    assert Image.open(BytesIO(picture.get_payload(decode=True))).size == (192, 192)
    assert 'src="cid:logo"' in with_one.alternatives[0][0]
    assert "cid:logo" not in without.alternatives[0][0]
    assert without.attachments == []


def test_a_letter_goes_out_when_its_picture_is_gone(acme: Business, client_of: ClientOf) -> None:
    send(client_of("samia"), a_picture())
    default_storage.delete(f"{acme.fresh().logo_key}/192.png")

    send_notice(people.employee("mona").user, "password")

    assert mail.outbox[-1].attachments == []
