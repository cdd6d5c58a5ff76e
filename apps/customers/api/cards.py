"""What a customer looks like in JSON, what may be typed of one, and how the list is filtered."""

from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django_filters import rest_framework as filters
from rest_framework import serializers

from apps.core.api import Instant, Strict, StrictModel
from apps.customers import queries
from apps.customers.models import ConsentEntry, Customer, CustomerMerge, Label

FACTS = (
    "name", "arabic_name", "email", "phone", "country", "language", "birthday", "address", "remark", "vip_override",
    "custom",
)  # fmt: skip


class CustomerSerializer(StrictModel):
    """A person who writes to the business. `consent` is the last word on each purpose, null where none was said;
    `warning` says what is odd about a number that was just typed."""

    labels: Any = serializers.PrimaryKeyRelatedField(many=True, read_only=True)
    consent = serializers.SerializerMethodField()
    spent = serializers.DictField(child=serializers.CharField(), read_only=True)
    custom = serializers.DictField(child=serializers.CharField(), read_only=True)
    warning = serializers.SerializerMethodField()

    class Meta:
        model = Customer
        fields = (
            "id", "name", "arabic_name", "profile_name", "email", "phone", "country", "language", "birthday", "address",
            "remark", "vip_override", "is_vip", "segment", "paid_bookings", "spent", "first_booking_at",
            "last_booking_at", "first_contact_at", "last_contact_at", "source", "provenance", "custom", "labels",
            "consent", "blocked_at", "blocked_by", "erased_at", "merged_into", "warning", "created_at", "updated_at",
        )  # fmt: skip
        read_only_fields = fields

    def get_consent(self, customer: Customer) -> dict[str, bool | None]:
        return {
            "marketing": getattr(customer, "marketing_said", None),
            "reminders": getattr(customer, "reminders_said", None),
        }

    def get_warning(self, customer: Customer) -> str:
        return self.context.get("warning", "")


class EditCustomerSerializer(StrictModel):
    """What may be typed. `labels` is the whole new set."""

    phone = serializers.CharField(max_length=40, allow_blank=True, allow_null=True, required=False)
    language = serializers.ChoiceField(settings.LANGUAGES, allow_blank=True, required=False)
    country = serializers.RegexField("^[A-Za-z]{2}$", allow_blank=True, required=False)
    custom = serializers.DictField(child=serializers.CharField(max_length=300, allow_blank=True), required=False)
    labels = serializers.PrimaryKeyRelatedField(queryset=Label.objects.all(), many=True, required=False)

    class Meta:
        model = Customer
        fields = (*FACTS, "labels")


class ConsentSerializer(Strict):
    """A yes or a no that a colleague writes down; a yes says in `wording` how it was given."""

    purpose = serializers.ChoiceField(ConsentEntry.Purpose.choices)
    granted = serializers.BooleanField()
    wording = serializers.CharField(max_length=300, allow_blank=True, required=False)


class EraseSerializer(Strict):
    """The customer's name or number, typed to confirm who is meant."""

    name = serializers.CharField(max_length=100)


class MergeSerializer(Strict):
    """Who stays and who goes into them; with `preview` nothing changes."""

    kept = serializers.UUIDField()
    absorbed = serializers.UUIDField()
    preview = serializers.BooleanField(required=False)


class MergedSerializer(Strict):
    """A merge, done or only looked at: what moves, and which fields are filled."""

    id = serializers.UUIDField(allow_null=True)
    kept = serializers.UUIDField()
    absorbed = serializers.UUIDField()
    counts = serializers.DictField(child=serializers.IntegerField())
    filled = serializers.ListField(child=serializers.CharField())
    undo_until = Instant(allow_null=True)


class UndoSerializer(Strict):
    """Which merge."""

    merge = serializers.PrimaryKeyRelatedField(queryset=CustomerMerge.objects.all())


class CustomerBulkSerializer(Strict):
    """One verb for up to a hundred customers. `labels` for `label`; to erase, `confirm` is how many there are."""

    ids = serializers.ListField(child=serializers.UUIDField(), min_length=1, max_length=100)
    verb = serializers.ChoiceField(("label", "block", "unblock", "export", "erase"))
    labels = serializers.ListField(child=serializers.UUIDField(), max_length=50, required=False)
    confirm = serializers.CharField(max_length=10, allow_blank=True, required=False)


class OutcomeSerializer(Strict):
    """What became of one row: `ok`, or the code and the sentence of its refusal."""

    id = serializers.UUIDField()
    ok = serializers.BooleanField()
    code = serializers.CharField(allow_blank=True)
    detail = serializers.CharField(allow_blank=True)


class CustomerBulkResultSerializer(Strict):
    """Each row's own result, and the export when one was asked for."""

    results = OutcomeSerializer(many=True)
    export = serializers.UUIDField(allow_null=True)


class CustomerFilter(filters.FilterSet):
    """Search over names, e-mail and phone in any script, partial; and the facts one looks for."""

    q = filters.CharFilter(method="search")
    label = filters.ModelChoiceFilter(field_name="labels", queryset=Label.objects.all())
    consent = filters.ChoiceFilter(choices=[(each, each) for each in queries.CONSENT], method="by_consent")
    blocked = filters.BooleanFilter(field_name="blocked_at", lookup_expr="isnull", exclude=True)
    last_contact_since = filters.IsoDateTimeFilter(field_name="last_contact_at", lookup_expr="gte")
    last_contact_before = filters.IsoDateTimeFilter(field_name="last_contact_at", lookup_expr="lt")

    class Meta:
        model = Customer
        fields = ("language", "country", "is_vip", "segment")

    def search(self, rows: QuerySet[Customer], name: str, value: str) -> QuerySet[Customer]:
        return queries.searched(rows, value)

    def by_consent(self, rows: QuerySet[Customer], name: str, value: str) -> QuerySet[Customer]:
        return queries.with_consent(rows, value)
