"""The fleet's migrations: every business's schema brought to the code's state, each in one transaction of its own.

One query says which schemas are alike, one plan serves all that are (`rollout`), and a schema's failure is its own:
the others go on. What is done is read from the schemas themselves, so a run that was killed is resumed by running
again. post_migrate runs in public alone, because content types and permissions live there alone.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field

from django.core.management.base import CommandError
from django.db import connections, models, transaction
from django_tenants.migration_executors import get_executor
from django_tenants.migration_executors.base import MigrationExecutor, run_migrations
from django_tenants.utils import schema_context
from psycopg import sql

from apps.tenants import provisioning
from apps.tenants.models import Business, SchemaState
from apps.tenants.postgres.context import PUBLIC
from apps.tenants.rollout import Part, Plan, plan_for, record

__all__ = ["BulkExecutor", "Busy", "Outcome", "get_executor", "migrate", "public_is_behind", "states"]

LOCK = 7_283_645_501  # held while a fleet migration runs in this database
LOCK_TIMEOUT = "5s"  # so that an ALTER TABLE that waits does not hold up everybody behind it
PATIENCE = 3.0  # seconds: the server needs a moment to notice that a killed run is gone
AT_ONCE = 500  # schemas asked about in one statement

Progress = Callable[[int, int, str], None]


class Busy(Exception):
    """Another fleet migration is running in this database."""


@dataclass
class Outcome:
    """What a run did, by slug: `failed` maps to the reason; `left` was not reached, for want of time or of a canary."""

    migrated: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)
    left: list[str] = field(default_factory=list)
    seconds: float = 0.0


@dataclass(frozen=True)
class Job:
    """What one business needs: a plan, perhaps its rights anew, and the note of where it is then."""

    business: Business
    plan: Plan
    needs_rights: bool
    attempts: int
    note: str


def migrate(
    businesses: "models.QuerySet[Business] | None" = None,
    *,
    canaries: Sequence[str] = (),
    resume: bool = False,
    budget: float | None = None,
    progress: Progress | None = None,
) -> Outcome:
    """Bring businesses (all that have a schema, unless given) to the code's state. Public must be there already.

    `canaries` (slugs) go first, and nothing else is touched unless all of them succeed. With `resume`, what failed in
    an earlier run is not tried again; otherwise it comes last. No schema is begun after `budget` seconds.
    Raises Busy.
    """
    began = time.monotonic()
    outcome = Outcome()
    with schema_context(PUBLIC), _alone():
        jobs = _jobs(_with_schema(businesses), canaries, resume, outcome)
        for number, job in enumerate(jobs):
            slug = job.business.slug
            out_of_time = budget is not None and time.monotonic() - began > budget
            if out_of_time or (slug not in canaries and any(canary in outcome.failed for canary in canaries)):
                outcome.left = [later.business.slug for later in jobs[number:]]
                break
            _bring(job, outcome)
            if progress:
                progress(number + 1, len(jobs), slug)
    outcome.seconds = time.monotonic() - began
    return outcome


def states(schemas: Sequence[str]) -> dict[str, str]:
    """A hash of the migrations recorded in each schema; schemas without the record are missing from the answer."""
    found: dict[str, str] = {}
    with connections["migrate"].cursor() as cursor:
        cursor.execute(
            "SELECT n.nspname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
            "WHERE c.relname = 'django_migrations' AND n.nspname = ANY(%s)",
            [list(schemas)],
        )
        present = [name for (name,) in cursor.fetchall()]
        for start in range(0, len(present), AT_ONCE):
            union = sql.SQL(" UNION ALL ").join(_state_of(name) for name in present[start : start + AT_ONCE])
            cursor.execute(union.as_string(cursor.connection))
            found.update(cursor.fetchall())
    return found


def public_is_behind() -> bool:
    """Whether the shared tables have migrations to come; they go first, by `manage.py prepare_database`."""
    return bool(plan_for(PUBLIC).migrations)


def _state_of(schema: str) -> sql.Composed:
    return sql.SQL(
        "SELECT {}, coalesce(md5(string_agg(app || '.' || name, ',' ORDER BY app, name)), '') FROM {}"
    ).format(sql.Literal(schema), sql.Identifier(schema, "django_migrations"))


@contextmanager
def _alone() -> Iterator[None]:
    until = time.monotonic() + PATIENCE
    while not _locked():
        if time.monotonic() > until:
            raise Busy("Another fleet migration is running in this database.")
        time.sleep(0.1)
    try:
        yield
    finally:
        with connections["migrate"].cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])


def _locked() -> bool:
    with connections["migrate"].cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
        return bool(cursor.fetchone()[0])


def _with_schema(businesses: "models.QuerySet[Business] | None") -> list[Business]:
    alive = (Business.Status.READY, Business.Status.SUSPENDED, Business.Status.CLOSING)
    rows = Business.objects.all() if businesses is None else businesses
    return list(rows.using("migrate").filter(status__in=alive).select_related("schema_state").order_by("created_at"))


def _jobs(businesses: list[Business], canaries: Sequence[str], resume: bool, outcome: Outcome) -> list[Job]:
    """Who needs what, in the order of the deed. Notes in `outcome` who needs nothing and who is not to be tried."""
    if strangers := set(canaries) - {business.slug for business in businesses}:
        raise CommandError(f"No business to migrate is called {', '.join(sorted(strangers))}.")
    current, rights = provisioning.state_of_code(), provisioning.rights_version()
    state = states([business.schema_name for business in businesses])
    plans: dict[str, Plan] = {}
    jobs: list[Job] = []
    for business in businesses:
        known = getattr(business, "schema_state", None) or SchemaState()
        if resume and known.error:
            outcome.failed[business.slug] = known.error
            continue
        if (key := state.get(business.schema_name)) is None:
            _note_failure(business, "Its schema has no record of migrations.", outcome)
            continue
        if key not in plans:
            plans[key] = plan_for(business.schema_name)
        plan = plans[key]
        if plan.is_empty and known.state_hash == current and not known.error:
            outcome.unchanged.append(business.slug)
        else:
            needs_rights = plan.may_make_tables or not known.state_hash.endswith(f".{rights}")
            jobs.append(Job(business, plan, needs_rights, known.attempts, current))
    return sorted(jobs, key=lambda job: (job.business.slug not in canaries, job.attempts))


def _bring(job: Job, outcome: Outcome) -> None:
    """One schema through its plan; the last transaction also renews its rights and notes its state."""
    parts = list(job.plan.parts())
    if not parts or not parts[-1].is_atomic:
        parts.append(Part([], is_atomic=True))
    try:
        with schema_context(job.business.schema_name):
            for part in parts:
                with _transaction() if part.is_atomic else nullcontext():
                    part.run()
                    if part is parts[-1]:
                        _settle(job)
    except Exception as error:
        if not connections["migrate"].is_usable():
            raise  # the server is gone, and our lock with it; what is done stays done
        _note_failure(job.business, f"{type(error).__name__}: {error}".strip(), outcome)
    else:
        outcome.migrated.append(job.business.slug)


def _settle(job: Job) -> None:
    record(job.plan.squashed)
    if job.needs_rights:
        with connections["migrate"].cursor() as cursor:
            cursor.execute(provisioning.rights(job.business.schema_name).as_string(cursor.connection))
    provisioning.note_current(job.business.pk, job.note)


@contextmanager
def _transaction() -> Iterator[None]:
    with transaction.atomic(using="migrate"):
        with connections["migrate"].cursor() as cursor:
            cursor.execute(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'")
        yield


def _note_failure(business: Business, reason: str, outcome: Outcome) -> None:
    outcome.failed[business.slug] = reason
    SchemaState.objects.using("migrate").update_or_create(
        business=business,
        defaults={"error": reason[:2000], "attempts": models.F("attempts") + 1},
        create_defaults={"error": reason[:2000], "attempts": 1},
    )


class BulkExecutor(MigrationExecutor):
    """The same for `migrate_schemas --executor=bulk`, which knows no canaries and no budget."""

    codename = "bulk"
    elsewhere = ("app_label", "migration_name", "fake", "fake_initial", "plan", "prune", "check_unapplied")

    def run_migrations(self, tenants: Sequence[str] | None = None) -> None:
        """Public as usual, then the named schemas. Raises CommandError when one fails."""
        if asked := [name for name in self.elsewhere if self.options.get(name)]:
            raise CommandError(f"The bulk executor knows no {asked[0]}: use --executor=standard.")
        schemas = list(tenants or [])
        if PUBLIC in schemas:
            run_migrations(self.args, self.options, self.codename, PUBLIC)
            schemas.remove(PUBLIC)
        outcome = migrate(Business.objects.filter(schema_name__in=schemas))
        if outcome.failed:
            raise CommandError("; ".join(f"{slug}: {reason}" for slug, reason in outcome.failed.items()))

    def run_multi_type_migrations(self, tenants: Sequence[tuple[str, str]]) -> None:
        """We have one type of business."""
        self.run_migrations([schema for schema, _ in tenants])
