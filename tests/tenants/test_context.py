"""The current business is one context variable, and every connection follows it or refuses to work."""

import pytest
from django.db import DatabaseError, connection, transaction
from django_tenants.utils import schema_context, tenant_context
from psycopg.pq import TransactionStatus

from apps.accounts.models import Employee, User
from apps.tenants import provisioning
from apps.tenants.models import Business
from apps.tenants.postgres.base import OneStatementCursor, forget_role
from apps.tenants.postgres.context import current_schema

WHO = "SELECT current_user, current_setting('search_path'), current_setting('app.tenant', true)"


def who() -> tuple[str, str, str]:
    """Role, path and tenant as the server has them."""
    with connection.cursor() as cursor:
        cursor.execute(WHO)
        return cursor.fetchone()


def as_(business: Business) -> tuple[str, str, str]:
    return business.schema_name, f"{business.schema_name}, ext", business.schema_name


PLATFORM = ("maj_public", "public, ext", "public")


def test_role_path_and_tenant_follow_the_context(both):
    acme, globex = both

    seen = [who()]
    with tenant_context(acme):
        seen.append(who())
        with tenant_context(globex):
            seen.append(who())
        seen.append(who())
    seen.append(who())

    assert seen == [PLATFORM, as_(acme), as_(globex), as_(acme), PLATFORM]


def test_the_context_is_restored_after_an_error(both):
    acme, globex = both

    with tenant_context(acme):
        with pytest.raises(ZeroDivisionError), tenant_context(globex):
            raise ZeroDivisionError
        with pytest.raises(DatabaseError), schema_context(globex.schema_name), connection.cursor() as cursor:
            cursor.execute("SELECT 1/0")

        assert current_schema() == acme.schema_name
        assert who() == as_(acme)

    assert current_schema() == "public"


def test_the_switch_is_sent_only_when_something_changes(both):
    with tenant_context(both[0]):
        who()
        applied = connection._applied
        who()

        assert applied is connection._applied
        assert applied is not None


@pytest.mark.parametrize("outer", ["public", "acme"])
def test_a_rollback_undoes_the_switch_and_the_next_statement_makes_it_again(both, outer):
    acme, globex = both
    around = "public" if outer == "public" else acme.schema_name

    with schema_context(around):
        with pytest.raises(ZeroDivisionError), transaction.atomic(), tenant_context(globex):
            assert who() == as_(globex)
            raise ZeroDivisionError

        assert who() == (PLATFORM if outer == "public" else as_(acme))
    with tenant_context(globex):
        assert who() == as_(globex)


def test_a_savepoint_rollback_does_the_same(both):
    acme, globex = both

    with tenant_context(acme), transaction.atomic():
        who()
        with pytest.raises(ZeroDivisionError), transaction.atomic(), tenant_context(globex):
            assert who() == as_(globex)
            raise ZeroDivisionError

        assert who() == as_(acme)
        with tenant_context(globex):
            assert who() == as_(globex)


def test_a_failed_statement_in_a_transaction_does_not_lose_the_business(both):
    acme, globex = both

    with tenant_context(acme), transaction.atomic():
        with pytest.raises(DatabaseError), transaction.atomic(), tenant_context(globex), connection.cursor() as cursor:
            cursor.execute("SELECT 1/0")

        assert who() == as_(acme)


def test_a_switch_that_fails_closes_the_connection_and_raises(both, fleet_of):
    (gone,) = fleet_of(1)
    with tenant_context(both[0]):
        who()
    open_one = connection.connection
    provisioning.drop(gone.schema_name)

    with tenant_context(gone), pytest.raises(DatabaseError):
        User.objects.count()

    assert open_one.closed
    assert connection._applied is None
    connection.close()
    assert who() == PLATFORM


def test_a_role_we_are_no_member_of_closes_the_connection_too(fleet_of, superuser):
    (business,) = fleet_of(1)
    superuser.execute("SET LOCAL ROLE maj_migrate")  # whose grant it was
    superuser.execute(f"REVOKE {business.schema_name} FROM maj_app")
    superuser.commit()

    with tenant_context(business):
        for _ in range(2):
            with pytest.raises(DatabaseError, match="permission denied to set role"):
                User.objects.count()
            assert connection.connection.closed
            connection.close()


def test_a_closed_connection_forgets_what_was_applied(both):
    with tenant_context(both[0]):
        assert who() == as_(both[0])
        connection.close()

        assert connection._applied is None
        assert who() == as_(both[0])


def test_the_pool_hands_out_clean_connections(both):
    with tenant_context(both[0]):
        who()
        connection.close()

    with connection.pool.connection() as raw:
        assert raw.execute(WHO).fetchone() in (
            ("maj_app", '"$user", public', None), ("maj_app", '"$user", public', ""),
        )  # fmt: skip


def test_a_connection_given_back_inside_a_transaction_is_clean_as_well(both):
    with tenant_context(both[0]):
        connection.ensure_connection()
        raw = connection.connection
        raw.autocommit = False
        who()
        assert raw.info.transaction_status == TransactionStatus.INTRANS

        forget_role(raw)

    assert raw.info.transaction_status == TransactionStatus.IDLE
    assert raw.execute("SELECT current_user").fetchone() == ("maj_app",)
    raw.rollback()
    raw.autocommit = True


def test_a_connection_that_cannot_be_cleaned_is_closed(both, superuser):
    with tenant_context(both[0]):
        who()
    raw = connection.connection
    superuser.execute("SELECT pg_terminate_backend(%s)", [raw.info.backend_pid])

    connection.close()

    assert raw.closed
    with tenant_context(both[0]):
        assert who() == as_(both[0])


def test_the_pool_stays_small_for_one_worker(both):
    connection.close()
    connection.close_pool()

    for number in range(50):
        with tenant_context(both[number % 2]):
            who()
        connection.close()

    assert connection.pool.get_stats()["pool_size"] == 1


def test_statements_go_out_one_at_a_time(both):
    with tenant_context(both[0]), connection.cursor() as cursor:
        assert isinstance(cursor.cursor, OneStatementCursor)
        with pytest.raises(DatabaseError, match="multiple commands"):
            cursor.execute("SELECT 1; SELECT 2")


def test_a_server_side_cursor_reads_as_the_business_and_takes_one_statement(both):
    with tenant_context(both[0]):
        assert sorted(Employee.objects.values_list("pk")) == sorted(Employee.objects.values_list("pk").iterator())
        with connection.chunked_cursor() as cursor:
            cursor.execute("SELECT current_user")
            assert cursor.fetchone() == (both[0].schema_name,)
        with connection.chunked_cursor() as cursor, pytest.raises(DatabaseError, match="multiple commands"):
            cursor.execute("SELECT 1; SELECT 2")
