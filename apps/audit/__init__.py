"""Who did what, kept in the same transaction as the deed. Reading it on a page comes with the owners' dashboards."""
