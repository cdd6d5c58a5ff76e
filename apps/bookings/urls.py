"""Where the services are."""

from django.urls import path

from apps.bookings import pages

page_urls = [
    path("services/", pages.services, name="services"),
    path("services/new/", pages.new_service, name="service-new"),
    path("services/<uuid:pk>/", pages.service, name="service"),
    path("services/<uuid:pk>/activate/", pages.activate, name="service-activate"),
    path("services/<uuid:pk>/deactivate/", pages.deactivate, name="service-deactivate"),
    path("services/<uuid:pk>/archive/", pages.archive, name="service-archive"),
    path("services/<uuid:pk>/move/", pages.move, name="service-move"),
]
