"""The embedded default's channel layer, on the bundled PostgreSQL, as the login `maj_live`."""

import asyncio
import json
import os
import time

import channels.db
import psycopg
import pytest
from asgiref.sync import sync_to_async
from channels.layers import channel_layers, get_channel_layer
from django.conf import settings
from django.core.management import call_command
from django.core.management.commands.migrate import Command as Migrate
from django.db import connections
from django_tenants.utils import tenant_context

from apps.accounts.models import Employee
from apps.realtime import actions, layer, tasks
from apps.realtime.actions import group_of
from apps.tenants.embedded import Cluster
from apps.tenants.postgres import bootstrap
from config.local import development_secrets
from tests import databases, people
from tests.realtime.sockets import Tab, cookie_of, nudge_in, scenario

pytestmark = pytest.mark.embedded


@pytest.fixture(scope="module")
def live_facts(django_db_setup, django_db_blocker):
    """The schema `live` in this worker's database, made as `prepare_database` makes it."""
    name = settings.DATABASES["default"]["NAME"]
    cluster = Cluster(settings.VAR_DIR)
    facts = {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": name,
        "USER": "maj_live",
        "PASSWORD": development_secrets(settings.VAR_DIR)["MAJ_LIVE_PASSWORD"],
        "HOST": str(cluster.socket_dir),
        "PORT": str(cluster.port),
        "OPTIONS": {"options": "-c search_path=live"},
        "TIME_ZONE": None,
        "CONN_MAX_AGE": 0,
    }
    with django_db_blocker.unblock():
        bootstrap.prepare_cluster(
            databases.admin_url(), {**bootstrap.passwords_from_settings(), "maj_live": facts["PASSWORD"]}
        )
        bootstrap.raise_fence(databases.admin_url(name), live=True)
        connections.settings["live"] = connections.configure_settings({"default": {}, "live": {**facts}})["live"]
        call_command(Migrate(), "channels_postgres", database="live", interactive=False, verbosity=0)
        connections["live"].close()
    del connections["live"]
    del connections.settings["live"]
    return facts


@pytest.fixture
def superuser(live_facts):
    with psycopg.connect(databases.admin_url(live_facts["NAME"]), autocommit=True) as connection:
        yield connection


@pytest.fixture(autouse=True)
def live(live_facts, superuser, settings, monkeypatch):
    """This test's channel layer is the embedded default's."""
    config = {**live_facts, "PSYCOPG_OPTIONS": {"min_size": 1, "max_size": 4}}
    settings.CHANNEL_LAYERS = {"default": {"BACKEND": "apps.realtime.layer.PostgresLayer", "CONFIG": config}}
    monkeypatch.setattr(channels.db, "close_old_connections", lambda: None)
    monkeypatch.setattr(layer, "PAUSE", 0.05)
    superuser.execute("TRUNCATE live.channels_postgres_groupchannel, live.channels_postgres_message RESTART IDENTITY")
    channel_layers.backends.clear()
    actions._sender.cache_clear()
    yield
    loop, own = actions._sender(os.getpid())
    asyncio.run_coroutine_threadsafe(own.close(), loop).result(5)
    loop.call_soon_threadsafe(loop.stop)
    actions._sender.cache_clear()
    channel_layers.backends.clear()


def on_this_layer(play):
    """Run a scenario and let go of the reading side's connections before its loop ends."""

    async def whole():
        try:
            return await play()
        finally:
            await get_channel_layer().close()

    return scenario(whole)


def listeners(superuser):
    mine = "SELECT count(*) FROM pg_stat_activity WHERE application_name = %s AND datname = current_database()"
    return superuser.execute(mine, [layer.LISTENER]).fetchone()[0]


def test_thirty_sockets_of_two_businesses_hear_only_their_own(acme, globex):
    crew = [(business, name) for business in (acme, globex) for name in people.TEAM for _ in range(3)]
    cookies = [cookie_of(name, business) for business, name in crew]
    users = {}
    for business in (acme, globex):
        with tenant_context(business):
            users[business.slug] = list(Employee.objects.values_list("user_id", flat=True))

    async def play():
        opening = (Tab(business, cookie).opened() for (business, _), cookie in zip(crew, cookies, strict=True))
        tabs = await asyncio.gather(*opening)
        for turn in range(10):
            for business in (acme, globex):
                await sync_to_async(nudge_in)(business, users[business.slug], topic=business.slug, seq=turn)
        frames = [await tab.heard(10) for tab in tabs]
        return frames, [await tab.receive_nothing(0.02, 0.01) for tab in tabs]

    frames, quiet = on_this_layer(play)

    told = [[json.loads(frame) for frame in heard] for heard in frames]
    assert {nudge["topic"] for (business, _), heard in zip(crew, told, strict=True) for nudge in heard} == {
        "acme",
        "globex",
    }
    assert [{nudge["topic"] for nudge in heard} for heard in told] == [{business.slug} for business, _ in crew]
    assert all([nudge["seq"] for nudge in heard] == list(range(10)) for heard in told)
    assert all(quiet)


def test_sockets_that_come_together_share_one_listener(acme, superuser):
    cookies = [cookie_of(name, acme) for name in people.TEAM]

    async def play():
        await asyncio.gather(*(Tab(acme, cookie).opened() for cookie in cookies))
        await asyncio.sleep(0.3)
        return listeners(superuser)

    assert on_this_layer(play) == 1


