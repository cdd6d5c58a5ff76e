"""Two tabs of twins, one in each business, at every socket address; what the one hears while the other is told."""

import ast
import asyncio
from typing import Any
from uuid import UUID

from asgiref.sync import sync_to_async
from django.conf import settings
from django.test import Client
from django_tenants.utils import tenant_context

from apps.accounts.models import User
from apps.tenants.models import Business
from config.asgi import sockets
from tests import people
from tests.house.ground import dotted, trees
from tests.isolation.twins import FOREIGN, OWN
from tests.realtime.sockets import Tab, nudge_in

LAST = "the last one"
BEATS = 8
PATIENCE = 100  # hundredths of a second


def topics() -> set[str]:
    """Every topic that some code nudges about, and every topic a wrapper is given as a plain word."""
    found = set()
    for _path, tree in trees("apps"):
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and dotted(node.func).split(".")[-1] == "nudge":
                given = [key.value for key in node.keywords if key.arg == "topic"]
                found |= {value.value for value in given if isinstance(value, ast.Constant)}
    return {str(topic) for topic in found}


def addresses() -> set[str]:
    """Every socket address there is; whatever else is asked for, is refused."""
    return {f"/{route.pattern}" for route in sockets.routes if str(route.pattern)}


def cookie_of(user_id: UUID, business: Business) -> str:
    """The session of the twin with this key at a business."""
    client = Client(headers={"host": f"{business.slug}.localhost"})
    with tenant_context(business):
        people.enter(client, User.objects.get(pk=user_id))
    return client.cookies[settings.SESSION_COOKIE_NAME].value


async def overhear(
    path: str, acme: Business, globex: Business, user_id: UUID, application: Any = None
) -> tuple[list[str], list[str]]:
    """What each of two twins' tabs hears while both speak, and globex is told of everything there is to tell."""
    tabs = []
    for business in (acme, globex):
        tab = Tab(business, await sync_to_async(cookie_of)(user_id, business), path=path)
        tab.application = application or tab.application
        tabs.append(await tab.opened())
    for _ in range(BEATS):  # so many that their hops to the database interleave
        for tab in tabs:
            await tab.says('{"beat": 1}')
    for topic in sorted(topics()):
        await sync_to_async(nudge_in)(globex, [user_id], topic=f"{topic} {FOREIGN}")
    await sync_to_async(nudge_in)(acme, [user_id], topic=f"{LAST} {OWN}")
    heard: tuple[list[str], list[str]] = ([], [])
    for _ in range(PATIENCE):
        await asyncio.sleep(0.01)
        for tab, frames in zip(tabs, heard, strict=True):
            while not tab.output_queue.empty():
                frames.append(str(tab.output_queue.get_nowait()))
        if any(LAST in frame for frame in heard[0]):
            break
    for tab in tabs:
        await tab.leave()
    return heard


def crossed(heard: tuple[list[str], list[str]]) -> list[str]:
    """The frames that belong to the other tab."""
    at_acme, at_globex = heard
    return [frame for frame in at_acme if FOREIGN in frame] + [frame for frame in at_globex if OWN in frame]
