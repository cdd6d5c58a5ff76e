"""A socket passes nudges on. It asks the database nothing: a thousand open tabs must cost no connection."""

import ast

from tests.house.ground import APPS, at, dotted

FORBIDDEN = ("django.db", "channels.db", "asgiref.sync", "django.contrib.auth")
ROOMS = ("models", "queries", "pages", "api", "tasks")


def queries_in(source: str) -> list[str]:
    """What in a consumer reaches for tables: imports of database machinery or of rooms that hold it, `.objects`."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Attribute) and node.attr in ("objects", "_base_manager", "_default_manager"):
            names = []
            found.append(dotted(node) or ast.unparse(node))
        else:
            continue
        for name in names:
            inside = name.startswith("apps.") and set(name.split(".")[2:]) & set(ROOMS)
            if inside or any(name == each or name.startswith(f"{each}.") for each in FORBIDDEN):
                found.append(name)
    return found


def test_consumers_hold_no_orm() -> None:
    consumers = sorted(APPS.glob("*/consumers.py"))

    assert len(consumers) >= 1
    assert {at(path): found for path in consumers if (found := queries_in(path.read_text()))} == {}


def test_it_sees_planted_queries() -> None:
    planted = """
from channels.db import database_sync_to_async
from apps.accounts.models import User
from apps.conversations import queries
from apps.realtime.actions import nudge
import django.db
rows = User.objects.all()
"""

    assert queries_in(planted) == [
        "channels.db.database_sync_to_async", "apps.accounts.models.User", "apps.conversations.queries", "django.db",
        "User.objects",
    ]  # fmt: skip
