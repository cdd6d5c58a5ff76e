"""Where a business's people change what it is."""

from django.urls import path

from apps.tenants.pages import business, domains, ending, taking

page_urls = [
    path("settings/business/", business.profile, name="settings-business"),
    path("settings/business/logo/", business.logo, name="settings-logo"),
    path("logo/<uuid:pk>.png", business.picture, {"name": "192.png"}, name="logo"),
    path("logo/<uuid:pk>-512.png", business.picture, {"name": "512.png"}, name="logo-512"),
    path("logo/<uuid:pk>-maskable.png", business.picture, {"name": "maskable.png"}, name="logo-maskable"),
    path("settings/domains/", domains.domains, name="settings-domains"),
    path("settings/domains/<uuid:pk>/verify/", domains.verify, name="settings-domain-verify"),
    path("settings/domains/<uuid:pk>/remove/", domains.remove, name="settings-domain-remove"),
    path("settings/data/", ending.data, name="settings-data"),
    path("settings/data/export/", taking.archive, name="settings-export"),
    path("settings/data/close/", ending.close, name="settings-close"),
    path("settings/data/reopen/", ending.reopen, name="settings-reopen"),
    path("settings/support/", ending.support, name="settings-support"),
    path("settings/support/shut/", ending.shut, name="settings-support-shut"),
]
