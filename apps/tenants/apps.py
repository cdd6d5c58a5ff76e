"""Names the two shared tables of Django's with their schema, before anything queries them; registers the checks."""

from importlib import import_module

from django.apps import AppConfig, apps


class TenantsConfig(AppConfig):
    name = "apps.tenants"

    def ready(self) -> None:
        for label in ("contenttypes.ContentType", "auth.Permission"):
            meta = apps.get_model(label)._meta
            if "." not in meta.db_table:
                meta.db_table = f'public"."{meta.db_table}'
        import_module("apps.tenants.checks")
