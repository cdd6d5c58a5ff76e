"""Folding: the form in which texts are searched, where spellings that people take for the same are the same.

One definition, told twice: `Folded` is what PostgreSQL keeps beside a text, `fold` what a question becomes. A test
holds them equal. Marks, tatweel and hamza go; alef, yeh and heh have one form each; digits are 0-9; Latin letters are
small and bare; all between words is one space, and one stands at either end, so that `" word "` is a whole word.

Arabic letters become capital Latin ones. pg_trgm drops what the server's C library does not call a letter, and under
the locale C, which the bundled server has, that is every letter beyond ASCII: the index would hold no Arabic at all.
Small letters stay Latin's, so no word of one script is ever taken for a word of the other.

Migrations name `Folded`. Whoever changes these tables makes a new class for new migrations and leaves this one alone.
"""

import re
import unicodedata
from dataclasses import dataclass
from typing import Any

from django.db.models import Func, TextField

ARABIC = {
    "A": "اٱ", "B": "بپ", "T": "ت", "V": "ث", "J": "جچ", "H": "ح", "X": "خ", "D": "دذ", "R": "ر", "Z": "زژ", "S": "س",
    "C": "ش", "P": "ص", "E": "ضظ", "I": "ط", "O": "ع", "G": "غ", "F": "فڤ", "Q": "ق", "K": "كکگڭ", "L": "ل", "M": "م",
    "N": "ن", "U": "هةہھەۃ", "W": "و", "Y": "يىیې",
}  # fmt: skip
DIGITS = {str(value): chr(0x660 + value) + chr(0x6F0 + value) for value in range(10)}
LATIN = {"o": "øœ", "d": "đð", "l": "ł", "i": "ı", "s": "ß", "a": "æ", "t": "þ"}
LETTERS = {char: to for table in (ARABIC, DIGITS, LATIN) for to, chars in table.items() for char in chars}

# Removed: hamza, tatweel, diacritics, joiners and signs of direction.
MARKS = (
    r"[\u00ad\u0300-\u036f\u0610-\u061a\u0621\u0640\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e8\u06ea-\u06ed"
    r"\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]+"
)
# Between words: punctuation of ASCII, Latin-1, Arabic, general and of East Asia.
BETWEEN = (
    r"[\u0001-\u002f\u003a-\u0040\u005b-\u0060\u007b-\u00bf\u00d7\u00f7\u060c\u061b\u061f\u066a-\u066d\u06d4"
    r"\u2000-\u205f\u3000-\u303f]+"
)
_MARKS, _BETWEEN = re.compile(MARKS), re.compile(BETWEEN)


class Folded(Func):
    """The folded form of some columns together, as an immutable expression for a generated column."""

    output_field = TextField()

    def as_sql(self, compiler: Any, connection: Any, **extra: Any) -> tuple[str, list[Any]]:  # type: ignore[override]
        parts, params = [], []
        for source in self.get_source_expressions():
            text, more = compiler.compile(source)
            parts.append(f"COALESCE({text}, '')")
            params += more
        said = " || ' ' || ".join(parts)
        letters = f"translate(lower(normalize({said}, NFKD)), '{''.join(LETTERS)}', '{''.join(LETTERS.values())}')"
        words = f"regexp_replace(regexp_replace({letters}, '{MARKS}', '', 'g'), '{BETWEEN}', ' ', 'g')"
        return f"(' ' || btrim({words}, ' ') || ' ')", params


def fold(text: str) -> str:
    """The folded form of a text, as `Folded` makes it."""
    plain = "".join(map(_letter, unicodedata.normalize("NFKD", text)))
    return f" {_BETWEEN.sub(' ', _MARKS.sub('', plain)).strip(' ')} "


def _letter(char: str) -> str:
    small = char.lower()
    return LETTERS.get(small, small)


@dataclass(frozen=True, slots=True)
class Traced:
    """A text in its folded form, with the place in the original that each character came from."""

    text: str
    folded: str
    places: list[int]

    def spans(self, wanted: str) -> list[tuple[int, int]]:
        """Where a folded text stands in the original: [start, end), marks on its last letter included."""
        found, core = [], wanted.strip(" ")
        start = self.folded.find(wanted)
        while core and start >= 0:
            first = start + len(wanted) - len(wanted.lstrip(" "))
            last = first + len(core) - 1
            end = self.places[last] + 1
            while (
                end < len(self.text)
                and not fold(self.text[end]).strip()
                and _MARKS.fullmatch(unicodedata.normalize("NFKD", self.text[end]))
            ):
                end += 1
            found.append((self.places[first], end))
            start = self.folded.find(wanted, start + 1)
        return found


def traced(text: str) -> Traced:
    """Fold a text and remember where each character came from."""
    folded, places = [" "], [0]
    for place, char in enumerate(text):
        for letter in _BETWEEN.sub(" ", _MARKS.sub("", "".join(map(_letter, unicodedata.normalize("NFKD", char))))):
            if letter != " " or folded[-1] != " ":
                folded.append(letter)
                places.append(place)
    if folded[-1] != " ":
        folded.append(" ")
        places.append(len(text))
    return Traced(text, "".join(folded), places)
