"""Every verb of a conversation, under one name: `actions.send_message`, `actions.take_over`, …"""

from apps.conversations.actions.hand_over import (
    claim,
    give_up_waiting,
    hand_over_to_provider,
    next_queued,
    recipient_of,
)
from apps.conversations.actions.receive import (
    AlreadyStored,
    NotHereYet,
    change_identity,
    edit,
    note_preference,
    react,
    receive_echo,
    receive_message,
    revoke,
)
from apps.conversations.actions.send import cancel_message, mark_not_sent, retry_message, send_message
from apps.conversations.actions.speaker import ask_for_person, hand_back, hand_over, return_lease, set_mode, take_over
from apps.conversations.actions.status import record_status
from apps.conversations.actions.work import (
    abandon_conversation,
    add_note,
    announce_typing,
    assign_conversation,
    close_conversation,
    mark_read,
    mark_unread,
    reopen_conversation,
    set_priority,
)

__all__ = [
    "AlreadyStored",
    "NotHereYet",
    "abandon_conversation",
    "add_note",
    "announce_typing",
    "ask_for_person",
    "assign_conversation",
    "cancel_message",
    "change_identity",
    "claim",
    "close_conversation",
    "edit",
    "give_up_waiting",
    "hand_back",
    "hand_over",
    "hand_over_to_provider",
    "mark_not_sent",
    "mark_read",
    "mark_unread",
    "next_queued",
    "note_preference",
    "react",
    "receive_echo",
    "receive_message",
    "recipient_of",
    "record_status",
    "reopen_conversation",
    "retry_message",
    "return_lease",
    "revoke",
    "send_message",
    "set_mode",
    "set_priority",
    "take_over",
]
