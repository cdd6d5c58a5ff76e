"""The measuring tool measures: reads, writes, and writes that were undone."""

from django.db import transaction
from django_tenants.utils import tenant_context

from apps.customers.models import Customer
from apps.tenants.models import Business
from tests.isolation.touching import Meter, touched


def test_it_sees_reads_writes_and_what_was_undone(acme: Business, globex: Business) -> None:
    table = f"{globex.schema_name}.customers_customer"
    meter = Meter(globex.schema_name)
    before = meter.read()

    with touched(globex.schema_name) as by_acme:
        list(Customer.objects.all())
    with touched(globex.schema_name) as by_read, tenant_context(globex):
        list(Customer.objects.all())
    with tenant_context(globex), transaction.atomic():
        Customer.objects.create(name="Rana")
        transaction.set_rollback(True)

    assert by_acme.tables == set()
    assert by_read.tables == {table}
    assert meter.read() == {**before, table: before.get(table, 0) + 1}
