"""What the doors of customers share: how a row is reached, and what a verb's button leads back to."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from apps.accounts.middleware import SignedInRequest
from apps.core.access import get_for
from apps.core.refusals import Refusal
from apps.customers import queries
from apps.customers.models import Customer

Verb = Callable[[SignedInRequest, Customer], str | None]


def verb(word: str) -> Callable[[Verb], Callable[[SignedInRequest, UUID], HttpResponse]]:
    """A POST on one customer, guarded by a word; what it returns is said above the card, or why it was refused."""

    def decorate(act: Verb) -> Callable[[SignedInRequest, UUID], HttpResponse]:
        @require_POST
        @wraps(act)
        def door(request: SignedInRequest, pk: UUID) -> HttpResponse:
            row = get_for(request.user, word, queries.cards(), pk=pk)
            try:
                told = act(request, row)
            except Refusal as refusal:
                messages.error(request, refusal.detail)
            except ValidationError as error:
                messages.error(request, " ".join(error.messages))
            else:
                if told:
                    messages.success(request, told)
            return redirect("customer", row.pk)

        return door

    return decorate


def uuids(texts: list[str]) -> list[UUID]:
    """The keys among these texts."""
    found = []
    for text in texts:
        try:
            found.append(UUID(text))
        except ValueError:
            continue
    return found


def shown(request: SignedInRequest) -> dict[str, Any]:
    """What every page of this app says about itself."""
    return {"page_customers": True}
