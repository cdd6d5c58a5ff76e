"""The JSON door to customers: a list, a row, and the two facts that people correct by hand."""

from typing import Any, ClassVar

from django.conf import settings
from django.db.models import Q, QuerySet
from django_filters import rest_framework as filters
from rest_framework import serializers
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import SimpleRouter

from apps.audit import actions as audit
from apps.core.api import GuardedViewSet, StrictModel
from apps.customers.models import Customer


class CustomerSerializer(StrictModel):
    """A person who writes to the business."""

    class Meta:
        model = Customer
        fields = (
            "id", "name", "profile_name", "phone", "country", "language", "is_vip", "first_contact_at",
            "last_contact_at", "blocked_at", "erased_at", "created_at", "updated_at",
        )  # fmt: skip
        read_only_fields = fields


class EditCustomerSerializer(StrictModel):
    """What is corrected by hand: the name, and the language to speak."""

    language = serializers.ChoiceField(settings.LANGUAGES, allow_blank=True)

    class Meta:
        model = Customer
        fields = ("name", "language")


class CustomerFilter(filters.FilterSet):
    """Search over names and phone in any script, partial; language, country, VIP."""

    q = filters.CharFilter(method="search")
    is_vip = filters.BooleanFilter()

    class Meta:
        model = Customer
        fields = ("language", "country", "is_vip")

    def search(self, rows: QuerySet[Customer], name: str, value: str) -> QuerySet[Customer]:
        return rows.filter(
            Q(name__icontains=value) | Q(profile_name__icontains=value) | Q(phone__contains=value.replace(" ", ""))
        )


class CustomerViewSet(ListModelMixin, RetrieveModelMixin, GuardedViewSet):
    """Customers, newest first."""

    queryset = Customer.objects.all()
    serializer_class = CustomerSerializer
    filterset_class = CustomerFilter
    guards: ClassVar[dict[str, str]] = {"list": "view", "retrieve": "view", "partial_update": "edit"}
    takes: ClassVar[dict[str, Any]] = {"partial_update": EditCustomerSerializer}

    def partial_update(self, request: Request, pk: Any) -> Response:
        """Correct the name or the language."""
        customer = self.get_object()
        checked = self.checked(instance=customer, partial=True)

        before = audit.facts(customer)

        def edit() -> Any:
            checked.save()
            audit.record(self.actor, "edited", customer, **audit.changed(customer, before))
            return self.reread(customer)

        return self.write(edit)


router = SimpleRouter(use_regex_path=False)
router.register("customers", CustomerViewSet, basename="api-customers")
api_urls = router.urls
