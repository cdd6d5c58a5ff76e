"""Operators' door to what is sold, to whom, and what came of it. To look at; the deeds stand with the businesses."""

from typing import ClassVar

from apps.audit.admin import ReadOnlyAdmin


class PlanAdmin(ReadOnlyAdmin):
    """What is sold: a new version for each change, made by `sync_plans`."""

    list_display: ClassVar[list[str]] = [
        "key", "version", "is_current", "price_month", "price_year", "currency", "conversations", "employees",
        "voice_minutes", "services", "inboxes",
    ]  # fmt: skip
    list_filter: ClassVar[list[str]] = ["is_current", "key"]


class SubscriptionAdmin(ReadOnlyAdmin):
    """Which plan each business has, and until when."""

    shown_to = "billing"
    list_display: ClassVar[list[str]] = [
        "business", "plan", "status", "billing", "period", "period_end", "trial_end", "cancel_at_end", "grace_until",
    ]  # fmt: skip
    list_filter: ClassVar[list[str]] = ["status", "billing", "plan__key"]
    list_select_related: ClassVar[list[str]] = ["business", "plan"]
    search_fields: ClassVar[list[str]] = ["business__name", "business__slug", "provider_customer"]


class InvoiceAdmin(ReadOnlyAdmin):
    """What was asked for and paid."""

    shown_to = "billing"
    list_display: ClassVar[list[str]] = [
        "number",
        "subscription",
        "amount",
        "currency",
        "status",
        "period",
        "created_at",
    ]
    list_filter: ClassVar[list[str]] = ["status"]
    list_select_related: ClassVar[list[str]] = ["subscription__business", "subscription__plan"]
    search_fields: ClassVar[list[str]] = ["number", "subscription__business__name"]


class UsagePeriodAdmin(ReadOnlyAdmin):
    """What each business used in a month; copied once an hour."""

    shown_to = "billing"
    list_display: ClassVar[list[str]] = ["business", "month", "conversations", "voice_seconds", "tokens", "cost"]
    list_filter: ClassVar[list[str]] = ["month"]
    list_select_related: ClassVar[list[str]] = ["business"]
    search_fields: ClassVar[list[str]] = ["business__name"]


class PlatformPaymentEventAdmin(ReadOnlyAdmin):
    """What Stripe told us, and what became of it. Its content is opened by nobody here."""

    shown_to = "billing"
    list_display: ClassVar[list[str]] = ["received_at", "type", "outcome", "provider_event_id"]
    list_filter: ClassVar[list[str]] = ["outcome", "type"]
    fields: ClassVar[list[str]] = ["received_at", "type", "outcome", "provider_event_id"]
