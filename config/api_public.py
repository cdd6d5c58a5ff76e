"""What stands under `/api/` on the platform's host, collected from the apps."""

from django.contrib.auth.decorators import login_not_required
from django.urls import include, path, re_path

from apps.billing import api as billing
from apps.core.problems import not_found
from apps.dashboard.console import api as console
from apps.dashboard.signup import api as signup

VERSION_1 = [
    *billing.public_api_urls,
    *signup.api_urls,
    *console.api_urls,
]

urlpatterns = [
    path("v1/", include(VERSION_1)),
    re_path("", login_not_required(not_found)),
]
