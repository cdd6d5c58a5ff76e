"""The JSON door to files: the gallery's rows, bringing one, its content, fetching again, removing."""

from typing import Any, ClassVar

from django.http import Http404
from django.urls import path
from django_filters import rest_framework as filters
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.mixins import ListModelMixin
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from apps.core.api import GuardedViewSet, Strict, StrictModel, verb
from apps.core.problems import CODES, MEDIA_TYPE
from apps.core.schema import ProblemSerializer
from apps.media import actions, kinds, serving
from apps.media.models import Attachment

TYPES = sorted({mime for _kind, mime, _ending in kinds.RECEIVED.values()})
CONTENT = {
    **{(200, mime): OpenApiTypes.BINARY for mime in TYPES},
    (404, MEDIA_TYPE): OpenApiResponse(ProblemSerializer, description=", ".join(CODES[404])),
}


class AttachmentSerializer(StrictModel):
    """One file and what became of it. `url` and `thumb` are pages of this site."""

    url = serializers.CharField(read_only=True)
    thumb = serializers.CharField(read_only=True)

    class Meta:
        model = Attachment
        fields = (
            "id", "kind", "used_for", "owner_kind", "owner_id", "position", "name", "mime", "bytes", "sha256", "width",
            "height", "seconds", "state", "reason", "attempts", "next_at", "url", "thumb", "actor_kind", "actor_id",
            "actor_label", "created_at", "updated_at",
        )  # fmt: skip
        read_only_fields = fields


class NewAttachmentSerializer(Strict):
    """A file, sent as multipart/form-data, at most 10 MB. `voice`: it is a voice message."""

    file = serializers.FileField(allow_empty_file=True)
    voice = serializers.BooleanField(default=False)


class AttachmentFilter(filters.FilterSet):
    """By kind, use, state, owner and who brought it."""

    owner_id = filters.UUIDFilter()
    actor_id = filters.UUIDFilter()
    after = filters.IsoDateTimeFilter(field_name="created_at", lookup_expr="gte")
    before = filters.IsoDateTimeFilter(field_name="created_at", lookup_expr="lt")

    class Meta:
        model = Attachment
        fields = ("kind", "used_for", "state", "owner_kind")


class AttachmentViewSet(ListModelMixin, GuardedViewSet):
    """Files of what one may see, and one's own that belong to nothing yet; the newest first."""

    queryset = Attachment.objects.all()
    serializer_class = AttachmentSerializer
    filterset_class = AttachmentFilter
    ordering = ("-created_at", "-id")
    guards: ClassVar[dict[str, str]] = {"list": "view", "create": "upload", "destroy": "delete"}
    takes: ClassVar[dict[str, Any]] = {"create": NewAttachmentSerializer}
    uploading: ClassVar[tuple[str, ...]] = ("create",)

    def get_parsers(self) -> list[Any]:
        return [MultiPartParser(), *super().get_parsers()]

    def create(self, request: Request) -> Response:
        """Bring a file. It belongs to nothing until it is sent, and goes after a day if it never is."""
        given = self.checked().validated_data
        return self.write(lambda: actions.upload_file(given["file"], voice=given["voice"], by=self.actor), 201)

    def destroy(self, request: Request, **kwargs: Any) -> Response:
        """Remove a file: it is seen no more at once, and gone from the store within a day."""
        row = self.get_object()
        return self.write(lambda: actions.delete_file(row, by=self.actor), 204)


class ContentViewSet(GuardedViewSet):
    """One file, for whoever may see what it belongs to."""

    queryset = Attachment.objects.all()
    serializer_class = AttachmentSerializer
    guards: ClassVar[dict[str, str]] = {"content": "open"}
    looking: ClassVar[str] = "open"

    @extend_schema(responses=CONTENT)
    def content(self, request: Request, pk: Any) -> Any:
        """The file itself, or a redirect to an address that opens it for a few minutes. 404 until it is ready."""
        answer = serving.serve(request, self.get_object())
        if answer is None:
            raise Http404
        return answer

    @verb("refetch")
    def refetch(self, row: Attachment) -> Attachment:
        """Ask the provider again for a file that could not be fetched."""
        return actions.fetch_again(row, by=self.actor)


api_urls = [
    path("media/", AttachmentViewSet.as_view({"get": "list", "post": "create"}), name="api-media"),
    path("media/<uuid:pk>/", AttachmentViewSet.as_view({"delete": "destroy"}), name="api-media-file"),
    path("media/<uuid:pk>/content/", ContentViewSet.as_view({"get": "content"}), name="api-media-content"),
    path("media/<uuid:pk>/refetch/", ContentViewSet.as_view({"post": "refetch"}), name="api-media-refetch"),
]
