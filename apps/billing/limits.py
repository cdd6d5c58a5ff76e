"""The one place that says what a plan does not allow (requirements BIL-08, BIL-09). Asked before the deed, by its verb.

A business is named by its id or by anything that names its schema, such as `current_tenant.get()`. Works in the
business's own schema and on the platform.
"""

from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _

from apps.billing.models import Plan
from apps.billing.plans import FEATURES, LIMITS
from apps.billing.queries import current_plans, limits_of, plan_of
from apps.core.refusals import Refusal
from apps.tenants.postgres.context import Tenant


def has_feature(business: Tenant | UUID, feature: str) -> bool:
    """Whether the business's plan includes a feature of `plans.FEATURES`; for pages that show it locked."""
    return _known(feature) in plan_of(business).features


def require_feature(business: Tenant | UUID, feature: str) -> None:
    """Raise Refusal `plan_feature` (403), naming the lowest plan that has it, unless the business's plan does."""
    if has_feature(business, feature):
        return
    lowest = lowest_plan_with(feature)
    sentence = _("“%(feature)s” comes with the plan %(plan)s.")
    facts = {"feature": FEATURES[feature], "plan": lowest.get_key_display()}
    raise Refusal("plan_feature", sentence % facts, feature=feature, plan=lowest.key)


def lowest_plan_with(feature: str) -> Plan:
    """The least plan on sale that includes a feature."""
    return next(plan for plan in current_plans() if _known(feature) in plan.features)


def require_room(business: Tenant | UUID, what: str, current: int, more: int = 1) -> None:
    """Raise Refusal `plan_limit` (409) with `current` and `limit` unless `more` of `what` still fit.

    `what` is a field of Limits; `current` is counted by the caller, by `counted` where two may add at once.
    """
    limit: int | None = getattr(limits_of(business), what)
    if limit is None or current + more <= limit:
        return
    sentence = _("Your plan allows %(limit)s here (%(what)s), and %(current)s are in use. A larger plan has room.")
    facts = {"limit": limit, "current": current, "what": LIMITS[what]}
    raise Refusal("plan_limit", sentence % facts, current=current, limit=limit)


def counted(rows: QuerySet[Any]) -> int:
    """How many rows there are, while nobody else can add any: their table is locked until the transaction ends."""
    hold(rows.model)
    return rows.count()


def hold(model: type[Model]) -> None:
    """Let nobody else write this table until the transaction ends, for what is summed up rather than counted."""
    with connection.cursor() as cursor:
        cursor.execute(f"LOCK TABLE {connection.ops.quote_name(model._meta.db_table)} IN SHARE ROW EXCLUSIVE MODE")


def _known(feature: str) -> str:
    if feature not in FEATURES:
        raise KeyError(feature)
    return feature
