"""One's own page, picture and keys (requirements ACC-17, ACC-20, ACC-21)."""

from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django_tenants.utils import tenant_context
from PIL import Image

from apps.accounts import actions, portraits
from apps.accounts.actions import issue_token
from apps.accounts.models import ApiToken, Employee
from apps.core.actors import SYSTEM
from apps.core.refusals import Refusal
from apps.tenants.models import Business
from tests import people
from tests.api.conftest import speak

ClientOf = Callable[..., Client]
PROFILE = {
    "full_name": "منى", "phone": "+96170123456", "bio": "Mornings.", "language": "ar", "timezone": "Asia/Beirut",
    "theme": "dark", "digits": "arabic",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _own_media(settings: Any, tmp_path: Path) -> None:
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path}},
    }


def a_picture(kind: str = "PNG", size: tuple[int, int] = (640, 360), **options: Any) -> SimpleUploadedFile:
    held = BytesIO()
    Image.new("RGB", size, "teal").save(held, kind, **options)
    return SimpleUploadedFile("me.bin", held.getvalue())


def test_what_is_saved_is_there_and_arabic_turns_the_page_at_once(acme: Business, client_of: ClientOf) -> None:
    client = client_of("mona")

    page = client.post("/me/", PROFILE, follow=True)

    assert 'dir="rtl"' in page.content.decode()[:200]
    assert 'data-theme="dark"' in page.content.decode()[:300]
    assert 'data-zone="Asia/Beirut"' in page.content.decode()[:400]
    mona = people.employee("mona")
    assert {
        **{name: getattr(mona, name) for name in PROFILE if name != "language"},
        "language": mona.language,
    } == PROFILE
    assert page.context["form"].initial == PROFILE


@pytest.mark.parametrize(
    "wrong",
    [
        {"full_name": ""}, {"phone": "70123456"}, {"bio": "x" * 501}, {"language": "fr"}, {"timezone": "Mars"},
        {"theme": "pink"},
    ],
)  # fmt: skip
def test_what_is_wrong_changes_nothing(acme: Business, client_of: ClientOf, wrong: dict[str, str]) -> None:
    mona = Employee.objects.filter(user__email="mona@example.test").values("user__language", *actions.OWN_FIELDS)
    before = mona.get()

    page = client_of("mona").post("/me/", {**PROFILE, **wrong})
    program = speak(client_of("mona"))("PATCH", "me/", **wrong)

    assert (page.status_code, program.status_code) == (400, 400)
    assert list(program.json()["errors"]) == list(wrong)
    assert mona.get() == before


def test_programs_read_back_what_they_wrote(acme: Business, client_of: ClientOf) -> None:
    call = speak(client_of("mona"))

    assert call("PATCH", "me/", **PROFILE).status_code == 200

    me = call("GET", "me/").json()
    assert {name: me[name] for name in PROFILE} == PROFILE
    assert call("PATCH", "me/", role="x").json()["code"] == "unknown_field"


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_a_picture_is_drawn_square_and_shown_to_the_team(acme: Business, client_of: ClientOf, kind: str) -> None:
    client, mona = client_of("mona"), people.employee("mona")

    assert client.post("/me/avatar/", {"avatar": a_picture(kind)}).status_code == 302

    shown = client_of("karim").get(f"/avatars/{mona.pk}/")
    assert (shown.status_code, shown["Content-Type"], shown["X-Content-Type-Options"]) == (200, "image/webp", "nosniff")
    with Image.open(BytesIO(shown.getvalue())) as picture:
        assert picture.size == (256, 256)
    assert mona.fresh().avatar_key.startswith(f"{acme.schema_name}/avatars/")
    assert f"/avatars/{mona.pk}/" in client.get("/me/").content.decode()


def test_nobody_else_sees_it(acme: Business, globex: Business, client_of: ClientOf, visitor: Client) -> None:
    client, mona = client_of("mona"), people.employee("mona")
    client.post("/me/avatar/", {"avatar": a_picture()})
    key = mona.fresh().avatar_key
    with tenant_context(globex):
        Employee.objects.filter(user__email="mona@example.test").update(avatar_key=key)
        theirs = people.employee("mona")
        assert portraits.open_portrait(theirs) is None

    assert visitor.get(f"/avatars/{mona.pk}/").status_code == 302
    assert client_of("mona", globex).get(f"/avatars/{mona.pk}/").status_code == 404
    assert client_of("mona", globex).get(f"/avatars/{theirs.pk}/").status_code == 404


def test_what_is_hidden_in_a_file_is_not_kept(acme: Business, client_of: ClientOf) -> None:
    exif = Image.Exif()
    exif[0x010E] = "a secret place"
    client = client_of("mona")
    client.post("/me/avatar/", {"avatar": a_picture("JPEG", exif=exif)})

    shown = client.get(f"/avatars/{people.employee('mona').pk}/")

    assert b"secret place" not in shown.getvalue()


