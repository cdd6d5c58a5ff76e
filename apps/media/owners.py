"""Who may see what a file belongs to. Owners live in apps above, so the composition root names them (config/owners.py).

An owner kind is a word of ours ("message") with the rows of that kind on which a person may do a verb.
"""

from collections.abc import Callable, Mapping
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.utils.module_loading import import_string

Rows = Callable[[Any, str], QuerySet[Any]]
WORDS = {"refetch": "reply"}  # what must be allowed on the owner; `view` for every other word


def owners() -> Mapping[str, Rows]:
    """Each owner kind with the rows of it that a person may view, or answer in."""
    found: Mapping[str, Rows] = import_string(settings.FILE_OWNERS)
    return found
