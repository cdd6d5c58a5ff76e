"""JSON doors: signing in, the team, invitations, roles and their words, API tokens, credentials."""

from django.urls import path
from rest_framework.routers import SimpleRouter

from apps.accounts.api.api_tokens import ApiTokenViewSet
from apps.accounts.api.auth import AuthViewSet
from apps.accounts.api.calendars import CalendarExceptionViewSet, CalendarViewSet
from apps.accounts.api.employees import EmployeeViewSet
from apps.accounts.api.invitations import InvitationViewSet
from apps.accounts.api.roles import PermissionViewSet, RoleViewSet
from apps.accounts.api.secrets import SecretViewSet
from apps.accounts.api.sessions import SessionViewSet

router = SimpleRouter(use_regex_path=False)
router.register("auth", AuthViewSet, basename="api-auth")
router.register("sessions", SessionViewSet, basename="api-sessions")
router.register("employees", EmployeeViewSet, basename="api-employees")
router.register("invitations", InvitationViewSet, basename="api-invitations")
router.register("roles", RoleViewSet, basename="api-roles")
router.register("api-tokens", ApiTokenViewSet, basename="api-tokens")
router.register("secrets", SecretViewSet, basename="api-secrets")
router.register("calendars", CalendarViewSet, basename="api-calendars")
router.register("calendar-exceptions", CalendarExceptionViewSet, basename="api-calendar-exceptions")
api_urls = [
    path("permissions/", PermissionViewSet.as_view({"get": "retrieve"}), name="api-permissions"),
    *router.urls,
]
