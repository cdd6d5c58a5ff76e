"""The JSON door to connected numbers: the list, their settings, and who is granted what."""

from typing import Any, ClassVar

from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django_filters import rest_framework as filters
from django_tenants.utils import schema_context
from rest_framework import serializers
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import SimpleRouter

from apps.accounts.models import Calendar, Employee, Role
from apps.accounts.sign_in import require_confirmed
from apps.core.access import require
from apps.core.api import GuardedViewSet, Strict, StrictModel, look, verb
from apps.gateways import actions, connecting, protocol, queries
from apps.gateways.models import Inbox
from apps.gateways.protocol import GATEWAYS
from apps.tenants.models import Business, GatewayApp
from apps.tenants.postgres.context import PUBLIC

CODES = frozenset(code for code, _label in settings.LANGUAGES)
TEXTS = ("out_of_hours", "closing_text", "csat_text")  # each in every language
SECRETS = ("meta_access_token", "meta_app_secret", "meta_verify_token", "twilio_account_sid", "twilio_auth_token",
           "simulator_secret")  # fmt: skip


class InboxSerializer(StrictModel):
    """A connected number and how it behaves. Its secrets are nobody's to read."""

    class Meta:
        model = Inbox
        fields = ("id", "gateway", "app_id", "external_id", "account_ref", "display_number", *actions.SETTINGS,
                  "is_test", "health", "health_detail", "quality", "tier", "checks", "checked_at", "token_until",
                  "last_inbound_at", "over_limit_at", "archived_at", "created_at", "updated_at")  # fmt: skip
        read_only_fields = fields


class EditInboxSerializer(StrictModel):
    """How a number behaves."""

    name = serializers.CharField(min_length=1, max_length=60)
    language = serializers.ChoiceField(settings.LANGUAGES)
    out_of_hours = serializers.DictField(child=serializers.CharField(max_length=1024, allow_blank=True))
    closing_text = serializers.DictField(child=serializers.CharField(max_length=1024, allow_blank=True))
    csat_text = serializers.DictField(child=serializers.CharField(max_length=1024, allow_blank=True))
    calendar = serializers.PrimaryKeyRelatedField(
        queryset=Calendar.objects.filter(purpose=Calendar.Purpose.BUSINESS), allow_null=True
    )

    class Meta:
        model = Inbox
        fields = actions.SETTINGS

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        said = _("A text for each of: %(codes)s.") % {"codes": ", ".join(sorted(CODES))}
        if wrong := [name for name in TEXTS if set(attrs.get(name, ())) - CODES]:
            raise serializers.ValidationError({name: [said] for name in wrong})
        return attrs


class ConnectSerializer(Strict):
    """New credentials for a number that is known already; none to take it up again with those it has."""

    secrets = serializers.DictField(child=serializers.CharField(max_length=2000), required=False, write_only=True)

    def validate_secrets(self, value: dict[str, str]) -> dict[str, str]:
        if unknown := sorted(set(value) - set(SECRETS)):
            raise serializers.ValidationError({name: [_("There is no such secret.")] for name in unknown})
        return value


class ProfileSerializer(Strict):
    """The text beside the number; the business's description unless said."""

    about = serializers.CharField(max_length=actions.ABOUT, required=False, allow_blank=True)


class SyncedSerializer(Strict):
    """How many templates were new, different, and gone."""

    added = serializers.IntegerField()
    changed = serializers.IntegerField()
    gone = serializers.IntegerField()


class RotatedSerializer(Strict):
    """The new address to paste at the provider; the old one is good for another day. Twilio needs no verify token."""

    address = serializers.CharField()
    verify_token = serializers.CharField(allow_blank=True)


class NewInboxSerializer(StrictModel):
    """A number to connect, with the provider's credentials for it."""

    gateway = serializers.ChoiceField(sorted(GATEWAYS))
    language = serializers.ChoiceField(settings.LANGUAGES, required=False)
    secrets = serializers.DictField(child=serializers.CharField(max_length=2000), required=False, write_only=True)

    class Meta:
        model = Inbox
        fields = ("name", "gateway", "external_id", "account_ref", "display_number", "default_mode", "language",
                  "is_test", "secrets")  # fmt: skip
        validators: ClassVar[list[Any]] = []  # whether the number is free, only the public route knows

    def validate_secrets(self, value: dict[str, str]) -> dict[str, str]:
        if unknown := sorted(set(value) - set(SECRETS)):
            raise serializers.ValidationError({name: [_("There is no such secret.")] for name in unknown})
        return value


