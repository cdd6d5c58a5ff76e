"""Authenticated encryption of secrets: AES-256-GCM under a key derived for one business.

The keyring (ENCRYPTION_KEYS, `id:key`, the first one encrypts) stays in the environment. HKDF-SHA256 (RFC 5869)
gives each business its own key, and the place a value is kept at is authenticated with it: a ciphertext moved to
another business, name or scope does not decrypt.
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


def encrypt(text: str, *, owner: str, place: str, key_id: str) -> bytes:
    """Seal a text for one owner (a schema name, or "public") and one place; the nonce stands in front."""
    nonce = os.urandom(NONCE)
    return nonce + AESGCM(_key(key_id, owner)).encrypt(nonce, text.encode(), place.encode())


def decrypt(sealed: bytes, *, owner: str, place: str, key_id: str) -> str:
    """Open what `encrypt` sealed for the same owner and place. Raises Unreadable otherwise."""
    try:
        return AESGCM(_key(key_id, owner)).decrypt(sealed[:NONCE], sealed[NONCE:], place.encode()).decode()
    except InvalidTag:
        raise Unreadable("This value was sealed for another place.") from None


def keyed_hash(text: str) -> str:
    """A hash that only we can compute: HMAC-SHA256 under a key derived for hashing, as hex."""
    return hmac.new(_key(current_key_id(), "hash"), text.encode(), "sha256").hexdigest()
