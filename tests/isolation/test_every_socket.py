"""What happens at globex is heard by nobody at acme, even by a person with the same key (R-069)."""

from functools import partial

import channels.db
import pytest
from channels.layers import channel_layers

from apps.tenants.models import Business
from tests import people
from tests.isolation.listening import LAST, addresses, crossed, overhear, topics
from tests.realtime.sockets import scenario


@pytest.fixture(autouse=True)
def _one_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    channel_layers.backends.clear()  # queues of another test's loop
    monkeypatch.setattr(channels.db, "close_old_connections", lambda: None)  # the test holds this one


def test_no_topic_crosses(twin: tuple[Business, Business]) -> None:
    acme, globex = twin
    samia = people.employee("samia").user_id

    for path in addresses():
        heard = scenario(partial(overhear, path, acme, globex, samia))

        assert crossed(heard) == []
        assert any(LAST in frame for frame in heard[0]), f"{path} must hear its own, else this proves nothing"
        assert len(heard[1]) >= len(topics())


def test_topics_and_addresses_are_found() -> None:
    assert {"conversation", "inbox"} <= topics()
    assert addresses() == {"/ws/"}, "a new socket address: teach overhear() what is said there"
