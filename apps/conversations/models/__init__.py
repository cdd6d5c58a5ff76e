"""Conversations, messages and what happens to them. Constraints are the rules; verbs live in `actions`."""

from apps.conversations.models.conversation import Assignment, Conversation, ConversationQuerySet, Note, ReadMark
from apps.conversations.models.message import Message, MessageAttempt, Reaction, StatusEvent
from apps.conversations.models.usage import UsageWindow

__all__ = [
    "Assignment",
    "Conversation",
    "ConversationQuerySet",
    "Message",
    "MessageAttempt",
    "Note",
    "Reaction",
    "ReadMark",
    "StatusEvent",
    "UsageWindow",
]
