"""The JSON doors of plans: what a business has, what it was asked to pay, what is sold.

Everybody of the team may know the plan and its limits; the money is for those who may see `settings.billing`.
"""

from dataclasses import asdict
from typing import Any, ClassVar

from django.urls import path
from rest_framework import serializers
from rest_framework.mixins import ListModelMixin
from rest_framework.request import Request
from rest_framework.response import Response

from apps.billing import actions, card
from apps.billing.models import Invoice, Plan, Subscription
from apps.billing.plans import FEATURES, LIMITS
from apps.billing.queries import current_plans, entitled, limits_under, next_amount, own_subscription
from apps.core import money
from apps.core.api import GuardedViewSet, Strict, StrictModel, verb
from apps.core.guards import PUBLIC, SIGNED_IN

MONEY = "settings.billing"


class LimitsSerializer(Strict):
    """What a business may use at most. Null is unlimited."""

    conversations = serializers.IntegerField(allow_null=True)
    employees = serializers.IntegerField(allow_null=True)
    voice_minutes = serializers.IntegerField(allow_null=True)
    services = serializers.IntegerField(allow_null=True)
    inboxes = serializers.IntegerField(allow_null=True)
    storage_bytes = serializers.IntegerField(allow_null=True)


class SubscriptionSerializer(StrictModel):
    """The plan and what it allows."""

    plan = serializers.SerializerMethodField()
    limits = serializers.SerializerMethodField()
    features = serializers.SerializerMethodField()

    class Meta:
        model = Subscription
        fields: tuple[str, ...] = ("id", "plan", "status", "trial_end", "grace_until", "limits", "features")
        read_only_fields: tuple[str, ...] = fields

    def get_plan(self, row: Subscription) -> str:
        return str(row.plan.key)

    def get_limits(self, row: Subscription) -> dict[str, int | None]:
        return asdict(limits_under(row))

    def get_features(self, row: Subscription) -> list[str]:
        return list(entitled(row).features)


class PaidSubscriptionSerializer(SubscriptionSerializer):
    """The same, with the money."""

    price = serializers.SerializerMethodField()
    next_amount = serializers.SerializerMethodField()
    currency = serializers.CharField(source="plan.currency", read_only=True)
    card_payments = serializers.SerializerMethodField()

    class Meta(SubscriptionSerializer.Meta):
        fields: tuple[str, ...] = (
            *SubscriptionSerializer.Meta.fields, "billing", "period", "period_start", "period_end", "cancel_at_end",
            "price", "next_amount", "currency", "card_payments",
        )  # fmt: skip
        read_only_fields: tuple[str, ...] = fields

    def get_price(self, row: Subscription) -> str | None:
        amount = row.plan.price_year if row.period == Subscription.Period.YEAR else row.plan.price_month
        return money.plain(amount, row.plan.currency)

    def get_next_amount(self, row: Subscription) -> str | None:
        return money.plain(next_amount(row), row.plan.currency)

    def get_card_payments(self, row: Subscription) -> bool:
        return card.is_on()


class CheckoutSerializer(Strict):
    """Which plan to pay, and how often."""

    plan = serializers.ChoiceField([key for key in Plan.Key.values if key != Plan.Key.FREE])
    period = serializers.ChoiceField(Subscription.Period.choices, default=Subscription.Period.MONTH)


class WayOutSerializer(Strict):
    """Where to go on."""

    url = serializers.URLField()


