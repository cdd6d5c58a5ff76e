"""The marks that WhatsApp knows inside a text, and links."""

import re

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

LINK = re.compile(r"\bhttps?://[^\s<]+[^\s<.,:;!?)\]\"'،؛؟]")
MARKS = (
    (re.compile(r"```(.+?)```", re.S), r"<code>\1</code>"),
    (re.compile(r"(?<![\w*])\*(?=\S)([^*\n]+?)(?<=\S)\*(?![\w*])"), r"<strong>\1</strong>"),
    (re.compile(r"(?<![\w_])_(?=\S)([^_\n]+?)(?<=\S)_(?![\w_])"), r"<em>\1</em>"),
    (re.compile(r"(?<![\w~])~(?=\S)([^~\n]+?)(?<=\S)~(?![\w~])"), r"<s>\1</s>"),
)


def spoken(text: str | None) -> SafeString:
    """A message as WhatsApp shows it: *bold*, _slanted_, ~struck~, ```code``` and links; everything else stays text."""
    text, parts, end = text or "", [], 0
    for link in LINK.finditer(text):
        safe = escape(link[0])
        parts += [
            _marked(text[end : link.start()]),
            f'<a href="{safe}" rel="noopener noreferrer nofollow" target="_blank">{safe}</a>',
        ]
        end = link.end()
    return mark_safe("".join([*parts, _marked(text[end:])]))  # noqa: S308


def _marked(text: str) -> str:
    text = str(escape(text))
    for pattern, replacement in MARKS:
        text = pattern.sub(replacement, text)
    return text
