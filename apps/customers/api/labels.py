"""The JSON door to labels."""

from typing import Any, ClassVar

from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import SimpleRouter

from apps.core.api import GuardedViewSet, StrictModel
from apps.core.guards import SIGNED_IN
from apps.customers.actions import labels as verbs
from apps.customers.models import Label


class LabelSerializer(StrictModel):
    """A word with a colour."""

    class Meta:
        model = Label
        fields = ("id", "name", "colour", "created_at", "updated_at")
        read_only_fields = fields


class EditLabelSerializer(StrictModel):
    """What is typed of a label."""

    class Meta:
        model = Label
        fields = ("name", "colour")
        extra_kwargs: ClassVar[dict[str, Any]] = {"colour": {"required": False}}


class LabelViewSet(ListModelMixin, RetrieveModelMixin, GuardedViewSet):
    """Labels of customers and conversations, newest first."""

    queryset = Label.objects.order_by()
    serializer_class = LabelSerializer
    guards: ClassVar[dict[str, str]] = {
        "list": SIGNED_IN, "retrieve": SIGNED_IN, "create": "create", "partial_update": "edit", "destroy": "delete",
    }  # fmt: skip
    takes: ClassVar[dict[str, Any]] = {"create": EditLabelSerializer, "partial_update": EditLabelSerializer}

    def create(self, request: Request) -> Response:
        """Make one. Its name is used once, whatever the case."""
        facts = self.checked().validated_data
        return self.write(lambda: self.reread(verbs.create_label(by=self.actor, **facts)), 201)

    def partial_update(self, request: Request, pk: Any) -> Response:
        """Rename it, or give it another colour, wherever it sticks."""
        label = self.get_object()
        facts = self.checked(instance=label, partial=True).validated_data
        return self.write(lambda: self.reread(verbs.edit_label(label, by=self.actor, **facts)))

    def destroy(self, request: Request, pk: Any) -> Response:
        """Take it off everybody and everything."""
        label = self.get_object()
        return self.write(lambda: verbs.delete_label(label, by=self.actor), 204)


router = SimpleRouter(use_regex_path=False)
router.register("labels", LabelViewSet, basename="api-labels")
