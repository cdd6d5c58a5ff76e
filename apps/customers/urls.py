"""Where customers are."""

from django.urls import path

from apps.customers.pages import card, imports, merging, settings
from apps.customers.pages import list as listing

page_urls = [
    path("customers/", listing.customers, name="customers"),
    path("customers/new/", listing.new_customer, name="customer-new"),
    path("customers/bulk/", listing.bulk_verb, name="customers-bulk"),
    path("customers/export/", listing.export, name="customers-export"),
    path("customers/import/", imports.imports, name="customer-imports"),
    path("customers/import/<uuid:pk>/", imports.one_import, name="customer-import"),
    path("customers/import/<uuid:pk>/rejected/", imports.rejected, name="customer-import-rejected"),
    path("customers/import/<uuid:pk>/drop/", imports.drop, name="customer-import-drop"),
    path("customers/<uuid:pk>/", card.customer, name="customer"),
    path("customers/<uuid:pk>/edit/", card.edit, name="customer-edit"),
    path("customers/<uuid:pk>/suggest/", card.suggest, name="customer-suggest"),
    path("customers/<uuid:pk>/label/", card.label, name="customer-label"),
    path("customers/<uuid:pk>/block/", card.block, name="customer-block"),
    path("customers/<uuid:pk>/unblock/", card.unblock, name="customer-unblock"),
    path("customers/<uuid:pk>/consent/", card.set_consent, name="customer-consent"),
    path("customers/<uuid:pk>/merge/", merging.merge, name="customer-merge"),
    path("customers/<uuid:pk>/undo-merge/", merging.undo, name="customer-undo-merge"),
    path("customers/<uuid:pk>/erase/", card.erase, name="customer-erase"),
    path("customers/<uuid:pk>/vcard/", card.card_file, name="customer-vcard"),
    path("customers/<uuid:pk>/export-data/", card.export_data, name="customer-export-data"),
    path("settings/customers/", settings.customers, name="settings-customers"),
    path("settings/customers/field/", settings.field, name="settings-customer-field"),
    path("settings/labels/", settings.labels, name="settings-labels"),
    path("settings/labels/new/", settings.new_label, name="label-new"),
    path("settings/labels/<uuid:pk>/", settings.edit_label, name="label-edit"),
    path("settings/labels/<uuid:pk>/delete/", settings.delete_label, name="label-delete"),
]
