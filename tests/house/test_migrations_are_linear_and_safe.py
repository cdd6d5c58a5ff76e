"""A migration costs as many times as there are businesses: one line per app, no rows walked, nothing left to make."""

import ast
from collections.abc import Iterable

import pytest
from django.apps import apps
from django.db.migrations import RunPython
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState

from tests.house.ground import at, python_files

# Rows that every new business begins with: the prepared script needs them in its tables, so no task can make them.
SEEDS = {("accounts", "0002_system_roles"), ("accounts", "0007_business_calendar"), ("assistant", "0002_first_persona")}


@pytest.fixture
def loader() -> MigrationLoader:
    """The migrations on disk."""
    return MigrationLoader(None)


def ours() -> set[str]:
    """The labels of our apps."""
    return {config.label for config in apps.get_app_configs() if config.name.startswith("apps.")}


def forked(leaves: Iterable[tuple[str, str]]) -> list[str]:
    """Apps with more than one head."""
    heads = [label for label, _name in leaves]
    return sorted({label for label in heads if heads.count(label) > 1})


def loops_over_rows(source: str) -> list[int]:
    """Lines that walk rows one by one, outside batches (`.iterator(chunk_size=…)` or a slice)."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, (ast.For, ast.comprehension)):
            walked = ast.unparse(node.iter)
            if ".objects" in walked and "chunk_size" not in walked and not walked.endswith("]"):
                found.append(node.iter.lineno)
    return found


def test_every_app_has_one_head(loader: MigrationLoader) -> None:
    assert forked(leaf for leaf in loader.graph.leaf_nodes() if leaf[0] in ours()) == []


def test_only_seeds_run_python(loader: MigrationLoader) -> None:
    running = {
        key for key, migration in loader.disk_migrations.items()
        if key[0] in ours() and any(isinstance(each, RunPython) for each in migration.operations)
    }  # fmt: skip

    assert running == SEEDS


def test_no_migration_walks_rows_one_by_one() -> None:
    migrations = [path for path in python_files("apps", migrations=True) if "migrations" in path.parts]

    assert len(migrations) > 10
    assert [(at(path), lines) for path in migrations if (lines := loops_over_rows(path.read_text()))] == []


def test_every_migration_is_named_by_a_person(loader: MigrationLoader) -> None:
    assert [key for key in loader.disk_migrations if key[0] in ours() and "_auto_" in key[1]] == []


def test_nothing_is_left_to_make(loader: MigrationLoader) -> None:
    detector = MigrationAutodetector(loader.project_state(), ProjectState.from_apps(apps))

    assert set(detector.changes(graph=loader.graph)) & ours() == set()


def test_it_sees_planted_faults() -> None:
    assert forked([("tea", "0002_milk"), ("cups", "0001_initial"), ("tea", "0002_sugar")]) == ["tea"]
    assert loops_over_rows("for cup in Cup.objects.all():\n    cup.save()") == [1]
    assert loops_over_rows("full = [cup.size for cup in Cup.objects.filter(full=True)]") == [1]
    assert loops_over_rows("for cup in Cup.objects.iterator(chunk_size=500):\n    pass") == []
