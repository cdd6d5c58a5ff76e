"""One more migration than there is, and how far businesses have come with it."""

from django.db import connections
from django_tenants.utils import schema_context

from apps.tenants.models import Business, SchemaState

A_FIELD = "operations = [migrations.AddField('customer', 'shoe_size', models.IntegerField(null=True))]"
A_TABLE = "operations = [migrations.CreateModel('Shoe', [('id', models.BigAutoField(primary_key=True))])]"


def these(businesses: list[Business]) -> object:
    return Business.objects.filter(pk__in=[business.pk for business in businesses])


def slugs(businesses: list[Business]) -> list[str]:
    return [business.slug for business in businesses]


def columns(business: Business) -> set[str]:
    """The columns of its customers' table."""
    with schema_context(business.schema_name), connections["migrate"].cursor() as cursor:
        cursor.execute(
            "SELECT column_name FROM information_schema.columns WHERE table_schema = %s AND table_name = %s",
            [business.schema_name, "customers_customer"],
        )
        return {name for (name,) in cursor.fetchall()}


def recorded(business: Business) -> int:
    """How many times the new migration is on record."""
    with schema_context(business.schema_name), connections["migrate"].cursor() as cursor:
        cursor.execute("SELECT count(*) FROM django_migrations WHERE name = '9999_rehearsal'")
        return int(cursor.fetchone()[0])


def state_row(business: Business) -> SchemaState:
    with schema_context("public"):
        return SchemaState.objects.using("migrate").get(business=business)
