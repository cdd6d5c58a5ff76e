"""Where it is asked who is there."""

from django.urls import path

from apps.realtime import pages

page_urls = [path("presence/", pages.presence, name="presence")]
