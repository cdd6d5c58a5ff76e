"""Changing keys while everything goes on: the keyring's over the data keys, and a business's own over its secrets."""

from django.db import transaction
from django_tenants.utils import tenant_context

from apps.accounts.models import Secret
from apps.accounts.secrets import place_of
from apps.tenants import keys
from apps.tenants.models import Business

BATCH = 100


def reencrypt(business: Business) -> int:
    """Seal all secrets of a business under a fresh data key. Returns how many were sealed anew.

    Both keys open until `finish`; a run that was killed goes on with the key it had made.
    """
    keys.change(business)
    return _all_of(business)


def finish(business: Business) -> int:
    """Forget the former key. Call it when no transaction that began before `reencrypt` can still be running: what
    such a one sealed with the former key is sealed anew first."""
    done = _all_of(business)
    keys.finish_change(business)
    return done


def _all_of(business: Business) -> int:
    done = 0
    with tenant_context(business):
        while count := _some():
            done += count
    return done


@transaction.atomic
def _some() -> int:
    ring = keys.ring()
    rows = list(Secret.objects.select_for_update().exclude(key_id=ring.current).order_by("pk")[:BATCH])
    for row in rows:
        text = ring.unseal(row.ciphertext, place=place_of(row), key_id=row.key_id)
        row.ciphertext, row.key_id = ring.seal(text, place=place_of(row))
        row.save(update_fields=["ciphertext", "key_id", "updated_at"])
    return len(rows)
