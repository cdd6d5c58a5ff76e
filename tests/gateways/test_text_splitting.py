"""Long text in parts a reader does not trip over (GW-17)."""

from __future__ import annotations

import unicodedata
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.gateways.split import split_text

FAMILY = "👨\u200d👩\u200d👧\u200d👦"
MARKED = "م\u064e\u0651"
PIECES = st.sampled_from(
    [
        "a", "B", " ", "  ", "\n", "\n\n", "\r\n", ". ", "؟ ", "،", "سلام", MARKED, FAMILY,
        "👍🏽", "🇱🇧", "🇱🇧🇸🇾", "❤\ufe0f", "e\u0301", "\u00a0", "word", "1️⃣",
    ]
)  # fmt: skip


def squeezed(text: str) -> str:
    return "".join(text.split())


@settings(max_examples=500, deadline=None)
@given(pieces=st.lists(PIECES, max_size=80), limit=st.integers(12, 60))
def test_nothing_but_white_space_is_lost_and_nothing_is_torn(pieces: list[str], limit: int) -> None:
    text = "".join(pieces)

    parts = split_text(text, limit)

    assert squeezed("".join(parts)) == squeezed(text)
    assert all(len(part) <= limit for part in parts)
    assert all(part.strip() for part in parts) or len(parts) == 1
    for before, after in pairwise(parts):
        assert unicodedata.category(after[0]) not in {"Mn", "Me", "Mc", "Cf"}
        assert before[-1] != "\u200d"
        assert not after.startswith("🏽")


@settings(max_examples=300, deadline=None)
@given(text=st.text(st.characters(exclude_categories=[]), max_size=200), limit=st.integers(1, 9))
def test_any_text_at_any_limit(text: str, limit: int) -> None:
    parts = split_text(text, limit)

    assert squeezed("".join(parts)) == squeezed(text)
    assert all(len(part) <= limit for part in parts)


def test_ten_thousand_arabic_characters() -> None:
    sentence = "هٰذِهِ جُمْلَةٌ عَرَبِيَّةٌ طَوِيلَةٌ لِلتَّجْرِبَةِ، فِيهَا كَلِمَاتٌ كَثِيرَةٌ. "
    text = (sentence * 200)[:10_000]

    for limit, at_least in ((4096, 3), (1600, 7)):
        parts = split_text(text, limit)

        assert len(text) == 10_000
        assert len(parts) == at_least
        assert squeezed("".join(parts)) == squeezed(text)
        assert all(part.endswith(".") for part in parts[:-1])
        assert all(len(part) <= limit for part in parts)
        assert not any(unicodedata.combining(part[0]) for part in parts)


def test_ten_thousand_arabic_characters_without_a_space() -> None:
    text = (MARKED * 4000)[:10_000]

    parts = split_text(text, 4096)

    assert "".join(parts) == text
    assert [len(part) for part in parts] == [4095, 4095, 1810]
    assert not any(unicodedata.combining(part[0]) for part in parts)


@pytest.mark.parametrize(
    ("text", "limit", "parts"),
    [
        ("short", 10, ["short"]),
        ("  kept as it is \n", 20, ["  kept as it is \n"]),
        ("", 5, [""]),
        ("one\n\ntwo. three four", 16, ["one", "two. three four"]),
        ("one two\nthree. four five", 16, ["one two", "three. four five"]),
        ("One two. Three four", 15, ["One two.", "Three four"]),
        ("كيف الحال؟ بخير والحمد لله", 16, ["كيف الحال؟", "بخير والحمد لله"]),
        ("one two three", 8, ["one two", "three"]),
        ("exactly 10 more", 10, ["exactly 10", "more"]),
        ("abcdefghij", 4, ["abcd", "efgh", "ij"]),
        ("aaa" + FAMILY, 5, ["aaa", FAMILY[:5], FAMILY[5:]]),
        ("abc🇱🇧🇸🇾", 4, ["abc", "🇱🇧🇸🇾"]),
        ("abc👍🏽d", 4, ["abc", "👍🏽d"]),
        ("ab\ud83d\ude00", 3, ["ab", "\ud83d\ude00"]),
        ("a \u0301b c", 4, ["a \u0301b", "c"]),
        ("ab \u0301cdef", 4, ["ab \u0301", "cdef"]),
    ],
)
def test_where_the_cut_is(text: str, limit: int, parts: list[str]) -> None:
    assert split_text(text, limit) == parts
