"""Who a WhatsApp element is about, and when that person is known by something else."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from apps.gateways.protocol import Fact, IdentityChanged, Kind, Notice, Person, Unknown
from apps.gateways.reading import identifier, moment, phone, rows, table, text, user_id

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from apps.gateways.whatsapp_cloud.content import Block

_NUMBER_CHANGES: Final = frozenset(["user_changed_number", "customer_changed_number"])
_ONE_SIDED: Final = Unknown("a change of identity without both sides")


def person(
    raw: Block,
    item: Block,
    numbers: Iterable[str],
    users: Iterable[str],
    parents: Iterable[str],
) -> Person:
    """The person, from the item's own fields first, then from the person's card.

    A field for numbers may hold a user id; its form tells (GW-29).
    """
    card = table(next(iter(rows(raw.get("contacts"))), None))
    profile = table(card.get("profile"))
    named = [*(item.get(key) for key in numbers), card.get("wa_id")]
    ids = [*(item.get(key) for key in users), card.get("user_id")]
    above = [*(item.get(key) for key in parents), card.get("parent_user_id")]
    return Person(
        provider_user=_first(map(identifier, ids)) or _first(map(user_id, named)),
        provider_parent=_first(map(identifier, above)),
        phone=_first(map(phone, named)),
        username=text(profile.get("username")) or None,
        profile_name=text(profile.get("name")),
    )


def _first(found: Iterable[str | None]) -> str | None:
    return next(filter(None, found), None)


def own_number(raw: Block) -> str | None:
    """The connected number itself, E.164."""
    shown = text(table(raw.get("metadata")).get("display_phone_number"))
    return phone(re.sub(r"[^0-9]", "", shown))


def system(external_id: str, at: datetime | None, old: Person, item: Block) -> Fact:
    """A system message; a new number brings a new user id, so both are read."""
    block = table(item.get("system"))
    name = text(block.get("type"))
    new = Person(
        provider_user=identifier(block.get("user_id")) or user_id(block.get("wa_id")),
        provider_parent=identifier(block.get("parent_user_id")),
        phone=phone(block.get("wa_id")) or phone(block.get("new_wa_id")),
    )
    if name == "customer_identity_changed":
        return IdentityChanged(external_id, at, old, old, "identity")
    if name in _NUMBER_CHANGES or name == "user_changed_user_id":
        if not (old.is_reachable and new.is_reachable):
            return _ONE_SIDED
        what: Any = "number" if name in _NUMBER_CHANGES else "user_id"
        return IdentityChanged(external_id, at, old, new, what)
    return Notice(Kind.SYSTEM.value, block, at, old)


def preference(raw: Block, item: Block) -> Fact:
    who = person(raw, item, ["wa_id"], ["user_id"], ["parent_user_id"])
    at = moment(item.get("timestamp"))
    return Notice(Kind.PREFERENCES.value, item, at, who if who.is_reachable else None)


def user_id_update(raw: Block, item: Block) -> Fact:
    change, number = table(item.get("user_id")), phone(item.get("wa_id"))
    old = Person(provider_user=identifier(change.get("previous")), phone=number)
    new = Person(provider_user=identifier(change.get("current")), phone=number)
    if not (old.is_reachable and new.provider_user):
        return _ONE_SIDED
    return IdentityChanged(None, moment(item.get("timestamp")), old, new, "user_id")
