"""Operators' door to the platform's tables (requirements TEN-18, TEN-24), shown by config/operators.py."""

from collections.abc import Callable
from typing import Any, ClassVar

from django.contrib import messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import action, display

from apps.audit.admin import ReadOnlyAdmin
from apps.core.refusals import Refusal
from apps.tenants import actions
from apps.tenants.forms import ReasonForm
from apps.tenants.models import Business, GatewayApp, QuarantinedDelivery

COLOURS = {"ready": "success", "suspended": "warning", "failed": "danger", "closing": "warning", "provisioning": "info"}


class BusinessAdmin(ReadOnlyAdmin):
    """Businesses: where they stand, and the verbs that move them, each with a reason."""

    list_display: ClassVar[list[str]] = ["name", "slug", "state", "status_reason", "industry", "created_at"]
    list_filter: ClassVar[list[str]] = ["status", "industry"]
    search_fields: ClassVar[list[str]] = ["name", "slug", "schema_name"]
    ordering: ClassVar[list[str]] = ["-created_at"]
    actions: ClassVar[list[str]] = ["suspend", "resume"]
    fields: ClassVar[list[str]] = [
        "name", "slug", "status", "status_reason", "schema_name", "industry", "country", "timezone", "currency",
        "primary_language", "created_at", "updated_at",
    ]  # fmt: skip

    @display(description=gettext_lazy("Status"), ordering="status", label=COLOURS)
    def state(self, business: Business) -> tuple[str, str]:
        return business.status, business.get_status_display()

    @action(description=gettext_lazy("Suspend…"), permissions=["manage"])
    def suspend(self, request: HttpRequest, queryset: QuerySet[Business]) -> TemplateResponse | None:
        """Close the doors of the chosen businesses."""
        return self._with_reason(request, queryset, "suspend", _("Suspend"), actions.suspend_business)

    @action(description=gettext_lazy("Resume…"), permissions=["manage"])
    def resume(self, request: HttpRequest, queryset: QuerySet[Business]) -> TemplateResponse | None:
        """Open them again."""
        return self._with_reason(request, queryset, "resume", _("Resume"), actions.resume_business)

    def _with_reason(
        self,
        request: HttpRequest,
        chosen: QuerySet[Business],
        name: str,
        title: str,
        verb: Callable[..., Business],
    ) -> TemplateResponse | None:
        """Ask why, on a page between; with a good answer do it to each, and say of each what came of it."""
        form = ReasonForm(request.POST if "reason" in request.POST else None)
        if not form.is_valid():
            context = {
                **self.admin_site.each_context(request),
                "opts": self.opts, "title": title, "form": form, "action": name, "businesses": chosen,
                "checkbox": ACTION_CHECKBOX_NAME,
            }  # fmt: skip
            return TemplateResponse(request, "operators/reason.html", context)
        for business in chosen:
            try:
                row = verb(business, reason=form.cleaned_data["reason"], by=request.user.actor)  # type: ignore[union-attr]
            except Refusal as refusal:
                self.message_user(request, refusal.detail, messages.ERROR)
            else:
                told = _("%(name)s is now %(status)s.") % {"name": row.name, "status": row.get_status_display()}
                self.message_user(request, told, messages.SUCCESS)
        return None


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
