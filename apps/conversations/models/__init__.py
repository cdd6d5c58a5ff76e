"""Conversations, messages and what happens to them. Constraints are the rules; verbs live in `actions`."""

from apps.conversations.models.conversation import Conversation, ConversationQuerySet
from apps.conversations.models.message import Message, MessageAttempt, Reaction, StatusEvent
from apps.conversations.models.note import Note
from apps.conversations.models.people import Assignment, ComposerDraft, ReadMark
from apps.conversations.models.reply import CannedReply, Macro, SavedView
from apps.conversations.models.usage import UsageWindow

__all__ = [
    "Assignment",
    "CannedReply",
    "ComposerDraft",
    "Conversation",
    "ConversationQuerySet",
    "Macro",
    "Message",
    "MessageAttempt",
    "Note",
    "Reaction",
    "ReadMark",
    "SavedView",
    "StatusEvent",
    "UsageWindow",
]
