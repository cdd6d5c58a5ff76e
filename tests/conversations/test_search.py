"""Search: what is found however it is spelt, what is not found any more, and by whom."""

from collections.abc import Callable
from datetime import timedelta
from unicodedata import category

import pytest
from django.db.models import Value
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import Employee, User
from apps.conversations.actions import add_note, assign_conversation, delete_conversation
from apps.conversations.benches import quality, scale
from apps.conversations.excerpts import excerpt
from apps.conversations.models import Conversation, Message, Note
from apps.conversations.queries import search
from apps.core.actors import SYSTEM
from apps.core.folding import Folded, fold, traced
from apps.customers.models import Customer
from apps.gateways.models import Inbox
from apps.tenants.models import Business
from tests.factories import a_message, an_inbox
from tests.people import employee

BLOCKS = [range(1, 0x250), range(0x2B0, 0x530), range(0x590, 0x700), range(0x1E00, 0x2100), range(0x3000, 0x3100),
          range(0xFB50, 0xFE00), range(0xFE70, 0xFF00)]  # fmt: skip


@pytest.fixture
def inbox(acme: Business) -> Inbox:
    return an_inbox()


def person(name: str) -> User:
    return User.objects.get(pk=employee(name).user_id)


def bodies(name: str, typed: str, **filters: object) -> list[str]:
    """The messages this person finds, in order."""
    return [row.body for row in search.messages_found(person(name), search.question(typed, **filters)).rows]


def test_the_database_folds_as_python_does(acme: Business) -> None:
    texts = [f"a{chr(point)}b" for block in BLOCKS for point in block if category(chr(point)) != "Cn"]
    texts += [asked.stored for asked in quality.QUESTIONS] + [asked.typed for asked in quality.QUESTIONS]
    someone = Employee.objects.filter(pk=employee("samia").pk)

    for start in range(0, len(texts), 500):
        some = {f"text{number}": text for number, text in enumerate(texts[start : start + 500])}
        (kept,) = someone.values(**{name: Folded(Value(text)) for name, text in some.items()})
        assert kept == {name: fold(text) for name, text in some.items()}
        assert kept == {name: traced(text).folded for name, text in some.items()}


def test_forty_questions(inbox: Inbox) -> None:
    quality.tell(inbox)

    missed = [asked.typed for asked in quality.QUESTIONS if not quality.is_found(person("samia"), asked)]

    assert len(quality.QUESTIONS) == 40
    assert len(missed) <= len(quality.QUESTIONS) - quality.WANTED, missed


def test_whole_words_come_first_then_parts_each_newest_first(inbox: Inbox) -> None:
    now = timezone.now()
    for days, body in ((1, "bookings"), (2, "a book"), (3, "notebook"), (4, "the book")):
        a_message(inbox, body, at=now - timedelta(days=days))

    assert bodies("samia", "book") == ["a book", "the book", "bookings", "notebook"]


@pytest.mark.parametrize("rare", [2, 500])
def test_pages_follow_each_other_without_gap_or_repetition(
    inbox: Inbox, rare: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "RARE", rare)
    now = timezone.now()
    for number in range(7):
        a_message(inbox, f"word {number}" if number % 2 else f"words {number}", at=now - timedelta(hours=number))
    asked, found, after = search.question("word"), [], ""

    for _page in range(4):
        place = search.messages_found(person("samia"), asked, after, 2)
        found += [row.body for row in place.rows]
        after = place.next

    assert found == ["word 1", "word 3", "word 5", "words 0", "words 2", "words 4", "words 6"]
    assert after == ""


def test_a_message_of_three_years_ago_is_found(inbox: Inbox) -> None:
    a_message(inbox, "the marzipan order", at=timezone.now() - timedelta(days=3 * 366))

    assert bodies("samia", "marzipan") == ["the marzipan order"]


def test_what_was_hidden_deleted_or_emptied_is_not_found(inbox: Inbox) -> None:
    hidden, revoked, erased = (a_message(inbox, f"marzipan {number}") for number in range(3))
    note = add_note(hidden.conversation, body="marzipan note", author=employee("samia"), by=SYSTEM)
    before = len(bodies("samia", "marzipan"))

    Message.objects.filter(pk=hidden.pk).update(hidden_at=timezone.now())
    Message.objects.filter(pk=revoked.pk).update(revoked_at=timezone.now())
    Message.objects.filter(pk=erased.pk).update(body="")
    Note.objects.filter(pk=note.pk).update(deleted_at=timezone.now())

    assert before == 3
    assert bodies("samia", "marzipan") == []
    assert search.notes_found(person("samia"), search.question("marzipan")).rows == []


