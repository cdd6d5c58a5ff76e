"""Who may listen, what they hear, and when the server hangs up (requirements 10)."""

import asyncio
import json

import channels.db
import pytest
from asgiref.sync import sync_to_async
from channels.layers import channel_layers
from django.contrib.sessions.models import Session
from django.utils import timezone
from django_tenants.utils import schema_context, tenant_context

from apps.accounts import actions as team
from apps.accounts.models import Employee, User
from apps.core.actors import SYSTEM
from apps.core.models import new_id
from apps.realtime import actions, consumers
from apps.tenants import hosts
from apps.tenants.models import Business
from tests import people
from tests.realtime.sockets import Tab, cookie_of, nudge_in, scenario


@pytest.fixture(autouse=True)
def _one_loop_one_connection(monkeypatch):
    """Queues of one loop are of no use in the next; and no hop may close the connection that the test holds."""
    channel_layers.backends.clear()
    monkeypatch.setattr(channels.db, "close_old_connections", lambda: None)


def test_a_nudge_reaches_every_tab_of_its_person_and_says_only_that_something_changed(acme):
    row, mona, karim = new_id(), people.employee("mona"), people.employee("karim")
    cookies = [cookie_of(name, acme) for name in ("mona", "mona", "karim")]

    async def play():
        tabs = [await Tab(acme, cookie).opened() for cookie in cookies]
        await sync_to_async(nudge_in)(acme, [mona.user_id, mona.user_id], topic="conversation", id=row, seq=7)
        await sync_to_async(nudge_in)(acme, [mona.user_id, karim.user_id], topic="inbox")
        return [await tab.heard(count) for tab, count in zip(tabs, (2, 2, 1), strict=True)]

    first, second, third = scenario(play)

    assert first == second == [json.dumps({"topic": "conversation", "id": str(row), "seq": 7}), '{"topic": "inbox"}']
    assert third == ['{"topic": "inbox"}']


def test_a_further_topic_is_said_at_once_and_once_more_when_its_moment_is_over(acme, monkeypatch):
    monkeypatch.setattr(consumers, "MOMENT", 1.0)
    mona, rows, cookie = people.employee("mona"), [new_id() for _ in range(5)], cookie_of("mona", acme)

    async def play():
        tab = await Tab(acme, cookie).opened()
        for row in rows:
            await sync_to_async(nudge_in)(acme, [mona.user_id], topic="conversation", id=row, also=["inbox"])
        found = await tab.heard(7)
        return [json.loads(frame) for frame in found], await tab.receive_nothing(1.2, 0.1)

    told, quiet = scenario(play)

    assert [each["id"] for each in told if each["topic"] == "conversation"] == [str(row) for row in rows]
    assert [place for place, each in enumerate(told) if each == {"topic": "inbox"}] == [1, 6]
    assert quiet


def test_without_a_session_the_answer_is_4401(acme):
    async def play():
        return [await (await Tab(acme, cookie).opened()).closed_with() for cookie in ("", "no-such-session")]

    assert scenario(play) == [4401, 4401]


def test_a_session_of_another_business_opens_nothing_here(acme, globex):
    cookie = cookie_of("mona", globex)

    async def play():
        return await (await Tab(acme, cookie).opened()).closed_with()

    assert scenario(play) == 4401


def test_an_ended_session_a_changed_password_and_a_deactivated_person_open_nothing(acme):
    cookies = [cookie_of(name, acme) for name in ("mona", "karim", "layla")]
    Session.objects.filter(session_key=cookies[0]).delete()
    User.objects.filter(employee=people.employee("karim")).update(password="another")
    Employee.objects.filter(user__email="layla@example.test").update(deactivated_at=timezone.now())

    async def play():
        return [await (await Tab(acme, cookie).opened()).closed_with() for cookie in cookies]

    assert scenario(play) == [4401, 4401, 4401]


def test_a_suspended_business_answers_4403(acme):
    cookie = cookie_of("mona", acme)
    with schema_context("public"):
        Business.objects.filter(pk=acme.pk).update(status=Business.Status.SUSPENDED)
    hosts.forget()

    async def play():
        return await (await Tab(acme, cookie).opened()).closed_with()

    assert scenario(play) == 4403


