"""The JSON door to message templates: those a number has, and writing, handing in and deleting one."""

from typing import Any, ClassVar

from django_filters import rest_framework as filters
from rest_framework import serializers
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import SimpleRouter

from apps.core.api import GuardedViewSet, Strict, StrictModel, verb
from apps.gateways import actions, drafts
from apps.gateways.models import Inbox, Template


class TemplateSerializer(StrictModel):
    """A template: its parts as the provider knows them, its places with samples, and where it stands."""

    class Meta:
        model = Template
        fields = ("id", "inbox", "name", "language", "category", "status", "components", "variables", "external_id",
                  "quality", "rejected_reason", "synced_at", "archived_at", "created_at", "updated_at")  # fmt: skip
        read_only_fields = fields


class ButtonSerializer(Strict):
    """A button: `quick_reply`, `url` with an address, or `phone_number` with a phone."""

    kind = serializers.ChoiceField(drafts.BUTTON_KINDS)
    text = serializers.CharField(max_length=drafts.BUTTON_TEXT)
    url = serializers.CharField(max_length=drafts.URL, required=False)
    phone = serializers.CharField(max_length=16, required=False)


class EditTemplateSerializer(Strict):
    """The parts a person writes. Places are `{{1}}` or `{{name}}`; `samples` has an example for each."""

    name = serializers.CharField(max_length=512)
    language = serializers.CharField(max_length=10)
    category = serializers.ChoiceField(drafts.CATEGORIES)
    body = serializers.CharField(max_length=drafts.BODY)
    header_kind = serializers.ChoiceField(drafts.HEADERS, required=False)
    header = serializers.CharField(max_length=60, required=False, allow_blank=True)
    header_sample = serializers.CharField(max_length=2000, required=False, allow_blank=True)
    footer = serializers.CharField(max_length=60, required=False, allow_blank=True)
    buttons = ButtonSerializer(many=True, required=False)
    samples = serializers.DictField(child=serializers.CharField(max_length=200, allow_blank=True), required=False)


class NewTemplateSerializer(EditTemplateSerializer):
    """The same, for a number."""

    inbox = serializers.PrimaryKeyRelatedField(queryset=Inbox.objects.filter(archived_at=None))


class TemplateFilter(filters.FilterSet):  # type: ignore[misc]
    """By number, status, language, category and name."""

    class Meta:
        model = Template
        fields = ("inbox", "status", "language", "category", "name")


class TemplateViewSet(ListModelMixin, RetrieveModelMixin, GuardedViewSet):
    """Message templates of every number, the newest first."""

    queryset = Template.objects.filter(archived_at=None).select_related("inbox")
    serializer_class = TemplateSerializer
    filterset_class = TemplateFilter
    guards: ClassVar[dict[str, str]] = {
        "list": "view", "retrieve": "view", "create": "settings.whatsapp", "partial_update": "settings.whatsapp",
        "destroy": "settings.whatsapp",
    }  # fmt: skip
    takes: ClassVar[dict[str, Any]] = {"create": NewTemplateSerializer, "partial_update": EditTemplateSerializer}

    def create(self, request: Request) -> Response:
        """Write one down as a draft."""
        facts = dict(self.checked().validated_data)
        inbox = facts.pop("inbox")
        return self.write(lambda: actions.create_template(inbox, draft=drafts.Draft(**facts), by=self.actor), 201)

    def partial_update(self, request: Request, pk: Any) -> Response:
        """Write it anew: parts that are not given stay. It is a draft again until it is submitted."""
        template = self.get_object()
        given = self.checked(partial=True).validated_data
        draft = drafts.Draft(**{**drafts.facts_of(template), **given})
        return self.write(lambda: actions.edit_template(template, draft=draft, by=self.actor))

    def destroy(self, request: Request, pk: Any) -> Response:
        """Take it away, here and at the provider. What was sent by it stays."""
        actions.delete_template(self.get_object(), by=self.actor)
        return Response(status=204)

    @verb("settings.whatsapp", gives=TemplateSerializer, plain=True, asks_outside=True)
    def submit(self, template: Template) -> Any:
        """Hand it in to the provider's reviewers."""
        return self.shown(actions.submit_template(template, by=self.actor))


router = SimpleRouter(use_regex_path=False)
router.register("templates", TemplateViewSet, basename="api-templates")
api_urls = router.urls
