"""`manage.py check`: the rules that keep businesses apart and schemas fit to be moved (foundations 1.1 to 1.5 and 2).

Without a database: where each model's table belongs, and which keys may not leave a schema. With `--database default`:
what the database really holds. With `--deploy`: who the web process is.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from django.apps import AppConfig, apps
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.db import Error as DatabaseError
from django.db import connections
from django.db.models import ForeignKey, Model, UUIDField

from apps.tenants.postgres.context import SCHEMA_NAME
from apps.tenants.postgres.router import BOTH, LIVE_APPS, SHARED
from apps.tenants.postgres.schema import SchemaEditor

PUBLIC_PREFIX = 'public"."'
BARE_SHARED = {"admin.logentry"}  # reached from public only, where the admin runs; elsewhere its absence is the point


def _models() -> Iterator[type[Model]]:
    for model in apps.get_models(include_auto_created=True):
        if not model._meta.proxy and model._meta.managed and model._meta.app_label not in LIVE_APPS:
            yield model


def _is_ours(model: type[Model]) -> bool:
    return model.__module__.startswith("apps.")


@register(Tags.models)
def every_model_has_its_place(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """A shared table is named with its schema, a business's is not, and the router's list knows only real models."""
    found: list[CheckMessage] = []
    labels = set()
    for model in _models():
        label, table = model._meta.label_lower, model._meta.db_table
        labels.add(label)
        qualified = table.startswith(PUBLIC_PREFIX)
        if label in SHARED and not qualified and label not in BARE_SHARED:
            found.append(Error(f"{label} is shared; its db_table must be '{PUBLIC_PREFIX}{table}'.", id="majlis.E001"))
        if label not in SHARED and qualified:
            found.append(Error(f"{label} is named as shared and is not in the router's SHARED.", id="majlis.E002"))
        if model._meta.app_label == "tenants" and label not in SHARED:
            found.append(Error(f"{label}: every model of tenants is shared; add it to SHARED.", id="majlis.E002"))
        if not _is_ours(model) and not model._meta.auto_created and label not in SHARED | BOTH:
            found.append(Error(f"{label} is not ours and not placed: add it to SHARED or BOTH.", id="majlis.E003"))
    for label in sorted((SHARED | BOTH) - labels):
        found.append(Error(f"The router places {label}, which does not exist.", id="majlis.E003"))
    return found


@register(Tags.models)
def no_key_leaves_its_schema(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """Ours say db_constraint=False towards ours; where others' models are an end, our schema editor says it."""
    found: list[CheckMessage] = []
    for model in _models():
        label = model._meta.label_lower
        for key in model._meta.local_fields:
            if not isinstance(key, ForeignKey):
                continue
            target = key.related_model._meta.label_lower
            is_ours = _is_ours(model) and _is_ours(key.related_model)
            if label in SHARED and target not in SHARED | BOTH:
                found.append(Error(f"{key} is a key from a shared table into a business's.", id="majlis.E004"))
            if label not in SHARED and target in SHARED and is_ours and key.db_constraint:  # type: ignore[attr-defined]
                found.append(
                    Error(f"{key} is a key into a shared table: it needs db_constraint=False.", id="majlis.E005")
                )
        if _is_ours(model) and not model._meta.auto_created and not isinstance(model._meta.pk, UUIDField):
            found.append(Error(f"{label}: rows of ours have UUID keys made in Python.", id="majlis.E006"))
    return found


