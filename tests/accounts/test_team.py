"""The team: who may change whom, who always remains, and what ends when somebody leaves (ACC-01, 04, 05, 06, 22)."""

import pytest

from apps.accounts import actions
from apps.accounts.events import EmployeeDeactivated, RightsChanged, SessionsEnded, TeamChanged
from apps.accounts.models import ApiToken, DeviceSession, Employee, Role, User
from apps.accounts.queries import activity_of
from apps.audit.models import AuditEvent
from apps.conversations.actions import take_over
from apps.conversations.models import Assignment, Conversation
from apps.conversations.tasks import sweep
from apps.core.actors import SYSTEM
from apps.core.refusals import Refusal
from tests import people
from tests.factories import a_conversation
from tests.people import employee


def edit(name, giver="samia", **changes):
    """Change somebody as somebody would."""
    by = employee(giver).user
    return actions.edit_employee(employee(name), by=by.actor, giver=by, **changes)


def refused(code, act, *args, **options):
    """The refusal of an act, which must have this code."""
    with pytest.raises(Refusal) as raised:
        act(*args, **options)
    assert raised.value.code == code
    return raised.value


def test_an_email_is_used_once_in_a_business_whatever_its_case(acme):
    role = Role.objects.get(name="agent")

    refused("duplicate", actions.add_employee, email="MONA@example.test", full_name="Mona", role=role, by=SYSTEM)

    assert Employee.objects.count() == len(people.TEAM)


def test_granting_one_right_leaves_all_others_as_they_were(acme, announced, django_capture_on_commit_callbacks):
    before = employee("karim").permissions

    with django_capture_on_commit_callbacks() as callbacks:
        edit("karim", grants=["analytics.view"])

    assert employee("karim").permissions == before | {"analytics.view"}
    assert announced(callbacks) == [RightsChanged(employee_id=employee("karim").pk)]
    deed = AuditEvent.objects.filter(verb="edited").latest("at")
    assert (deed.before, deed.after) == ({"grants": []}, {"grants": ["analytics.view"]})


def test_denying_one_right_takes_it_at_the_next_request(acme, client_of):
    client = client_of("karim")
    assert client.get("/inbox/").status_code == 200

    edit("karim", denials=["conversations.view"])

    assert client.get("/inbox/").status_code == 403


def test_a_manager_who_may_edit_people_cannot_make_an_admin(acme):
    edit("mona", grants=["employees.edit"])

    refusal = refused("cannot_grant", edit, "karim", giver="mona", role=Role.objects.get(name="admin"))

    assert "settings.billing" in refusal.extra["missing"]
    assert employee("karim").role.name == "agent"
    assert set(employee("karim").user.groups.values_list("name", flat=True)) == {"agent"}


def test_lifting_a_denial_is_giving(acme):
    edit("mona", grants=["employees.edit"], denials=["notes.view"])
    edit("karim", denials=["notes.view"])

    refused("cannot_grant", edit, "karim", giver="mona", denials=[])

    assert employee("karim").denials == ["notes.view"]


@pytest.mark.parametrize(
    "changes", [{"grants": ["audit.view"]}, {"denials": ["audit.view"]}, {"role": "viewer"}], ids=str
)
def test_nobody_changes_their_own_rights(acme, changes):
    if "role" in changes:
        changes = {"role": Role.objects.get(name=changes["role"])}
    edit("mona", grants=["employees.edit"])
    before = employee("mona").permissions

    refused("cannot_self", edit, "mona", giver="mona", **changes)

    assert employee("mona").permissions == before
    assert edit("mona", giver="mona", full_name="Mona Lisa").full_name == "Mona Lisa"


@pytest.mark.parametrize("words", [{"grants": ["tea.serve"]}, {"grants": ["audit.view"], "denials": ["audit.view"]}])
def test_words_come_from_the_vocabulary_and_are_not_both(acme, words):
    refused("invalid", edit, "karim", **words)

    assert (employee("karim").grants, employee("karim").denials) == ([], [])


def test_a_new_role_brings_its_inboxes_and_takes_the_old_ones(acme):
    edit("karim", role=Role.objects.get(name="viewer"))

    assert set(employee("karim").user.groups.values_list("name", flat=True)) == {"viewer"}


@pytest.mark.parametrize(
    "act",
    [
        lambda: actions.deactivate_employee(employee("samia"), by=SYSTEM),
        lambda: actions.erase_employee(employee("samia"), by=SYSTEM),
        lambda: edit("samia", giver="mona", role=Role.objects.get(name="viewer")),
        lambda: edit("samia", giver="mona", denials=["settings.billing"]),
    ],
)
def test_the_last_who_can_repair_everything_stays(acme, act):
    edit("mona", grants=["employees.edit"])

    refused("last_admin", act)

    samia = employee("samia")
    assert (samia.deactivated_at, samia.role.name, samia.denials) == (None, "admin", [])


