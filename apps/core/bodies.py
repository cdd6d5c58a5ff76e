"""What a JSON body may be before anybody looks at its fields: not deep without end, and of text that can be stored."""

import unicodedata
from typing import Any

from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.parsers import JSONParser

DEEPEST = 64  # levels


class Shallow(JSONParser):
    """JSON as deep as any body of ours may be, and no deeper: reading on costs a frame of the stack for each level."""

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        try:
            body = super().parse(stream, media_type, parser_context)
        except RecursionError:
            raise exceptions.ParseError(_("This is nested too deeply.")) from None
        level, depth = [body], 0
        while level:
            if (depth := depth + 1) > DEEPEST:
                raise exceptions.ParseError(_("This is nested too deeply."))
            level = [
                inner for each in level if isinstance(each, (dict, list))
                for inner in (each.values() if isinstance(each, dict) else each)
            ]  # fmt: skip
        return body


def clean(value: Any) -> Any:
    """Text as it is kept: NFC, no NUL, no lone surrogates (PostgreSQL holds neither); inside lists and objects too."""
    if isinstance(value, str):
        whole = value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        return unicodedata.normalize("NFC", whole.replace("\x00", ""))
    if isinstance(value, list):
        return [clean(inner) for inner in value]
    if isinstance(value, dict):
        return {str(clean(name)): clean(inner) for name, inner in value.items()}
    return value
