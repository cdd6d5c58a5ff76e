"""The pages of the record and of exports."""

from django.urls import path

from apps.audit import pages

page_urls = [
    path("audit/", pages.record, name="audit"),
    path("audit/verify/", pages.verify, name="audit-verify"),
    path("audit/<uuid:pk>/", pages.entry, name="audit-entry"),
    path("exports/", pages.exports, name="exports"),
]
