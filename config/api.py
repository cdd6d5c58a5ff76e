"""What stands under `/api/` on a business's host, collected from the apps."""

from django.contrib.auth.decorators import login_not_required
from django.urls import include, path, re_path

from apps.accounts import api as accounts
from apps.audit import api as audit
from apps.billing import api as billing
from apps.bookings import api as bookings
from apps.conversations import api as conversations
from apps.core.problems import not_found
from apps.customers import api as customers
from apps.dashboard import api as dashboard
from apps.dashboard import usage
from apps.dashboard.api_docs import Document, Root, docs, nouns_of
from apps.dashboard.welcome import api as welcome
from apps.gateways import api as gateways
from apps.gateways.simulator import api as simulator
from apps.media import api as media
from apps.tenants import api as tenants

NOUNS = [
    *tenants.api_urls,
    *billing.api_urls,
    *accounts.api_urls,
    *gateways.api_urls,
    *simulator.api_urls,
    *customers.api_urls,
    *conversations.api_urls,
    *media.api_urls,
    *audit.api_urls,
    *bookings.api_urls,
    *usage.api_urls,
    *dashboard.api_urls,
    *welcome.api_urls,
]

VERSION_1 = [
    path("", Root.as_view(nouns=nouns_of(NOUNS)), name="api-root"),
    path("schema/", Document.as_view(), name="api-schema"),
    path("docs/", docs, name="api-docs"),
    *NOUNS,
]

urlpatterns = [
    path("v1/", include(VERSION_1)),
    re_path("", login_not_required(not_found)),
]
