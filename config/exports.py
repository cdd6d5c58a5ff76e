"""What can be taken out, on one page: each noun with the permission it asks and the app that gives its rows."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from apps.audit import queries as audit
from apps.audit.exports import Source, Whole
from apps.conversations import queries as conversations
from apps.customers import queries as customers
from apps.tenants.moving import asking

SOURCES: Mapping[str, Source] = {
    "conversations": Source(
        _("Conversations"), "conversations.export", conversations.COLUMNS, conversations.FILTERS,
        conversations.export_rows,
    ),
    "customers": Source(
        _("Customers"), "customers.export", customers.COLUMNS, customers.FILTERS, customers.export_rows
    ),
    "audit": Source(_("Record"), "audit.view", audit.COLUMNS, audit.FILTERS, audit.export_rows),
}  # fmt: skip

# Through doors of their own, which ask more than a table's does.
WHOLES: Mapping[str, Whole] = {
    asking.KIND: Whole(_("Everything"), asking.WORDS, asking.announce, asking.write),
}
