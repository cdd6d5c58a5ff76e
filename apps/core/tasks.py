"""Doors for background work: the business travels in the message header, and a task always ends in public."""

from collections.abc import Callable
from functools import partial
from typing import Any

from celery import Task, shared_task
from django.conf import settings
from django.db import connection
from django.utils.module_loading import import_string
from django_tenants.utils import schema_context

HEADER = "majlis_schema"


class Temporary(Exception):
    """This failed now and may work later; the task is tried again with a growing pause."""


class MissingBusiness(Exception):
    """A task message came without the schema it must run in."""


class BusinessTask(Task):  # type: ignore[misc]
    """A task that is published with the current schema and runs inside it, if that business is open for work.

    The schema is read from the message at each run and never kept on the task object, which worker threads share.
    """

    abstract = True

    def apply_async(self, args: Any = None, kwargs: Any = None, **options: Any) -> Any:
        schema = connection.schema_name  # type: ignore[attr-defined]
        headers = {**(options.pop("headers", None) or {}), HEADER: schema}
        return super().apply_async(args, kwargs, headers=headers, **options)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        headers = self.request.headers or {}
        schema = headers.get(HEADER) or self.request.get(HEADER)
        if not schema:
            raise MissingBusiness(self.name)
        if not import_string(settings.TASK_GATE)(schema):
            return None  # the rows stay as they are, and the sweepers find them when the business is open again
        with schema_context(schema):
            return self.run(*args, **kwargs)


job: Callable[..., Callable[[Callable[..., Any]], Any]] = partial(
    shared_task,
    base=BusinessTask,
    autoretry_for=(Temporary,),
    retry_backoff=2,
    retry_jitter=True,
    max_retries=8,
    acks_late=True,
    ignore_result=True,
)
