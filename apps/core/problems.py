"""Errors as problem documents (RFC 9457): one shape for every refusal, and nothing of our insides.

`type, title, status, code, detail, errors {field: [text]}, required_permission`. The codes are requirements 5.1.
"""

import logging
import math
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.core.exceptions import ValidationError as ModelRefused
from django.db import DataError, IntegrityError
from django.db.models import ProtectedError
from django.http import Http404, HttpRequest, JsonResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import exceptions
from rest_framework.response import Response

from apps.core.access import NotAllowed
from apps.core.logs import request_id
from apps.core.refusals import Refusal

log = logging.getLogger(__name__)
MEDIA_TYPE = "application/problem+json"

CODES = {
    400: ("invalid", "unknown_field", "unknown_parameter"),
    401: ("not_signed_in",),
    403: (
        "permission_denied", "cannot_grant", "business_suspended", "plan_feature", "email_unverified", "mfa_required",
    ),
    404: ("not_found",),
    405: ("method_not_allowed",),
    406: ("not_acceptable",),
    409: (
        "conflict", "duplicate", "stale_version", "illegal_transition", "held_by_other", "last_admin", "cannot_self",
        "in_use", "plan_limit", "slot_taken", "window_closed", "consent_missing", "idempotency_mismatch",
    ),
    410: ("expired_link",),
    413: ("too_large",),
    415: ("unsupported_type",),
    429: ("throttled",),
    500: ("internal",),
    503: ("unavailable",),
}  # fmt: skip
STATUS = {code: status for status, codes in CODES.items() for code in codes}
TITLES = {
    400: gettext_lazy("The request is not right"),
    401: gettext_lazy("Nobody is signed in"),
    403: gettext_lazy("This is not allowed"),
    404: gettext_lazy("There is no such thing here"),
    405: gettext_lazy("This address does not do that"),
    406: gettext_lazy("There is no answer in this form"),
    409: gettext_lazy("This cannot be done now"),
    410: gettext_lazy("This link is no longer good"),
    413: gettext_lazy("This is too large"),
    415: gettext_lazy("This form of content is not understood"),
    429: gettext_lazy("Too many requests"),
    500: gettext_lazy("Something went wrong on our side"),
    503: gettext_lazy("Not available right now"),
}


class Forbidden(exceptions.PermissionDenied):
    """Signed in, but without the permission word `required`."""

    def __init__(self, required: str) -> None:
        super().__init__()
        self.required = required


class UnknownParameter(exceptions.ValidationError):
    """The address carries query parameters that nobody reads."""

    def __init__(self, names: list[str]) -> None:
        super().__init__({name: [_("There is no such parameter.")] for name in names}, code="unknown_parameter")


class Problem(Response):
    """A problem document: problem+json for programs, whatever form they asked for; a page in the browsable API."""

    @property
    def rendered_content(self) -> Any:
        if self.accepted_renderer.format != "api":
            self.content_type = MEDIA_TYPE
        return super().rendered_content


def document(
    code: str, detail: str = "", *, errors: dict[str, list[str]] | None = None, **extra: Any
) -> dict[str, Any]:
    """The members of a problem document. `detail` says what to do; the title stands in when there is none."""
    status = STATUS.get(code, 409)
    title = str(TITLES[status])
    return {
        "type": f"/api/v1/docs/#{code}", "title": title, "status": status, "code": code, "detail": detail or title,
        "errors": errors or {}, **extra,
    }  # fmt: skip


def refuse(request: HttpRequest, code: str, detail: str = "", **extra: Any) -> JsonResponse:
    """A problem as a plain response, for middleware and addresses that lead nowhere."""
    data = document(code, detail, **extra)
    return JsonResponse(data, status=data["status"], content_type=MEDIA_TYPE)


def not_found(request: HttpRequest, *args: Any, **kwargs: Any) -> JsonResponse:
    """What an address under /api/ answers when it leads nowhere."""
    return refuse(request, "not_found")


def problem(error: Exception, context: dict[str, Any]) -> Problem:
    """DRF's exception handler. What it does not know is logged with its trace and answered as `internal`."""
    data = _explain(error)
    if data is None:
        log.exception("An API request failed", exc_info=error)
        data = document("internal", request_id=request_id.get())
    return Problem(data, status=data["status"], headers=_headers(error))


def _explain(error: Exception) -> dict[str, Any] | None:
    match error:
        case Refusal():
            return document(error.code, error.detail, **error.extra)
        case NotAllowed() | Forbidden():
            return document("permission_denied", required_permission=error.required)
        case Http404() | exceptions.NotFound():
            return document("not_found")
        case exceptions.NotAuthenticated() | exceptions.AuthenticationFailed():
            return document("not_signed_in", str(error.detail))
        case PermissionDenied():
            return document("permission_denied", required_permission=None)
        case exceptions.PermissionDenied():
            return document("permission_denied", str(error.detail), required_permission=None)
        case exceptions.ValidationError():
            return document(_code_of(error), errors=_flat(error.detail))
        case ModelRefused():
            return document(
                "invalid", errors=error.message_dict if hasattr(error, "error_dict") else {"": error.messages}
            )
        case RequestDataTooBig():
            return document("too_large")
        case DataError():
            return document("invalid", _("A value does not fit where it should be kept."))
        case ProtectedError():
            return document("in_use", _("Something else still needs this."))
        case IntegrityError():
            return document("conflict", _("This collides with what is here already."))
        case exceptions.APIException():
            [code, *_others] = CODES.get(error.status_code, ("internal",))
            return document(code, str(error.detail))
    return None


def _headers(error: Exception) -> dict[str, str]:
    """WWW-Authenticate on 401, Retry-After on 429."""
    found = {}
    if challenge := getattr(error, "auth_header", None):
        found["WWW-Authenticate"] = challenge
    wait = error.extra.get("retry_after") if isinstance(error, Refusal) else getattr(error, "wait", None)
    if wait is not None:
        found["Retry-After"] = str(math.ceil(wait))
    return found


def _code_of(error: exceptions.ValidationError) -> str:
    codes = str(error.get_codes())
    return next((code for code in ("unknown_field", "unknown_parameter") if code in codes), "invalid")


def _flat(detail: Any, path: str = "") -> dict[str, list[str]]:
    """Nested errors by the dotted path of their field; those of no field stand under an empty name."""
    if isinstance(detail, dict):
        found: dict[str, list[str]] = {}
        for name, inner in detail.items():
            step = "" if name == "non_field_errors" else str(name)
            found.update(_flat(inner, ".".join(part for part in (path, step) if part)))
        return found
    if isinstance(detail, list) and any(isinstance(inner, dict) for inner in detail):
        merged: dict[str, list[str]] = {}
        for position, inner in enumerate(detail):
            merged.update(_flat(inner, f"{path}.{position}" if path else str(position)))
        return merged
    return {path: [str(text) for text in (detail if isinstance(detail, list) else [detail])]}
