"""`manage.py check` sees each breach of the rules that keep businesses apart."""

from collections.abc import Callable

import pytest
from django.core.checks import CheckMessage
from django.db import connections, models
from django.test.utils import isolate_apps
from django_tenants.utils import schema_context

from apps.customers.models import Customer
from apps.tenants import checks
from apps.tenants.models import Business


def ids(found: list[CheckMessage]) -> set[str]:
    return {message.id or "" for message in found}


@pytest.fixture
def only(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Lets the checks see these models and no others."""
    return lambda *seen: monkeypatch.setattr(checks, "_models", lambda: iter(seen))


def a_model(**fields: object) -> type[models.Model]:
    meta = fields.pop("Meta", type("Meta", (), {"app_label": "customers"}))
    id_field = fields.pop("id", models.UUIDField(primary_key=True))
    body = {"__module__": "apps.customers.models", "Meta": meta, "id": id_field, **fields}
    return type("Shoe", (models.Model,), body)


def test_the_house_is_in_order(committed):
    assert checks.every_model_has_its_place(None) == []
    assert checks.no_key_leaves_its_schema(None) == []
    assert checks.the_backend_is_ours(None) == []
    assert checks.the_web_login_can_do_nothing_itself(None) == []
    assert checks.the_database_is_as_we_say(None, databases=["default"]) == []


@isolate_apps("apps.customers")
def test_a_table_named_as_shared_must_be_placed_as_shared(only):
    meta = type("Meta", (), {"app_label": "customers", "db_table": 'public"."customers_shoe'})
    only(a_model(Meta=meta))

    assert "majlis.E002" in ids(checks.every_model_has_its_place(None))


def test_a_shared_model_must_be_named_with_its_schema(monkeypatch):
    monkeypatch.setattr(checks, "SHARED", checks.SHARED | {"customers.customer"})

    assert ids(checks.every_model_has_its_place(None)) == {"majlis.E001"}


def test_a_model_of_somebody_else_must_be_placed(monkeypatch):
    monkeypatch.setattr(checks, "BOTH", checks.BOTH - {"auth.group"})

    assert ids(checks.every_model_has_its_place(None)) == {"majlis.E003"}


def test_a_place_for_no_model_is_a_slip(monkeypatch):
    monkeypatch.setattr(checks, "BOTH", checks.BOTH | {"auth.nothing"})

    assert ids(checks.every_model_has_its_place(None)) == {"majlis.E003"}


@isolate_apps("apps.customers")
@pytest.mark.parametrize(("constraint", "expected"), [(True, {"majlis.E005"}), (False, set())])
def test_a_key_into_a_shared_table_has_no_constraint(only, constraint, expected):
    only(a_model(business=models.ForeignKey(Business, models.CASCADE, db_constraint=constraint, related_name="+")))

    assert ids(checks.no_key_leaves_its_schema(None)) == expected


@isolate_apps("apps.customers")
def test_no_key_leads_from_a_shared_table_into_a_business(only, monkeypatch):
    monkeypatch.setattr(checks, "SHARED", checks.SHARED | {"customers.shoe"})
    only(a_model(customer=models.ForeignKey(Customer, models.CASCADE, db_constraint=False, related_name="+")))

    assert ids(checks.no_key_leaves_its_schema(None)) == {"majlis.E004"}


@isolate_apps("apps.customers")
def test_rows_of_ours_have_uuid_keys(only):
    only(a_model(id=models.BigAutoField(primary_key=True)))

    assert ids(checks.no_key_leaves_its_schema(None)) == {"majlis.E006"}


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [("TENANT_LIMIT_SET_CALLS", False, "majlis.E008"), ("SESSION_COOKIE_DOMAIN", ".localhost", "majlis.E009")],
)
def test_settings_that_undo_the_isolation(settings, name, value, expected):
    setattr(settings, name, value)

    assert ids(checks.the_backend_is_ours(None)) == {expected}


@pytest.mark.parametrize(
    ("deed", "undo", "expected"),
    [
        ("CREATE SCHEMA acme_plc", "DROP SCHEMA acme_plc", "majlis.E011"),
        (
            "CREATE TABLE public.crossing (business_id uuid REFERENCES public.tenants_business);"
            "ALTER TABLE public.crossing SET SCHEMA {schema}",
            "DROP TABLE {schema}.crossing",
            "majlis.E012",
        ),
        (
            "CREATE TRIGGER shout BEFORE UPDATE ON {schema}.customers_customer"
            " FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()",
            "DROP TRIGGER shout ON {schema}.customers_customer",
            "majlis.E013",
        ),
        ("CREATE EXTENSION citext SCHEMA public", "DROP EXTENSION citext", "majlis.E014"),
        ("CREATE TABLE public.stray (a int)", "DROP TABLE public.stray", "majlis.E015"),
        (
            "CREATE TABLE public.bare (business_id uuid); ALTER TABLE public.bare OWNER TO maj_owner",
            "DROP TABLE public.bare",
            "majlis.E016",
        ),
    ],
)
def test_what_the_database_really_holds(superuser, both, deed, undo, expected):
    schema = both[0].schema_name
    superuser.execute(deed.format(schema=schema))
    superuser.commit()
    try:
        with schema_context("public"):
            found = checks.the_database_is_as_we_say(None, databases=["default"])
    finally:
        superuser.execute(undo.format(schema=schema))
        superuser.commit()

    assert expected in ids(found)


def test_a_mighty_web_login_is_refused(committed, monkeypatch):
    monkeypatch.setattr(checks, "connections", {"default": connections["migrate"]})

    assert ids(checks.the_web_login_can_do_nothing_itself(None)) == {"majlis.E018"}
