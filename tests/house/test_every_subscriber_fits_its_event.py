"""The wiring page cannot lie: each subscriber takes what its event tells, each task has a queue somebody empties."""

import inspect
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from types import SimpleNamespace
from typing import Any, get_type_hints
from uuid import UUID

import pytest
from celery import Task

from apps.conversations import tasks as conversations
from apps.core.events import Event
from apps.core.tasks import BusinessTask, job
from config.celery import QUEUES, app
from config.events import SUBSCRIPTIONS

Wiring = Mapping[type[Event], Sequence[Any]]


def misfits(wiring: Wiring) -> list[str]:
    """Subscribers that are no task of a business, or whose parameters are not the event's fields, by name and type."""
    found = []
    for event, subscribers in wiring.items():
        told = {field.name: get_type_hints(event)[field.name] for field in fields(event)}
        for task in subscribers:
            if not isinstance(task, BusinessTask):
                found.append(f"{task} hears {event.__name__} and is not a @job.")
                continue
            taken = {name: each.annotation for name, each in inspect.signature(task.run).parameters.items()}
            if taken != told:
                found.append(f"{task.name} takes {taken}, {event.__name__} tells {told}.")
    return found


def without_queue(tasks: Mapping[str, Any]) -> list[str]:
    """Our tasks that name no queue, or one no worker empties."""
    return [
        name for name, task in tasks.items()
        if name.startswith("apps.") and getattr(task, "queue", None) not in QUEUES
    ]  # fmt: skip


@pytest.fixture
def tasks() -> Mapping[str, Task[..., Any]]:
    """All tasks, loaded as a worker loads them."""
    app.loader.import_default_modules()
    return dict(app.tasks)


def test_every_subscriber_fits_its_event() -> None:
    assert misfits(SUBSCRIPTIONS) == []


def test_every_event_is_on_the_wiring_page() -> None:
    named = {(event.__module__, event.__name__) for event in Event.__subclasses__()}  # slots make each class twice
    ours = {name for name in named if name[0].startswith("apps.")}

    assert len(ours) >= 5
    assert ours == {(event.__module__, event.__name__) for event in SUBSCRIPTIONS}


def test_every_task_has_a_queue(tasks: Mapping[str, Task[..., Any]]) -> None:
    assert "apps.conversations.tasks.deliver" in tasks
    assert without_queue(tasks) == []


def test_the_clock_rings_for_tasks_that_exist(tasks: Mapping[str, Task[..., Any]]) -> None:
    for name, entry in app.conf.beat_schedule.items():
        assert entry["task"] in tasks, name
        assert entry.get("options", {}).get("queue", "live") in QUEUES, name


@dataclass(frozen=True, slots=True)
class TeaServed(Event):
    """Planted."""

    cup_id: UUID


def test_it_sees_planted_misfits() -> None:
    @job(queue="live")
    def drink(cup_id: str) -> None: ...

    @job(queue="live")
    def wash(saucer_id: UUID) -> None: ...

    @job(queue="live")
    def enjoy(cup_id: UUID) -> None: ...

    found = misfits({TeaServed: [drink, wash, enjoy, "anybody", conversations.show]})

    assert [words.split()[0].split(".")[-1] for words in found] == ["drink", "wash", "anybody", "show"]


def test_it_sees_a_planted_task_without_queue() -> None:
    planted = {f"apps.tea.{queue}": SimpleNamespace(queue=queue) for queue in (None, "floor", *QUEUES)}

    assert without_queue(planted) == ["apps.tea.None", "apps.tea.floor"]
