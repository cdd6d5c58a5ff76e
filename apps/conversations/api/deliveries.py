"""The JSON door to the inbound ledger: what came in, what became of it, and applying it once more.

It lives here because applying an element makes messages; the rows themselves are the gateways'.
"""

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django_filters import rest_framework as filters
from rest_framework import serializers
from rest_framework.mixins import ListModelMixin
from rest_framework.request import Request
from rest_framework.response import Response

from apps.audit import actions as audit
from apps.conversations import ledger
from apps.core.api import GuardedViewSet, Instant, Strict, StrictModel, verb
from apps.gateways.models import Delivery, DeliveryElement, Inbox


class ElementSerializer(StrictModel):
    """One item of a POST, as it came, with what became of it."""

    class Meta:
        model = DeliveryElement
        fields: tuple[str, ...] = (
            "id", "inbox", "position", "kind", "external_id", "provider_at", "raw", "outcome", "reason", "object_kind",
            "object_id", "attempts", "next_at", "error", "history",
        )  # fmt: skip
        read_only_fields: tuple[str, ...] = fields


class DeliverySerializer(StrictModel):
    """One POST of a provider, as far as it concerns this business, with how many elements had which outcome."""

    outcomes = serializers.SerializerMethodField()

    class Meta:
        model = Delivery
        fields: tuple[str, ...] = (
            "id", "received_at", "gateway", "app_id", "body_sha256", "bytes", "headers", "element_count",
            "answered_ms", "outcomes", "created_at",
        )  # fmt: skip
        read_only_fields: tuple[str, ...] = fields

    def get_outcomes(self, delivery: Delivery) -> dict[str, int]:
        counts = {outcome: getattr(delivery, f"in_{outcome}") for outcome in DeliveryElement.Outcome.values}
        return {outcome: count for outcome, count in counts.items() if count}


class DeliveryDetailSerializer(DeliverySerializer):
    """The same with its elements."""

    elements = serializers.SerializerMethodField()

    class Meta(DeliverySerializer.Meta):
        fields: tuple[str, ...] = (*DeliverySerializer.Meta.fields, "elements")
        read_only_fields: tuple[str, ...] = fields

    def get_elements(self, delivery: Delivery) -> list[dict[str, Any]]:
        return list(ElementSerializer(delivery.elements.order_by("position"), many=True).data)


class RangeSerializer(Strict):
    """From when to when, by time of receipt."""

    since = Instant()
    until = Instant()


class ElementChoiceSerializer(Strict):
    """One element of the delivery; all of them unless said."""

    element = serializers.UUIDField(required=False)


class ReplayedSerializer(Strict):
    """How many deliveries were gone through and how many elements were applied once more."""

    deliveries = serializers.IntegerField()
    elements = serializers.IntegerField()


class DeliveryFilter(filters.FilterSet):
    """By time of receipt, and by outcome, kind, inbox or message id of an element."""

    received_after = filters.IsoDateTimeFilter(field_name="received_at", lookup_expr="gte")
    received_before = filters.IsoDateTimeFilter(field_name="received_at", lookup_expr="lt")
    outcome = filters.ChoiceFilter(choices=DeliveryElement.Outcome.choices, method="by_element")
    kind = filters.CharFilter(method="by_element")
    external_id = filters.CharFilter(method="by_element")
    inbox = filters.ModelChoiceFilter(queryset=Inbox.objects.all(), method="by_element")

    class Meta:
        model = Delivery
        fields: tuple[str, ...] = ("gateway",)

    def by_element(self, rows: QuerySet[Delivery], name: str, value: Any) -> QuerySet[Delivery]:
        return rows.filter(pk__in=DeliveryElement.objects.filter(**{name: value}).values("delivery"))


class DeliveryViewSet(ListModelMixin, GuardedViewSet):
    """What providers posted, the newest first."""

    queryset = Delivery.objects.all()
    serializer_class = DeliverySerializer
    filterset_class = DeliveryFilter
    ordering = ("-received_at", "-id")
    guards: ClassVar[dict[str, str]] = {"list": "view", "retrieve": "view"}
    gives: ClassVar[dict[str, Any]] = {"retrieve": DeliveryDetailSerializer}

    def rows(self) -> QuerySet[Any]:
        outcomes = DeliveryElement.Outcome.values
        return Delivery.objects.annotate(
            **{f"in_{outcome}": Count("elements", filter=Q(elements__outcome=outcome)) for outcome in outcomes}
        )

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One of them with its elements, word for word. That somebody read it is kept in the record."""
        delivery = self.get_object()
        audit.record(self.actor, "opened", delivery)
        return Response(DeliveryDetailSerializer(delivery).data)

    @verb("replay", takes=ElementChoiceSerializer, gives=DeliveryDetailSerializer)
    def replay(self, delivery: Delivery, element: UUID | None = None) -> Delivery:
        """Apply once more whatever of it is neither stored nor a duplicate; one `element` of it where that is said."""
        taken = ledger.replay(delivery, element=element)
        audit.record(self.actor, "replayed", delivery, after={"elements": taken})
        return delivery

    @verb("settings.whatsapp", takes=RangeSerializer, gives=ReplayedSerializer, detail=False)
    def replay_range(self, since: datetime, until: datetime) -> dict[str, int]:
        """The same for everything received in a stretch of time."""
        deliveries, taken = ledger.replay_range(since, until, by=self.actor)
        return {"deliveries": deliveries, "elements": taken}