class SubscriptionViewSet(GuardedViewSet):
    """This business's subscription."""

    serializer_class = PaidSubscriptionSerializer
    guards: ClassVar[dict[str, str]] = {"retrieve": SIGNED_IN}

    def retrieve(self, request: Request) -> Response:
        """Plan, status, limits and features; with `settings.billing` also period and money."""
        return Response(self._said())

    @verb(MONEY, takes=CheckoutSerializer, gives=WayOutSerializer, detail=False, plain=True)
    def checkout(self, plan: str, period: str) -> dict[str, str]:
        """The address of the page on which a plan is paid by card. 409 where cards are not taken."""
        self.request.user.require_confirmed()
        return {"url": card.checkout(self.request.business.id, plan=plan, period=period, back=self._here())}

    @verb(MONEY, gives=WayOutSerializer, detail=False, plain=True)
    def portal(self) -> dict[str, str]:
        """The address of the page on which the card is managed."""
        return {"url": card.portal(self.request.business.id, back=self._here())}

    @verb(MONEY, gives=PaidSubscriptionSerializer, detail=False, plain=True)
    def cancel(self) -> Any:
        """Let the plan end with the paid period."""
        actions.cancel(self.request.business, by=self.actor)
        return self._said()

    @verb(MONEY, gives=PaidSubscriptionSerializer, detail=False, plain=True)
    def resume(self) -> Any:
        """Take the cancellation back."""
        actions.resume(self.request.business, by=self.actor)
        return self._said()

    def _said(self) -> Any:
        row = own_subscription()
        if row is None:
            return {"plan": Plan.Key.FREE, "limits": asdict(limits_under(None)), "features": []}
        shows = PaidSubscriptionSerializer if self.request.user.may(MONEY) else SubscriptionSerializer
        return shows(row).data

    def _here(self) -> str:
        return str(self.request.build_absolute_uri("/")).rstrip("/")


class InvoiceSerializer(StrictModel):
    """One bill."""

    amount = serializers.SerializerMethodField()

    class Meta:
        model = Invoice
        fields: tuple[str, ...] = (
            "id",
            "number",
            "amount",
            "currency",
            "status",
            "period",
            "note",
            "url",
            "created_at",
        )
        read_only_fields: tuple[str, ...] = fields

    def get_amount(self, row: Invoice) -> str | None:
        return money.plain(row.amount, row.currency)


class InvoiceViewSet(ListModelMixin, GuardedViewSet):
    """What this business was asked to pay, newest first."""

    serializer_class = InvoiceSerializer
    guards: ClassVar[dict[str, str]] = {"list": MONEY}

    def get_queryset(self) -> Any:
        return Invoice.objects.all()  # the database shows a business its own alone


class PlanSerializer(StrictModel):
    """A plan as it is sold. A limit of null is unlimited."""

    price_month = serializers.SerializerMethodField()
    price_year = serializers.SerializerMethodField()
    features = serializers.ListField(child=serializers.ChoiceField(list(FEATURES)))

    class Meta:
        model = Plan
        fields: tuple[str, ...] = ("key", "price_month", "price_year", "currency", *LIMITS, "features")
        read_only_fields: tuple[str, ...] = fields

    def get_price_month(self, row: Plan) -> str | None:
        return money.plain(row.price_month, row.currency)

    def get_price_year(self, row: Plan) -> str | None:
        return money.plain(row.price_year, row.currency)


class PlansSerializer(Strict):
    """The plans on sale, from the least to the most."""

    results = PlanSerializer(many=True)


class PlanViewSet(GuardedViewSet):
    """What is sold, on the platform's host."""

    serializer_class = PlansSerializer
    guards: ClassVar[dict[str, str]] = {"retrieve": PUBLIC}

    def retrieve(self, request: Request) -> Response:
        """The plans on sale, from the least to the most."""
        return Response(PlansSerializer({"results": current_plans()}).data)


def _at(verb_name: str) -> Any:
    return path(
        f"subscription/{verb_name}/",
        SubscriptionViewSet.as_view({"post": verb_name}, detail=False),
        name=f"api-subscription-{verb_name}",
    )


api_urls = [
    *[_at(name) for name in ("checkout", "portal", "cancel", "resume")],
    path("subscription/", SubscriptionViewSet.as_view({"get": "retrieve"}), name="api-subscription"),
    path("invoices/", InvoiceViewSet.as_view({"get": "list"}, detail=False), name="api-invoices"),
]
public_api_urls = [path("plans/", PlanViewSet.as_view({"get": "retrieve"}), name="api-plans")]
