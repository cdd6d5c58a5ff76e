"""Authenticated encryption: AES-256-GCM, with the place a value is kept at authenticated beside it.

The keyring (ENCRYPTION_KEYS, `id:key`, the first one encrypts) stays in the environment; HKDF-SHA256 (RFC 5869) gives
each owner its own key of it. Under these lie what the platform keeps, short-lived answers, and the businesses' data
keys (`apps.tenants.keys`), which in turn seal their secrets. A ciphertext moved to another place does not decrypt.
"""

import hmac
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

NONCE = 12  # bytes, the size NIST SP 800-38D recommends for GCM


class Unreadable(Exception):
    """The value does not decrypt here: wrong place, unknown key, or changed bytes."""


def _key(key_id: str, owner: str) -> bytes:
    if key_id not in settings.ENCRYPTION_KEYS:
        raise Unreadable(f"There is no encryption key called {key_id!r}.")
    master = settings.ENCRYPTION_KEYS[key_id].encode()
    return HKDF(hashes.SHA256(), length=32, salt=None, info=b"majlis:" + owner.encode()).derive(master)


def current_key_id() -> str:
    """The name of the key that encrypts today."""
    return str(next(iter(settings.ENCRYPTION_KEYS)))


def seal(content: bytes, *, key: bytes, place: str) -> bytes:
    """Seal bytes under a 32-byte key for one place; the nonce stands in front."""
    nonce = os.urandom(NONCE)
    return nonce + AESGCM(key).encrypt(nonce, content, place.encode())


def unseal(sealed: bytes, *, key: bytes, place: str) -> bytes:
    """Open what `seal` made with the same key for the same place. Raises Unreadable otherwise."""
    try:
        return AESGCM(key).decrypt(sealed[:NONCE], sealed[NONCE:], place.encode())
    except (InvalidTag, ValueError):
        raise Unreadable("This value was sealed for another place.") from None


def key_for(owner: str, *, key_id: str) -> bytes:
    """The key that a key of the keyring gives one owner. Raises Unreadable for an unknown id."""
    return _key(key_id, owner)


def encrypt(text: str, *, owner: str, place: str, key_id: str) -> bytes:
    """Seal a text for one owner (a schema name, or "public") and one place; the nonce stands in front."""
    return seal(text.encode(), key=_key(key_id, owner), place=place)


def decrypt(sealed: bytes, *, owner: str, place: str, key_id: str) -> str:
    """Open what `encrypt` sealed for the same owner and place. Raises Unreadable otherwise."""
    return unseal(sealed, key=_key(key_id, owner), place=place).decode()


def keyed_hash(text: str) -> str:
    """A hash that only we can compute: HMAC-SHA256 under a key derived for hashing, as hex."""
    return hmac.new(_key(current_key_id(), "hash"), text.encode(), "sha256").hexdigest()
