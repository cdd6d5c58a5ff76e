"""Who is there: by the beats of their tabs, by their hands, by the clock; and never in another business."""

import asyncio
import time
from uuid import UUID

import channels.db
import pytest
from asgiref.sync import sync_to_async as in_the_tests_thread
from channels.layers import channel_layers
from django.core.cache import caches
from django_tenants.utils import tenant_context

from apps.accounts import actions
from apps.audit.models import AuditEvent
from apps.core.actors import SYSTEM
from apps.realtime import presence
from apps.realtime.queries import presence_of, who_watches
from apps.tenants.models import Business
from tests import people
from tests.realtime.sockets import Tab, cookie_of, scenario


@pytest.fixture(autouse=True)
def _nobody_is_there(monkeypatch):
    caches["platform"].clear()
    channel_layers.backends.clear()  # queues of another test's loop
    monkeypatch.setattr(channels.db, "close_old_connections", lambda: None)  # the test holds this one


def there(name: str, after: float = 0) -> str:
    """How somebody is seen so many seconds from now."""
    user_id = people.employee(name).user_id
    return presence_of([user_id], now=time.time() + after)[user_id]


def beat(business: Business, user_id: UUID, *, touched: bool, ago: float = 0) -> None:
    """A tab has beaten so many seconds ago."""
    asyncio.run(presence.note(business.schema_name, user_id, touched=touched))
    if ago:
        cache = caches["platform"]
        for key in presence._keys(business.schema_name, user_id)[: 2 if touched else 1]:
            cache.set(key, cache.get(key) - ago)


@pytest.mark.parametrize(
    ("seconds", "state"), [(0, "available"), (44, "available"), (46, "offline"), (3600, "offline")]
)
def test_forty_five_seconds_without_a_beat_are_offline(acme, seconds, state):
    beat(acme, people.employee("karim").user_id, touched=True)

    assert there("karim", after=seconds) == state
    assert there("layla") == "offline"


@pytest.mark.parametrize(("minutes", "state"), [(9, "available"), (11, "away")])
def test_ten_minutes_without_a_touch_are_away(acme, minutes, state):
    karim = people.employee("karim").user_id
    beat(acme, karim, touched=True, ago=minutes * 60)

    beat(acme, karim, touched=False)

    assert there("karim") == state


@pytest.mark.parametrize("by_hand", ["busy", "away"])
def test_what_is_said_by_hand_holds_while_a_tab_is_open(acme, by_hand):
    karim = people.employee("karim")
    beat(acme, karim.user_id, touched=True)

    actions.set_availability(karim, to=by_hand, by=karim.user.actor)
    actions.set_availability(karim, to=by_hand, by=karim.user.actor)

    assert (there("karim"), there("karim", after=46)) == (by_hand, "offline")
    assert AuditEvent.objects.get(verb="set_availability").after == {"availability": by_hand}


def test_a_tab_that_opens_is_somebody_and_its_beats_keep_them_there(acme):
    cookie = cookie_of("karim", acme)

    async def play() -> None:
        tab = await Tab(acme, cookie).opened()
        await tab.says('{"beat":1,"touched":true}')
        assert await tab.receive_nothing()
        assert await in_the_tests_thread(there)("karim", 44) == "available"
        await tab.leave()

    scenario(play)

    assert (there("karim"), there("karim", after=21), there("karim", after=23)) == ("available", "available", "offline")


def test_another_tab_keeps_them_there(acme):
    karim = people.employee("karim").user_id
    asyncio.run(presence.leave(acme.schema_name, karim))

    beat(acme, karim, touched=True)

    assert there("karim", after=44) == "available"


def test_a_tab_that_may_not_come_in_is_nobody(acme):
    async def play() -> None:
        tab = Tab(acme, "")
        assert await tab.asks()
        assert await tab.closed_with() == 4401

    scenario(play)

    assert {there(name) for name in people.TEAM} == {"offline"}


def test_the_same_person_elsewhere_is_not_there(acme, globex):
    karim = people.employee("karim").user_id
    beat(globex, karim, touched=True)

    assert there("karim") == "offline"
    with tenant_context(globex):
        assert presence_of([karim]) == {}  # whoever that is, they do not work here


def test_whoever_may_see_the_team_sees_who_is_there_and_others_see_themselves(acme, client_of):
    beat(acme, people.employee("karim").user_id, touched=True)
    karim, layla = (str(people.employee(name).pk) for name in ("karim", "layla"))

    seen = client_of("mona").get("/presence/").json()

    assert len(seen) == len(people.TEAM)
    assert (seen[karim]["state"], seen[layla]) == ("available", {"state": "offline", "word": "Offline"})
    assert set(client_of("karim").get("/presence/").json()) == {karim}


def test_who_is_told_of_a_change(acme):
    watching = who_watches(people.employee("karim"))

    assert set(watching) == {people.employee(name).user_id for name in ("samia", "mona", "karim")}


@pytest.mark.parametrize(("value", "status"), [("busy", 302), ("offline", 400), ("", 400)])
def test_the_switch_by_hand(acme, client_of, value, status):
    answer = client_of("karim").post("/presence/", {"availability": value, "next": "https://elsewhere.example/"})

    assert answer.status_code == status
    assert status == 400 or answer["Location"] == "/"
    assert people.employee("karim").availability == ("busy" if status == 302 else "available")


def test_a_change_is_announced_once(acme, announced, django_capture_on_commit_callbacks):
    karim = people.employee("karim")

    with django_capture_on_commit_callbacks() as callbacks:
        actions.set_availability(karim, to="busy", by=SYSTEM)
        actions.set_availability(karim, to="busy", by=SYSTEM)

    assert [event.employee_id for event in announced(callbacks)] == [karim.pk]
