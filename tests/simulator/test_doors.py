"""The page, the API and the command of the simulator: who may, and that all three do the same."""

import json
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from django_tenants.utils import tenant_context

from apps.accounts.models import Employee
from apps.conversations import actions
from apps.conversations.models import Conversation, Message
from apps.core.actors import SYSTEM
from apps.gateways.management.commands import simulate
from apps.gateways.models import SimulatorBubble, SimulatorPhone
from apps.gateways.simulator import phone as verbs
from tests import people
from tests.factories import an_inbox

MAY = [("samia", 200), ("mona", 200), ("karim", 403), ("omar", 403)]
JSON = "application/json"


@pytest.fixture
def foreign(globex):
    with tenant_context(globex):
        return verbs.add_phone(an_inbox("simulator"), number="+96170123456", name="Other", by=SYSTEM)


def api(client, method, path, **body):
    answer = client.generic(method, f"/api/v1/simulator/{path}", json.dumps(body), content_type=JSON)
    return answer.status_code, answer.json() if answer.content else None


@pytest.mark.parametrize(("name", "status"), MAY)
def test_who_may_use_the_page(phone, client_of, name, status):
    client = client_of(name)
    verbs.write(phone, text="Hello there")

    page = client.get(f"/simulator/?phone={phone.pk}")
    screen = client.get(f"/simulator/{phone.pk}/bubbles/")
    written = client.post(
        "/simulator/write/", {"phone": phone.pk, "text": "From the page"}, headers={"HX-Request": "true"}
    )
    switched = client.post("/simulator/faults/", {"phone": phone.pk, "faults": ["duplicate", "error:190"]})
    moved = client.post("/simulator/clock/", {"phone": phone.pk, "hours": "-25"})

    allowed = status == 200
    assert (page.status_code, screen.status_code) == (status, status)
    assert [answer.status_code for answer in (written, switched, moved)] == ([204, 302, 302] if allowed else [403] * 3)
    assert ("Hello there" in page.text and "Hello there" in screen.text) == allowed
    assert Message.objects.filter(body="From the page").exists() == allowed
    phone = phone.fresh()
    assert phone.faults == ({"duplicate": 2, "error": {"code": 190}} if allowed else {})
    assert phone.clock_offset == (timedelta(hours=-25) if allowed else timedelta())


def test_whoever_connects_numbers_may_use_it_without_the_other_word(phone, client_of):
    Employee.objects.filter(user__email="samia@example.test").update(denials=["prompts.test"])
    client = client_of("samia")

    assert client.get("/simulator/").status_code == 200
    assert api(client, "GET", f"{phone.pk}/")[0] == 200
    assert api(client, "GET", "")[0] == 200


def test_a_stranger_s_phone_is_not_there(phone, foreign, client_of):
    client = client_of("samia")

    assert client.get(f"/simulator/{foreign.pk}/bubbles/").status_code == 404
    assert client.post("/simulator/write/", {"phone": foreign.pk, "text": "x"}).status_code == 404
    assert client.post("/simulator/write/", {"phone": "nonsense", "text": "x"}).status_code == 404
    assert api(client, "POST", f"{foreign.pk}/message/", text="x")[0] == 404
    assert str(foreign.pk) not in client.get("/simulator/").text
    assert SimulatorBubble.objects.count() == Message.objects.count() == 0


def test_without_a_phone_the_page_says_so(acme, client_of):
    assert "No pretend phone yet" in client_of("samia").get("/simulator/").text


@pytest.mark.parametrize("rows", [1, 30])
def test_the_page_asks_the_database_as_much_for_one_row_as_for_thirty(
    phone, inbox, client_of, django_assert_num_queries, rows
):
    for number in range(rows):
        verbs.add_phone(inbox, number=f"+9617055{number:04}", by=SYSTEM)
        phone.bubbles.create(direction="in", body="Hi", external_id=str(number), provider_at=timezone.now())
    client = client_of("samia")
    client.get("/simulator/")

    with django_assert_num_queries(7):
        assert client.get("/simulator/").status_code == 200
    with django_assert_num_queries(5):
        assert client.get(f"/simulator/{phone.pk}/bubbles/").status_code == 200


