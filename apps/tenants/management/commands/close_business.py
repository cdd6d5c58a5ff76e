"""`manage.py close_business SLUG --reason "…"`: begin the 30 days after which it is erased (requirements TEN-20)."""

from collections.abc import Callable
from typing import ClassVar

from apps.tenants import actions
from apps.tenants.management.commands import suspend_business
from apps.tenants.models import Business


class Command(suspend_business.Command):
    """Idempotent: a business that is closing already keeps its day."""

    help = "Close a business: for 30 days it can be read and reopened, then it is erased."
    verb: ClassVar[Callable[..., Business]] = staticmethod(actions.close_business)
    question = "Close {name}? In 30 days it is erased. [y/N] "
