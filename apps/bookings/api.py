"""The JSON door to services: what is offered, its menu, its prices."""

from typing import Any, ClassVar
from uuid import UUID

from django.utils import translation
from django_filters import rest_framework as filters
from rest_framework import serializers
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import SimpleRouter

from apps.bookings import actions, queries
from apps.bookings.models import Service, ServicePrice
from apps.core import money
from apps.core.api import GuardedViewSet, Strict, StrictModel, look, verb

FIELDS = (
    "key", "name_en", "name_ar", "short_en", "short_ar", "description_en", "description_ar", "kind", "category",
    "tier", "price", "original_price", "currency", "duration_minutes", "delivery_days", "buffer_minutes", "is_featured",
    "max_per_day", "stock", "tags", "emoji", "deposit_percent",
)  # fmt: skip


class Amount(serializers.DecimalField):
    """Money as a decimal string, as finely as the currency beside it is divided."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"max_digits": 12, "decimal_places": 3, "min_value": 0, **options})

    def get_attribute(self, instance: Any) -> Any:
        amount = super().get_attribute(instance)
        return None if amount is None else money.plain(amount, instance.currency)

    def to_representation(self, value: Any) -> str:
        return str(value)


class ServiceSerializer(StrictModel):
    """Something the business offers, with its price."""

    price = Amount(read_only=True)
    original_price = Amount(read_only=True, allow_null=True)

    class Meta:
        model = Service
        fields = ("id", *FIELDS, "is_active", "sort", "created_at", "updated_at")
        read_only_fields = fields


class NewServiceSerializer(StrictModel):
    """What is said of a new service. Without a key one is made of the name, without a currency it is the business's."""

    key = serializers.CharField(max_length=50, required=False)
    price = Amount()
    original_price = Amount(required=False, allow_null=True)
    currency = serializers.RegexField("^[A-Z]{3}$", required=False)

    class Meta:
        model = Service
        fields: tuple[str, ...] = (*FIELDS, "is_active")
        validators: tuple[Any, ...] = ()  # the model's own are asked by the action, on the whole service


class EditServiceSerializer(NewServiceSerializer):
    """What changes, and why the price does."""

    reason = serializers.CharField(max_length=200, required=False, allow_blank=True)

    class Meta(NewServiceSerializer.Meta):
        fields = (*FIELDS, "reason")


class OrderSerializer(Strict):
    """The services in their new order; those not named follow."""

    order = serializers.ListField(child=serializers.UUIDField(), allow_empty=False, max_length=500)


class PriceSerializer(StrictModel):
    """A price that changed."""

    old = Amount(read_only=True)
    new = Amount(read_only=True)

    class Meta:
        model = ServicePrice
        fields = ("id", "old", "new", "currency", "at", "actor_kind", "actor_label", "reason")
        read_only_fields = fields


class PricesSerializer(Strict):
    """The latest changes of a price, newest first, in the shape of every other list."""

    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)
    results = PriceSerializer(many=True)


class ItemSerializer(Strict):
    """A line of the menu: its number, its name in the caller's language, what it costs, the percentage it saves."""

    number = serializers.IntegerField()
    id = serializers.UUIDField()
    key = serializers.CharField()
    name = serializers.CharField()
    short = serializers.CharField()
    emoji = serializers.CharField()
    price = Amount()
    currency = serializers.CharField()
    saves = serializers.IntegerField()
    is_featured = serializers.BooleanField()
    tags = serializers.ListField(child=serializers.CharField())


class MenuSerializer(Strict):
    """The whole menu, in the shape of every other list."""

    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)
    results = ItemSerializer(many=True)


class ServiceFilter(filters.FilterSet):
    """By kind, category, and whether it stands in the menu."""

    class Meta:
        model = Service
        fields = ("kind", "category", "is_active")


class ServiceViewSet(ListModelMixin, RetrieveModelMixin, GuardedViewSet):
    """What the business offers, in the menu's order."""

    queryset = Service.objects.filter(archived_at=None)
    serializer_class = ServiceSerializer
    filterset_class = ServiceFilter
    ordering = ("sort", "id")
    guards: ClassVar[dict[str, str]] = {
        "list": "view", "retrieve": "view", "create": "create", "partial_update": "edit", "destroy": "delete",
    }  # fmt: skip
    takes: ClassVar[dict[str, Any]] = {"create": NewServiceSerializer, "partial_update": EditServiceSerializer}

    def create(self, request: Request) -> Response:
        """Offer something new, last in the menu."""
        facts = self.checked().validated_data
        return self.write(lambda: self.reread(actions.create_service(by=self.actor, **facts)), 201)

    def partial_update(self, request: Request, pk: Any) -> Response:
        """Change a service. Another price leaves a line in its history."""
        service = self.get_object()
        facts = self.checked(instance=service, partial=True).validated_data
        return self.write(lambda: self.reread(actions.edit_service(service, by=self.actor, **facts)))

    def destroy(self, request: Request, pk: Any) -> Response:
        """Give a service up. What was booked of it stays readable."""
        service = self.get_object()
        return self.write(lambda: actions.archive_service(service, by=self.actor) and None, 204)

    @verb("edit")
    def activate(self, service: Service) -> Service:
        """Put it into the menu."""
        return actions.activate_service(service, by=self.actor)

    @verb("edit")
    def deactivate(self, service: Service) -> Service:
        """Take it out of the menu for a while."""
        return actions.deactivate_service(service, by=self.actor)

    @verb("edit", takes=OrderSerializer, gives=MenuSerializer, detail=False)
    def reorder(self, order: list[UUID]) -> Any:
        """Put the services into this order and answer with the menu."""
        actions.reorder_services(order, by=self.actor)
        return MenuSerializer(_page(queries.menu(translation.get_language() or ""))).data

    @look("view", gives=MenuSerializer, detail=False)
    def menu(self) -> dict[str, Any]:
        """What customers may choose, numbered, in the caller's language."""
        return _page(queries.menu(translation.get_language() or ""))

    @look("view", gives=PricesSerializer)
    def prices(self, service: Service) -> dict[str, Any]:
        """What it has cost: the latest changes, newest first."""
        return _page(list(service.prices.all()[: queries.LATEST]))


def _page(rows: list[Any]) -> dict[str, Any]:
    return {"next": None, "previous": None, "results": rows}


router = SimpleRouter(use_regex_path=False)
router.register("services", ServiceViewSet, basename="api-services")
api_urls = router.urls
