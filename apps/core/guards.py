"""What stands before every JSON door. Apart from `api`, because DRF's settings load it before DRF's own views.

A guard is one of: `public`, `signed-in`, a permission (`employees.view`), or a word of the model's own (`reply`),
which the row's queryset answers.
"""

from typing import Any

from rest_framework import exceptions
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from apps.core.problems import Forbidden

PUBLIC, SIGNED_IN = "public", "signed-in"


class Unguarded(TypeError):
    """A view was written that does not say who may use it."""


class Guarded(BasePermission):
    """Deny by default: asks whatever of an act's guard can be asked before the row is known."""

    def has_permission(self, request: Request, view: Any) -> bool:
        guard = getattr(view, "guard", None)
        if guard is None:
            return False
        if guard == PUBLIC:
            return True
        if not request.user.is_authenticated:
            raise exceptions.NotAuthenticated
        for permission in getattr(view, "asks_first", ()):
            if not request.user.may(permission):
                raise Forbidden(permission)
        return True
