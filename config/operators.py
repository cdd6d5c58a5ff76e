"""The operators' console: which tables it shows, who may enter, and the content policy it needs. Public host only."""

from typing import Any

from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from unfold.sites import UnfoldAdminSite

from apps.accounts import sign_in
from apps.accounts.admin import OperatorAdmin
from apps.accounts.forms import OperatorSignInForm
from apps.accounts.models import User
from apps.audit.admin import OperatorEventAdmin
from apps.audit.models import OperatorEvent
from apps.billing import admin as billing
from apps.billing import models as plans
from apps.dashboard.console.admin import BusinessAdmin
from apps.dashboard.console.fleet import figures
from apps.tenants import admin as tenants
from apps.tenants import models

# Unfold's scripts and styles are files of ours, but its Alpine build evaluates the expressions in x- attributes
# ('unsafe-eval'), and its pages carry <style> blocks and htmx adds one ('unsafe-inline', for styles alone: a nonce
# would switch it off). Inline scripts stay forbidden. Only operators' pages are answered with this policy.
POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)


class OperatorsSite(UnfoldAdminSite):
    """Django's admin for our own staff, behind the same lock-out as every other door."""

    login_form = OperatorSignInForm
    login_template = "operators/login.html"
    index_template = "operators/index.html"

    def has_permission(self, request: HttpRequest) -> bool:
        user = request.user
        return request.business is None and user.is_authenticated and user.is_active and user.is_operator  # type: ignore[attr-defined]

    def extra_context(self, context: dict[str, Any], request: HttpRequest) -> dict[str, Any]:
        """Unfold asks this hook for what stands in the frame of each page."""
        return {**context, "site_title": "Majlis", "site_header": _("Majlis operators"), "site_url": "/"}

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The first page: how the fleet does, then the tables."""
        return super().index(request, {**(extra_context or {}), "fleet": figures()})

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        inner = super().admin_view(view, cacheable)

        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            return _with_policy(inner(request, *args, **kwargs))

        return guarded

    @method_decorator(never_cache)
    @login_not_required
    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Sign in; the record says who came, and 429 says who tries too often."""
        if REDIRECT_FIELD_NAME not in request.GET:  # else Django leads to a business's home, which is not on this host
            asked = request.GET.copy()
            asked[REDIRECT_FIELD_NAME] = reverse("admin:index", current_app=self.name)
            request.GET = asked  # type: ignore[assignment]
        response: HttpResponse = super().login(request, extra_context)
        form = (getattr(response, "context_data", None) or {}).get("form")
        if form is not None and form.has_error("__all__", "throttled"):
            response.status_code = 429
            response["Retry-After"] = str(int(sign_in.WINDOW.total_seconds()))
        elif request.method == "POST" and response.status_code == 302 and self.has_permission(request):
            sign_in.remember(request, request.user)  # type: ignore[arg-type]
        return _with_policy(response)


def _with_policy(response: HttpResponse) -> HttpResponse:
    response["Content-Security-Policy"] = POLICY
    return response


def _site() -> OperatorsSite:
    site = OperatorsSite()
    site.register(models.Business, BusinessAdmin)
    site.register(models.Domain, tenants.DomainAdmin)
    site.register(models.GatewayApp, tenants.GatewayAppAdmin)
    site.register(models.InboundRoute, tenants.InboundRouteAdmin)
    site.register(models.QuarantinedDelivery, tenants.QuarantinedDeliveryAdmin)
    site.register(models.SchemaState, tenants.SchemaStateAdmin)
    site.register(plans.Plan, billing.PlanAdmin)
    site.register(plans.Subscription, billing.SubscriptionAdmin)
    site.register(plans.Invoice, billing.InvoiceAdmin)
    site.register(plans.UsagePeriod, billing.UsagePeriodAdmin)
    site.register(plans.PlatformPaymentEvent, billing.PlatformPaymentEventAdmin)
    site.register(OperatorEvent, OperatorEventAdmin)
    site.register(User, OperatorAdmin)
    return site


site = _site()
