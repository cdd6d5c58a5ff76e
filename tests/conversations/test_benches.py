"""What the benches stand on: tabs that the socket's door lets in, as it does a browser's."""

from importlib import import_module

from django.conf import settings

from apps.accounts import sessions
from apps.conversations.benches.nudge import cookie_of
from apps.tenants.models import Business
from tests import people


def test_a_benchs_tab_has_a_session_that_the_sockets_door_knows(acme: Business) -> None:
    mona = people.employee("mona")

    name, _equals, key = cookie_of(mona).partition("=")

    session = import_module(settings.SESSION_ENGINE).SessionStore(key)
    assert name == settings.SESSION_COOKIE_NAME
    assert sessions.living_row(session, mona.user_id) is not None
