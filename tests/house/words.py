"""What a page says: the texts that are marked for translation, and those that are not."""

import ast
import re
from collections.abc import Iterator
from html.parser import HTMLParser

from django.template.base import Lexer, TokenType
from django.utils.translation.template import templatize

CALL = re.compile(r"\b(?:gettext|ngettext|pgettext|npgettext|_)\(")
WITH_CONTEXT = {"pgettext", "pgettext_lazy", "npgettext", "npgettext_lazy"}
WITH_PLURAL = {"ngettext", "ngettext_lazy", "npgettext", "npgettext_lazy"}
MARKING = {"_", "gettext", "gettext_lazy", "gettext_noop"} | WITH_CONTEXT | WITH_PLURAL
SPOKEN = {"title", "placeholder", "aria-label", "alt", "aria-description", "label"}
SILENT = {"script", "style", "code", "kbd"}
NAMES = re.compile(r"\b(?:Majlis|مجلس|English|العربية|API|GET|DELETE|CSV|JSON)\b")  # alike in every language
ANY_WORD = re.compile(r"[^\W\d_]{2,}")
Message = tuple[str | None, str, str | None]  # context, text, plural


def in_python(tree: ast.AST) -> Iterator[Message]:
    """The messages of a module: `_("…")` and its kin."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, (ast.Name, ast.Attribute)):
            name = node.func.id if isinstance(node.func, ast.Name) else node.func.attr
            texts = [each.value for each in node.args if isinstance(each, ast.Constant) and isinstance(each.value, str)]
            if name in MARKING and texts:
                yield _message(name, texts)


def in_template(source: str) -> Iterator[Message]:
    """The messages of a template, as Django hands them to gettext."""
    program = templatize(source)
    for call in CALL.finditer(program):
        yield from in_python(_whole_call(program[call.start() :]))


def _whole_call(text: str) -> ast.AST:
    for end in (found.end() for found in re.finditer(r"\)", text)):
        try:
            return ast.parse(text[:end])
        except SyntaxError:
            continue
    raise ValueError(f"A call without an end: {text[:80]}")


def _message(name: str, texts: list[str]) -> Message:
    context = texts.pop(0) if name in WITH_CONTEXT else None
    return context, texts[0], texts[1] if name in WITH_PLURAL else None


def bare(source: str) -> list[str]:
    """Words that stand in a template outside every `{% translate %}`: as text, or in an attribute that is read out."""
    parser = _Bare()
    parser.feed(_only_html(source))
    parser.close()
    return parser.found


def _only_html(source: str) -> str:
    """The template with its tags, variables and marked texts taken out."""
    kept, marked = [], False
    for token in Lexer(source).tokenize():
        if token.token_type == TokenType.BLOCK:
            name = token.contents.split()[0]
            if name in ("blocktrans", "blocktranslate", "comment"):
                marked = True
            elif name in ("endblocktrans", "endblocktranslate", "endcomment"):
                marked = False
        elif token.token_type == TokenType.VAR:
            kept.append("0")
        elif token.token_type == TokenType.TEXT and not marked:
            kept.append(token.contents)
    return "".join(kept)


class _Bare(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self._inside: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name in SPOKEN and value:
                self._note(value)
        if tag in SILENT:
            self._inside.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if self._inside and self._inside[-1] == tag:
            self._inside.pop()

    def handle_data(self, data: str) -> None:
        if not self._inside:
            self._note(data)

    def _note(self, text: str) -> None:
        if ANY_WORD.search(NAMES.sub("", text)):
            self.found.append(text.strip())
