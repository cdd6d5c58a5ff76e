"""Long text in parts that a provider takes and a reader does not trip over (GW-17).

Characters are code points. Nothing but the white space at the cuts is lost:
``"".join("".join(parts).split()) == "".join(text.split())``.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_SPACE: Final = re.compile(r"\s+")
_SENTENCE_END: Final = re.compile("[.!?\u2026\u061f\u06d4][\"'\u00bb\u201d\u2019)\\]]*$")
"""Latin and Arabic full stops and question marks, and quotes or brackets closing after."""
_JOINER: Final = "\u200d"
_SKIN_TONES: Final = range(0x1F3FB, 0x1F400)
_FLAG_LETTERS: Final = range(0x1F1E6, 0x1F200)


def split_text(text: str, limit: int) -> list[str]:
    """``text`` in order, each part at most ``limit`` characters, none blank.

    Cut at the last paragraph that fits, else line, else sentence, else space; a word longer
    than the limit between two characters, never before what belongs to the one before it
    (a mark, a joiner, the other half of a surrogate pair or flag) unless that alone is
    longer than the limit. Text that fits comes back untouched.
    """
    if len(text) <= limit:
        return [text]
    parts: list[str] = []
    rest = text.strip()
    while len(rest) > limit:
        cut = _at_space(rest, limit)
        if cut:
            parts.append(rest[:cut])
            rest = rest[cut:].lstrip()
        else:
            cut = _within_word(rest, limit)
            parts.append(rest[:cut])
            rest = rest[cut:]
    parts.append(rest)
    return [part for part in parts if part.strip()] or [text[:limit]]


def _at_space(text: str, limit: int) -> int:
    """Where the best white space begins, 0 if there is none to cut at."""
    best = (-1, 0)
    for space in _SPACE.finditer(text):
        start, end = space.span()
        if start > limit:
            break
        if start and not _belongs_together(text, end):
            best = max(best, (_rank(text, start, space[0]), start))
    return best[1]


def _rank(text: str, start: int, space: str) -> int:
    if space.count("\n") > 1:
        return 3
    if "\n" in space:
        return 2
    return 1 if _SENTENCE_END.search(text, max(0, start - 8), start) else 0


def _within_word(text: str, limit: int) -> int:
    cut = limit
    while cut and _belongs_together(text, cut):
        cut -= 1
    return cut or limit


def _belongs_together(text: str, at: int) -> bool:
    """Whether the characters on both sides of ``at`` are seen as one."""
    if not 0 < at < len(text):
        return False
    before, after = text[at - 1], text[at]
    if before == _JOINER or ord(after) in _SKIN_TONES:
        return True
    if unicodedata.category(after) in {"Mn", "Me", "Mc", "Cf"}:
        return True
    if "\ud800" <= before <= "\udbff" and "\udc00" <= after <= "\udfff":
        return True
    return ord(after) in _FLAG_LETTERS and _flag_letters_before(text, at) % 2 == 1


def _flag_letters_before(text: str, at: int) -> int:
    start = at
    while start and ord(text[start - 1]) in _FLAG_LETTERS:
        start -= 1
    return at - start
