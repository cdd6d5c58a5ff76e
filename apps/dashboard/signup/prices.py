"""The plans as the front page and the price list show them: every figure from the rows (BIL-01)."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_tenants.utils import schema_context

from apps.billing.models import Plan
from apps.billing.plans import FEATURES, GIGABYTE, LIMITS
from apps.billing.queries import current_plans
from apps.core import money
from apps.tenants.postgres.context import PUBLIC

FOR_WHOM = {
    Plan.Key.FREE: gettext_lazy("To look around for as long as you like"),
    Plan.Key.STARTER: gettext_lazy("For one counter and a few hands"),
    Plan.Key.PRO: gettext_lazy("For a team that answers all day"),
    Plan.Key.ENTERPRISE: gettext_lazy("For many rooms under one roof"),
}
Fact = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Offer:
    """One plan on show."""

    key: str
    name: str
    for_whom: str
    month: str
    year: str
    facts: list[Fact]
    adds: list[str]
    features: frozenset[str]
    is_trial: bool


def offers() -> list[Offer]:
    """The plans on sale, from the least to the most, in the reader's language."""
    with schema_context(PUBLIC):
        plans = current_plans()
    shown: list[Offer] = []
    for plan in plans:
        known = shown[-1].features if shown else frozenset()
        adds = [str(FEATURES[key]) for key in plan.features if key in FEATURES and key not in known]
        shown.append(
            Offer(
                key=plan.key, name=str(Plan.Key(plan.key).label), for_whom=str(FOR_WHOM[Plan.Key(plan.key)]),
                month=_price(plan, "price_month"), year=_price(plan, "price_year") if plan.price_year else "",
                facts=[(str(label), _limit(plan, key)) for key, label in LIMITS.items()],
                adds=adds, features=frozenset(plan.features), is_trial=plan.key == Plan.Key.PRO,
            )
        )  # fmt: skip
    return shown


def _price(plan: Plan, column: str) -> str:
    """The short sign in front in either language: `$200`, which reads the same both ways."""
    return money.spoken(getattr(plan, column), plan.currency, "en")


def _limit(plan: Plan, key: str) -> str:
    value = getattr(plan, key)
    if value is None:
        return _("Unlimited")
    if key == "storage_bytes":
        return _("%(n)s GB") % {"n": value // GIGABYTE}
    return f"{value:,}" if value else "–"
