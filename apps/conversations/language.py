"""Which language a text is in, as far as its letters tell: Arabic or Latin script, else unsure."""

import re

ARABIC = re.compile(r"[\u0621-\u064a\u066e-\u06d3]")
LATIN = re.compile(r"[A-Za-z]")


def language_of(text: str) -> str:
    """`ar` or `en` by the script most letters are in; empty when the text has too few letters to tell.

    Latin letters are taken for English here: telling English from French is the assistant's work.
    """
    arabic, latin = len(ARABIC.findall(text)), len(LATIN.findall(text))
    if arabic + latin < 2:
        return ""
    return "ar" if arabic >= latin else "en"
