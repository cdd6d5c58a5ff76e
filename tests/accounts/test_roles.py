"""Roles: what they may be called, who may put what into them, when they may go (ACC-08 to ACC-11, R-081)."""

import pytest
from django.contrib.auth.models import Group

from apps.accounts import actions, words
from apps.accounts.events import RoleChanged
from apps.accounts.models import Role
from apps.accounts.roles import MOST_ROLES, PERMISSIONS, words_of_new_role
from apps.core.actors import SYSTEM
from tests.accounts.test_team import edit, refused
from tests.people import employee


def a_role(name="cashier", giver=None, **but):
    """A custom role."""
    return actions.create_role(
        name=name, display_name=but.pop("display_name", "Cashier"), by=SYSTEM, giver=giver, **but
    )


def test_the_vocabulary_has_a_label_and_a_meaning_for_each_of_59_words():
    assert len(PERMISSIONS) == 59
    assert set(words.MEANINGS) == set(PERMISSIONS)
    assert sum(len(group) for _name, _label, group in words.by_group()) == 59


def test_a_new_role_begins_with_seven_words_and_media(acme):
    assert a_role().permissions == words_of_new_role()
    assert len(words_of_new_role()) == 8
    assert "conversations.view_all" not in words_of_new_role()


@pytest.mark.parametrize(
    "name",
    ["Owner", "SUPER_ADMIN", "owner", "root", "Admin", "viewer", "Platform", "2nd", "two words", "", "é", "a" * 51],
)  # fmt: skip
def test_some_names_nobody_can_take(acme, name):
    refused("invalid", a_role, name)

    assert Role.objects.count() == 4
    assert Group.objects.count() == 4


def test_a_name_is_used_once(acme):
    a_role()

    refused("duplicate", a_role)


def test_an_owner_role_has_what_it_lists_and_no_more(acme):
    role = a_role("boss", display_name="Owner", permissions=["notes.view"])
    edit("karim", role=role)

    assert employee("karim").permissions == {"notes.view"}


def test_nobody_puts_into_a_role_what_they_lack(acme):
    edit("mona", grants=["roles.create", "roles.edit"])
    mona = employee("mona").user

    refused("cannot_grant", a_role, giver=mona, permissions=["audit.view"])
    role = a_role(giver=mona, permissions=["notes.view"])
    refused("cannot_grant", actions.edit_role, role, by=SYSTEM, giver=mona, permissions=["notes.view", "audit.view"])
    refused("cannot_grant", actions.duplicate_role, Role.objects.get(name="admin"), by=SYSTEM, giver=mona)

    assert role.fresh().permissions == ["notes.view"]
    assert Role.objects.filter(is_system=False).count() == 1


def test_an_unknown_word_is_refused(acme):
    refused("invalid", a_role, permissions=["tea.serve"])


def test_system_roles_stay_as_they_are_but_can_be_copied(acme):
    agent = Role.objects.get(name="agent")

    refused("permission_denied", actions.edit_role, agent, by=SYSTEM, giver=None, permissions=[])
    refused("permission_denied", actions.delete_role, agent, by=SYSTEM)
    first, second = (actions.duplicate_role(agent, by=SYSTEM, giver=None) for _turn in range(2))

    assert agent.fresh().permissions == first.permissions == second.permissions
    assert (first.name, second.name, first.is_system) == ("agent_copy", "agent_copy_2", False)


def test_a_role_in_use_stays_and_names_who_has_it(acme):
    role = a_role()
    for name in ("karim", "layla"):
        edit(name, role=role)
    actions.invite(email="rana@example.test", full_name="Rana", role=role, by=SYSTEM, inviter=None)

    refusal = refused("in_use", actions.delete_role, role, by=SYSTEM)

    assert refusal.extra == {"count": 3, "names": ["Karim", "Layla", "Rana"]}
    assert Role.objects.filter(pk=role.pk).exists()


def test_a_role_nobody_has_any_more_goes_with_its_group(acme):
    role = a_role()
    invitation = actions.invite(email="rana@example.test", full_name="Rana", role=role, by=SYSTEM, inviter=None)
    actions.revoke_invitation(invitation, by=SYSTEM)

    actions.delete_role(role, by=SYSTEM)

    assert Role.objects.count() == Group.objects.count() == 4
    assert invitation.fresh().role_id is None


def test_there_are_at_most_fifty(acme):
    for number in range(MOST_ROLES):
        a_role(f"role_{number}")

    refused("conflict", a_role, "one_more")

    assert Role.objects.filter(is_system=False).count() == MOST_ROLES


def test_a_changed_role_counts_from_the_next_request(acme, client_of, announced, django_capture_on_commit_callbacks):
    role = a_role(permissions=["conversations.view"])
    edit("karim", role=role)
    client = client_of("karim")
    assert client.get("/inbox/").status_code == 200

    with django_capture_on_commit_callbacks() as callbacks:
        actions.edit_role(role, by=SYSTEM, giver=None, permissions=[])

    assert client.get("/inbox/").status_code == 403
    assert announced(callbacks) == [RoleChanged(role_id=role.pk)]


def test_the_matrix_saves_every_role_or_none(acme, client_of):
    first, second = a_role("first"), a_role("second")
    client = client_of("samia")

    def save(**ticked):
        fields = {"roles": [str(first.pk), str(second.pk)]}
        fields |= {f"seen:{role.pk}": role.fresh().updated_at.isoformat() for role in (first, second)}
        return client.post("/roles/matrix/", {**fields, **ticked}, follow=True)

    save(**{str(first.pk): ["notes.view"], str(second.pk): ["audit.view"]})
    assert (first.fresh().permissions, second.fresh().permissions) == (["notes.view"], ["audit.view"])

    save(**{str(first.pk): [], str(second.pk): ["tea.serve"]})
    assert (first.fresh().permissions, second.fresh().permissions) == (["notes.view"], ["audit.view"])


def test_a_matrix_that_is_out_of_date_changes_nothing(acme, client_of):
    role = a_role()
    seen = role.updated_at.isoformat()
    actions.edit_role(role, by=SYSTEM, giver=None, permissions=["notes.view"])

    answer = client_of("samia").post(
        "/roles/matrix/", {"roles": str(role.pk), f"seen:{role.pk}": seen, str(role.pk): ["audit.view"]}, follow=True
    )

    assert "changed by somebody else" in answer.text
    assert role.fresh().permissions == ["notes.view"]


def test_what_one_lacks_is_not_taken_away_by_saving_the_rest(acme, client_of):
    role = a_role(permissions=["audit.view"])
    edit("mona", grants=["roles.edit"])

    client_of("mona").post(
        "/roles/matrix/",
        {"roles": str(role.pk), f"seen:{role.pk}": role.fresh().updated_at.isoformat(), str(role.pk): ["notes.view"]},
    )

    assert set(role.fresh().permissions) == {"audit.view", "notes.view"}


def test_comparing_two_roles_shows_only_where_they_differ(acme, client_of):
    manager, viewer = Role.objects.get(name="manager"), Role.objects.get(name="viewer")

    page = client_of("samia").get("/roles/", {"a": manager.pk, "b": viewer.pk, "only": "on"}).text

    assert page.count("data-differs") == len(set(manager.permissions) ^ set(viewer.permissions)) == 26
