"""Operators' door to the platform's tables (requirements TEN-18, TEN-24), shown by config/operators.py."""

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy
from unfold.decorators import display

from apps.audit.admin import ReadOnlyAdmin
from apps.tenants.models import GatewayApp, QuarantinedDelivery


class DomainAdmin(ReadOnlyAdmin):
    """Host names and where they lead."""

    list_display: ClassVar[list[str]] = ["host", "business", "is_primary", "state"]
    list_filter: ClassVar[list[str]] = ["state"]
    list_select_related: ClassVar[list[str]] = ["business"]
    search_fields: ClassVar[list[str]] = ["host", "business__name"]


class GatewayAppAdmin(ReadOnlyAdmin):
    """Webhook addresses. Whoever knows a token can knock, so only its end is shown."""

    list_display: ClassVar[list[str]] = ["gateway", "owner", "account_ref", "masked_token", "is_active"]
    list_filter: ClassVar[list[str]] = ["gateway", "is_active"]
    list_select_related: ClassVar[list[str]] = ["owner"]
    fields: ClassVar[list[str]] = ["gateway", "owner", "account_ref", "masked_token", "is_active", "created_at"]
    readonly_fields: ClassVar[list[str]] = ["masked_token"]

    @display(description=gettext_lazy("Token"))
    def masked_token(self, app: GatewayApp) -> str:
        return f"…{app.token[-4:]}"


class InboundRouteAdmin(ReadOnlyAdmin):
    """Which address of a provider leads to which business."""

    list_display: ClassVar[list[str]] = ["gateway", "kind", "masked_address", "business", "created_at"]
    list_filter: ClassVar[list[str]] = ["gateway", "kind"]
    list_select_related: ClassVar[list[str]] = ["business"]
    search_fields: ClassVar[list[str]] = ["external_id", "business__name"]
    fields: ClassVar[list[str]] = ["gateway", "kind", "external_id", "business", "inbox_id", "created_at"]

    @display(description=gettext_lazy("Address"))
    def masked_address(self, route: Any) -> str:
        return f"…{route.external_id[-4:]}"


class QuarantinedDeliveryAdmin(ReadOnlyAdmin):
    """What no business may have: when, from where, why. Its content is opened by nobody here."""

    list_display: ClassVar[list[str]] = ["received_at", "gateway", "kind", "reason", "address_last4", "app"]
    list_filter: ClassVar[list[str]] = ["gateway", "reason"]
    list_select_related: ClassVar[list[str]] = ["app"]
    ordering: ClassVar[list[str]] = ["-received_at"]
    fields: ClassVar[list[str]] = [
        "received_at", "gateway", "app", "kind", "reason", "address_last4", "address_hash", "body_sha256",
    ]  # fmt: skip

    def get_queryset(self, request: HttpRequest) -> QuerySet[QuarantinedDelivery]:
        return super().get_queryset(request).defer("body")


class SchemaStateAdmin(ReadOnlyAdmin):
    """How far each business's schema has been migrated, and what stopped it."""

    list_display: ClassVar[list[str]] = ["business", "state_hash", "attempts", "error", "updated_at"]
    list_select_related: ClassVar[list[str]] = ["business"]
    search_fields: ClassVar[list[str]] = ["business__name", "error"]
