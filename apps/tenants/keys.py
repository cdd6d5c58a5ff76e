"""Each business's data key: random, wrapped by the keyring, kept with the business in public (docs/adr/0012).

What a business seals can be opened with its data key alone. Rewrapping the key under a new keyring key touches one
row; forgetting it makes everything unreadable at once. Unwrapping costs microseconds, so nothing is remembered
between two uses, and a key that has changed or gone has changed or gone in every process.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass, field

from django_tenants.utils import schema_context

from apps.core import crypto
from apps.tenants.models import Business
from apps.tenants.postgres.context import PUBLIC, current_schema

MARK = 8  # random bytes in front of a wrapped key, which name it
BATCH = 200
Progress = Callable[[int, int, str], None]


@dataclass(frozen=True, slots=True)
class Ring:
    """The data keys of one business, unwrapped: today's, and while rows are sealed anew the one before."""

    schema: str
    current: str
    keys: dict[str, bytes] = field(repr=False)

    def seal(self, text: str, *, place: str) -> tuple[bytes, str]:
        """Seal a text for a place in this business. Returns the ciphertext and the name of the key."""
        sealed = crypto.seal(text.encode(), key=self.keys[self.current], place=f"{self.schema}:{place}")
        return sealed, self.current

    def unseal(self, sealed: "bytes | memoryview[int]", *, place: str, key_id: str) -> str:
        """Open what `seal` made for the same place in the same business. Raises Unreadable otherwise."""
        if key_id not in self.keys:
            raise crypto.Unreadable("The key of this value is gone.")
        return crypto.unseal(bytes(sealed), key=self.keys[key_id], place=f"{self.schema}:{place}").decode()


def ring() -> Ring:
    """The data keys of the current business. Raises Unreadable where there are none: they were destroyed."""
    columns = ("schema_name", "data_key", "data_key_before", "data_key_id")
    row = Business.objects.filter(schema_name=current_schema()).only(*columns).first()
    if row is None:
        raise crypto.Unreadable("There is no business here.")
    return unwrapped(row)


def unwrapped(row: Business) -> Ring:
    """The data keys of a business whose row is at hand. Raises Unreadable where there are none."""
    if row.data_key is None:
        raise crypto.Unreadable("This business has no data key.")
    both = [bytes(each) for each in (row.data_key, row.data_key_before) if each]
    keys = {_mark(each): _unwrap(each, row.schema_name, row.data_key_id) for each in both}
    return Ring(row.schema_name, _mark(row.data_key), keys)


def new_key(schema: str) -> dict[str, object]:
    """The columns of a business that gets its first data key."""
    key_id = crypto.current_key_id()
    return {"data_key": _wrap(os.urandom(MARK), os.urandom(32), schema, key_id), "data_key_id": key_id}


def change(business: Business) -> None:
    """Give a business a new data key beside the present one, unless a change is under way already."""
    with schema_context(PUBLIC):
        row = Business.objects.get(pk=business.pk)
        if row.data_key is None or row.data_key_before is not None:
            return
        fresh = _wrap(os.urandom(MARK), os.urandom(32), row.schema_name, row.data_key_id)
        Business.objects.filter(pk=row.pk, data_key=row.data_key, data_key_before=None).update(
            data_key=fresh, data_key_before=row.data_key
        )


def finish_change(business: Business) -> None:
    """Forget the former data key, once nothing is sealed with it any more."""
    with schema_context(PUBLIC):
        Business.objects.filter(pk=business.pk).update(data_key_before=None)


def destroy(business: Business) -> None:
    """Forget a business's data keys: whatever they sealed is noise from now on, in every copy of the database."""
    with schema_context(PUBLIC):
        Business.objects.filter(pk=business.pk).update(data_key=None, data_key_before=None, data_key_id="")


def rewrap(progress: Progress | None = None) -> tuple[int, list[str]]:
    """Wrap every data key anew that is not under the keyring's first key. Returns how many, and the slugs that failed.

    Each business is one conditional update: a run that was killed goes on where it stopped, and may run in traffic.
    """
    wanted, done, failed = crypto.current_key_id(), 0, []
    with schema_context(PUBLIC):
        stale = Business.objects.filter(data_key__isnull=False).exclude(data_key_id=wanted).order_by("pk")
        total, after = stale.count(), None
        while batch := list((stale.filter(pk__gt=after) if after else stale)[:BATCH]):
            for row in batch:
                try:
                    done += _rewrap(row, wanted)
                except crypto.Unreadable:
                    failed.append(row.slug)
                if progress:
                    progress(done + len(failed), total, row.slug)
            after = batch[-1].pk
    return done, failed


def _rewrap(row: Business, wanted: str) -> int:
    def anew(wrapped: "bytes | memoryview[int] | None") -> bytes | None:
        if wrapped is None:
            return None
        key = _unwrap(wrapped, row.schema_name, row.data_key_id)
        return _wrap(bytes(wrapped)[:MARK], key, row.schema_name, wanted)

    as_read = Business.objects.filter(pk=row.pk, data_key=row.data_key, data_key_id=row.data_key_id)
    return as_read.update(
        data_key=anew(row.data_key), data_key_before=anew(row.data_key_before), data_key_id=wanted
    )  # fmt: skip


def _mark(wrapped: "bytes | memoryview[int]") -> str:
    return bytes(wrapped)[:MARK].hex()


def _wrap(mark: bytes, key: bytes, schema: str, key_id: str) -> bytes:
    return mark + crypto.seal(
        key, key=crypto.key_for(schema, key_id=key_id), place=f"data key {mark.hex()} of {schema}"
    )


def _unwrap(wrapped: "bytes | memoryview[int]", schema: str, key_id: str) -> bytes:
    mark, sealed = bytes(wrapped)[:MARK], bytes(wrapped)[MARK:]
    place = f"data key {mark.hex()} of {schema}"
    return crypto.unseal(sealed, key=crypto.key_for(schema, key_id=key_id), place=place)
