"""Operators' door to their own record, and the form every table of the console has: to look at, not to touch."""

from typing import Any, ClassVar

from django.http import HttpRequest
from unfold.admin import ModelAdmin


class ReadOnlyAdmin(ModelAdmin):
    """Rows to read. What may be done to them is an action, which calls a verb of the app."""

    list_per_page = 50
    show_full_result_count = False
    shown_to = "view"  # which word of an operator's role opens the table (requirements TEN-23)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request, self.shown_to)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self._may(request, self.shown_to)

    def has_billing_permission(self, request: HttpRequest) -> bool:
        """For actions: `@action(permissions=["billing"])`."""
        return self._may(request, "billing")

    def has_manage_permission(self, request: HttpRequest) -> bool:
        """For actions: `@action(permissions=["manage"])`."""
        return self._may(request, "manage")

    @staticmethod
    def _may(request: HttpRequest, word: str) -> bool:
        return request.user.is_authenticated and request.user.operator_may(word)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class OperatorEventAdmin(ReadOnlyAdmin):
    """Who did what on the platform."""

    list_display: ClassVar[list[str]] = ["at", "actor_label", "verb", "object_kind", "business_id", "after"]
    list_filter: ClassVar[list[str]] = ["verb"]
    search_fields: ClassVar[list[str]] = ["actor_label", "business_id"]
    ordering: ClassVar[list[str]] = ["-at"]
    fields: ClassVar[list[str]] = [
        "at", "actor_kind", "actor_label", "verb", "object_kind", "object_id", "object_label", "business_id", "after",
        "request_id",
    ]  # fmt: skip
