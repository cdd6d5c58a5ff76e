"""Macros by hand: the form with its steps, who may share and change one, the menu, and the way out."""

import pytest
from django.urls import reverse

from apps.conversations import actions, forms
from apps.conversations.actions.macros import MOST, VERBS
from apps.conversations.models import Macro
from apps.core.actors import SYSTEM
from apps.customers.models import Label
from tests.factories import a_conversation
from tests.people import employee

SCRIPT = {"HX-Request": "true"}
NEW = "/inbox/macros/new/"


@pytest.fixture
def conversation(acme):
    return a_conversation()


@pytest.fixture
def reply(acme):
    return actions.create_reply(title="Welcome", shortcut="welcome", body_en="Welcome", by=SYSTEM)


def at(name, row):
    return reverse(name, args=[row.pk], urlconf="config.urls")


def typed(*steps, **facts):
    """What a browser sends of these steps: every field of each row, whatever its verb."""
    blank = dict.fromkeys(forms.StepForm.base_fields, "")
    rows = {f"{place}-{name}": text for place, step in enumerate(steps) for name, text in {**blank, **step}.items()}
    return {"name": "Welcome and close", **rows, **facts}


def a_macro(name="Close it", owner="samia", **but):
    facts = {"steps": [{"verb": "close"}], "is_shared": False, **but}
    return actions.create_macro(owner=employee(owner), name=name, by=SYSTEM, **facts)


def test_every_verb_has_its_place_in_the_form():
    assert {verb for verb, _words in forms.DEEDS} - {""} == set(VERBS)
    assert {name for facts in forms.NEEDS.values() for name in facts} == set(forms.StepForm.base_fields) - {"verb"}


def test_a_macro_of_every_verb_is_made_by_hand_and_changed(conversation, reply, client_of):
    label, karim = Label.objects.create(name="New"), employee("karim")
    deeds = [
        {"verb": "takeover"}, {"verb": "send", "reply": str(reply.pk)}, {"verb": "label", "label": str(label.pk)},
        {"verb": "set_priority", "priority": "high"}, {"verb": "note", "body": "A new one"},
        {"verb": "snooze", "hours": "24"}, {"verb": "assign", "employee": str(karim.pk)}, {"verb": "handback"},
        {"verb": "close"}, {"verb": "reopen"},
    ]  # fmt: skip
    samia = client_of("samia")

    made = samia.post(NEW, typed(*deeds, is_shared="on", conversation=conversation.pk))

    row = Macro.objects.get()
    assert (made.status_code, made.url) == (302, at("conversation", conversation))
    assert (row.name, row.is_shared, row.owner, row.steps) == ("Welcome and close", True, employee("samia"), deeds)

    page = samia.get(at("macro", row)).content.decode()
    assert "A new one" in page
    assert "Add a step" not in page
    changed = samia.post(at("macro", row), typed({"verb": "assign", "employee": forms.NOBODY}, name="Let go"))
    assert changed.status_code == 302
    assert (row.fresh().name, row.fresh().is_shared) == ("Let go", False)
    assert row.fresh().steps == [{"verb": "assign", "employee": ""}]
    assert 'value="nobody" selected' in samia.get(at("macro", row)).content.decode()


@pytest.mark.parametrize(
    ("act", "verbs"),
    [("add", ["note", "close", "reopen", ""]), ("remove-1", ["note", "reopen"]),
     ("up-1", ["close", "note", "reopen"]), ("down-1", ["note", "reopen", "close"]),
     ("up-0", ["note", "close", "reopen"]), ("up-9", ["note", "close", "reopen"]),
     ("down-x", ["note", "close", "reopen"])],
)  # fmt: skip
@pytest.mark.parametrize("headers", [{}, SCRIPT])
def test_rows_come_go_and_move_and_nothing_typed_is_lost(acme, client_of, act, verbs, headers):
    rows = [{"verb": "note", "body": "Half a sen"}, {"verb": "close"}, {"verb": "reopen"}]

    page = client_of("samia").post(NEW, typed(*rows, act=act, name="Unfinished", is_shared="on"), headers=headers)

    form = page.context["form"]
    assert page.status_code == 200
    assert [step["verb"].value() or "" for step in form.steps] == verbs
    assert form["is_shared"].value() is True
    assert all(words in page.content.decode() for words in ("Unfinished", "Half a sen"))
    assert (b"<html" in page.content) == (not headers)
    assert not Macro.objects.exists()


