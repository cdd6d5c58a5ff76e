"""How it was, in the customer's own eyes: asked once after a conversation is resolved (CONV-22)."""

from apps.conversations.models import Conversation


def ask(conversation: Conversation) -> None:
    """Ask, where the number is set to and nobody has asked in this conversation before."""
