"""The simulator's addresses."""

from django.urls import URLPattern, path

from apps.gateways import pages

page_urls: list[URLPattern] = [
    path("simulator/", pages.simulator, name="simulator"),
    path("simulator/write/", pages.write, name="simulator-write"),
    path("simulator/faults/", pages.faults, name="simulator-faults"),
    path("simulator/clock/", pages.clock, name="simulator-clock"),
    path("simulator/<uuid:pk>/bubbles/", pages.bubbles, name="simulator-bubbles"),
]