@pytest.mark.parametrize("by", ["page", "API"])
@pytest.mark.parametrize(
    ("upload", "status", "code"),
    [
        (lambda: SimpleUploadedFile("a.png", b"x" * (2 * 1024 * 1024 + 1)), 413, "too_large"),
        (lambda: SimpleUploadedFile("a.png", b"x" * (5 * 1024 * 1024)), 413, "too_large"),
        (lambda: SimpleUploadedFile("a.png", b"<svg xmlns='http://www.w3.org/2000/svg'/>"), 415, "unsupported_type"),
        (lambda: a_picture("GIF"), 415, "unsupported_type"),
        (lambda: a_picture("PNG", (9000, 9000)), 413, "too_large"),
    ],
)
def test_other_files_are_refused(
    acme: Business, client_of: ClientOf, by: str, upload: Callable[[], Any], status: int, code: str
) -> None:
    client = client_of("mona")
    if by == "page":
        answer = client.post("/me/avatar/", {"avatar": upload()})
    else:
        answer = client.post("/api/v1/me/avatar/", {"avatar": upload()}, headers={"accept": "application/json"})
        assert answer.json()["code"] == code

    assert answer.status_code == status
    assert people.employee("mona").avatar_key == ""


def test_initials_come_back_and_the_file_goes(
    acme: Business, client_of: ClientOf, django_capture_on_commit_callbacks: Any, tmp_path: Path
) -> None:
    client = client_of("mona")
    client.post("/api/v1/me/avatar/", {"avatar": a_picture()})
    assert len(list(tmp_path.rglob("*.webp"))) == 1

    with django_capture_on_commit_callbacks(execute=True):
        assert client.post("/me/avatar/", {"clear": "1"}).status_code == 302

    assert people.employee("mona").avatar_key == ""
    assert list(tmp_path.rglob("*.webp")) == []


def by_token(token: str) -> Any:
    return speak(Client(headers={"host": "acme.localhost", "authorization": f"Bearer {token}"}))


def test_a_token_is_made_on_the_page_and_shown_once(acme: Business, client_of: ClientOf) -> None:
    client = client_of("mona")

    made = client.post(
        "/me/api-tokens/", {"name": "script", "days": 30, "scopes": ["customers.view", "employees.view"]}
    )
    token = made.context["made"]

    assert token in made.content.decode()
    assert token not in client.get("/me/api-tokens/").content.decode()
    assert by_token(token)("GET", "customers/").status_code == 200
    assert by_token(token)("GET", "conversations/").json()["required_permission"] == "conversations.view"
    row = ApiToken.objects.get()
    assert row.expires_at - row.created_at < timedelta(days=31)


def test_a_token_has_what_its_owner_still_has(acme: Business) -> None:
    mona = people.employee("mona")
    call = by_token(issue_token(mona, name="script", by=SYSTEM, scopes=["customers.view", "employees.view"]))
    assert call("GET", "employees/").status_code == 200

    Employee.objects.filter(pk=mona.pk).update(denials=["employees.view"])

    assert call("GET", "employees/").status_code == 403
    assert call("GET", "customers/").status_code == 200
    assert call("GET", "me/").json()["permissions"] == ["customers.view"]


def test_what_the_owner_gains_later_the_token_does_not(acme: Business) -> None:
    karim = people.employee("karim")
    call = by_token(issue_token(karim, name="script", by=SYSTEM))

    Employee.objects.filter(pk=karim.pk).update(grants=["audit.view"])

    assert "audit.view" not in call("GET", "me/").json()["permissions"]


def test_nobody_gives_a_token_more_than_they_have(acme: Business, client_of: ClientOf) -> None:
    karim = people.employee("karim")
    page = client_of("karim").post("/me/api-tokens/", {"name": "script", "days": 30, "scopes": ["audit.view"]})
    program = speak(client_of("karim"))("POST", "api-tokens/", name="script", scopes=["audit.view"])
    narrow = by_token(issue_token(karim, name="narrow", by=SYSTEM, scopes=["customers.view"]))
    wider = narrow("POST", "api-tokens/", name="wider", scopes=["conversations.view"])
    heir = narrow("POST", "api-tokens/", name="heir")

    assert page.status_code == 400
    assert [(answer.status_code, answer.json()["code"]) for answer in (program, wider)] == [(403, "cannot_grant")] * 2
    assert heir.json()["scopes"] == ["customers.view"]
    with pytest.raises(Refusal):
        issue_token(karim, name="script", by=SYSTEM, scopes=["nonsense"])
    assert set(ApiToken.objects.values_list("name", flat=True)) == {"narrow", "heir"}


def test_a_revoked_token_opens_nothing(acme: Business, globex: Business, client_of: ClientOf) -> None:
    token = issue_token(people.employee("mona"), name="script", by=SYSTEM)
    row = ApiToken.objects.get()
    assert client_of("samia").post(f"/me/api-tokens/{row.pk}/revoke/").status_code == 404
    assert client_of("mona", globex).post(f"/me/api-tokens/{row.pk}/revoke/").status_code == 404
    assert by_token(token)("GET", "me/").status_code == 200
    elsewhere = speak(Client(headers={"host": "globex.localhost", "authorization": f"Bearer {token}"}))
    assert elsewhere("GET", "me/").status_code == 401

    client_of("mona").post(f"/me/api-tokens/{row.pk}/revoke/")

    assert by_token(token)("GET", "me/").status_code == 401


def test_a_token_opens_no_page_and_changes_no_key_of_the_door(acme: Business) -> None:
    token = issue_token(people.employee("mona"), name="script", by=SYSTEM)
    client = Client(headers={"host": "acme.localhost", "authorization": f"Bearer {token}"})

    assert client.get("/me/")["Location"] == "/sign-in/?next=/me/"
    answer = speak(client)("POST", "auth/change-password/", old=people.PASSWORD, password="four calm words here")
    assert (answer.status_code, people.employee("mona").user.check_password(people.PASSWORD)) == (403, True)
