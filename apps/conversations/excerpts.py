"""What is shown of a text that was found: the words around the first match, and which of them match."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from apps.core.folding import traced

BEFORE, LONGEST = 40, 180  # characters


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of the original text."""

    text: str
    matches: bool = False


def excerpt(text: str, ways: Sequence[str], *, before: int = BEFORE, longest: int = LONGEST) -> list[Piece]:
    """The text around its first match in pieces. Matching is by the folded form, what is shown is as it was written."""
    text = " ".join(text.split())
    trace = traced(text)
    spans = _merged(span for way in ways for span in trace.spans(way if len(way) > 2 else f" {way}"))
    start = _word_start(text, spans[0][0] - before) if spans and len(text) > longest else 0
    end = min(len(text), start + longest)
    pieces, at = [Piece("…")] if start else [], start
    for first, last in spans:
        if first >= end:
            break
        pieces += [Piece(text[at:first])] if first > at else []
        pieces.append(Piece(text[first : min(last, end)], matches=True))
        at = min(last, end)
    pieces += [Piece(text[at:end])] if at < end else []
    return [*pieces, Piece("…")] if end < len(text) else pieces


def _merged(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for first, last in sorted(spans):
        if merged and first <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(last, merged[-1][1]))
        else:
            merged.append((first, last))
    return merged


def _word_start(text: str, at: int) -> int:
    """The beginning of the word around a place, so that no excerpt begins inside one."""
    if at <= 0:
        return 0
    space = text.find(" ", at)
    return space + 1 if 0 <= space - at < BEFORE else at
