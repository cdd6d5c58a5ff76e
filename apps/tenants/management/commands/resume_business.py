"""`manage.py resume_business SLUG`: open a suspended business's doors again (requirements TEN-09)."""

from collections.abc import Callable
from typing import ClassVar

from apps.tenants import actions
from apps.tenants.management.commands import suspend_business
from apps.tenants.models import Business


class Command(suspend_business.Command):
    """Idempotent: an open business stays open."""

    help = "Resume a suspended business: people may enter, and what came in meanwhile is handled."
    verb: ClassVar[Callable[..., Business]] = staticmethod(actions.resume_business)
    asks = False
