"""All businesses, for operators, on the platform's host: the console's deeds for programs (requirements TEN-18)."""

from typing import Any, ClassVar

from rest_framework import serializers
from rest_framework.mixins import ListModelMixin
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import SimpleRouter

from apps.billing.actions.operators import LONGEST
from apps.billing.models import Plan
from apps.core.api import GuardedViewSet, Strict, StrictModel, verb
from apps.dashboard.console.deeds import DEEDS
from apps.dashboard.console.facts import facts_of
from apps.tenants.actions import LONGEST_REASON, SHORTEST_REASON
from apps.tenants.models import Business


class ListedSerializer(StrictModel):
    """A business in the list."""

    plan = serializers.CharField(source="subscription.plan.key", default=None, read_only=True, allow_null=True)
    subscription_status = serializers.CharField(
        source="subscription.status", default=None, read_only=True, allow_null=True
    )
    trial_end = serializers.DateTimeField(
        source="subscription.trial_end", default=None, read_only=True, allow_null=True
    )

    class Meta:
        model = Business
        fields: tuple[str, ...] = (
            "id", "slug", "name", "industry", "country", "status", "status_reason", "closing_until", "plan",
            "subscription_status", "trial_end", "created_at",
        )  # fmt: skip
        read_only_fields: tuple[str, ...] = fields


class FactsSerializer(Strict):
    """How a business does, in numbers."""

    employees = serializers.IntegerField()
    conversations = serializers.IntegerField()
    health = serializers.CharField()
    stuck = serializers.IntegerField()
    last_activity = serializers.DateTimeField(allow_null=True)


class OneSerializer(ListedSerializer):
    """A business with what only its own schema knows."""

    facts = serializers.SerializerMethodField()

    class Meta(ListedSerializer.Meta):
        fields: tuple[str, ...] = (*ListedSerializer.Meta.fields, "facts")
        read_only_fields: tuple[str, ...] = fields

    def get_facts(self, row: Business) -> FactsSerializer:
        return FactsSerializer(facts_of(row)).data  # type: ignore[return-value]


class ReasonSerializer(Strict):
    """Why; it stands in both records."""

    reason = serializers.CharField(min_length=SHORTEST_REASON, max_length=LONGEST_REASON)


class TrialSerializer(ReasonSerializer):
    """How many days longer."""

    days = serializers.IntegerField(min_value=1, max_value=LONGEST)


class ChosenPlanSerializer(ReasonSerializer):
    """Which plan."""

    plan = serializers.ChoiceField(Plan.Key.choices)


class BusinessesViewSet(ListModelMixin, GuardedViewSet):
    """Every business of the platform."""

    queryset = Business.objects.select_related("subscription__plan")
    serializer_class = OneSerializer
    guards: ClassVar[dict[str, str]] = {"list": "operator.view", "retrieve": "operator.view"}
    gives: ClassVar[dict[str, Any]] = {"list": ListedSerializer}

    @property
    def asks_first(self) -> list[str]:
        """Who is no operator hears nothing of what there is, not even that it is not there."""
        return ["operator.view", *super().asks_first]

    def get_queryset(self) -> Any:
        return self.rows()

    def retrieve(self, request: Request, pk: Any) -> Response:
        """One business, with numbers from its own schema."""
        return Response(self.shown(self.get_object()))

    @verb("operator.manage", takes=ReasonSerializer, plain=True)
    def suspend(self, business: Business, reason: str) -> Any:
        """Close its doors."""
        return self._do("suspend", business, reason=reason)

    @verb("operator.manage", takes=ReasonSerializer, plain=True)
    def resume(self, business: Business, reason: str) -> Any:
        """Open them again."""
        return self._do("resume", business, reason=reason)

    @verb("operator.billing", takes=TrialSerializer, plain=True)
    def extend_trial(self, business: Business, reason: str, days: int) -> Any:
        """Let the trial end later, by 60 days at most."""
        return self._do("extend_trial", business, reason=reason, days=days)

    @verb("operator.billing", takes=ChosenPlanSerializer, plain=True)
    def set_plan(self, business: Business, reason: str, plan: str) -> Any:
        """Put it on a plan, as arranged with us."""
        return self._do("set_plan", business, reason=reason, plan=plan)

    @verb("operator.manage", takes=ReasonSerializer, plain=True)
    def close(self, business: Business, reason: str) -> Any:
        """Begin the thirty days."""
        return self._do("close", business, reason=reason)

    @verb("operator.manage", takes=ReasonSerializer, plain=True)
    def restore(self, business: Business, reason: str) -> Any:
        """Take the closing back."""
        return self._do("restore", business, reason=reason)

    def _do(self, name: str, business: Business, **facts: Any) -> Any:
        DEEDS[name].do(business, by=self.actor, **facts)
        return self.shown(business)


router = SimpleRouter(use_regex_path=False)
router.register("businesses", BusinessesViewSet, basename="api-businesses")
api_urls = router.urls
