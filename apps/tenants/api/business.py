"""A business's own row: read by its people, its profile changed by those who may change the settings.

Its end is begun and taken back here too; for that the password is asked once more.
"""

from typing import Any, ClassVar, cast

from django.conf import settings
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from apps.audit.api import ExportSerializer
from apps.core.access import require
from apps.core.api import GuardedViewSet, Strict, StrictModel, verb
from apps.core.guards import SIGNED_IN
from apps.core.refusals import Refusal
from apps.tenants import actions, logos
from apps.tenants.colours import brand
from apps.tenants.forms import ProfileForm
from apps.tenants.models import Business, SupportDoor
from apps.tenants.moving import asking
from apps.tenants.reauthentication import check_password_again

KNOWN_TO_ALL = (
    "id", "slug", "name", "industry", "country", "timezone", "currency", "primary_language", "languages", "digits",
    "colour_primary", "colour_secondary", "colour_accent", "status", "brand", "logo",
)  # fmt: skip


class BrandSerializer(serializers.Serializer):
    """The primary colour as pages show it: the nearest shades on which words can be read."""

    light = serializers.CharField()
    dark = serializers.CharField()
    changed = serializers.BooleanField()


class BusinessSerializer(StrictModel):
    """What a business knows of itself. Its schema's name is nobody's to read."""

    brand = serializers.SerializerMethodField()
    logo = serializers.SerializerMethodField()

    class Meta:
        model = Business
        fields: tuple[str, ...] = (
            *KNOWN_TO_ALL, "legal_name", "description_en", "description_ar", "support_email", "support_phone",
            "address", "website", "status_reason", "closing_until", "version", "created_at", "updated_at",
        )  # fmt: skip
        read_only_fields: tuple[str, ...] = fields

    def get_brand(self, row: Business) -> BrandSerializer:
        shown = brand(row.colour_primary)
        return {"light": shown.light, "dark": shown.dark, "changed": shown.changed}  # type: ignore[return-value]

    def get_logo(self, row: Business) -> str:
        """The address of the picture, empty without one."""
        return logos.address_of(row.logo_key)


class KnownToAllSerializer(BusinessSerializer):
    """What everybody of the team sees."""

    class Meta(BusinessSerializer.Meta):
        fields: tuple[str, ...] = KNOWN_TO_ALL
        read_only_fields: tuple[str, ...] = fields


class ProfileSerializer(StrictModel):
    """What a business may change of itself; plan, status, address and schema are not among it (TEN-11).

    With `version`, a change made to something older than the present profile is refused.
    """

    version = serializers.IntegerField(required=False, min_value=1)
    primary_language = serializers.ChoiceField(settings.LANGUAGES)
    languages = serializers.ListField(child=serializers.CharField(max_length=8), max_length=20)

    class Meta:
        model = Business
        fields = (*actions.EDITABLE, "version")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """The page's own form decides, so that both doors refuse the same."""
        version = attrs.pop("version", None)
        form = ProfileForm.of(cast("Business", self.instance), attrs)
        if wrong := {name: [str(text) for text in texts] for name, texts in form.errors.items() if name in attrs}:
            raise serializers.ValidationError(wrong)
        clean = {name: form.cleaned_data[name] for name in attrs}
        return clean if version is None else {**clean, "version": version}


class LogoSerializer(Strict):
    """A picture: PNG, JPEG or WebP, at most 2 MB, at least 192 pixels on its longer side."""

    logo = serializers.FileField()


class CloseSerializer(Strict):
    """The slug typed out, and the password again."""

    slug = serializers.CharField(max_length=50)
    password = serializers.CharField(max_length=1000, trim_whitespace=False)
    reason = serializers.CharField(max_length=500, required=False)


class PasswordAgainSerializer(Strict):
    """The password again."""

    password = serializers.CharField(max_length=1000, trim_whitespace=False)


class AskedArchiveSerializer(ExportSerializer):
    """An archive that was asked for, and the key that opens it."""

    key = serializers.CharField(read_only=True)

    class Meta(ExportSerializer.Meta):
        fields: tuple[str, ...] = (*ExportSerializer.Meta.fields, "key")
        read_only_fields: tuple[str, ...] = fields


