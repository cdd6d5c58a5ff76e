"""Links of mails: good once, only the newest, only here (requirements TEN-05, ACC-14, ACC-15)."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone
from django_tenants.utils import tenant_context

from apps.accounts import actions, links
from apps.accounts.models import Invitation, SignedLink, User
from apps.core.refusals import Refusal
from apps.tenants.models import Business
from tests import people
from tests.accounts.letters import letter_to, path_in, token_in
from tests.api.conftest import speak

MONA = "mona@example.test"
Commit = Callable[..., Any]


@pytest.fixture
def unconfirmed(acme: Business) -> User:
    """Mona, of whose e-mail nobody knows yet whether it is hers."""
    User.objects.filter(email=MONA).update(email_confirmed_at=None)
    return people.employee("mona").user


@pytest.fixture
def mailed(unconfirmed: User, django_capture_on_commit_callbacks: Commit) -> str:
    """The path of the confirmation link that was mailed to Mona."""
    with django_capture_on_commit_callbacks(execute=True):
        actions.send_confirmation(unconfirmed)
    return path_in(letter_to(MONA))


def test_a_link_confirms_an_e_mail_by_a_press_and_not_by_a_look(mailed: str, visitor: Client) -> None:
    looked = visitor.get(mailed)
    assert (looked.status_code, MONA in looked.content.decode()) == (200, True)
    assert User.objects.get(email=MONA).email_confirmed_at is None

    pressed = visitor.post(mailed)

    assert pressed.status_code == 200
    assert User.objects.get(email=MONA).email_confirmed_at is not None
    assert visitor.post(mailed).status_code == visitor.get(mailed).status_code == 410


def test_programs_confirm_too(mailed: str, visitor: Client) -> None:
    call, token = speak(visitor), mailed.split("/")[2]

    assert call("POST", "auth/verify-email/", token=token).status_code == 204
    again = call("POST", "auth/verify-email/", token=token)

    assert (again.status_code, again.json()["code"]) == (410, "expired_link")
    assert User.objects.get(email=MONA).email_confirmed_at is not None


def test_a_link_of_acme_opens_nothing_at_globex(mailed: str, globex: Business) -> None:
    stranger = Client(headers={"host": "globex.localhost"})
    with tenant_context(globex):
        User.objects.update(email_confirmed_at=None)

    assert stranger.get(mailed).status_code == stranger.post(mailed).status_code == 410
    assert speak(stranger)("POST", "auth/verify-email/", token=mailed.split("/")[2]).status_code == 410

    with tenant_context(globex):
        assert not User.objects.exclude(email_confirmed_at=None).exists()
    assert SignedLink.objects.get().used_at is None


def test_even_the_same_row_has_another_token_in_another_business(acme: Business, globex: Business) -> None:
    link = links.issue(people.employee("mona").user, "reset")
    token = links.token_for("reset", link.pk)

    with tenant_context(globex):
        twin = SignedLink.objects.create(
            pk=link.pk, user=people.employee("mona").user, purpose="reset", token_hash=link.token_hash,
            expires_at=link.expires_at,
        )  # fmt: skip

        assert links.token_for("reset", twin.pk) != token
        assert links.find(token, "reset") is None
    assert links.find(token, "reset") == link
    assert links.find(token, "confirm_email", "change_email") is None


def test_only_the_newest_link_opens(
    mailed: str, unconfirmed: User, visitor: Client, django_capture_on_commit_callbacks: Commit
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        actions.send_confirmation(unconfirmed)

    assert visitor.post(mailed).status_code == 410
    assert visitor.post(path_in(letter_to(MONA))).status_code == 200


@pytest.mark.parametrize(("hours", "status"), [(23, 200), (25, 410)])
def test_a_confirmation_is_good_for_a_day(
    mailed: str, visitor: Client, later: Callable[[timedelta], None], hours: int, status: int
) -> None:
    later(timedelta(hours=hours))

    assert visitor.post(mailed).status_code == status


def test_the_database_keeps_no_token_and_no_mail_goes_to_the_confirmed(
    mailed: str, unconfirmed: User, visitor: Client, django_capture_on_commit_callbacks: Commit
) -> None:
    row = SignedLink.objects.values().get()
    assert mailed.split("/")[2] not in str(row)
    visitor.post(mailed)
    before = len(mail.outbox)

    with django_capture_on_commit_callbacks(execute=True):
        assert actions.send_confirmation(unconfirmed.fresh()) is None

    assert len(mail.outbox) == before


def test_a_letter_speaks_the_readers_language(unconfirmed: User, django_capture_on_commit_callbacks: Commit) -> None:
    User.objects.filter(pk=unconfirmed.pk).update(language="ar")
    with django_capture_on_commit_callbacks(execute=True):
        actions.send_confirmation(unconfirmed)

    letter = letter_to(MONA)
    assert "أكّد" in letter.subject
    assert "Acme" in letter.subject
    assert 'dir="rtl"' in letter.alternatives[0][0]


def test_a_mail_server_that_is_away_loses_no_link(
    unconfirmed: User, settings: Any, django_capture_on_commit_callbacks: Commit
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9

    with django_capture_on_commit_callbacks(execute=True):
        link = actions.send_confirmation(unconfirmed)

    assert link is not None
    assert link.fresh().sent_at is None
    assert links.find(links.token_for(link.purpose, link.pk), link.purpose) == link


def test_an_unconfirmed_owner_connects_no_real_number(unconfirmed: User, client_of: Callable[..., Client]) -> None:
    from_samia = speak(client_of("samia"))
    User.objects.filter(email="samia@example.test").update(email_confirmed_at=None)
    number = {"name": "New", "external_id": "+15550009999"}

    refused = from_samia("POST", "inboxes/", gateway="twilio", **number)
    allowed = from_samia("POST", "inboxes/", gateway="simulator", **number)

    assert (refused.status_code, refused.json()["code"]) == (403, "email_unverified")
    assert allowed.status_code == 201
    User.objects.filter(email="samia@example.test").update(email_confirmed_at=timezone.now())
    number["external_id"] = "+15550008888"
    assert from_samia("POST", "inboxes/", gateway="twilio", **number).status_code == 201


def test_an_unconfirmed_owner_invites_nobody_and_pays_for_nothing(
    acme: Business, client_of: Callable[..., Client]
) -> None:
    client = client_of("samia")
    User.objects.filter(email="samia@example.test").update(email_confirmed_at=None)
    who = {"email": "new@example.test", "full_name": "New", "role": str(people.employee("karim").role_id)}

    by_program = speak(client)("POST", "invitations/", **who)
    by_page = client.post("/team/invite/", {**who, "language": "en"})
    paid = speak(client)("POST", "subscription/checkout/", plan="pro", period="month")

    assert [(a.status_code, a.json()["code"]) for a in (by_program, paid)] == [(403, "email_unverified")] * 2
    assert (by_page.status_code, Invitation.objects.count()) == (403, 0)
    User.objects.filter(email="samia@example.test").update(email_confirmed_at=timezone.now())
    assert speak(client)("POST", "invitations/", **who).status_code == 201


def test_asking_again_is_possible_three_times_an_hour(
    unconfirmed: User, client_of: Callable[..., Client], django_capture_on_commit_callbacks: Commit
) -> None:
    client, statuses = client_of("mona"), []
    for _number in range(4):
        with django_capture_on_commit_callbacks(execute=True):
            statuses.append(speak(client)("POST", "auth/send-verification/").status_code)
    by_page = client.post("/me/confirm/", follow=True)

    assert statuses == [204, 204, 204, 429]
    assert len(mail.outbox) == 3
    assert by_page.status_code == 200
    assert "too often" in by_page.content.decode()


def test_changing_the_e_mail_confirms_the_new_one_and_tells_the_old(
    acme: Business, client_of: Callable[..., Client], visitor: Client, django_capture_on_commit_callbacks: Commit
) -> None:
    client = client_of("mona")
    wrong = client.post("/me/email/", {"email": "new@example.test", "password": "not it at all"})
    assert (wrong.status_code, mail.outbox) == (400, [])
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post("/me/email/", {"email": "New@example.test", "password": people.PASSWORD}).status_code == 200
    assert User.objects.filter(email=MONA).exists()

    with django_capture_on_commit_callbacks(execute=True):
        assert visitor.post(path_in(letter_to("new@example.test"))).status_code == 200

    assert User.objects.filter(email="new@example.test").exclude(email_confirmed_at=None).exists()
    assert "new one" in letter_to(MONA).subject
    assert client.get("/").status_code == 302


def test_an_e_mail_that_is_taken_meanwhile_is_refused(acme: Business) -> None:
    link = actions.ask_for_email(
        people.employee("mona").user, new_email="new@example.test", by=people.employee("mona").user.actor
    )
    User.objects.filter(email="karim@example.test").update(email="new@example.test")

    with pytest.raises(Refusal) as refused:
        actions.confirm_email(links.token_for(link.purpose, link.pk))

    assert refused.value.code == "duplicate"
    assert User.objects.filter(email=MONA).exists()
    assert link.fresh().used_at is None


def test_who_was_deactivated_opens_no_link(mailed: str, visitor: Client) -> None:
    mona = people.employee("mona")
    mona.deactivated_at = mona.created_at
    mona.save()

    assert visitor.post(mailed).status_code == 410


def test_a_token_is_long_and_random(mailed: str) -> None:
    assert len(token_in(letter_to(MONA))) == 43