def test_there_are_never_more_than_ten_steps(acme, client_of):
    page = client_of("samia").post(NEW, typed(*[{"verb": "close"}] * (MOST + 2), act="down-0"))

    assert len(page.context["form"].steps) == MOST
    assert b"Ten steps are all" in page.content


def test_what_is_missing_is_said_beside_its_field_and_on_top(acme, client_of):
    rows = [{"verb": "note", "body": "Kept"}, {"verb": "label"}, {"verb": "send", "reply": "gone"}, {}]

    page = client_of("samia").post(NEW, typed(*rows, name=""))

    text = page.content.decode()
    assert page.status_code == 422
    assert [set(step.errors) for step in page.context["form"].steps] == [set(), {"label"}, {"reply"}, {"verb"}]
    assert '<a href="#id_1-label">Step 2</a>: Choose one.' in text
    assert 'id="id_1-label_error"' in text
    assert "Kept" in text
    assert not Macro.objects.exists()


@pytest.mark.parametrize(("facts", "sentence"), [({"name": "CLOSE IT"}, "one of this name"), ({}, "one to ten steps")])
def test_what_the_action_refuses_is_said_too(acme, client_of, facts, sentence):
    a_macro()
    steps = [{"verb": "close"}] if facts else []

    page = client_of("samia").post(NEW, typed(*steps, **facts))

    assert page.status_code == 422
    assert sentence in page.content.decode()
    assert Macro.objects.count() == 1


@pytest.mark.parametrize("hours", ["0", "8761", "00001" + "9" * 20, "²", "-1"])
def test_nobody_sleeps_longer_than_a_year(acme, client_of, hours):
    body = {"name": "Sleep", "steps": [{"verb": "snooze", "hours": hours}]}

    assert client_of("karim").post("/api/v1/macros/", body, content_type="application/json").status_code == 400
    assert client_of("karim").post(NEW, typed({"verb": "snooze", "hours": hours})).status_code == 422
    assert not Macro.objects.exists()


def test_a_time_that_is_none_of_ours_stays_on_offer(acme, client_of):
    row = a_macro(steps=[{"verb": "snooze", "hours": "36"}])

    page = client_of("samia").get(at("macro", row)).content.decode()

    assert '<option value="36" selected>For 36 hours</option>' in page
    assert '<option value="168">For 1 week</option>' in page


def test_only_who_edits_the_settings_shares(acme, client_of):
    karim = client_of("karim")

    assert b"is_shared" not in karim.get(NEW).content
    assert karim.post(NEW, typed({"verb": "close"}, is_shared="on")).status_code == 403
    assert not Macro.objects.exists()
    assert karim.post(NEW, typed({"verb": "close"})).status_code == 302
    assert not Macro.objects.get().is_shared


@pytest.mark.parametrize(
    ("person", "name", "status"),
    [("samia", "Shared", 200), ("karim", "Shared", 403), ("karim", "Private", 200), ("samia", "Private", 404)],
)
@pytest.mark.parametrize("door", ["macro", "macro-delete"])
def test_who_may_change_which(acme, client_of, person, name, status, door):
    rows = {"Shared": a_macro("Shared", is_shared=True), "Private": a_macro("Private", owner="karim")}

    assert client_of(person).get(at(door, rows[name])).status_code == status
    assert client_of(person).post(at(door, rows[name]), typed()).status_code in {200: (302, 422)}.get(status, (status,))
    assert Macro.objects.filter(name=name).exists() == (door == "macro" or status != 200)


def test_deleting_asks_first(conversation, client_of):
    row, samia = a_macro(is_shared=True), client_of("samia")
    address = at("macro-delete", row)

    asked = samia.get(address, {"conversation": conversation.pk}, headers=SCRIPT).content.decode()
    assert "Delete this macro?" in asked
    assert Macro.objects.exists()

    assert samia.post(address, {"conversation": conversation.pk}).url == at("conversation", conversation)
    assert not Macro.objects.exists()


def test_the_menu_teaches_then_runs_and_leads_to_the_form(conversation, client_of):
    menu = at("macros-menu", conversation)
    assert f"{NEW}?conversation={conversation.pk}" in client_of("karim").get(menu, headers=SCRIPT).content.decode()

    shared, own = a_macro("Shared", is_shared=True), a_macro("Own", owner="karim")
    text = client_of("karim").get(menu, headers=SCRIPT).content.decode()

    assert all(at("macro-run", row) in text for row in (shared, own))
    assert f"{at('macro', own)}?" in text
    assert f"{at('macro', shared)}?" not in text
    assert f"{NEW}?conversation={conversation.pk}" in text