@register(Tags.compatibility)
def the_backend_is_ours(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """Settings without which the rest means nothing."""
    found: list[CheckMessage] = []
    for alias in ("default", "migrate"):
        if not issubclass(connections[alias].SchemaEditorClass or object, SchemaEditor):
            found.append(Error(f"DATABASES[{alias!r}] needs ENGINE apps.tenants.postgres.", id="majlis.E007"))
    if not settings.TENANT_LIMIT_SET_CALLS:
        found.append(Error("TENANT_LIMIT_SET_CALLS must be True.", id="majlis.E008"))
    if settings.SESSION_COOKIE_DOMAIN or settings.CSRF_COOKIE_DOMAIN:
        found.append(Error("Cookies are a business's own: set no SESSION_COOKIE_DOMAIN.", id="majlis.E009"))
    if settings.DATABASES["default"].get("USER") == settings.DATABASES["migrate"].get("USER"):
        found.append(Error("The web login and the migration login are the same.", id="majlis.E010"))
    return found


FOREIGN = {
    "majlis.E011": (
        "Schema {} is neither ours nor a business's opaque one.",
        "SELECT nspname FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname !~ %(business)s"
        " AND nspname NOT IN ('information_schema', 'public', 'ext', 'live')",
    ),
    "majlis.E012": (
        "A foreign key crosses schemas: {}.",
        "SELECT concat(f.nspname, '.', c.conname) FROM pg_constraint c JOIN pg_class a ON a.oid = conrelid"
        " JOIN pg_class b ON b.oid = confrelid JOIN pg_namespace f ON f.oid = a.relnamespace"
        " WHERE contype = 'f' AND a.relnamespace <> b.relnamespace",
    ),
    "majlis.E013": (
        "A business's schema has a trigger: {}.",
        "SELECT concat(nspname, '.', tgname) FROM pg_trigger t JOIN pg_class c ON c.oid = tgrelid"
        " JOIN pg_namespace n ON n.oid = relnamespace WHERE NOT tgisinternal AND nspname ~ %(business)s",
    ),
    "majlis.E014": (
        "Extension {} lives outside ext.",
        "SELECT extname FROM pg_extension e JOIN pg_namespace n ON n.oid = extnamespace"
        " WHERE nspname <> 'ext' AND extname <> 'plpgsql'",
    ),
    "majlis.E015": (
        "Table {} does not belong to maj_owner.",
        "SELECT concat(schemaname, '.', tablename) FROM pg_tables WHERE tableowner <> 'maj_owner'"
        " AND (schemaname = 'public' OR schemaname ~ %(business)s)",
    ),
    "majlis.E016": (
        "Shared table {} carries a business and has no row security for its owner too.",
        "SELECT DISTINCT c.relname FROM pg_class c JOIN pg_attribute a ON attrelid = c.oid"
        " WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND attname IN ('business_id', 'schema_name')"
        " AND NOT (relrowsecurity AND relforcerowsecurity)",
    ),
}


@register(Tags.database)
def the_database_is_as_we_say(
    app_configs: Sequence[AppConfig] | None, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """What is really there: opaque schema names, no key or trigger that Citus or a shard would refuse."""
    if "default" not in (databases or ()):
        return []
    found: list[CheckMessage] = []
    with connections["default"].cursor() as cursor:
        for number, (sentence, question) in FOREIGN.items():
            cursor.execute(question, {"business": f"^{SCHEMA_NAME.pattern}$"})
            found += [Error(sentence.format(name), id=number) for (name,) in cursor.fetchall()]
    return found


@register(Tags.security, deploy=True)
def the_web_login_can_do_nothing_itself(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """The login of requests owns nothing, is no superuser and inherits nothing from the roles it may become."""
    try:
        with connections["default"].cursor() as cursor:
            cursor.execute(
                "SELECT rolsuper OR rolbypassrls OR rolcreaterole OR rolinherit,"
                " EXISTS (SELECT FROM pg_class WHERE relowner = r.oid),"
                " pg_has_role(session_user, 'maj_owner', 'MEMBER') FROM pg_roles r WHERE rolname = session_user"
            )
            mighty, owns, is_owner = cursor.fetchone()
    except DatabaseError as error:
        return [Warning(f"The web login could not be examined: {error}", id="majlis.W017")]
    if mighty or owns or is_owner:
        return [
            Error(
                "The web login may do more than become a business's role.",
                hint="It must be LOGIN NOINHERIT, own nothing and not be a member of maj_owner: see roles.sql.",
                id="majlis.E018",
            )
        ]
    return []
