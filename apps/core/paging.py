"""Cursor pages: `{next, previous, results}`. A page begins where another ended, so new rows shift nothing (CORE-06)."""

import base64
import binascii
import json
from typing import Any

from django.core.exceptions import ValidationError as Unfit
from django.db.models import Q
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

DEFAULT, MOST = 25, 100


class CursorPages(BasePagination):
    """Pages in the view's `ordering`, which ends in a unique field; all its fields run in one direction.

    The cursor holds the values of the row a page begins after, so ties and rows that arrive between two pages are
    neither repeated nor skipped.
    """

    display_page_controls = False
    ordering: tuple[str, ...] = ("-created_at", "-id")

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any]:
        self.request = request
        ordering = view.get_ordering() if hasattr(view, "get_ordering") else getattr(view, "ordering", self.ordering)
        self.fields = [name.removeprefix("-") for name in ordering]
        limit, cursor = self._limit(request), self._cursor(request)
        back = bool(cursor and cursor["back"])
        down = ordering[0].startswith("-") != back
        rows = queryset.order_by(*(f"-{name}" if down else name for name in self.fields))
        if cursor:
            rows = rows.filter(self._beyond(cursor["at"], down))
        try:
            found = list(rows[: limit + 1])
        except (Unfit, ValueError, TypeError):
            raise _wrong("cursor", _("This is not a cursor of ours.")) from None
        more, page = len(found) > limit, found[:limit]
        if back:
            page.reverse()
        self.next = self._link(page[-1], back=False) if page and (more or back) else None
        self.previous = self._link(page[0], back=True) if page and ((cursor and not back) or (back and more)) else None
        return page

    def get_paginated_response(self, data: Any) -> Response:
        return Response({"next": self.next, "previous": self.previous, "results": data})

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        link = {"type": "string", "nullable": True, "format": "uri"}
        return {
            "type": "object",
            "required": ["next", "previous", "results"],
            "properties": {"next": link, "previous": link, "results": schema},
        }

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        whole = {"type": "integer", "minimum": 1, "maximum": MOST, "default": DEFAULT}
        return [
            {"name": "limit", "in": "query", "required": False, "description": "Rows on a page.", "schema": whole},
            {
                "name": "cursor", "in": "query", "required": False, "description": "Taken from `next` or `previous`.",
                "schema": {"type": "string"},
            },
        ]  # fmt: skip

    def _limit(self, request: Request) -> int:
        said = request.query_params.get("limit", str(DEFAULT))
        if not (said.isascii() and said.isdigit() and 1 <= int(said[:9]) <= MOST):
            raise _wrong("limit", _("A number from 1 to %(most)s.") % {"most": MOST})
        return int(said)

    def _cursor(self, request: Request) -> dict[str, Any] | None:
        said = request.query_params.get("cursor")
        if said is None:
            return None
        try:
            cursor = json.loads(base64.urlsafe_b64decode(said.encode()))
            if len(cursor["at"]) == len(self.fields) and isinstance(cursor["back"], bool):
                return dict(cursor)
        except (binascii.Error, ValueError, KeyError, TypeError):
            pass
        raise _wrong("cursor", _("This is not a cursor of ours."))

    def _beyond(self, at: list[Any], down: bool) -> Q:
        """Rows after a place in the order: later in its first field, or equal there and later in the next."""
        later = "lt" if down else "gt"
        beyond, equal = Q(pk__in=[]), Q()
        for name, value in zip(self.fields, at, strict=True):
            beyond |= equal & Q(**{f"{name}__{later}": value})
            equal &= Q(**{name: value})
        first = self.fields[0]
        return beyond & Q(**{f"{first}__{later}e": at[0]})  # says nothing new, but is where an index begins to read

    def _link(self, row: Any, *, back: bool) -> str:
        values = [getattr(row, name) for name in self.fields]
        at = [value if isinstance(value, int) else str(value) for value in values]
        cursor = base64.urlsafe_b64encode(json.dumps({"at": at, "back": back}).encode()).decode()
        return replace_query_param(self.request.build_absolute_uri(), "cursor", cursor)


def _wrong(name: str, text: str) -> serializers.ValidationError:
    return serializers.ValidationError({name: [text]})
