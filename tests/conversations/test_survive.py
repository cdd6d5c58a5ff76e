"""The kill drill in small: processes are killed and the database crashes while messages come in. Nothing is lost.

`manage.py bench survive` is the full one, with 1,500 messages, 500 repetitions and some hundred kills.
"""

import json
from io import StringIO

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

pytestmark = pytest.mark.skipif(not settings.EMBEDDED, reason="it needs a site and a database of its own")


def test_nothing_acknowledged_is_lost_or_doubled() -> None:
    said = StringIO()

    call_command("bench", "survive", small=True, seed=7, json=True, stdout=said)

    figures = json.loads(said.getvalue())
    also = figures["also"]
    assert figures["failures"] == []
    assert (figures["ours"], also["messages stored"], also["PostgreSQL crashed"]) == (0, 150, 1)
    assert also["kills"] > 0
    assert also["elements received"] == sum(count for name, count in also.items() if name.startswith("elements ")) / 2


def test_what_a_drill_finds_fails_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    found = {"name": "survive", "failures": ["2 acknowledged messages are lost"], "also": {}}
    monkeypatch.setattr("apps.conversations.benches.survive.measure", lambda *_, **__: found)

    with pytest.raises(CommandError, match="2 acknowledged messages are lost"):
        call_command("bench", "survive", stdout=StringIO())


def test_a_bench_without_a_seed_says_so() -> None:
    with pytest.raises(CommandError, match="provision has no --seed"):
        call_command("bench", "provision", seed=1)