def test_a_restarted_database_loses_no_nudge(acme, superuser):
    mona, cookie = people.employee("mona"), cookie_of("mona", acme)

    async def play():
        tab = await Tab(acme, cookie).opened()
        await sync_to_async(nudge_in)(acme, [mona.user_id], topic="inbox", seq=1)
        before = await tab.heard(1)
        superuser.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'maj_live' "
            "AND datname = current_database()"
        )
        await sync_to_async(nudge_in)(acme, [mona.user_id], topic="inbox", seq=2)
        found = set(before)
        while '{"topic": "inbox", "seq": 2}' not in found:
            found.update(await tab.heard(1))  # the one before may come again: a nudge has no count
        while not listeners(superuser):
            await asyncio.sleep(0.05)
        return found

    assert on_this_layer(play) == {'{"topic": "inbox", "seq": 1}', '{"topic": "inbox", "seq": 2}'}


def test_the_grant_of_pg_notify_is_needed_and_enough(acme, live_facts, superuser):
    facts = psycopg.conninfo.make_conninfo(
        dbname=live_facts["NAME"], user="maj_live", password=live_facts["PASSWORD"], host=live_facts["HOST"],
        port=live_facts["PORT"], options="-c search_path=live",
    )  # fmt: skip
    insert = "INSERT INTO channels_postgres_message (channel, message, expire) VALUES ('x', '', now())"

    with psycopg.connect(facts, autocommit=True) as connection:
        connection.execute(insert)
        superuser.execute("REVOKE EXECUTE ON FUNCTION pg_notify(text, text) FROM maj_live")
        try:
            with pytest.raises(psycopg.errors.InsufficientPrivilege, match="pg_notify"):
                connection.execute(insert)
        finally:
            superuser.execute("GRANT EXECUTE ON FUNCTION pg_notify(text, text) TO maj_live")
        for table in ("public.tenants_business", f"{acme.schema_name}.accounts_user"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(f"SELECT 1 FROM {table}")


def test_a_fork_sends_with_a_thread_and_connections_of_its_own(acme):
    mona, cookie = people.employee("mona"), cookie_of("mona", acme)
    group = group_of(acme.schema_name, mona.user_id)

    async def play():
        tab = await Tab(acme, cookie).opened()
        await sync_to_async(nudge_in)(acme, [mona.user_id], topic="parent")
        first = await tab.heard(1)
        child = os.fork()
        if not child:
            actions.call("group_send", (group, {"type": "nudge", "frame": '{"topic": "child"}', "also": []}))
            os._exit(0)
        second = await tab.heard(1)
        os.waitpid(child, 0)
        return first, second

    assert on_this_layer(play) == (['{"topic": "parent"}'], ['{"topic": "child"}'])


def test_who_left_and_who_died_are_forgotten(acme, superuser):
    mona, cookie = people.employee("mona"), cookie_of("mona", acme)
    members = "SELECT channel FROM live.channels_postgres_groupchannel"
    dead = "INSERT INTO live.channels_postgres_groupchannel (group_key, channel, expire) VALUES (%s, 'dead', now())"
    group = f"asgi:group:{group_of(acme.schema_name, mona.user_id)}"

    async def play():
        stays, leaves = [await Tab(acme, cookie).opened() for _ in range(2)]
        superuser.execute(dead, [group])
        await leaves.leave()
        before = len(superuser.execute(members).fetchall())
        await sync_to_async(nudge_in)(acme, [mona.user_id], topic="inbox")
        await stays.heard(1)
        superuser.execute("UPDATE live.channels_postgres_message SET expire = now()")
        await sync_to_async(tasks.tidy)()
        left = superuser.execute("SELECT count(*) FROM live.channels_postgres_message").fetchone()[0]
        return before, len(superuser.execute(members).fetchall()), left

    assert on_this_layer(play) == (2, 1, 0)


@pytest.mark.parametrize(("length", "notifications"), [(10, 3), (5_000, 17), (5_750, 200), (20_000, 200)])
def test_a_message_to_many_reaches_each_once_however_long_it_is(superuser, length, notifications):
    async def play():
        tower = get_channel_layer()
        channels = [await tower.new_channel() for _ in range(200)]
        hearing = [asyncio.create_task(tower.receive(channel)) for channel in channels]
        await asyncio.gather(*(tower.group_add(f"g{n % 50}", channel) for n, channel in enumerate(channels)))
        await tower.group_add("g1", channels[0])  # in two of them: heard once all the same
        await tower.groups_send([f"g{n}" for n in range(50)], {"type": "shut", "sessions": ["x" * length]})
        heard = await asyncio.gather(*hearing)
        again = asyncio.create_task(tower.receive(channels[0]))
        await asyncio.sleep(0.2)
        once = not again.done()
        again.cancel()
        return heard, once

    heard, once = on_this_layer(play)

    assert heard == [{"type": "shut", "sessions": ["x" * length]}] * 200
    assert once
    rows = superuser.execute("SELECT last_value FROM live.channels_postgres_message_id_seq").fetchone()[0]
    assert rows == notifications


def test_a_layer_that_does_not_answer_costs_the_caller_at_most_the_limit(acme, monkeypatch, caplog):
    async def never(*_):
        await asyncio.sleep(60)

    monkeypatch.setattr(layer.PostgresLayer, "groups_send", never)
    monkeypatch.setattr(actions, "TIMEOUT", 0.2)
    began = time.monotonic()

    actions.nudge([people.employee("mona").user_id], topic="inbox")

    assert time.monotonic() - began < 2
    assert "did not answer" in caplog.text