def test_the_page_refuses_in_words(phone, client_of):
    client = client_of("samia")

    empty = client.post("/simulator/write/", {"phone": phone.pk, "text": "  "})
    odd = client.post("/simulator/write/", {"phone": phone.pk, "type": "explode"})
    clock = client.post("/simulator/clock/", {"phone": phone.pk, "hours": "9999"})

    assert (empty.status_code, empty.json()["code"]) == (400, "invalid")
    assert (odd.status_code, clock.status_code) == (400, 400)
    assert phone.bubbles.count() == 0


@pytest.mark.parametrize(("name", "status"), MAY)
def test_who_may_use_the_api(phone, client_of, name, status):
    client = client_of(name)
    allowed = status == 200

    assert api(client, "GET", "")[0] == status
    assert api(client, "GET", f"{phone.pk}/")[0] == status
    assert api(client, "POST", "", number="+96170777777", name="New")[0] == (201 if allowed else 403)
    assert api(client, "POST", f"{phone.pk}/message/", text="Hi")[0] == status
    assert api(client, "POST", f"{phone.pk}/fault/", faults={"duplicate": 2}, seed=7)[0] == status
    assert api(client, "POST", f"{phone.pk}/clock/", seconds=-3600)[0] == status

    phone = phone.fresh()
    assert (Message.objects.count(), SimulatorPhone.objects.count()) == ((1, 2) if allowed else (0, 1))
    assert (phone.faults, phone.seed) == (({"duplicate": 2}, 7) if allowed else ({}, 1))
    assert phone.clock_offset == (timedelta(hours=-1) if allowed else timedelta())


def test_a_whole_story_by_the_api_alone(phone, client_of, aftermath):
    client = client_of("mona")
    mona = people.employee("mona")
    api(client, "POST", f"{phone.pk}/fault/", faults={"statuses_lost": True})
    _code, said = api(client, "POST", f"{phone.pk}/message/", text="Hello")
    with aftermath():
        message = actions.send_message(
            Conversation.objects.get(), body="Which?", by=mona.user.actor, employee=mona, type="buttons",
            payload={"buttons": [{"id": "yes", "title": "Yes"}]},
        )  # fmt: skip
    shown = api(client, "GET", f"{phone.pk}/")[1]["bubbles"][-1]

    tapped = api(client, "POST", f"{phone.pk}/message/", type="choice", message=shown["external_id"], choice="yes")
    told = api(client, "POST", f"{phone.pk}/status/", message=shown["external_id"], status="read")
    unknown = api(client, "POST", f"{phone.pk}/status/", message=said["external_id"], status="read")

    assert said["status"] == "sent"
    assert (shown["direction"], shown["body"], shown["payload"]["buttons"][0]["id"]) == ("out", "Which?", "yes")
    assert (tapped[0], tapped[1]["body"], tapped[1]["reply_to_external"]) == (200, "Yes", shown["external_id"])
    assert (told[0], message.fresh().status) == (200, "read")
    assert unknown[0] == 404
    assert Message.objects.filter(direction="in").count() == 2


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("message/", {"type": "explode"}), ("message/", {"text": ""}), ("message/", {"type": "location"}),
        ("fault/", {"faults": {"explode": True}}), ("clock/", {"seconds": 10**9}), ("status/", {"message": "x"}),
    ],
)  # fmt: skip
def test_the_api_refuses_what_it_cannot_do(phone, client_of, path, body):
    code, problem = api(client_of("samia"), "POST", f"{phone.pk}/{path}", **body)

    assert (code, problem["code"]) == (400, "invalid")
    assert (phone.bubbles.count(), phone.fresh().faults) == (0, {})


