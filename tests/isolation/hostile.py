"""Values and headers that are well-formed and meant badly: too large, too deep, too old, not quite text."""

import json
from collections.abc import Iterator
from typing import Any
from zlib import crc32

NESTED = "[" * 20_000 + "]" * 20_000
BODIES = (
    "", "null", "[]", "1", '"x"', "{", "NaN", "\ufeff{}", '{"a":1e999}', f'{{"a":{"9" * 6000}}}', NESTED,
    f'{{"a":{NESTED}}}', '{"a":' * 300 + "1" + "}" * 300, f'{{"{"k" * 100_000}":1}}', "[" * 100_000,
)  # fmt: skip
VALUES: tuple[Any, ...] = (
    None, True, -1, 2**31, 2**63, -(2**63) - 1, 10**30, 1e308, "", " ", "\x00", "a\x00b", "\ud800", "\u202e", "x" * 300,
    "x" * 5000, "é" * 70, "0001-01-01", "9999-12-31", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00",
    "00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff", "nan", "Infinity", "1e400",
    "9" * 5000, "24:00", "../../etc/passwd", [], [None], [[]], [{}], ["a\x00"], {}, {"a": {"b": [1]}}, {"\x00": 1},
    {"": None}, "٣", "²", "+99999999999999", "a@b", "http://[::1", "//", "data:image/png;base64,AAAA", "0x10",
)  # fmt: skip
HEADERS: tuple[dict[str, str], ...] = (
    *({"content-type": f"application/json; charset={name}"} for name in ("utf-16", "idna", "utf-7", "none")),
    {"idempotency-key": "x" * 5000}, {"idempotency-key": "\x80"}, {"authorization": "Bearer \x80"},
    {"authorization": "Basic x"}, {"accept": "*/*;q=x,,;"}, {"accept-language": "x" * 5000}, {"range": "bytes=9-1"},
    {"x-forwarded-for": "not an address, ::1%x"}, {"x-request-id": "\x80" * 500}, {"user-agent": "\x80" * 5000},
    {"if-modified-since": "Fri, 31 Dec 0000 99:99:99 GMT"},
    {"cookie": "sessionid=\x80; messages=\x80; django_language=\x80"},
    {"cookie": "messages=" + "x" * 3000}, {"hx-request": "true", "hx-target": "\x80"}, {"content-length": "x"},
    {"content-length": "99999999999999999999"}, {"referer": "http://["}, {"origin": "null"},
)  # fmt: skip


def some(values: tuple[Any, ...], where: str, count: int) -> Iterator[Any]:
    """So many of them, others at each place, the same in each run; all when there are no more."""
    start = crc32(where.encode())
    for turn in range(min(count, len(values))):
        yield values[(start + turn * 7) % len(values)]


def bodies(valid: dict[str, Any], names: set[str], where: str, count: int) -> Iterator[str]:
    """A body it takes with one field spoiled, and bodies that are none."""
    for name in sorted({*names, *valid}):
        for value in some(VALUES, f"{where} {name}", count):
            yield json.dumps({**valid, name: value})
    yield from some(BODIES, where, count)
