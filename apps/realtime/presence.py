"""Who is there, from what the tabs themselves say (ACC-18). Kept in the cache for minutes, never in a table.

Two moments a person: the last beat of any tab, and the last beat after which somebody touched one. Both by the server's
clock. A cache that forgets makes people look away until their next beat, and nothing else.
"""

import time
from collections.abc import Collection
from uuid import UUID

from django.core.cache import caches

SILENT = 45.0  # seconds without a beat: offline
LEAVING = 22.0  # seconds left after a tab has gone; another tab beats within 20 and undoes it
IDLE = 600.0  # seconds without a touch: away


async def note(schema_name: str, user_id: UUID, *, touched: bool) -> None:
    """A tab of somebody beats; `touched` when keys or pointer moved there since the beat before."""
    now = time.time()
    seen, used = _keys(schema_name, user_id)
    await caches["platform"].aset(seen, now, SILENT + IDLE)
    if touched:
        await caches["platform"].aset(used, now, SILENT + IDLE)


async def leave(schema_name: str, user_id: UUID) -> None:
    """A tab of somebody has gone. It may have been the last one, or be loading anew."""
    seen, _used = _keys(schema_name, user_id)
    await caches["platform"].aset(seen, time.time() - SILENT + LEAVING, SILENT + IDLE)


def moments(schema_name: str, user_ids: Collection[UUID]) -> dict[UUID, tuple[float, float]]:
    """The last beat and the last touch of each person as seconds since 1970; 0 for what is not remembered."""
    keys = {user_id: _keys(schema_name, user_id) for user_id in user_ids}
    found = caches["platform"].get_many([key for pair in keys.values() for key in pair])
    return {user_id: (found.get(seen, 0.0), found.get(used, 0.0)) for user_id, (seen, used) in keys.items()}


def _keys(schema_name: str, user_id: UUID) -> tuple[str, str]:
    """The platform's cache knows no business, so the keys name it."""
    return f"presence:{schema_name}:{user_id.hex}:seen", f"presence:{schema_name}:{user_id.hex}:used"
