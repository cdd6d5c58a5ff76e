"""Where people come in and go out."""

from django.urls import path

from apps.accounts import pages

page_urls = [
    path("sign-in/", pages.sign_in, name="sign-in"),
    path("sign-out/", pages.sign_out, name="sign-out"),
]
