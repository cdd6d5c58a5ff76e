"""What stands under `/api/` on the platform's host, collected from the apps."""

from django.contrib.auth.decorators import login_not_required
from django.urls import include, path, re_path

from apps.billing import api as billing
from apps.core.problems import not_found
from apps.dashboard.api_docs import Document, Root, docs, nouns_of
from apps.dashboard.console import api as console
from apps.dashboard.signup import api as signup

NOUNS = [
    *billing.public_api_urls,
    *signup.api_urls,
    *console.api_urls,
]

VERSION_1 = [
    path("", Root.as_view(nouns=nouns_of(NOUNS)), name="api-root"),
    path("schema/", Document.as_view(urlconf="config.urls_public"), name="api-schema"),
    path("docs/", docs, {"urlconf": "config.urls_public"}, name="api-docs"),
    *NOUNS,
]

urlpatterns = [
    path("v1/", include(VERSION_1)),
    re_path("", login_not_required(not_found)),
]
