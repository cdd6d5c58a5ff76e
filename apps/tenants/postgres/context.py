"""Which business is current: one context variable, the only source that anything may ask.

The database backend, cache keys, task headers, socket groups and log lines all read it. It holds no model, so that
the backend can import it while apps are still loading.
"""

import re
from contextvars import ContextVar
from typing import Protocol

PUBLIC = "public"
SCHEMA_NAME = re.compile(r"b_[a-z0-9]{12}")


class Tenant(Protocol):
    """Anything that names a schema: a Business, or a bare name."""

    @property
    def schema_name(self) -> str: ...


class Schema:
    """A schema known only by name."""

    def __init__(self, schema_name: str, tenant_type: str | None = None) -> None:
        self.schema_name = schema_name
        self.tenant_type = tenant_type

    def get_tenant_type(self) -> str | None:
        return self.tenant_type


PLATFORM: Tenant = Schema(PUBLIC)

current_tenant: ContextVar[Tenant] = ContextVar("current_tenant", default=PLATFORM)


def current_schema() -> str:
    """The schema every query, cache key and task of this moment belongs to; `public` outside any business."""
    return current_tenant.get().schema_name


def is_business_schema(name: str) -> bool:
    """Whether a name has the opaque form of a business's schema, and may therefore stand in a SET statement."""
    return SCHEMA_NAME.fullmatch(name) is not None
