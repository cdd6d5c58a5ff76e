"""The pages of the team and of roles: each act has an effect, and is there only for who may do it (ACC-07, R-042)."""

import pytest

from apps.accounts import actions
from apps.accounts.models import Employee, Invitation, Role
from apps.core.actors import SYSTEM
from apps.gateways.actions import regrant_inbox
from apps.gateways.models import InboxGroupPermission, InboxUserPermission
from tests.accounts.test_roles import a_role
from tests.accounts.test_team import refused
from tests.factories import an_inbox
from tests.people import employee


def test_the_cards_count_people_and_not_names(acme, client_of):
    actions.deactivate_employee(employee("layla"), by=SYSTEM)

    figures = client_of("samia").get("/team/").context["figures"]

    assert (figures["total"], figures["active"], figures["admins"]) == (5, 4, 1)


@pytest.mark.parametrize(("name", "status"), [("samia", 200), ("mona", 200), ("karim", 403), ("omar", 403)])
def test_who_may_look_at_the_team(acme, client_of, name, status):
    assert client_of(name).get("/team/").status_code == status
    assert client_of(name).get("/roles/").status_code == status


def test_inviting_from_the_page(acme, client_of):
    inbox = an_inbox()
    form = {"email": "rana@example.test", "full_name": "Rana", "role": employee("karim").role_id, "language": "ar"}

    answer = client_of("samia").post("/team/invite/", {**form, "inboxes": [str(inbox.pk)]})

    assert (answer.status_code, answer["Location"]) == (302, "/team/")
    invitation = Invitation.objects.get()
    assert (invitation.language, invitation.inboxes) == ("ar", [inbox.pk])
    assert client_of("samia").post("/team/invite/", form).status_code == 409
    assert client_of("mona").post("/team/invite/", {**form, "email": "other@example.test"}).status_code == 403
    assert Invitation.objects.count() == 1


def test_changing_somebody_from_the_page(acme, client_of):
    karim = employee("karim")
    form = {"full_name": "Karim K", "role": karim.role_id, "word:analytics.view": "grant", "word:notes.view": "deny"}

    answer = client_of("samia").post(f"/team/{karim.pk}/", form)

    karim = employee("karim")
    assert answer.status_code == 302
    assert (karim.full_name, karim.grants, karim.denials) == ("Karim K", ["analytics.view"], ["notes.view"])


def test_what_is_refused_is_said_beside_the_form(acme, client_of):
    samia = employee("samia")
    form = {"full_name": "Samia", "role": Role.objects.get(name="viewer").pk}

    answer = client_of("samia").post(f"/team/{samia.pk}/", form, headers={"HX-Request": "true"})

    assert answer.status_code == 409
    assert "Nobody changes their own role" in answer.text
    assert "<html" not in answer.text
    assert employee("samia").role == samia.role


def test_erasing_asks_for_the_name(acme, client_of):
    karim, client = employee("karim"), client_of("samia")

    client.post(f"/team/{karim.pk}/erase/", {"confirm": "karim"})
    assert Employee.objects.get(pk=karim.pk).erased_at is None

    client.post(f"/team/{karim.pk}/erase/", {"confirm": "Karim"})
    assert Employee.objects.get(pk=karim.pk).erased_at is not None


def test_deactivating_and_taking_back_from_the_page(acme, client_of):
    karim, client = employee("karim"), client_of("samia")

    client.post(f"/team/{karim.pk}/deactivate/")
    assert employee("karim").deactivated_at is not None
    client.post(f"/team/{karim.pk}/reactivate/")
    assert employee("karim").deactivated_at is None
    assert client_of("mona").post(f"/team/{karim.pk}/deactivate/").status_code == 403


def test_an_inbox_is_granted_and_taken_in_the_panel(acme, client_of):
    inbox, karim, client = an_inbox(), employee("karim"), client_of("samia")

    client.post(f"/team/{karim.pk}/inboxes/", {"inbox": str(inbox.pk), "words": ["view", "assign"]})
    granted = InboxUserPermission.objects.filter(user=karim.user).values_list("permission__codename", flat=True)
    assert set(granted) == {"view_inbox", "assign_inbox"}

    client.post(f"/team/{karim.pk}/inboxes/", {"inbox": str(inbox.pk)})
    assert granted.all().count() == 0
    assert client_of("mona").post(f"/team/{karim.pk}/inboxes/", {"inbox": str(inbox.pk)}).status_code == 403


def test_nobody_grants_an_inbox_to_themselves_or_beyond_their_own(acme, client_of):
    inbox = an_inbox()
    actions.edit_employee(employee("omar"), by=SYSTEM, giver=None, grants=["employees.view", "employees.edit"])
    client = client_of("omar")  # who may only see this inbox

    answers = [
        client.post(f"/team/{employee(name).pk}/inboxes/", {"inbox": str(inbox.pk), "words": ["view", "assign"]})
        for name in ("omar", "karim")
    ]

    assert [answer.status_code for answer in answers] == [409, 403]
    assert InboxUserPermission.objects.count() == 0


def test_replacing_all_grants_gives_no_more_than_one_has(acme):
    inbox, omar, karim = an_inbox(), employee("omar"), employee("karim")
    before = set(InboxGroupPermission.objects.values_list("group", "permission"))

    refused("cannot_grant", regrant_inbox, inbox, grants={karim: ["view", "assign"]}, by=SYSTEM, giver=omar.user)
    refused("cannot_self", regrant_inbox, inbox, grants={omar: ["view"]}, by=SYSTEM, giver=omar.user)
    assert set(InboxGroupPermission.objects.values_list("group", "permission")) == before
    assert InboxUserPermission.objects.count() == 0

    regrant_inbox(inbox, grants={karim: ["view"]}, by=SYSTEM, giver=omar.user)
    assert InboxGroupPermission.objects.count() == 0
    assert InboxUserPermission.objects.get().user == karim.user


def test_the_column_of_inboxes_names_what_each_is_granted(acme, client_of):
    inbox = an_inbox()

    page = client_of("samia").get("/team/inboxes/").text

    assert page.count("All inboxes") == 3
    assert page.count(inbox.name) == 2


def test_a_role_is_made_changed_copied_and_removed_from_the_page(acme, client_of):
    client = client_of("samia")
    form = {"name": "cashier", "display_name": "Cashier", "description": "At the till", "colour": "#0F766E"}

    client.post("/roles/new/", form)
    role = Role.objects.get(name="cashier")
    client.post(f"/roles/{role.pk}/", {**form, "display_name": "Till"})
    client.post(f"/roles/{role.pk}/duplicate/")
    client.post(f"/roles/{role.pk}/delete/")

    assert list(Role.objects.filter(is_system=False).values_list("name", "display_name")) == [
        ("cashier_copy", "Till (copy)")
    ]
    assert client.post("/roles/new/", {**form, "name": "Owner"}).status_code == 400


def test_a_role_that_may_not_be_changed_shows_no_boxes(acme, client_of):
    a_role()

    assert 'type="checkbox" name="' in client_of("samia").get("/roles/").text.replace('name="only"', "")
    assert 'class="matrix-box"' not in client_of("mona").get("/roles/").text
