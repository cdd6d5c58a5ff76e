"""A smoke of the fence; the attack table is its own file."""

from django.db import connection
from django_tenants.utils import tenant_context

from apps.accounts.models import Employee
from apps.tenants.models import Business


def test_each_business_sees_its_own_row_and_people(acme, globex):
    assert list(Business.objects.values_list("slug", flat=True)) == ["acme"]
    assert Employee.objects.count() == 5

    with tenant_context(globex):
        assert list(Business.objects.values_list("slug", flat=True)) == ["globex"]


def test_queries_run_as_the_business_role(acme):
    with connection.cursor() as cursor:
        cursor.execute("SELECT session_user, current_user, current_setting('search_path')")

        assert cursor.fetchone() == ("maj_app", acme.schema_name, f"{acme.schema_name}, ext")
