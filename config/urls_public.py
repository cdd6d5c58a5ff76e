"""The platform's site: the front page, the operators' console, the providers' door, and signs of health."""

from django.contrib.auth.decorators import login_not_required
from django.urls import include, path
from django.views.generic import RedirectView

from apps.accounts.pages.security import second_factor
from apps.billing import webhooks as stripe
from apps.conversations import webhooks
from apps.dashboard.urls import machine_urls, platform_urls
from apps.media.urls import platform_urls as files
from config.operators import site

urlpatterns = [
    *platform_urls,
    *machine_urls,
    *files,
    # whoever must sign in on this host is an operator
    path(
        "sign-in/",
        login_not_required(RedirectView.as_view(pattern_name="admin:login", query_string=True)),
        name="sign-in",
    ),
    path("operators/second-factor/", second_factor, name="second-factor"),
    path("operators/", site.urls),
    path("api/", include("config.api_public")),
    path("", include(stripe.urlpatterns)),
    path("", include(webhooks.urlpatterns)),
]
handler400 = "apps.dashboard.refused.bad_request"
handler403 = "apps.dashboard.refused.forbidden"
handler404 = "apps.dashboard.refused.not_found"
handler500 = "apps.dashboard.refused.broken"
