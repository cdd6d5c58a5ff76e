"""The JSON door to search: people, messages and notes by their words, within what the caller may see."""

import re
from typing import Any, ClassVar

from django.utils.translation import gettext as _
from django_filters import rest_framework as filters
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from apps.conversations.excerpts import excerpt
from apps.conversations.models import Message
from apps.conversations.queries import search as queries
from apps.core.api import GuardedViewSet, Instant, Strict
from apps.core.guards import SIGNED_IN
from apps.core.paging import DEFAULT, MOST

CURSOR = re.compile(r"^[wp]:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")


class FoundSerializer(Strict):
    """One result: what it is, where it opens, and the words around the match."""

    kind = serializers.ChoiceField(queries.KINDS)
    id = serializers.UUIDField()
    conversation = serializers.UUIDField(allow_null=True)
    customer = serializers.UUIDField(allow_null=True)
    inbox = serializers.UUIDField(allow_null=True)
    title = serializers.CharField(allow_blank=True)
    text = serializers.CharField(allow_blank=True)
    at = Instant(allow_null=True)


class SearchFilter(filters.FilterSet):
    """The question, and what narrows it. `kind` gives one kind in pages; without it, the first of each."""

    q = filters.CharFilter(max_length=queries.LONGEST)
    kind = filters.ChoiceFilter(choices=[(kind, kind) for kind in queries.KINDS])
    inbox = filters.UUIDFilter()
    sender = filters.ChoiceFilter(choices=[(sender, sender) for sender in queries.SENDERS])
    since = filters.IsoDateTimeFilter()
    until = filters.IsoDateTimeFilter()


class SearchViewSet(GuardedViewSet):
    """Whatever was said, whenever."""

    serializer_class = FoundSerializer
    filterset_class = SearchFilter
    guards: ClassVar[dict[str, str]] = {"list": SIGNED_IN}

    def get_queryset(self) -> Any:
        """No rows of its own: three nouns are asked, each by its own right."""
        return Message.objects.none()

    @extend_schema(
        parameters=[
            OpenApiParameter("q", OpenApiTypes.STR, description="Words; in quotes, a phrase; or a part of a number."),
            OpenApiParameter("kind", OpenApiTypes.STR, enum=list(queries.KINDS)),
            OpenApiParameter("inbox", OpenApiTypes.UUID),
            OpenApiParameter("sender", OpenApiTypes.STR, enum=list(queries.SENDERS)),
            OpenApiParameter("since", OpenApiTypes.DATETIME),
            OpenApiParameter("until", OpenApiTypes.DATETIME),
        ]
    )
    def list(self, request: Request) -> Response:
        """Whole words before parts of words, each newest first."""
        given = SearchFilter(request.query_params, queryset=Message.objects.none(), request=request)
        if not given.is_valid():
            raise serializers.ValidationError(given.errors)
        said = {name: value for name, value in given.form.cleaned_data.items() if value}
        limit, cursor, kind = self._limit(), self._cursor(), said.pop("kind", "")
        asked = queries.question(said.pop("q", ""), **said)
        if kind and cursor and not asked.is_empty and self.request.user.may(queries.RIGHTS[kind]):
            places = {kind: queries.FIND[kind](request.user, asked, cursor, limit)}
        else:
            places = queries.found(request.user, asked, [kind] if kind else queries.KINDS, limit=limit)
        rows = [_shown(kind, row, asked) for kind, place in places.items() for row in place.rows]
        following = places[kind].next if kind in places else ""
        address = request.build_absolute_uri()
        return Response(
            {
                "next": replace_query_param(address, "cursor", following) if following else None,
                "previous": None,
                "results": FoundSerializer(rows, many=True).data,
            }
        )

    def _limit(self) -> int:
        asked = self.request.query_params.get("limit", str(DEFAULT))
        if not (asked.isascii() and asked.isdigit() and 1 <= int(asked[:9]) <= MOST):
            raise serializers.ValidationError({"limit": [_("A number from 1 to %(most)s.") % {"most": MOST}]})
        return int(asked)

    def _cursor(self) -> str:
        cursor = self.request.query_params.get("cursor", "")
        if cursor and not CURSOR.match(cursor):
            raise serializers.ValidationError({"cursor": [_("This is not a cursor of ours.")]})
        return str(cursor)


def _shown(kind: str, row: Any, asked: queries.Question) -> dict[str, Any]:
    conversation = row.conversation
    customer = row if kind == "people" else conversation.customer if conversation else row.customer
    text = (row.phone or "") if kind == "people" else row.body
    return {
        "kind": kind, "id": row.pk, "conversation": conversation.pk if conversation else None, "customer": customer.pk,
        "inbox": conversation.inbox_id if conversation else None, "title": customer.display_name,
        "text": "".join(piece.text for piece in excerpt(text, asked.ways)),
        "at": row.last_contact_at if kind == "people" else row.said_at,
    }  # fmt: skip
