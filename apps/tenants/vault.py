"""Sealed files: what must be kept but read by nobody who finds it. For the dump of an erased business and for exports.

AES-256-GCM in blocks, each bound to its number and to whether it is the last, so that a file that was cut, mixed or
moved does not open. The key is derived from the platform's keyring for one file and one purpose (HKDF, RFC 5869).
"""

import os
import struct
from collections.abc import Iterator
from typing import IO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from apps.core import crypto

MAGIC = b"MAJVAULT1"
BLOCK = 1 << 20  # bytes of clear text
SALT = 16  # bytes


def seal(source: IO[bytes], target: IO[bytes], *, purpose: str) -> None:
    """Write what can be read from `source` to `target`, sealed."""
    key_id, salt = crypto.current_key_id(), os.urandom(SALT)
    target.write(MAGIC + struct.pack(">B", len(key_id)) + key_id.encode() + salt)
    cipher = _cipher(key_id, salt, purpose)
    number, block = 0, source.read(BLOCK)
    while True:
        following = source.read(BLOCK) if block else b""
        sealed = cipher.encrypt(_nonce(number), block, _place(is_last=not following))
        target.write(struct.pack(">I", len(sealed)) + sealed)
        if not following:
            return
        number, block = number + 1, following


def unseal(source: IO[bytes], *, purpose: str) -> Iterator[bytes]:
    """The blocks of what was sealed for the same purpose. Raises `crypto.Unreadable` for anything else."""
    if source.read(len(MAGIC)) != MAGIC:
        raise crypto.Unreadable("This is not a sealed file.")
    [length] = struct.unpack(">B", source.read(1))
    cipher = _cipher(source.read(length).decode(), source.read(SALT), purpose)
    number, sealed = 0, _next(source)
    while sealed:
        following = _next(source)
        try:
            yield cipher.decrypt(_nonce(number), sealed, _place(is_last=not following))
        except InvalidTag:
            raise crypto.Unreadable("This file was changed, cut, or sealed for something else.") from None
        number, sealed = number + 1, following


def _next(source: IO[bytes]) -> bytes:
    head = source.read(4)
    return source.read(struct.unpack(">I", head)[0]) if len(head) == 4 else b""


def _nonce(number: int) -> bytes:
    return number.to_bytes(12, "big")  # the key is this file's alone, so a counter never repeats under it


def _place(*, is_last: bool) -> bytes:
    return b"last" if is_last else b"more"


def _cipher(key_id: str, salt: bytes, purpose: str) -> AESGCM:
    if key_id not in settings.ENCRYPTION_KEYS:
        raise crypto.Unreadable(f"There is no encryption key called {key_id!r}.")
    master = settings.ENCRYPTION_KEYS[key_id].encode()
    return AESGCM(HKDF(hashes.SHA256(), 32, salt, b"majlis vault:" + purpose.encode()).derive(master))