def test_last_means_by_rights_and_not_by_the_roles_name(acme):
    role = actions.create_role(
        name="boss", display_name="Boss", by=SYSTEM, giver=None,
        permissions=["employees.edit", "roles.edit", "settings.edit", "settings.billing"],
    )  # fmt: skip
    edit("mona", role=role)

    actions.deactivate_employee(employee("samia"), by=SYSTEM)
    refused("last_admin", actions.edit_role, role, by=SYSTEM, giver=None, permissions=["employees.edit"])

    assert role.fresh().permissions == ["employees.edit", "settings.edit", "settings.billing", "roles.edit"]


def test_deactivating_ends_everything_at_once(acme, client_of, announced, django_capture_on_commit_callbacks):
    karim, client = employee("karim"), client_of("karim")
    actions.issue_token(karim, name="script", by=SYSTEM)
    others = client_of("layla")

    with django_capture_on_commit_callbacks() as callbacks:
        actions.deactivate_employee(karim, by=SYSTEM)

    assert announced(callbacks) == [
        SessionsEnded(user_id=karim.user_id, session_ids=[]),
        EmployeeDeactivated(employee_id=karim.pk),
        TeamChanged(employee_id=karim.pk),
    ]
    assert client.get("/inbox/").status_code == 302
    assert others.get("/inbox/").status_code == 200
    assert not DeviceSession.objects.living().filter(user=karim.user_id).exists()
    assert ApiToken.objects.filter(employee=karim, revoked_at=None).count() == 0
    assert not User.objects.get(pk=karim.user_id).is_active


def test_who_comes_back_finds_old_doors_closed(acme, client_of):
    karim, client = employee("karim"), client_of("karim")
    actions.issue_token(karim, name="script", by=SYSTEM)
    actions.deactivate_employee(karim, by=SYSTEM)

    actions.reactivate_employee(karim, by=SYSTEM)

    assert employee("karim").deactivated_at is None
    assert client.get("/inbox/").status_code == 302
    assert ApiToken.objects.filter(employee=karim, revoked_at=None).count() == 0
    assert client_of("karim").get("/inbox/").status_code == 200


def test_conversations_of_somebody_who_left_wait_for_somebody_else(acme, django_capture_on_commit_callbacks):
    conversation = take_over(a_conversation(), employee=employee("karim"), by=SYSTEM)

    with django_capture_on_commit_callbacks(execute=True):
        actions.deactivate_employee(employee("karim"), by=SYSTEM)

    conversation = conversation.fresh()
    assert (conversation.assignee_id, conversation.holder) == (None, Conversation.Holder.NOBODY)
    [turn] = Assignment.objects.filter(employee=employee("karim"))
    assert (turn.status, turn.ended_at is None) == (Assignment.Status.ABANDONED, False)


def test_the_sweeper_lets_go_what_the_task_did_not_reach(acme):
    conversation = take_over(a_conversation(), employee=employee("karim"), by=SYSTEM)
    actions.deactivate_employee(employee("karim"), by=SYSTEM)  # its callbacks are not run here
    assert conversation.fresh().assignee_id

    sweep()

    assert conversation.fresh().assignee_id is None


def test_erasing_forgets_who_it_was_and_keeps_what_they_did(acme):
    karim = employee("karim")
    edit("mona", full_name="Mona M")
    conversation = take_over(a_conversation(), employee=karim, by=karim.user.actor)

    actions.erase_employee(karim, by=SYSTEM)

    row = Employee.objects.select_related("user").get(pk=karim.pk)
    assert row.full_name == "Former employee"
    assert "karim" not in row.user.email
    assert not row.user.has_usable_password()
    assert Assignment.objects.filter(conversation=conversation, employee=row).exists()
    refused("illegal_transition", actions.reactivate_employee, row, by=SYSTEM)
    assert actions.add_employee(email="karim@example.test", full_name="Karim", role=row.role, by=SYSTEM).pk != row.pk


def test_activity_is_what_the_record_says_of_one_person(acme):
    edit("karim", grants=["analytics.view"])
    edit("karim", grants=[])
    edit("layla", full_name="Layla L")

    found = list(activity_of(employee("samia")))

    assert [deed.pk for deed in found] == list(
        AuditEvent.objects.filter(actor_id=employee("samia").pk).order_by("-at", "-pk").values_list("pk", flat=True)
    )
    assert len(found) == 3
