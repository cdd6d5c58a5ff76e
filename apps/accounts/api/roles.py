"""Roles, and the vocabulary of permission words they are made of."""

from typing import Any, ClassVar

from django.conf import settings
from django.utils import translation
from rest_framework import serializers
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts import actions, words
from apps.accounts.api.employees import Words
from apps.accounts.models import Role
from apps.core.api import GuardedViewSet, Strict, StrictModel, verb
from apps.core.guards import SIGNED_IN

HEX = r"^#[0-9A-Fa-f]{6}$"


class RoleSerializer(StrictModel):
    """A named set of permission words."""

    class Meta:
        model = Role
        fields = (
            "id", "name", "display_name", "description", "colour", "permissions", "is_system", "sort", "created_at",
            "updated_at",
        )  # fmt: skip
        read_only_fields = fields


class NewRoleSerializer(StrictModel):
    """What a new role is called and may do. Without permissions it begins as a viewer."""

    name = serializers.CharField(max_length=50)
    colour = serializers.RegexField(HEX, required=False)
    permissions = Words(required=False)

    class Meta:
        model = Role
        fields = ("name", "display_name", "description", "colour", "permissions")


class RoleViewSet(ListModelMixin, RetrieveModelMixin, GuardedViewSet):
    """The roles of this business."""

    queryset = Role.objects.all()
    serializer_class = RoleSerializer
    ordering = ("sort", "name", "id")
    guards: ClassVar[dict[str, str]] = {
        "list": "view", "retrieve": "view", "create": "roles.create", "partial_update": "roles.edit",
        "destroy": "roles.delete",
    }  # fmt: skip
    takes: ClassVar[dict[str, Any]] = {"create": NewRoleSerializer, "partial_update": NewRoleSerializer}

    def create(self, request: Request) -> Response:
        """Make a role. Nobody can put into it what they do not have."""
        facts = self.checked().validated_data
        return self.write(lambda: actions.create_role(**facts, by=self.actor, giver=request.user), 201)  # type: ignore[arg-type]

    def partial_update(self, request: Request, pk: Any) -> Response:
        """Change a role of the business's own. It takes effect on the next request of everybody who has it."""
        role = self.get_object()
        facts = self.checked(partial=True).validated_data
        return self.write(lambda: actions.edit_role(role, by=self.actor, giver=request.user, **facts))  # type: ignore[arg-type]

    def destroy(self, request: Request, pk: Any) -> Response:
        """Remove a role that nobody has."""
        role = self.get_object()
        return self.write(lambda: actions.delete_role(role, by=self.actor), 204)

    @verb("roles.create", status=201)
    def duplicate(self, role: Role) -> Role:
        """A role of one's own that begins like this one. It is granted no inbox yet."""
        return actions.duplicate_role(role, by=self.actor, giver=self.request.user)


class PermissionSerializer(Strict):
    """One word of the vocabulary, its group, what it is called and what it lets one do, in each language."""

    code = serializers.CharField()
    group = serializers.CharField()
    group_label = serializers.DictField(child=serializers.CharField())
    label = serializers.DictField(child=serializers.CharField())  # type: ignore[assignment]
    meaning = serializers.DictField(child=serializers.CharField())


class VocabularySerializer(Strict):
    """All words at once, in the shape of every other list."""

    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)
    results = PermissionSerializer(many=True)


class PermissionViewSet(GuardedViewSet):
    """The 59 words that roles, grants and denials are made of."""

    serializer_class = VocabularySerializer
    guards: ClassVar[dict[str, str]] = {"retrieve": SIGNED_IN}

    def retrieve(self, request: Request) -> Response:
        """The whole vocabulary, in the order of the matrix, on one page."""
        return Response({"next": None, "previous": None, "results": [_about(word) for word in words.vocabulary()]})


def _about(word: words.Word) -> dict[str, Any]:
    return {
        "code": word.code, "group": word.group, "group_label": _spoken(words.GROUPS[word.group]),
        "label": _spoken(word.label), "meaning": _spoken(word.meaning),
    }  # fmt: skip


def _spoken(label: Any) -> dict[str, str]:
    """A label in every language of the product."""
    found = {}
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            found[language] = str(label)
    return found
