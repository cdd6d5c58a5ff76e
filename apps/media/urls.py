"""Where files are."""

from django.urls import path

from apps.media import pages

page_urls = [
    path("media/upload/", pages.upload, name="media-upload"),
    path("media/<uuid:pk>/", pages.content, name="media-content"),
    path("media/<uuid:pk>/thumb/", pages.thumb, name="media-thumb"),
    path("media/<uuid:pk>/refetch/", pages.refetch, name="media-refetch"),
]
platform_urls = [path("media/<str:token>/", pages.handed, name="media-handed")]