def test_the_command_writes_and_prints_the_answer(inbox, monkeypatch):
    out = StringIO()
    said = []

    def answer(_seconds):
        bubble = SimulatorBubble.objects.get()
        said.append(bubble.body)
        SimulatorBubble.objects.create(
            phone=bubble.phone, direction="out", body="أهلا", external_id="x", provider_at=bubble.provider_at
        )

    monkeypatch.setattr(simulate.time, "sleep", answer)

    call_command("simulate", "ACME", "--from", "+96170123456", "Hello", "--name", "Rana", "--wait", stdout=out)

    assert (out.getvalue(), said) == ("أهلا\n", ["Hello"])
    message = Message.objects.get()
    assert (message.body, message.conversation.customer.profile_name) == ("Hello", "Rana")


def test_the_command_answers_in_json(inbox):
    out = StringIO()

    call_command("simulate", "acme", "Look", "--from", "+96170123456", "--image", "--json", stdout=out)

    told = json.loads(out.getvalue())
    assert (told["status"], told["answer"]) == ("sent", None)
    assert Message.objects.get(external_id=told["external_id"]).type == "image"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nobody", "Hello", "--from", "+96170123456"], "no business"),
        (["acme", "Hello", "--from", "soon"], "number like"),
        (["acme", "", "--from", "+96170123456"], "1 to 4,096"),
        (["acme", "Hello", "--from", "+96170123456", "--wait", "--timeout", "0"], "No answer within 0 s"),
        (["globex", "Hello", "--from", "+96170123456"], "no simulator inbox"),
    ],
)
def test_the_command_says_in_one_line_what_is_wrong(inbox, arguments, words):
    with pytest.raises(CommandError, match=words) as error:
        call_command("simulate", *arguments)

    assert "\n" not in str(error.value)


def test_a_site_that_does_not_answer_is_said_so(phone, settings):
    settings.SIMULATOR_TRANSPORT = ""
    settings.PUBLIC_BASE_URL = "http://127.0.0.1:9"

    with pytest.raises(CommandError, match=r"Nobody answers at http://127\.0\.0\.1:9"):
        call_command("simulate", "acme", "Hello", "--from", phone.number)

    assert Message.objects.count() == 0
    assert phone.bubbles.get().status == "waiting"


def test_the_page_s_buttons_do_what_they_say(phone, client_of):
    client = client_of("samia")
    mine = verbs.write(phone, text="Helo")
    from_page = {"phone": phone.pk, "message": mine.external_id}

    for given in (
        {"type": "edit", "text": "Hello"}, {"reaction": "❤", "text": "Hello"}, {"type": "image", "text": ""},
        {"type": "location", "latitude": "33.9", "longitude": "35.5", "name": "Beirut"},
    ):  # fmt: skip
        assert client.post("/simulator/write/", from_page | given, headers={"HX-Request": "true"}).status_code == 204

    assert (mine.fresh().body, mine.fresh().reaction) == ("Hello", "❤")
    assert sorted(phone.bubbles.values_list("type", flat=True)) == ["image", "location", "text"]
    assert sorted(Message.objects.values_list("type", flat=True)) == ["image", "location", "text"]
    screen = client.get(f"/simulator/{phone.pk}/bubbles/").text
    assert "edited" in screen
    assert screen.count("❤") > screen.count("😂")

    assert client.post("/simulator/write/", from_page | {"type": "revoke"}).status_code == 302
    assert "This message was deleted" in client.get(f"/simulator/{phone.pk}/bubbles/").text


def test_a_choice_on_the_screen_can_be_tapped_and_a_foreign_one_not(phone, client_of):
    client = client_of("samia")
    offer = phone.bubbles.create(
        direction="out", type="interactive", body="Which one?", external_id="wamid.sim.offer",
        provider_at=timezone.now(), payload={"buttons": [{"id": "gold", "title": "Golden reading"}]},
    )  # fmt: skip
    tap = {"phone": phone.pk, "message": offer.external_id, "type": "choice"}

    assert 'value="gold"' in client.get(f"/simulator/{phone.pk}/bubbles/").text
    refused = client.post("/simulator/write/", tap | {"choice": "silver"})
    assert client.post("/simulator/write/", tap | {"choice": "gold"}).status_code == 302

    assert refused.status_code == 400
    assert [message.body for message in Message.objects.filter(direction="in")] == ["Golden reading"]
