"""What every door of the inbox shares: how a row is reached, what a verb answers, what a parameter may be."""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any
from uuid import UUID

from django.core.exceptions import BadRequest
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_POST

from apps.accounts.middleware import SignedInRequest
from apps.conversations import queries
from apps.conversations.models import Conversation
from apps.core.access import get_for
from apps.core.refusals import Refusal

STATUS = {"invalid": 400}  # other refusals are conflicts: 409

Verb = Callable[[SignedInRequest, Conversation], Any]


def verb(word: str) -> Callable[[Verb], Callable[[SignedInRequest, UUID], HttpResponse]]:
    """A POST on one conversation, guarded by a word. Scripts get 204 or a sentence, a form goes back to the page."""

    def decorate(act: Verb) -> Callable[[SignedInRequest, UUID], HttpResponse]:
        @require_POST
        @wraps(act)
        def door(request: SignedInRequest, pk: UUID) -> HttpResponse:
            row = get_for(request.user, word, rows_for(request), pk=pk)
            try:
                act(request, row)
            except Refusal as refusal:
                return refused(request, refusal)
            return done(request, row.pk)

        return door

    return decorate


def rows_for(request: SignedInRequest) -> Any:
    return queries.with_unread(Conversation.objects.all(), request.user)


def by_script(request: SignedInRequest) -> bool:
    return "HX-Request" in request.headers or "application/json" in request.headers.get("Accept", "")


def done(request: SignedInRequest, pk: UUID) -> HttpResponse:
    response = HttpResponse(status=204) if by_script(request) else redirect("conversation", pk)
    patch_vary_headers(response, ["HX-Request"])
    return response


def refused(request: SignedInRequest, refusal: Refusal) -> HttpResponse:
    status = STATUS.get(refusal.code, 409)
    if by_script(request):
        return JsonResponse({"code": refusal.code, "detail": refusal.detail, **refusal.extra}, status=status)
    return render(request, "conversations/refused.html", {"reason": refusal.detail}, status=status)


def number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 19 else None


def row_id(text: str | None) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        raise BadRequest("This is not an id.") from None


def moment(text: str | None) -> datetime:
    """A time as ISO 8601; without a zone it is one of whoever asks. Raises BadRequest."""
    try:
        found = datetime.fromisoformat(text or "")
    except ValueError:
        raise BadRequest("This is not a time.") from None
    return found if found.tzinfo else timezone.make_aware(found)
