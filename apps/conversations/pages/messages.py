"""What a person decides about one message: send it again, take it back, hide it, react to it."""

from collections.abc import Callable
from uuid import UUID

from django.http import HttpResponse
from django.views.decorators.http import require_POST

from apps.accounts.middleware import SignedInRequest
from apps.conversations import actions
from apps.conversations.models import Conversation, Message
from apps.conversations.pages.doors import done, refused
from apps.core.access import get_for
from apps.core.refusals import Refusal


@require_POST
def retry(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Send a failed message again."""
    return _on_message(request, pk, "reply", lambda row: actions.retry_message(row, by=request.user.actor))


@require_POST
def not_sent(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Settle a message of unknown fate: it did not arrive."""
    return _on_message(request, pk, "reply", lambda row: actions.mark_not_sent(row, by=request.user.actor))


@require_POST
def cancel(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Take back what nobody has begun to send."""
    return _on_message(request, pk, "reply", lambda row: actions.cancel_message(row, by=request.user.actor))


@require_POST
def hide(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Take it off the screens. The customer's phone keeps it."""
    return _on_message(request, pk, "delete", lambda row: actions.hide_message(row, by=request.user.actor))


@require_POST
def react(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Put an emoji on it; an empty one takes it off."""
    emoji = request.POST.get("emoji", "").strip()
    return _on_message(
        request, pk, "reply", lambda row: actions.react_to_message(row, emoji=emoji, by=request.user.actor)
    )


def _on_message(request: SignedInRequest, pk: UUID, word: str, act: Callable[[Message], Message]) -> HttpResponse:
    message = get_for(request.user, "view", Message.objects.select_related("conversation", "inbox"), pk=pk)
    get_for(request.user, word, Conversation.objects.all(), pk=message.conversation_id)
    try:
        act(message)
    except Refusal as refusal:
        return refused(request, refusal)
    return done(request, message.conversation_id)
