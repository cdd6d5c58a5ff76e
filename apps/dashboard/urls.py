"""The frame's addresses: on a business's host, on the platform's, and those that machines ask on either."""

from django.urls import path

from apps.dashboard import health, metrics, pages, pwa, styleguide
from apps.dashboard.console import support
from apps.dashboard.signup import pages as signup
from apps.dashboard.welcome import pages as welcome

page_urls = [
    path("", pages.home, name="home"),
    path("language/", pages.language, name="language"),
    path("theme/", pages.theme, name="theme"),
    path("welcome/", welcome.welcome, name="welcome"),
    path("welcome/answered/", welcome.answered, name="welcome-answered"),
    path("manifest.webmanifest", pwa.manifest, name="manifest"),
    path("sw.js", pwa.service_worker, name="service-worker"),
    path("offline/", pwa.offline, name="offline"),
    path("enter/", signup.enter, name="enter"),
    path("support/enter/", support.enter, name="support-enter"),
    path("support/leave/", support.leave, name="support-leave"),
    path("settings/", pages.settings_overview, name="settings"),
]
platform_urls = [
    path("pricing/", pages.pricing, name="pricing"),
    path("signup/", signup.signup, name="signup"),
    path("signup/place/", signup.signup_place, name="signup-place"),
    path("signup/address/", signup.signup_address, name="signup-address"),
    path("signup/waiting/", signup.signup_waiting, name="signup-waiting"),
    path("terms/", signup.terms, name="terms"),
    path("find/", signup.find, name="find"),
    path("styleguide/", styleguide.styleguide, name="styleguide"),
    path("", pages.landing, name="landing"),
    path("language/", pages.language, name="language"),
]
machine_urls = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", metrics.metrics, name="metrics"),
]
