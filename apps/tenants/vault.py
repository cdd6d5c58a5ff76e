"""Sealed files: what must be kept but read by nobody who finds it. For the dump of an erased business and for archives.

AES-256-GCM in blocks, each bound to its number and to whether it is the last, so that a file that was cut, mixed or
moved does not open. The key is a file's alone (HKDF, RFC 5869): of the platform's keyring and a purpose, or of a key
that somebody was given for this one file.
"""

import base64
import hmac
import io
import os
import struct
from collections.abc import Iterator
from typing import IO, Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from apps.core import crypto

MAGIC = b"MAJVAULT1"  # sealed by the platform
GIVEN = b"MAJLIS-ARCHIVE-1\n"  # sealed by a key that was given away
BLOCK = 1 << 20  # bytes of clear text
TAG = 16  # bytes that sealing adds to a block
SALT = 16  # bytes
CHECK = 16  # bytes that tell a wrong key from a changed file
GROUP = 4  # letters of a key between two hyphens
CHANGED = "This file was changed, cut, or sealed for something else."


def seal(source: IO[bytes], target: IO[bytes], *, purpose: str) -> None:
    """Write what can be read from `source` to `target`, sealed by the platform."""
    key_id, salt = crypto.current_key_id(), os.urandom(SALT)
    target.write(MAGIC + struct.pack(">B", len(key_id)) + key_id.encode() + salt)
    sealing = Sealing(target, _cipher(key_id, salt, purpose))
    while block := source.read(BLOCK):
        sealing.write(block)
    sealing.finish()


def unseal(source: IO[bytes], *, purpose: str) -> Iterator[bytes]:
    """The blocks of what was sealed for the same purpose. Raises `crypto.Unreadable` for anything else."""
    if source.read(len(MAGIC)) != MAGIC:
        raise crypto.Unreadable("This is not a sealed file.")
    [length] = struct.unpack(">B", source.read(1))
    yield from _blocks(source, _cipher(source.read(length).decode(), source.read(SALT), purpose))


def new_key() -> str:
    """A key for one file: 256 random bits, as letters that can be read out and typed."""
    text = base64.b32encode(os.urandom(32)).decode().rstrip("=").lower()
    return "-".join(text[at : at + GROUP] for at in range(0, len(text), GROUP))


def lock(target: IO[bytes], *, key: str) -> "Sealing":
    """A file to write to, which arrives in `target` sealed by a given key. Call its `finish`, or it does not open."""
    salt = os.urandom(SALT)
    target.write(GIVEN + salt + _derived(key, salt, "check", CHECK))
    return Sealing(target, AESGCM(_derived(key, salt, "key", 32)))


def unlock(source: IO[bytes], *, key: str) -> IO[bytes]:
    """What was locked, in clear, as a file to read from. Raises `crypto.Unreadable` for another key and another file;
    reading raises it where the file was changed or cut."""
    if source.read(len(GIVEN)) != GIVEN:
        raise crypto.Unreadable("This is not an archive of Majlis.")
    salt, check = source.read(SALT), source.read(CHECK)
    if not hmac.compare_digest(check, _derived(key, salt, "check", CHECK)):
        raise crypto.Unreadable("This is not the key of this archive.")
    return io.BufferedReader(_Unsealing(_blocks(source, AESGCM(_derived(key, salt, "key", 32)))), BLOCK)


class Sealing(io.RawIOBase):
    """Seals what is written to it, block by block."""

    def __init__(self, target: IO[bytes], cipher: AESGCM) -> None:
        super().__init__()
        self._target, self._cipher = target, cipher
        self._number, self._waiting = 0, bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._waiting += data
        while len(self._waiting) > BLOCK:  # never the last one, which `finish` writes
            self._put(bytes(self._waiting[:BLOCK]), is_last=False)
            del self._waiting[:BLOCK]
        return len(data)

    def finish(self) -> None:
        """Write the last block. Without it the file counts as cut."""
        self._put(bytes(self._waiting), is_last=True)

    def _put(self, block: bytes, *, is_last: bool) -> None:
        sealed = self._cipher.encrypt(_nonce(self._number), block, _place(is_last=is_last))
        self._target.write(struct.pack(">I", len(sealed)) + sealed)
        self._number += 1


class _Unsealing(io.RawIOBase):
    """Reads from blocks in clear."""

    def __init__(self, blocks: Iterator[bytes]) -> None:
        super().__init__()
        self._blocks, self._rest = blocks, memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if not self._rest:
            self._rest = memoryview(next(self._blocks, b""))
        count = min(len(buffer), len(self._rest))
        buffer[:count], self._rest = self._rest[:count], self._rest[count:]
        return count


def _blocks(source: IO[bytes], cipher: AESGCM) -> Iterator[bytes]:
    number, sealed = 0, _next(source)
    if not sealed:
        raise crypto.Unreadable(CHANGED)
    while sealed:
        following = _next(source)
        try:
            yield cipher.decrypt(_nonce(number), sealed, _place(is_last=not following))
        except InvalidTag:
            raise crypto.Unreadable(CHANGED) from None
        number, sealed = number + 1, following


def _next(source: IO[bytes]) -> bytes:
    head = source.read(4)
    if not head:
        return b""
    length = struct.unpack(">I", head)[0] if len(head) == 4 else 0
    if not TAG <= length <= BLOCK + TAG:
        raise crypto.Unreadable(CHANGED)
    return source.read(length)


def _nonce(number: int) -> bytes:
    return number.to_bytes(12, "big")  # the key is this file's alone, so a counter never repeats under it


def _place(*, is_last: bool) -> bytes:
    return b"last" if is_last else b"more"


def _cipher(key_id: str, salt: bytes, purpose: str) -> AESGCM:
    if key_id not in settings.ENCRYPTION_KEYS:
        raise crypto.Unreadable(f"There is no encryption key called {key_id!r}.")
    master = settings.ENCRYPTION_KEYS[key_id].encode()
    return AESGCM(HKDF(hashes.SHA256(), 32, salt, b"majlis vault:" + purpose.encode()).derive(master))


def _derived(key: str, salt: bytes, use: str, length: int) -> bytes:
    letters = "".join(each for each in key.upper() if each.isalnum())
    try:
        master = base64.b32decode(letters + "=" * (-len(letters) % 8))
    except ValueError:
        master = b""
    if len(master) != 32:
        raise crypto.Unreadable("This is not a key: it has 52 letters and digits, as it was shown.")
    return HKDF(hashes.SHA256(), length, salt, b"majlis archive:" + use.encode()).derive(master)
