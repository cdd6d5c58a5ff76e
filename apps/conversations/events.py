"""What conversations announce."""

from dataclasses import dataclass
from uuid import UUID

from apps.core.events import Event


@dataclass(frozen=True, slots=True)
class MessageReceived(Event):
    """A customer wrote to us."""

    message_id: UUID


@dataclass(frozen=True, slots=True)
class AnswerExpected(Event):
    """A customer wrote where the assistant has the word."""

    message_id: UUID


@dataclass(frozen=True, slots=True)
class MessageQueued(Event):
    """A message of ours waits to be handed to its provider."""

    message_id: UUID


@dataclass(frozen=True, slots=True)
class MessageChanged(Event):
    """A message's status, text, reaction or sending state is not what it was."""

    message_id: UUID


@dataclass(frozen=True, slots=True)
class ConversationChanged(Event):
    """Mode, holder, assignee, status or a note of a conversation is not what it was."""

    conversation_id: UUID


@dataclass(frozen=True, slots=True)
class ConversationRead(Event):
    """A person opened a conversation up to this customer's message."""

    message_id: UUID


@dataclass(frozen=True, slots=True)
class PersonNeeded(Event):
    """Somebody of the team is asked for in a conversation."""

    conversation_id: UUID


@dataclass(frozen=True, slots=True)
class MarkMoved(Event):
    """What one person counts as unread is not what it was."""

    employee_id: UUID


@dataclass(frozen=True, slots=True)
class ReactionMade(Event):
    """One of us put an emoji on a message, or took it off; the customer's phone does not show it yet."""

    reaction_id: UUID
