"""The frame's addresses: on a business's host, on the platform's, and those that machines ask on either."""

from django.urls import path

from apps.dashboard import health, metrics, pages

page_urls = [
    path("", pages.home, name="home"),
    path("language/", pages.language, name="language"),
    path("theme/", pages.theme, name="theme"),
    path("settings/", pages.settings_overview, name="settings"),
]
platform_urls = [
    path("", pages.landing, name="landing"),
    path("language/", pages.language, name="language"),
]
machine_urls = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", metrics.metrics, name="metrics"),
]
