"""A business's site: its pages and its API."""

from django.urls import include, path

from apps.accounts.urls import page_urls as door
from apps.audit.urls import page_urls as record
from apps.bookings.urls import page_urls as services
from apps.conversations.urls import page_urls as inbox
from apps.customers.urls import page_urls as customers
from apps.dashboard.subscription import page_urls as subscription
from apps.dashboard.urls import machine_urls
from apps.dashboard.urls import page_urls as frame
from apps.gateways.urls import page_urls as simulator
from apps.media.urls import page_urls as files
from apps.realtime.urls import page_urls as presence
from apps.tenants.urls import page_urls as business

urlpatterns = [
    *frame,
    *subscription,
    *machine_urls,
    *door,
    *inbox,
    *files,
    *customers,
    *services,
    *simulator,
    *presence,
    *record,
    *business,
    path("api/", include("config.api")),
]
handler400 = "apps.dashboard.refused.bad_request"
handler403 = "apps.dashboard.refused.forbidden"
handler404 = "apps.dashboard.refused.not_found"
handler500 = "apps.dashboard.refused.broken"
