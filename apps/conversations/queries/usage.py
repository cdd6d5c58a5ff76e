"""What a message means for the plan."""

from apps.conversations.models import Message, UsageWindow


def beyond_limit(message: Message) -> UsageWindow | None:
    """The window of a customer's message, when it is beyond the plan's limit and the assistant keeps out of it."""
    at, conversation = message.provider_at, message.conversation
    return UsageWindow.objects.filter(
        inbox_id=conversation.inbox_id, customer_id=conversation.customer_id, starts_at__lte=at, ends_at__gt=at,
        over_limit=True,
    ).first()  # fmt: skip
