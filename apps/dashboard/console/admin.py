"""Businesses in the operators' console: where they stand, how they do, and the deeds that move them."""

from collections.abc import Iterable
from functools import partial
from typing import Any, ClassVar

from django.contrib import messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import action, display

from apps.audit.admin import ReadOnlyAdmin
from apps.core.refusals import Refusal
from apps.dashboard.console import support
from apps.dashboard.console.deeds import DEEDS
from apps.dashboard.console.facts import Facts, facts_of
from apps.tenants.models import Business

COLOURS = {"ready": "success", "suspended": "warning", "failed": "danger", "closing": "warning", "provisioning": "info"}
HEALTHS = {"connected": "success", "degraded": "warning", "reconnect_needed": "danger", "stopped": "danger"}
Answer = HttpResponse | None


class BusinessAdmin(ReadOnlyAdmin):
    """Businesses with plan, status, usage, health and last activity."""

    list_per_page = 25  # each row asks its own schema
    list_display: ClassVar[list[str]] = [
        "name", "slug", "state", "plan", "usage", "health", "last_activity", "created_at",
    ]  # fmt: skip
    list_filter: ClassVar[list[str]] = ["status", "industry", "subscription__plan__key"]
    list_select_related: ClassVar[list[str]] = ["subscription__plan"]
    search_fields: ClassVar[list[str]] = ["name", "slug", "schema_name"]
    ordering: ClassVar[list[str]] = ["-created_at"]
    actions: ClassVar[list[str]] = list(DEEDS)
    readonly_fields: ClassVar[list[str]] = ["plan", "usage", "health", "last_activity", "look_inside"]
    fields: ClassVar[list[str]] = [
        "name", "slug", "status", "status_reason", "closing_until", "plan", "usage", "health", "last_activity",
        "look_inside", "schema_name", "industry", "country", "timezone", "currency", "primary_language", "created_at",
        "updated_at",
    ]  # fmt: skip

    @display(description=gettext_lazy("Status"), ordering="status", label=COLOURS)
    def state(self, business: Business) -> tuple[str, str]:
        return business.status, business.get_status_display()

    @display(description=gettext_lazy("Plan"), ordering="subscription__plan__key")
    def plan(self, business: Business) -> str:
        held = getattr(business, "subscription", None)
        return f"{held.plan.get_key_display()} · {held.get_status_display()}" if held else "–"

    @display(description=gettext_lazy("Usage"))
    def usage(self, business: Business) -> str:
        found = self._facts(business)
        facts = {"conversations": found.conversations, "employees": found.employees}
        return _("%(conversations)s conversations this month, %(employees)s people") % facts

    @display(description=gettext_lazy("Health"), label=HEALTHS)
    def health(self, business: Business) -> tuple[str, str]:
        found = self._facts(business)
        stuck = _(" · %(n)s waiting") % {"n": found.stuck} if found.stuck else ""
        return found.health, f"{found.health or '–'}{stuck}"

    @display(description=gettext_lazy("Last activity"))
    def last_activity(self, business: Business) -> Any:
        return self._facts(business).last_activity or "–"

    @display(description=gettext_lazy("Support access"))
    def look_inside(self, business: Business) -> str:
        return format_html('<a href="{}">{}</a>', reverse("admin:support-ask", args=[business.pk]), _("Look inside…"))

    @action(description=gettext_lazy("Suspend…"), permissions=["manage"])
    def suspend(self, request: HttpRequest, queryset: QuerySet[Business]) -> Answer:
        return self._ask(request, queryset, "suspend")

    @action(description=gettext_lazy("Resume…"), permissions=["manage"])
    def resume(self, request: HttpRequest, queryset: QuerySet[Business]) -> Answer:
        return self._ask(request, queryset, "resume")

    @action(description=gettext_lazy("Extend the trial…"), permissions=["billing"])
    def extend_trial(self, request: HttpRequest, queryset: QuerySet[Business]) -> Answer:
        return self._ask(request, queryset, "extend_trial")

    @action(description=gettext_lazy("Set the plan…"), permissions=["billing"])
    def set_plan(self, request: HttpRequest, queryset: QuerySet[Business]) -> Answer:
        return self._ask(request, queryset, "set_plan")

    @action(description=gettext_lazy("Pause the subscription…"), permissions=["billing"])
    def pause_subscription(self, request: HttpRequest, queryset: QuerySet[Business]) -> Answer:
        return self._ask(request, queryset, "pause_subscription")

    @action(description=gettext_lazy("Wake the subscription…"), permissions=["billing"])
    def unpause_subscription(self, request: HttpRequest, queryset: QuerySet[Business]) -> Answer:
        return self._ask(request, queryset, "unpause_subscription")

    @action(description=gettext_lazy("Close…"), permissions=["manage"])
    def close(self, request: HttpRequest, queryset: QuerySet[Business]) -> Answer:
        return self._ask(request, queryset, "close")

    @action(description=gettext_lazy("Restore…"), permissions=["manage"])
    def restore(self, request: HttpRequest, queryset: QuerySet[Business]) -> Answer:
        return self._ask(request, queryset, "restore")

    @action(description=gettext_lazy("Send the confirmation again…"), permissions=["manage"])
    def resend_verification(self, request: HttpRequest, queryset: QuerySet[Business]) -> Answer:
        return self._ask(request, queryset, "resend_verification")

    def get_urls(self) -> list[Any]:
        """The page through which an operator looks inside a business stands beside its row."""
        look = self.admin_site.admin_view(partial(support.ask, self))
        return [path("<uuid:pk>/look/", look, name="support-ask"), *super().get_urls()]

    def _ask(self, request: HttpRequest, chosen: Iterable[Business], name: str) -> Answer:
        """Ask why, on a page between; with a good answer do it to each, and say of each what came of it."""
        deed = DEEDS[name]
        form = deed.form(request.POST if "reason" in request.POST else None)
        if not form.is_valid():
            context = {
                **self.admin_site.each_context(request),
                "opts": self.opts, "title": deed.label, "form": form, "action": name, "businesses": chosen,
                "checkbox": ACTION_CHECKBOX_NAME,
            }  # fmt: skip
            return TemplateResponse(request, "operators/reason.html", context)
        for business in chosen:
            try:
                deed.do(business, by=request.user.actor, **form.cleaned_data)  # type: ignore[union-attr]
            except Refusal as refusal:
                self.message_user(request, refusal.detail, messages.ERROR)
            else:
                row = business.fresh()
                told = _("%(deed)s: %(name)s is %(status)s.")
                facts = {"deed": deed.label, "name": row.name, "status": row.get_status_display()}
                self.message_user(request, told % facts, messages.SUCCESS)
        return None

    def _facts(self, business: Business) -> Facts:
        """Asked once for each row of the page."""
        if not hasattr(business, "_facts"):
            business._facts = facts_of(business)
        found: Facts = business._facts
        return found
