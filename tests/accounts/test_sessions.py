"""Where one is signed in, and the end of it (requirements ACC-13)."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import channels.db
import pytest
from asgiref.sync import sync_to_async
from channels.layers import channel_layers
from django.test import Client
from django.utils import timezone
from django_tenants.utils import tenant_context

from apps.accounts import sessions
from apps.accounts.models import DeviceSession, Employee
from apps.audit.models import AuditEvent
from apps.realtime.tasks import close_sessions
from apps.tenants.models import Business
from tests import people
from tests.api.conftest import speak
from tests.realtime.sockets import Tab, cookie_of, scenario

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"
HOUR = timedelta(hours=1)
ClientOf = Callable[..., Client]
Later = Callable[[timedelta], None]


def come_in(name: str = "mona", *, agent: str = FIREFOX, **said: str) -> Client:
    client = Client(headers={"host": "acme.localhost", "user-agent": agent})
    answer = client.post("/sign-in/", {"email": f"{name}@example.test", "password": people.PASSWORD, **said})
    assert answer.status_code == 302
    return client


def row_of(client: Client) -> DeviceSession:
    return DeviceSession.objects.get(pk=client.session["device"])


def is_in(client: Client) -> bool:
    return client.get("/").status_code == 200


def test_signing_in_lists_the_browser(acme: Business) -> None:
    row = row_of(come_in())

    assert (row.browser, row.device, row.address, row.remembered) == ("Firefox 145", "Linux", "127.0.0.1", False)
    assert timedelta(hours=11, minutes=59) < row.expires_at - timezone.now() <= timedelta(hours=12)


@pytest.mark.parametrize(
    ("agent", "browser", "device"),
    [
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
            "Version/18.1 Mobile/15E148 Safari/604.1",
            "Mobile Safari 18", "iPhone · iOS 18",
        ),
        ("curl/8.5.0", "curl 8", ""),
        ("", "", ""),
        ("<script>" * 200, "", ""),
    ],
)  # fmt: skip
def test_a_user_agent_is_told_in_words(agent: str, browser: str, device: str) -> None:
    assert sessions.described(agent) == (browser, device)


def test_two_browsers_and_one_is_revoked_on_the_page(acme: Business) -> None:
    here, there = come_in(), come_in()
    page = here.get("/me/sessions/").content.decode()
    assert (page.count("Firefox 145"), page.count("This device")) == (2, 1)

    assert here.post(f"/me/sessions/{row_of(there).pk}/revoke/").status_code == 302

    answer = there.get("/inbox/")
    assert (answer.status_code, answer["Location"]) == (302, "/sign-in/?next=/inbox/")
    assert is_in(here)
    assert AuditEvent.objects.filter(verb="sessions_revoked", after={"count": 1}).count() == 1


def test_programs_see_and_revoke_them(acme: Business) -> None:
    here, there = come_in(), come_in()
    call, key = speak(here), str(row_of(there).pk)
    listed = call("GET", "sessions/").json()["results"]
    assert {row["id"]: row["current"] for row in listed} == {key: False, str(row_of(here).pk): True}
    assert not {"session_key_hash", "user"} & set(listed[0])

    revoked = call("POST", f"sessions/{key}/revoke/")

    assert (revoked.status_code, revoked.json()["revoked_at"] is not None) == (200, True)
    answer = speak(there)("GET", "me/")
    assert (answer.status_code, answer.json()["code"]) == (401, "not_signed_in")
    assert len(call("GET", "sessions/").json()["results"]) == 1


@pytest.mark.parametrize("by", ["page", "API"])
def test_all_others_end_at_once(acme: Business, by: str) -> None:
    here, *others = [come_in() for _number in range(3)]
    karim = come_in("karim")

    if by == "page":
        here.post("/me/sessions/")
    else:
        assert speak(here)("POST", "sessions/revoke-others/").json() == {"ended": 2}

    assert [is_in(client) for client in (here, *others, karim)] == [True, False, False, True]


def test_nobody_ends_somebody_elses(acme: Business, globex: Business, client_of: ClientOf) -> None:
    karim, stranger = come_in("karim"), client_of("mona", globex)
    key = row_of(karim).pk

    assert come_in("samia").post(f"/me/sessions/{key}/revoke/").status_code == 404
    assert speak(come_in("samia"))("POST", f"sessions/{key}/revoke/").status_code == 404
    assert stranger.post(f"/me/sessions/{key}/revoke/").status_code == 404

    assert is_in(karim)


def test_a_session_row_of_globex_opens_nothing_at_acme(acme: Business, globex: Business) -> None:
    client = come_in()
    with tenant_context(globex):
        begun = DeviceSession.objects.create(
            user=people.employee("mona").user, session_key_hash="there", expires_at=timezone.now() + HOUR
        )
    session = client.session
    session["device"] = str(begun.pk)
    session.save()

    assert not is_in(client)


def test_somebody_elses_row_does_not_carry_a_session(acme: Business) -> None:
    mona, karim = come_in(), come_in("karim")
    session = mona.session
    session["device"] = karim.session["device"]
    session.save()

    assert not is_in(mona)
    assert is_in(karim)


@pytest.mark.parametrize(
    ("remember", "idle", "open_still"),
    [("", 11, True), ("", 13, False), ("on", 24 * 13, True), ("on", 24 * 15, False)],
)
def test_twelve_idle_hours_or_fourteen_days(
    acme: Business, later: Later, remember: str, idle: int, open_still: bool
) -> None:
    client = come_in(remember=remember)
    assert (client.cookies["sessionid"]["max-age"] == "") == (remember == "")

    later(idle * HOUR)

    assert is_in(client) == open_still


def test_being_here_begins_the_idle_time_anew(acme: Business, later: Later, monkeypatch: pytest.MonkeyPatch) -> None:
    client = come_in()
    monkeypatch.setattr(sessions, "NOTED_EVERY", 0)
    for _turn in range(3):
        later(8 * HOUR)
        assert is_in(client)

    assert row_of(client).last_seen_at > timezone.now() - HOUR
    assert Employee.objects.get(user__email="mona@example.test").last_seen_at is not None


def test_last_seen_is_written_rarely(acme: Business, django_assert_num_queries: Any) -> None:
    client = come_in()
    before = row_of(client).last_seen_at

    with django_assert_num_queries(3):  # session, user, employee with role: no write
        client.get("/sign-in/")

    assert row_of(client).last_seen_at == before


def test_signing_out_ends_the_row_and_a_copied_cookie_with_it(acme: Business) -> None:
    client, thief = come_in(), Client(headers={"host": "acme.localhost"})
    row = row_of(client)
    thief.cookies["sessionid"] = client.cookies["sessionid"].value

    client.post("/sign-out/")

    assert row.fresh().revoked_at is not None
    assert not is_in(thief)


@pytest.fixture
def _one_loop_one_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    channel_layers.backends.clear()
    monkeypatch.setattr(channels.db, "close_old_connections", lambda: None)


@pytest.mark.usefixtures("_one_loop_one_connection")
def test_the_sockets_of_a_revoked_session_close_and_those_of_others_stay(
    acme: Business, django_capture_on_commit_callbacks: Any
) -> None:
    cookies = [cookie_of("mona", acme) for _number in range(2)]
    mona = people.employee("mona").user
    [gone, _stays] = DeviceSession.objects.order_by("created_at")
    with django_capture_on_commit_callbacks() as announced:
        sessions.revoke_sessions(mona, by=mona.actor, only=gone)
    told = announced[0].args[1]

    def tell() -> None:
        with tenant_context(acme):
            close_sessions.run(user_id=told.user_id, session_ids=told.session_ids)

    DeviceSession.objects.filter(pk=gone.pk).update(revoked_at=None)

    async def play() -> tuple[int, bool]:
        tabs = [await Tab(acme, cookie).opened() for cookie in cookies]
        await sync_to_async(tell)()
        return await tabs[0].closed_with(), await tabs[1].receive_nothing()

    assert scenario(play) == (4401, True)


@pytest.mark.usefixtures("_one_loop_one_connection")
def test_a_revoked_session_opens_no_socket(acme: Business) -> None:
    cookie = cookie_of("mona", acme)
    mona = people.employee("mona").user
    sessions.revoke_sessions(mona, by=mona.actor)

    async def play() -> int:
        return await (await Tab(acme, cookie).opened()).closed_with()

    assert scenario(play) == 4401


@pytest.mark.usefixtures("_one_loop_one_connection")
def test_ending_all_of_a_persons_sessions_closes_every_socket_of_theirs(acme: Business) -> None:
    cookies = [cookie_of(name, acme) for name in ("mona", "mona", "karim")]
    mona = people.employee("mona").user_id

    def tell() -> None:
        with tenant_context(acme):
            close_sessions.run(user_id=mona, session_ids=[])

    async def play() -> tuple[list[int], bool]:
        tabs = [await Tab(acme, cookie).opened() for cookie in cookies]
        await sync_to_async(tell)()
        return [await tab.closed_with() for tab in tabs[:2]], await tabs[2].receive_nothing()

    assert scenario(play) == ([4401, 4401], True)
