"""JSON doors: signing in, the team, roles and their words, API tokens, credentials."""

from django.urls import path
from rest_framework.routers import SimpleRouter

from apps.accounts.api.api_tokens import ApiTokenViewSet
from apps.accounts.api.auth import AuthViewSet
from apps.accounts.api.employees import EmployeeViewSet
from apps.accounts.api.roles import PermissionViewSet, RoleViewSet
from apps.accounts.api.secrets import SecretViewSet

router = SimpleRouter(use_regex_path=False)
router.register("auth", AuthViewSet, basename="api-auth")
router.register("employees", EmployeeViewSet, basename="api-employees")
router.register("roles", RoleViewSet, basename="api-roles")
router.register("api-tokens", ApiTokenViewSet, basename="api-tokens")
router.register("secrets", SecretViewSet, basename="api-secrets")
api_urls = [
    path("permissions/", PermissionViewSet.as_view({"get": "retrieve"}), name="api-permissions"),
    *router.urls,
]
