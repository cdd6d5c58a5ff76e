"""Operators' door to the list of operators. New ones are made by `manage.py create_operator`."""

from typing import ClassVar

from apps.audit.admin import ReadOnlyAdmin


class OperatorAdmin(ReadOnlyAdmin):
    """The platform's own people: who may come in, who came, who is locked out."""

    shown_to = "manage"
    list_display: ClassVar[list[str]] = [
        "email", "operator_role", "is_active", "last_login", "failed_count", "locked_until", "totp_confirmed_at",
    ]  # fmt: skip
    search_fields: ClassVar[list[str]] = ["email"]
    ordering: ClassVar[list[str]] = ["email"]
    fields: ClassVar[list[str]] = [
        "email", "operator_role", "is_active", "language", "last_login", "failed_count", "locked_until",
        "totp_confirmed_at", "created_at",
    ]  # fmt: skip
