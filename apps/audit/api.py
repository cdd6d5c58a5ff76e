"""JSON doors: the record to read, exports to ask for and fetch."""

from typing import Any, ClassVar

from django.http import FileResponse
from django.utils.functional import cached_property
from django_filters import rest_framework as filters
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import SimpleRouter

from apps.audit import exports, sheets
from apps.audit.models import AuditEvent, ExportJob
from apps.core.api import GuardedViewSet, Strict, StrictModel
from apps.core.guards import SIGNED_IN
from apps.core.problems import CODES, MEDIA_TYPE
from apps.core.schema import ProblemSerializer

# What fetching a file may answer: the file in each of its forms, not yet (409), no longer (410).
FILE = {
    **{(200, kind): OpenApiTypes.ANY if "json" in kind else OpenApiTypes.BINARY for kind in sheets.TYPES.values()},
    (200, exports.SEALED): OpenApiTypes.BINARY,
    **{(no, MEDIA_TYPE): OpenApiResponse(ProblemSerializer, description=", ".join(CODES[no])) for no in (409, 410)},
}


class AuditEventSerializer(StrictModel):
    """One deed, and its place in the chain once it has one."""

    seq = serializers.SerializerMethodField()
    previous_hash = serializers.SerializerMethodField()
    hash = serializers.SerializerMethodField()

    class Meta:
        model = AuditEvent
        fields = (
            "id", "at", "actor_kind", "actor_id", "actor_label", "verb", "object_kind", "object_id", "object_label",
            "before", "after", "address", "agent", "operator_note", "request_id", "seq", "previous_hash", "hash",
        )  # fmt: skip
        read_only_fields = fields

    def get_seq(self, event: AuditEvent) -> int | None:
        return getattr(getattr(event, "seal", None), "seq", None)

    def get_previous_hash(self, event: AuditEvent) -> str:
        return getattr(getattr(event, "seal", None), "previous_hash", "")

    def get_hash(self, event: AuditEvent) -> str:
        return getattr(getattr(event, "seal", None), "hash", "")


class AuditEventFilter(filters.FilterSet):
    """By person, verb, object, address and time."""

    at_after = filters.IsoDateTimeFilter(field_name="at", lookup_expr="gte")
    at_before = filters.IsoDateTimeFilter(field_name="at", lookup_expr="lt")
    actor_id = filters.UUIDFilter()
    object_id = filters.UUIDFilter()
    verb = filters.CharFilter()
    object_kind = filters.CharFilter()
    address = filters.CharFilter(method="by_address")

    class Meta:
        model = AuditEvent
        fields = ("actor_kind",)

    def by_address(self, rows: Any, name: str, value: str) -> Any:
        try:
            return rows.filter(address=serializers.IPAddressField().to_internal_value(value))
        except serializers.ValidationError as error:
            raise serializers.ValidationError({name: error.detail}) from error


class AuditEventViewSet(ListModelMixin, RetrieveModelMixin, GuardedViewSet):
    """Who did what, the newest first."""

    queryset = AuditEvent.objects.select_related("seal")
    serializer_class = AuditEventSerializer
    filterset_class = AuditEventFilter
    ordering = ("-at", "-id")
    guards: ClassVar[dict[str, str]] = {"list": "view", "retrieve": "view"}


class ExportSerializer(StrictModel):
    """One table on its way into a file, or everything. `progress` is in per cent."""

    progress = serializers.SerializerMethodField()

    class Meta:
        model = ExportJob
        fields: tuple[str, ...] = (
            "id", "kind", "format", "params", "state", "progress", "rows", "expires_at", "error", "created_at",
            "updated_at",
        )  # fmt: skip
        read_only_fields: tuple[str, ...] = fields

    def get_progress(self, job: ExportJob) -> int:
        return exports.progress_of(job)


class NewExportSerializer(Strict):
    """Which table, in which form, with which of its filters."""

    format = serializers.ChoiceField(list(sheets.TYPES), default=ExportJob.Format.CSV)
    params = serializers.DictField(child=serializers.CharField(max_length=100, allow_blank=True), required=False)

    @cached_property
    def fields(self) -> Any:
        """Its `kind` is one of what apps offer, which is known only once all of them are loaded."""
        found = super().fields
        found["kind"] = serializers.ChoiceField(sorted(exports.sources()))
        return found


class ExportViewSet(ListModelMixin, RetrieveModelMixin, GuardedViewSet):
    """One's own exports. Which nouns one may take out, the export permission of each noun says."""

    queryset = ExportJob.objects.all()
    serializer_class = ExportSerializer
    guards: ClassVar[dict[str, str]] = {"list": SIGNED_IN, "retrieve": SIGNED_IN, "create": SIGNED_IN}
    takes: ClassVar[dict[str, Any]] = {"create": NewExportSerializer}

    def create(self, request: Request) -> Response:
        """Ask for one. It is ready when its state says so, and may be fetched for 24 hours."""
        said = self.checked().validated_data
        facts = {"kind": said["kind"], "format": said["format"], "params": said.get("params", {})}
        return self.write(lambda: exports.request_export(request.user, **facts, by=self.actor), 201)

    @extend_schema(responses=FILE)
    @action(detail=True, methods=["get"], url_path="download")
    def download(self, request: Request, pk: Any) -> FileResponse:
        """The file, for whoever asked for it and nobody else; 410 after its day."""
        file, media_type, name = exports.opened(self.get_object(), user=request.user, by=self.actor)
        response = FileResponse(file, as_attachment=True, filename=name, content_type=media_type)
        response["Cache-Control"] = "private, no-store"
        return response

    download.guard = SIGNED_IN  # type: ignore[attr-defined]


router = SimpleRouter(use_regex_path=False)
router.register("audit-events", AuditEventViewSet, basename="api-audit-events")
router.register("exports", ExportViewSet, basename="api-exports")
api_urls = router.urls