@pytest.mark.parametrize(
    "headers",
    [
        {"host": "nobody.localhost:8000"},
        {"host": "localhost:8000"},
        {"origin": "http://globex.localhost:8000"},
        {"origin": "http://acme.localhost:9000"},
        {"origin": "null"},
    ],
)
def test_strange_hosts_and_origins_get_no_handshake(acme, headers):
    cookie = cookie_of("mona", acme)

    async def play():
        return await Tab(acme, cookie, **headers).asks()

    assert scenario(play) is False


def test_the_page_s_own_origin_is_welcome_and_other_addresses_are_not(acme):
    cookie = cookie_of("mona", acme)

    async def play():
        own = Tab(acme, cookie, origin="http://acme.localhost:8000")
        return await own.asks(), await Tab(acme, cookie, path="/ws/other/").asks()

    assert scenario(play) == (True, False)


def test_equal_user_ids_in_two_businesses_never_cross(acme, globex):
    mona = people.employee("mona")
    with tenant_context(globex):
        karim = people.employee("karim")
        User.objects.filter(pk=karim.user_id).update(email="before@example.test")
        twin = User.objects.create(pk=mona.user_id, email="karim@example.test", password="!")
        Employee.objects.filter(pk=karim.pk).update(user=twin)
    cookies = cookie_of("mona", acme), cookie_of("karim", globex)

    async def play():
        here, other = await Tab(acme, cookies[0]).opened(), await Tab(globex, cookies[1]).opened()
        await sync_to_async(nudge_in)(acme, [mona.user_id], topic="inbox", seq=1)
        await sync_to_async(nudge_in)(globex, [mona.user_id], topic="inbox", seq=2)
        return [await tab.heard(1) for tab in (here, other)], [await tab.receive_nothing() for tab in (here, other)]

    heard, quiet = scenario(play)

    assert heard == [['{"topic": "inbox", "seq": 1}'], ['{"topic": "inbox", "seq": 2}']]
    assert quiet == [True, True]


def test_thirty_sockets_of_two_businesses_hear_ten_rounds_of_their_own(acme, globex):
    crew = [(business, name) for business in (acme, globex) for name in people.TEAM for _ in range(3)]
    cookies = [cookie_of(name, business) for business, name in crew]
    users = {}
    for business in (acme, globex):
        with tenant_context(business):
            users[business.slug] = list(Employee.objects.values_list("user_id", flat=True))

    async def play():
        tabs = await asyncio.gather(*(Tab(b, cookie).opened() for (b, _), cookie in zip(crew, cookies, strict=True)))
        for turn in range(10):
            for business in (acme, globex):
                await sync_to_async(nudge_in)(business, users[business.slug], topic=business.slug, seq=turn)
        frames = [await tab.heard(10) for tab in tabs]
        return frames, [await tab.receive_nothing(0.02, 0.01) for tab in tabs]

    frames, quiet = scenario(play)

    heard_by = zip(crew, frames, strict=True)
    wrong = [frame for (business, _), heard in heard_by for frame in heard if business.slug not in frame]
    assert len(crew) == 30
    assert wrong == []
    assert all([json.loads(frame)["seq"] for frame in heard] == list(range(10)) for heard in frames)
    assert all(quiet)


def test_frames_carry_nothing_but_topic_id_and_seq(acme):
    mona = people.employee("mona")
    cookie = cookie_of("mona", acme)
    topics = ("inbox", "conversation", "typing", "viewing", "session", "simulator")

    async def play():
        tab = await Tab(acme, cookie).opened()
        for topic in topics:
            await sync_to_async(nudge_in)(acme, [mona.user_id], topic=topic, id=new_id(), seq=1)
        return await tab.heard(len(topics))

    frames = scenario(play)

    assert [set(json.loads(frame)) for frame in frames] == [{"topic", "id", "seq"}] * len(topics)
    assert all(len(frame) < 100 for frame in frames)
    assert not any(word in frame for frame in frames for word in ("mona", "Mona", "@", "b_"))


