"""The simulator's addresses, and those of the page of credentials."""

from django.urls import URLPattern, path

from apps.gateways.pages import secrets
from apps.gateways.pages import simulator as pages

page_urls: list[URLPattern] = [
    path("simulator/", pages.simulator, name="simulator"),
    path("simulator/write/", pages.write, name="simulator-write"),
    path("simulator/faults/", pages.faults, name="simulator-faults"),
    path("simulator/clock/", pages.clock, name="simulator-clock"),
    path("simulator/<uuid:pk>/bubbles/", pages.bubbles, name="simulator-bubbles"),
    path("settings/secrets/", secrets.secret_list, name="secrets"),
    path("settings/secrets/set/", secrets.secret_set, name="secret-set"),
    path("settings/secrets/clear/", secrets.secret_clear, name="secret-clear"),
    path("settings/secrets/test/", secrets.secret_test, name="secret-test"),
]
