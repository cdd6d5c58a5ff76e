"""One plan for many schemas: which migrations a state lacks, worked out once and replayed in each schema of that state.

Django's own executor loads the graph and renders every model anew for each schema; here that is done once, and a
schema costs only its SQL.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from typing import Any

from django.core.management.base import CommandError
from django.db import connections, transaction
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations import Migration, RunPython
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.operations.base import Operation
from django.db.migrations.operations.fields import FieldOperation
from django.db.migrations.operations.models import IndexOperation
from django.db.migrations.recorder import MigrationRecorder
from django.db.migrations.state import ProjectState
from django_tenants.utils import schema_context

Step = tuple[Migration, list[tuple[Operation, ProjectState, ProjectState]]]


@dataclass(frozen=True)
class Plan:
    """The migrations that a group of schemas lacks, in order, and what to write down of squashed ones."""

    migrations: Sequence[Migration]
    squashed: Sequence[tuple[str, str]]
    beginning: ProjectState

    @property
    def is_empty(self) -> bool:
        return not self.migrations and not self.squashed

    @cached_property
    def steps(self) -> list[Step]:
        """Each operation with the models before and after it. Rendering them is the dear part: hence once a plan."""
        state = self.beginning
        state.apps  # noqa: B018  renders every model; later states start from it
        steps: list[Step] = []
        for migration in self.migrations:
            moves = []
            for operation in migration.operations:
                before, state = state, state.clone()
                operation.state_forwards(migration.app_label, state)
                moves.append((operation, before, state))
            steps.append((migration, moves))
        return steps

    @cached_property
    def may_make_tables(self) -> bool:
        """Whether a schema may need its rights anew: they name tables, and these steps touch columns or rows alone."""
        modest = (FieldOperation, IndexOperation, RunPython)
        return not all(isinstance(operation, modest) for one in self.migrations for operation in one.operations)

    def parts(self) -> Iterator["Part"]:
        """The plan cut into transactions: neighbours that may share one do, a non-atomic migration stands alone."""
        for is_atomic, group in groupby(self.steps, lambda step: bool(step[0].atomic)):
            if is_atomic:
                yield Part(list(group), is_atomic=True)
            else:
                yield from (Part([step], is_atomic=False) for step in group)


@dataclass(frozen=True)
class Part:
    """Migrations that stand or fall together."""

    steps: list[Step]
    is_atomic: bool

    def run(self) -> None:
        """Do and record them in the current schema, by the migration login, in the caller's transaction if any."""
        connection = connections["migrate"]
        for number, (migration, moves) in enumerate(self.steps):
            if number:
                connection.check_constraints()  # an ALTER TABLE is refused while the last one's rows are unchecked
            with connection.schema_editor(atomic=self.is_atomic) as editor:
                for operation, before, after in moves:
                    _move(editor, migration, operation, before, after)
            record(migration.replaces or [(migration.app_label, migration.name)])


def plan_for(schema: str) -> Plan:
    """What this schema, and every other in its state, lacks. Raises CommandError when the migrations contradict."""
    connection = connections["migrate"]
    with schema_context(schema):
        executor: Any = MigrationExecutor(connection)
        executor.loader.check_consistent_history(connection)
        done = set(executor.recorder.applied_migrations())  # not the loader's, which counts squashed ones as recorded
    if conflicts := executor.loader.detect_conflicts():
        raise CommandError(f"Migrations of {', '.join(sorted(conflicts))} have two ends: run makemigrations --merge.")
    graph = executor.loader.graph
    migrations = [migration for migration, _ in executor.migration_plan(graph.leaf_nodes())]
    done.update(key for one in migrations for key in one.replaces or [(one.app_label, one.name)])
    squashed = [
        key for key, one in executor.loader.replacements.items() if key not in done and done.issuperset(one.replaces)
    ]
    return Plan(migrations, squashed, executor._create_project_state(with_applied_migrations=True))


def record(names: Sequence[tuple[str, str]]) -> None:
    """Write migrations (app, name) down as done in the current schema."""
    table = MigrationRecorder.Migration
    table.objects.using("migrate").bulk_create([table(app=app, name=name) for app, name in names])


def _move(
    editor: BaseDatabaseSchemaEditor, migration: Migration, operation: Operation, before: ProjectState,
    after: ProjectState,
) -> None:  # fmt: skip
    """One operation, with the transaction that Django's Migration.apply would give it."""
    own_transaction = operation.atomic or (migration.atomic and operation.atomic is not False)
    if own_transaction and not editor.atomic_migration:
        with transaction.atomic(using="migrate"):
            operation.database_forwards(migration.app_label, editor, before, after)
    else:
        operation.database_forwards(migration.app_label, editor, before, after)