class SupportAccessSerializer(PasswordAgainSerializer):
    """For how many hours somebody of the platform may look, and what for. 0 hours shuts every open door."""

    hours = serializers.IntegerField(min_value=0, max_value=72)
    reason = serializers.CharField(max_length=500, required=False)


class DoorSerializer(StrictModel):
    """A time in which operators may look."""

    class Meta:
        model = SupportDoor
        fields: tuple[str, ...] = ("id", "kind", "opened_by", "opened_at", "until", "closed_at", "reason")
        read_only_fields = fields


class BusinessViewSet(GuardedViewSet):
    """The business of this host."""

    serializer_class = BusinessSerializer
    guards: ClassVar[dict[str, str]] = {"retrieve": SIGNED_IN, "partial_update": "settings.edit"}
    takes: ClassVar[dict[str, Any]] = {"partial_update": ProfileSerializer}

    def retrieve(self, request: Request) -> Response:
        """All of it with `settings.view`, else what everybody of the team sees."""
        shows = BusinessSerializer if self.request.user.may("settings.view") else KnownToAllSerializer
        return Response(shows(self._row()).data)

    def partial_update(self, request: Request) -> Response:
        """Change the profile, field by field."""
        facts = self.checked(instance=self._row(), partial=True).validated_data
        try:
            actions.edit_business(self.request.business.id, by=self.actor, **facts)
        except Refusal as refusal:
            if refusal.code == "stale_version":
                refusal.extra["current"] = BusinessSerializer(self._row()).data
            raise
        return Response(self._shown())

    @verb("settings.edit", takes=LogoSerializer, gives=BusinessSerializer, detail=False, plain=True)
    def logo(self, logo: Any) -> Any:
        """Show this picture in pages, mails and on phones."""
        actions.set_logo(self._row(), picture=logo.read(actions.LARGEST_LOGO + 1), by=self.actor)
        return self._shown()

    @verb("settings.edit", takes=CloseSerializer, gives=BusinessSerializer, detail=False, plain=True)
    def close(self, slug: str, password: str, reason: str = "") -> Any:
        """Begin the thirty days after which everything is erased. Until then it can be read, and reopened."""
        require(self.request.user, "settings.billing")
        self._ask_again(password)
        row = self._row()
        if slug != row.slug:
            raise serializers.ValidationError({"slug": [_("Type the address of the business, as shown.")]})
        actions.close_business(row, reason=reason or actions.ASKED_BY_BUSINESS, by=self.actor)
        return self._shown()

    @verb("settings.edit", takes=PasswordAgainSerializer, gives=BusinessSerializer, detail=False, plain=True)
    def reopen(self, password: str) -> Any:
        """Take the closing back."""
        require(self.request.user, "settings.billing")
        self._ask_again(password)
        actions.reopen_business(self._row(), reason=actions.ASKED_BY_BUSINESS, by=self.actor)
        return self._shown()

    @verb("settings.edit", takes=SupportAccessSerializer, gives=DoorSerializer, detail=False, plain=True)
    def support_access(self, hours: int, password: str, reason: str = "") -> Any:
        """Open a door through which operators may look, never write; or, with 0 hours, shut all."""
        require(self.request.user, "settings.billing")
        self._ask_again(password)
        if not hours:
            actions.close_doors(self.request.business.id, by=self.actor)
            last = SupportDoor.objects.order_by("-opened_at").first()
            return DoorSerializer(last).data if last else None
        return DoorSerializer(
            actions.open_door(self.request.business.id, hours=hours, reason=reason, by=self.actor)
        ).data

    @verb(
        "settings.edit", takes=PasswordAgainSerializer, gives=AskedArchiveSerializer, detail=False, plain=True,
        status=201,
    )  # fmt: skip
    def export(self, password: str) -> Any:
        """Ask for everything of the business as one sealed file. How far it is, and the file, are at `exports/{id}/`;
        its key is in this answer and in no other."""
        require(self.request.user, "settings.billing")
        self._ask_again(password)
        job, key = asking.ask(self.request.user, by=self.actor)
        return {**ExportSerializer(job).data, "key": key}

    def _ask_again(self, password: str) -> None:
        check_password_again(self.request.user, password)

    def _row(self) -> Business:
        return Business.objects.get(pk=self.request.business.id)

    def _shown(self) -> Any:
        return BusinessSerializer(self._row()).data
