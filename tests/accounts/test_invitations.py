"""Asking somebody to join: one link, once, for 72 hours, and whatever can be wrong with it (ACC-02, ACC-03)."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client
from django_tenants.utils import schema_context, tenant_context

from apps.accounts import actions
from apps.accounts.models import Employee, Invitation, Role, User
from apps.accounts.tasks import sweep
from apps.billing.models import Subscription
from apps.conversations.models import Conversation
from apps.core.actors import SYSTEM
from apps.gateways.actions import let_into
from apps.gateways.models import InboxUserPermission
from tests.accounts.test_team import refused
from tests.factories import a_conversation, an_inbox
from tests.people import TEAM, employee

GOOD = "seven quiet rivers"


def invite(email="rana@example.test", **but):
    """Ask Rana, as Samia, to be an agent."""
    facts = {"full_name": "Rana Haddad", "role": Role.objects.get(name="agent"), "inviter": employee("samia"), **but}
    return actions.invite(email=email, by=employee("samia").user.actor, **facts)


def address_of(invitation):
    """The path of its present link."""
    return "/" + actions.link_of(invitation.fresh()).split("/", 3)[3]


def join(visitor, address, password=GOOD):
    return visitor.post(address, {"password": password, "again": password})


@pytest.mark.parametrize(("language", "words"), [("en", "Join the team"), ("ar", "انضم إلى الفريق")])
def test_the_mail_carries_the_link_in_the_language_of_the_invited(
    acme, django_capture_on_commit_callbacks, language, words
):
    with django_capture_on_commit_callbacks(execute=True):
        invitation = invite(language=language)

    [letter] = mail.outbox
    assert letter.to == ["rana@example.test"]
    assert words in letter.body
    assert actions.link_of(invitation) in letter.body
    assert invitation.fresh().mail == Invitation.Mail.SENT
    assert not re.search(GOOD, letter.body)


def test_neither_link_nor_token_is_kept(acme):
    invitation = invite()

    token = address_of(invitation).split("/")[2]
    kept = str(Invitation.objects.filter(pk=invitation.pk).values().get())
    assert token not in kept
    assert invitation.token_hash == actions.hash_token(token)


def test_joining_makes_a_person_with_a_password_of_their_own(acme, visitor):
    invitation = invite(grants=["analytics.view"], denials=["notes.create"])
    address = address_of(invitation)
    assert visitor.get(address).status_code == 200

    answer = join(visitor, address)

    assert (answer.status_code, answer["Location"]) == (302, "/")
    rana = Employee.objects.get(user__email="rana@example.test")
    assert (rana.full_name, rana.role.name, rana.invited_by) == ("Rana Haddad", "agent", employee("samia"))
    assert (rana.grants, rana.denials) == (["analytics.view"], ["notes.create"])
    assert rana.user.email_confirmed_at is not None
    assert rana.user.check_password(GOOD)
    assert invitation.fresh().state == Invitation.State.ACCEPTED
    assert visitor.get("/inbox/").status_code == 200


@pytest.mark.parametrize("bad", ["short", "password123", "1234567890123", "rana haddad", "rana@example"])
def test_a_bad_password_lets_nobody_in(acme, visitor, bad):
    invitation = invite()

    answer = join(visitor, address_of(invitation), bad)

    assert answer.status_code == 400
    assert "form-errors" in answer.text
    assert invitation.fresh().state == Invitation.State.PENDING
    assert not Employee.objects.filter(user__email="rana@example.test").exists()


def test_a_link_works_once(acme, visitor):
    address = address_of(invite())
    join(visitor, address)

    another = Client(headers={"host": "acme.localhost"})
    assert [another.get(address).status_code, join(another, address).status_code] == [410, 410]

    assert Employee.objects.filter(user__email="rana@example.test").count() == 1


def test_a_link_ends_after_72_hours_when_taken_back_and_when_sent_again(acme, visitor, later):
    old, gone = invite(), invite("taken@example.test")
    first, taken = address_of(old), address_of(gone)
    actions.resend_invitation(old, by=SYSTEM)
    actions.revoke_invitation(gone, by=SYSTEM)
    second = address_of(old)

    assert [visitor.get(each).status_code for each in (first, taken, second)] == [410, 410, 200]
    later(timedelta(hours=72, seconds=1))
    assert visitor.get(second).status_code == 410
    assert visitor.get("/join/no-such-token/").status_code == 410
    assert sweep() is None
    assert old.fresh().state == Invitation.State.EXPIRED


def test_a_link_of_one_business_opens_nothing_in_another(acme, globex):
    address = address_of(invite())

    answer = Client(headers={"host": "globex.localhost"}).get(address)

    assert answer.status_code == 410


def test_a_link_opens_nothing_where_a_row_was_copied_with_its_hash(acme, globex):
    invitation = invite()
    address = address_of(invitation)
    with tenant_context(globex):
        role = Role.objects.get(name="agent")
        copied = {"email": invitation.email, "full_name": "Rana", "role": role, "expires_at": invitation.expires_at}
        copy = Invitation.objects.create(pk=invitation.pk, token_hash=invitation.token_hash, **copied)

    there = Client(headers={"host": "globex.localhost"})
    assert [there.get(address).status_code, join(there, address).status_code] == [410, 410]

    with tenant_context(globex):
        assert copy.fresh().state == Invitation.State.PENDING
        assert not Employee.objects.filter(user__email=invitation.email).exists()


def test_one_is_asked_once_and_not_when_here_already(acme):
    invite()

    refused("duplicate", invite, "Rana@Example.test")
    refused("duplicate", invite, "MONA@example.test")

    assert Invitation.objects.count() == 1


def test_nobody_is_invited_by_somebody_whose_own_email_is_not_confirmed(acme):
    User.objects.filter(email="samia@example.test").update(email_confirmed_at=None)

    refused("email_unverified", invite)

    assert Invitation.objects.count() == 0


def test_accepting_above_the_plan_is_refused_on_a_readable_page(acme, visitor):
    address = address_of(invite())
    with schema_context("public"):
        few = {"employees": {"limit": len(TEAM), "reason": "as many as there are"}}
        assert Subscription.objects.filter(business=acme).update(overrides=few) == 1

    answer = join(visitor, address)

    assert answer.status_code == 409
    assert "There is no free place yet" in answer.text
    assert not Employee.objects.filter(user__email="rana@example.test").exists()


def test_nobody_is_invited_to_more_than_one_has(acme):
    actions.edit_employee(employee("mona"), by=SYSTEM, giver=None, grants=["employees.invite"])

    refused("cannot_grant", invite, role=Role.objects.get(name="admin"), inviter=employee("mona"))
    refused("cannot_grant", invite, grants=["audit.view"], inviter=employee("mona"))

    assert Invitation.objects.count() == 0


def test_a_mail_that_fails_is_said_and_the_link_is_offered_once(acme, client_of, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9  # where nobody listens
    invitation, client = invite(), client_of("samia")
    actions.send_invitation(invitation.pk)

    assert "Mail not sent" in client.get("/team/").text
    shown = client.post(f"/team/invitations/{invitation.pk}/link/")
    assert actions.link_of(invitation) in shown.text
    again = client.post(f"/team/invitations/{invitation.pk}/link/", follow=True)
    assert actions.link_of(invitation) not in again.text
    assert "Show the link" not in client.get("/team/").text


def test_a_forgotten_mail_is_sent_by_the_sweeper_once(acme, later):
    invitation = invite()  # its callbacks are not run here

    later(timedelta(minutes=1))
    sweep()
    sweep()

    assert [letter.to for letter in mail.outbox] == [["rana@example.test"]]
    assert invitation.fresh().mail == Invitation.Mail.SENT


def test_promised_inboxes_are_granted_on_joining(acme, visitor, django_capture_on_commit_callbacks):
    one, other = an_inbox(), an_inbox()
    invitation = invite(inboxes=[one.pk])

    with django_capture_on_commit_callbacks(execute=True):
        join(visitor, address_of(invitation))

    rana = Employee.objects.get(user__email="rana@example.test")
    granted = InboxUserPermission.objects.filter(user=rana.user)
    assert set(granted.values_list("content_object", "permission__codename")) == {
        (one.pk, "view_inbox"), (one.pk, "reply_inbox"),
    }  # fmt: skip
    assert other.pk not in granted.values_list("content_object", flat=True)


def test_a_forgotten_promise_is_kept_by_the_sweeper(acme, visitor, later, django_capture_on_commit_callbacks):
    invitation = invite(inboxes=[an_inbox().pk])
    join(visitor, address_of(invitation))
    assert invitation.fresh().inboxes_granted_at is None

    later(timedelta(minutes=1))
    with django_capture_on_commit_callbacks(execute=True):
        sweep()

    assert invitation.fresh().inboxes_granted_at is not None
    assert InboxUserPermission.objects.filter(user__email="rana@example.test").count() == 2


def test_an_invited_agent_sees_one_inbox_as_d06_says(acme, visitor, django_capture_on_commit_callbacks):
    granted, other = an_inbox(), an_inbox()
    role = Role.objects.get(name="agent")
    for inbox in (granted, other):  # agents shall see what they are granted by name
        let_into(inbox, holder=role, words=[], by=SYSTEM, giver=None)
    seen, hidden = a_conversation(granted), a_conversation(other)
    with django_capture_on_commit_callbacks(execute=True):
        join(visitor, address_of(invite(inboxes=[granted.pk])))
    rana = Employee.objects.get(user__email="rana@example.test")

    assert set(Conversation.objects.for_user(rana.user)) == {seen}
    assert visitor.get(f"/inbox/{seen.pk}/").status_code == 200
    assert visitor.get(f"/inbox/{hidden.pk}/").status_code == 404

    actions.edit_employee(rana, by=SYSTEM, giver=None, denials=["conversations.send_message"])
    assert visitor.post(f"/inbox/{seen.pk}/send/", {"body": "Hello"}).status_code == 403

    actions.deactivate_employee(rana, by=SYSTEM)
    assert visitor.get(f"/inbox/{seen.pk}/").status_code == 302