class HolderSerializer(Strict):
    """A role, or one person."""

    role = serializers.PrimaryKeyRelatedField(queryset=Role.objects.all(), required=False, allow_null=True)
    employee = serializers.PrimaryKeyRelatedField(queryset=Employee.objects.all(), required=False, allow_null=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if bool(attrs.get("role")) == bool(attrs.get("employee")):
            raise serializers.ValidationError(_("A grant is for a role or for an employee, not for both."))
        return attrs


class GrantSerializer(HolderSerializer):
    """What a role, or one person, may do in an inbox."""

    words = serializers.ListField(child=serializers.ChoiceField(queries.WORDS), allow_empty=False)


class GrantsSerializer(Strict):
    """All grants of an inbox."""

    grants = GrantSerializer(many=True)


class ShownGrantSerializer(Strict):
    """The same to read: the ids as they are."""

    role = serializers.UUIDField(allow_null=True)
    employee = serializers.UUIDField(allow_null=True)
    words = serializers.ListField(child=serializers.CharField())


class ShownGrantsSerializer(Strict):
    """All grants of an inbox, to read."""

    grants = ShownGrantSerializer(many=True)


class InboxFilter(filters.FilterSet):  # type: ignore[misc]
    """By gateway, activity, health."""

    class Meta:
        model = Inbox
        fields = ("gateway", "is_active", "is_test", "health")


class InboxViewSet(ListModelMixin, RetrieveModelMixin, GuardedViewSet):
    """The numbers one is granted."""

    queryset = Inbox.objects.filter(archived_at=None)
    serializer_class = InboxSerializer
    filterset_class = InboxFilter
    guards: ClassVar[dict[str, str]] = {
        "list": "view", "retrieve": "view", "create": "settings.whatsapp", "partial_update": "settings.whatsapp",
        "destroy": "settings.whatsapp", "set_grants": "employees.edit",
    }  # fmt: skip
    takes: ClassVar[dict[str, Any]] = {
        "create": NewInboxSerializer, "partial_update": EditInboxSerializer, "set_grants": GrantsSerializer,
    }  # fmt: skip
    gives: ClassVar[dict[str, Any]] = {"set_grants": ShownGrantsSerializer}

    def create(self, request: Request) -> Response:
        """Connect a number. A real one needs a confirmed e-mail (TEN-05); secrets need `secrets.edit` as well."""
        facts = dict(self.checked().validated_data)
        is_real = not protocol.gateway(facts["gateway"]).pretends
        if is_real:
            require_confirmed(self.me.user)
        if facts.get("secrets"):
            require(request.user, "secrets.edit")
        if facts.get("secrets") and is_real:  # the provider has the last word (GW-04)
            told = {name: facts.get(name, "") for name in ("external_id", "account_ref")}
            shown = connecting.check(facts["gateway"], **told, secrets=facts["secrets"])
            facts["display_number"] = facts.get("display_number") or shown
        app = _own_app(facts["gateway"], self.request.business.id)
        inbox = actions.connect_inbox(**facts, app=app, by=self.actor)
        return Response(self.shown(inbox), status=201)

    def partial_update(self, request: Request, pk: Any) -> Response:
        """Change how a number behaves."""
        inbox = self.get_object()
        facts = self.checked(instance=inbox, partial=True).validated_data
        return self.write(lambda: self.reread(actions.edit_inbox(inbox, by=self.actor, **facts)))

    def destroy(self, request: Request, pk: Any) -> Response:
        """Archive it: the number is free again, the conversations stay."""
        actions.disconnect_inbox(self.get_object(), by=self.actor)
        return Response(status=204)

    @verb("settings.whatsapp", takes=ConnectSerializer, plain=True)
    def connect(self, inbox: Inbox, secrets: dict[str, str] | None = None) -> Any:
        """Take it up again, with new credentials where some are given; its health says how that went."""
        if secrets:
            require(self.request.user, "secrets.edit")
        return self.shown(actions.reconnect_inbox(inbox, secrets=secrets or {}, by=self.actor))

    @verb("settings.whatsapp", plain=True)
    def disconnect(self, inbox: Inbox) -> Any:
        """Let its address go; its settings, templates and conversations stay."""
        return self.shown(actions.release_inbox(inbox, by=self.actor))

    @verb("settings.whatsapp", plain=True)
    def check(self, inbox: Inbox) -> Any:
        """Ask the provider now how it does."""
        return self.shown(actions.check_inbox(inbox, by=self.actor))

    @verb("settings.whatsapp", gives=SyncedSerializer, plain=True, asks_outside=True)
    def sync_templates(self, inbox: Inbox) -> Any:
        """Make its templates what the provider has."""
        return SyncedSerializer(actions.sync_templates(inbox, by=self.actor)).data

    @verb("settings.whatsapp", takes=ProfileSerializer, plain=True, asks_outside=True)
    def sync_profile(self, inbox: Inbox, about: str = "") -> Any:
        """Show customers the business's logo and description beside it."""
        return self.shown(actions.sync_profile(inbox, about=about, by=self.actor))

    @verb("settings.whatsapp", gives=RotatedSerializer, plain=True)
    def rotate_webhook(self, inbox: Inbox) -> Any:
        """Give it another webhook address. The old one is good for 24 hours."""
        actions.rotate_webhook(inbox, by=self.actor)
        found = connecting.webhook_of(inbox)
        return RotatedSerializer({"address": found.address, "verify_token": found.verify_token}).data

    @look("employees.edit", gives=ShownGrantsSerializer)
    def grants(self, inbox: Inbox) -> dict[str, Any]:
        """Who may do what in this inbox."""
        return {"grants": queries.grants_of(inbox)}

    @grants.mapping.put  # type: ignore[untyped-decorator]
    def set_grants(self, request: Request, pk: Any) -> Response:
        """Replace all grants of this inbox."""
        inbox = self.get_object()
        wanted = {
            each.get("role") or each["employee"]: each["words"] for each in self.checked().validated_data["grants"]
        }

        def grant() -> dict[str, Any]:
            actions.regrant_inbox(inbox, grants=wanted, by=self.actor, giver=request.user)  # type: ignore[arg-type]
            return {"grants": queries.grants_of(inbox)}

        return self.write(grant)

    @verb("employees.edit", takes=GrantSerializer, gives=ShownGrantsSerializer)
    def grant(self, inbox: Inbox, words: list[str], **holder: Any) -> dict[str, Any]:
        """Make these the words that a role or a person holds here. Nobody gives what they lack."""
        return self._let_in(inbox, words, holder)

    @verb("employees.edit", takes=HolderSerializer, gives=ShownGrantsSerializer)
    def ungrant(self, inbox: Inbox, **holder: Any) -> dict[str, Any]:
        """Take this inbox from a role or a person."""
        return self._let_in(inbox, [], holder)

    def _let_in(self, inbox: Inbox, words: list[str], holder: dict[str, Any]) -> dict[str, Any]:
        chosen = holder.get("role") or holder["employee"]
        actions.let_into(inbox, holder=chosen, words=words, by=self.actor, giver=self.request.user)
        return {"grants": queries.grants_of(inbox)}


def _own_app(gateway: str, business_id: Any) -> GatewayApp:
    """The business's own app at a gateway, made at its first number."""
    with schema_context(PUBLIC):
        rows: QuerySet[GatewayApp] = GatewayApp.objects.filter(owner_id=business_id, gateway=gateway, is_active=True)
        return rows.order_by("created_at").first() or actions.add_app(
            gateway, owner=Business.objects.get(pk=business_id)
        )


router = SimpleRouter(use_regex_path=False)
router.register("inboxes", InboxViewSet, basename="api-inboxes")
api_urls = router.urls
