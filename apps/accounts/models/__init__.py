"""Who may come in, and what they may do: one file a noun."""

from apps.accounts.models.calendar import Calendar, CalendarException
from apps.accounts.models.employee import Employee
from apps.accounts.models.invitation import Invitation
from apps.accounts.models.link import SignedLink
from apps.accounts.models.role import Role
from apps.accounts.models.secret import Secret
from apps.accounts.models.session import DeviceSession
from apps.accounts.models.token import ApiToken, IdempotentRequest
from apps.accounts.models.user import User, UserManager

__all__ = [
    "ApiToken", "Calendar", "CalendarException", "DeviceSession", "Employee", "IdempotentRequest", "Invitation",
    "Role", "Secret", "SignedLink", "User", "UserManager",
]  # fmt: skip