def test_a_conversation_that_was_deleted_is_not_found(inbox: Inbox) -> None:
    conversation = a_message(inbox, "marzipan").conversation
    add_note(conversation, body="marzipan note", author=employee("samia"), by=SYSTEM)
    before = bodies("samia", "marzipan")

    delete_conversation(conversation, by=SYSTEM)

    assert before == ["marzipan"]
    assert bodies("samia", "marzipan") == []
    assert search.notes_found(person("samia"), search.question("marzipan")).rows == []
    assert [row.conversation for row in search.people_found(person("samia"), search.question("Rana")).rows] == [None]


def test_an_agent_finds_only_what_an_agent_sees(inbox: Inbox, client_of: Callable[..., Client]) -> None:
    message = a_message(inbox, "marzipan")
    add_note(message.conversation, body="marzipan note", author=employee("samia"), by=SYSTEM)
    assign_conversation(message.conversation, to=employee("layla"), by=SYSTEM)

    found = {name: client_of(name).get("/api/v1/search/?q=marzipan").json()["results"] for name in ("layla", "karim")}

    assert [row["kind"] for row in found["layla"]] == ["messages", "notes"]
    assert found["karim"] == []
    assert b"marzipan</mark>" not in client_of("karim").get("/search/?q=marzipan").content


def test_filters_narrow(inbox: Inbox) -> None:
    now = timezone.now()
    a_message(inbox, "marzipan old", at=now - timedelta(days=10))
    a_message(an_inbox(), "marzipan elsewhere", at=now - timedelta(days=1), phone="+96170999999")

    assert bodies("samia", "marzipan", inbox=inbox.pk) == ["marzipan old"]
    assert bodies("samia", "marzipan", since=now - timedelta(days=2)) == ["marzipan elsewhere"]
    assert bodies("samia", "marzipan", until=now - timedelta(days=2)) == ["marzipan old"]
    assert bodies("samia", "marzipan", sender="us") == []
    assert len(bodies("samia", "marzipan", sender="customer")) == 2


def test_results_open_at_the_message_and_show_what_matched(inbox: Inbox, client_of: Callable[..., Client]) -> None:
    message = a_message(inbox, "أرسلوا لي المُكَسَّرات غداً <b>")
    opens = reverse("conversation", args=[message.conversation_id], urlconf="config.urls")

    for page in ("/search/?q=مكسرات", "/inbox/search/?q=مكسرات"):
        text = client_of("samia").get(page).content.decode()
        assert f'href="{opens}?at={message.pk}"' in text
        assert "<mark>مُكَسَّرات</mark>" in text
        assert "&lt;b&gt;" in text


def test_the_page_says_what_to_do(inbox: Inbox, client_of: Callable[..., Client]) -> None:
    client = client_of("samia")

    assert "Find anything that was said" in client.get("/search/").content.decode()
    assert "Nothing found" in client.get("/search/?q=marzipan").content.decode()
    assert "Nothing found" in client.get("/search/?q=marzipan&kind=notes&since=2026-13-99").content.decode()
    assert client.get("/search/?q=x&kind=messages&after=w:nonsense").status_code == 400


@pytest.mark.parametrize("wrong", ["kind=all", "limit=0", "cursor=x", "inbox=x", "since=x", "unknown=1"])
def test_the_api_refuses_what_it_does_not_know(acme: Business, client_of: Callable[..., Client], wrong: str) -> None:
    assert client_of("samia").get(f"/api/v1/search/?q=word&{wrong}").status_code == 400


def test_the_api_gives_pages(inbox: Inbox, client_of: Callable[..., Client]) -> None:
    for number in range(3):
        a_message(inbox, f"marzipan {number}")
    client = client_of("samia")

    first = client.get("/api/v1/search/?q=marzipan&kind=messages&limit=2").json()
    second = client.get(first["next"]).json()

    assert [row["text"] for row in first["results"] + second["results"]] == ["marzipan 2", "marzipan 1", "marzipan 0"]
    assert second["next"] is None


def test_an_excerpt_is_cut_around_the_match() -> None:
    pieces = excerpt("word " * 100 + "الكُتُبُ هنا " + "word " * 100, search.question("كتب").ways)

    assert [piece.text for piece in pieces if piece.matches] == ["كُتُبُ"]
    assert pieces[0].text == pieces[-1].text == "…"
    assert sum(len(piece.text) for piece in pieces) < 200


def test_a_large_business_is_filled_and_filled_on(inbox: Inbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scale, "settle", lambda: None)  # which works outside this test's transaction
    monkeypatch.setattr(scale, "LOT", 20)

    first = scale.fill(lambda *_: None, conversations=20, messages=100)
    again = scale.fill(lambda *_: None, conversations=50, messages=250)

    assert (first, again) == ((20, 100), (30, 150))
    assert Conversation.objects.count() == Customer.objects.count() == 50
    assert Message.objects.exclude(folded=None).count() == 250
