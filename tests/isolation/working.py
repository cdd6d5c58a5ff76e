"""Runs background tasks with every header they could come with, and says what went wrong."""

import inspect
from collections.abc import Iterator
from typing import Any, get_origin
from uuid import UUID

from celery import Task

from apps.core.tasks import HEADER, MissingBusiness
from config.celery import app
from tests.isolation.walking import undone

NOBODYS = "b_zzzzzzzzzzzz"
SIMPLE: dict[Any, Any] = {str: "live", int: 1, bool: False, dict: {}, list: []}


def tasks() -> dict[str, Any]:
    """Every task of ours, by its name."""
    app.loader.import_default_modules()
    return {name: task for name, task in app.tasks.items() if name.startswith("apps.")}


def clock() -> set[str]:
    """The tasks the clock sends, which begin on the platform and enter each business themselves."""
    return {entry["task"] for entry in app.conf.beat_schedule.values()}


def arguments(task: "Task[..., Any]", keys: list[Any]) -> Iterator[dict[str, Any]]:
    """What it could be called with: each key in turn where it wants one."""
    wanted = {
        name: get_origin(each.annotation) or each.annotation
        for name, each in inspect.signature(task.run).parameters.items() if each.default is inspect.Parameter.empty
    }  # fmt: skip
    unknown = [f"{task.name}({name}: {kind})" for name, kind in wanted.items() if kind not in (UUID, *SIMPLE)]
    assert not unknown, f"Teach SIMPLE what these are: {unknown}"
    uuids = [key for key in keys if isinstance(key, UUID)] if UUID in wanted.values() else [None]
    for key in uuids:
        yield {name: key if kind is UUID else SIMPLE[kind] for name, kind in wanted.items()}


def run(task: "Task[..., Any]", schema: str | None, kwargs: dict[str, Any]) -> BaseException | None:
    """Run it as a worker would, with this business in its header; what it raised. Its deeds are undone afterwards."""
    with undone():
        result = task.apply(kwargs=kwargs, headers={HEADER: schema} if schema else {}, throw=False)
    return result.result if isinstance(result.result, BaseException) else None


def runs_without_business(task: "Task[..., Any]", keys: list[Any]) -> bool:
    """Whether it does anything at all when nobody says in which business."""
    kwargs = next(arguments(task, keys))
    return not isinstance(run(task, None, kwargs), MissingBusiness)
