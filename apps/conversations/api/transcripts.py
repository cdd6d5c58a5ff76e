"""How a conversation that is taken out is told in the document, and the forms beside JSON it may be asked in."""

import json
from typing import Any

from rest_framework import serializers
from rest_framework.renderers import BaseRenderer

from apps.core.api import Instant, Strict


class SaidSerializer(Strict):
    """One message, or a line that says what changed."""

    at = Instant()
    direction = serializers.CharField()
    type = serializers.CharField()
    body = serializers.CharField(allow_blank=True)
    status = serializers.CharField()
    id = serializers.UUIDField()
    reply_to = serializers.CharField(allow_blank=True)

    def get_fields(self) -> dict[str, Any]:
        return {**super().get_fields(), "from": serializers.CharField(allow_blank=True)}


class TranscriptSerializer(Strict):
    """Who spoke with whom where, and what."""

    number = serializers.IntegerField()
    customer = serializers.CharField()
    phone = serializers.CharField(allow_blank=True)
    inbox = serializers.CharField()
    status = serializers.CharField()
    created_at = Instant()
    messages = SaidSerializer(many=True)


class _Problems(BaseRenderer):
    """The file is written before; what is left to render in its form is a refusal."""

    def render(self, data: Any, accepted_media_type: str | None = None, renderer_context: Any = None) -> bytes:
        return json.dumps(data, ensure_ascii=False, default=str).encode()


class TextRenderer(_Problems):
    media_type = "text/plain"
    format = "text"


class CsvRenderer(_Problems):
    media_type = "text/csv"
    format = "csv"


RENDERERS = (TextRenderer, CsvRenderer)