def test_a_revoked_person_is_closed_and_hears_nothing_after(acme):
    mona, karim = people.employee("mona"), people.employee("karim")
    cookies = [cookie_of(name, acme) for name in ("mona", "karim")]

    def revoke():
        with tenant_context(acme):
            actions.close_sockets([mona.user_id])

    async def play():
        gone, stays = [await Tab(acme, cookie).opened() for cookie in cookies]
        await sync_to_async(revoke)()
        code = await gone.closed_with()
        await sync_to_async(nudge_in)(acme, [mona.user_id, karim.user_id], topic="inbox")
        return code, await stays.heard(1), await gone.receive_nothing()

    assert scenario(play) == (4401, ['{"topic": "inbox"}'], True)


def test_a_socket_without_beats_is_closed_and_one_with_beats_stays(acme, monkeypatch):
    monkeypatch.setattr(consumers, "PATIENCE", 0.3)
    cookie = cookie_of("mona", acme)

    async def play():
        silent, noisy, alive = [await Tab(acme, cookie).opened() for _ in range(3)]
        for _ in range(4):
            await asyncio.sleep(0.1)
            await alive.says('{"beat":1}')
            await noisy.says("not a beat")
            await noisy.says(data=b"\x00")
        return await silent.closed_with(), await noisy.closed_with(), await alive.receive_nothing(0.05)

    assert scenario(play) == (4408, 4408, True)


def test_the_eleventh_tab_of_a_person_closes_the_oldest(acme):
    cookies = [cookie_of("mona", acme), cookie_of("karim", acme)]
    mona = people.employee("mona")

    async def play():
        other = await Tab(acme, cookies[1]).opened()
        tabs = [await Tab(acme, cookies[0]).opened() for _ in range(11)]
        code = await tabs[0].closed_with()
        await tabs[5].leave()
        late = await Tab(acme, cookies[0]).opened()
        await sync_to_async(nudge_in)(acme, [mona.user_id], topic="inbox")
        heard = [await tab.heard(1) for tab in (*tabs[1:5], *tabs[6:], late)]
        return code, len(heard), await other.receive_nothing()

    assert scenario(play) == (4429, 10, True)


def test_a_visitor_is_looked_up_again_from_time_to_time(acme, monkeypatch):
    monkeypatch.setattr(consumers, "REJOIN", -1.0)
    cookie = cookie_of("mona", acme)

    async def play():
        tab = await Tab(acme, cookie).opened()
        await tab.says('{"beat":1}')
        welcome = await tab.receive_nothing()
        await sync_to_async(_end_session)(acme, cookie)
        await tab.says('{"beat":1}')
        return welcome, await tab.closed_with()

    assert scenario(play) == (True, 4401)


def test_a_layer_that_fails_costs_the_caller_nothing(acme, monkeypatch, caplog):
    monkeypatch.setattr(actions, "_call", lambda *_: (_ for _ in ()).throw(OSError("down")))

    actions.nudge([people.employee("mona").user_id], topic="inbox")

    assert [record.message for record in caplog.records] == ["The channel layer failed: OSError: down"]


def test_nobody_is_told_without_an_audience(acme, monkeypatch):
    monkeypatch.setattr(actions, "_call", lambda *_: pytest.fail("called"))

    actions.nudge([], topic="inbox")


def _end_session(business, cookie):
    with tenant_context(business):
        Session.objects.filter(session_key=cookie).delete()


def test_whoever_is_deactivated_is_closed_and_whose_rights_change_loads_anew(acme, django_capture_on_commit_callbacks):
    cookies = [cookie_of("karim", acme), cookie_of("layla", acme)]

    def let_go():
        with tenant_context(acme), django_capture_on_commit_callbacks(execute=True):
            team.deactivate_employee(people.employee("karim"), by=SYSTEM)
            team.edit_employee(people.employee("layla"), by=SYSTEM, giver=None, grants=["analytics.view"])

    async def play():
        gone, changed = [await Tab(acme, cookie).opened() for cookie in cookies]
        await sync_to_async(let_go)()
        return await gone.closed_with(), await changed.heard(1)

    assert scenario(play) == (4401, ['{"topic": "session"}'])
