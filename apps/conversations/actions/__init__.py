"""Every verb of a conversation, under one name: `actions.send_message`, `actions.take_over`, …"""

from apps.conversations.actions.assignment import abandon_conversation, assign_conversation, transfer_conversation
from apps.conversations.actions.bulk import DEEDS, Outcome, do_to_each
from apps.conversations.actions.closing import close_conversation, reopen_conversation
from apps.conversations.actions.hand_over import claim, give_up_waiting, hand_over_to_provider, next_queued
from apps.conversations.actions.hiding import clear_conversation, delete_conversation, hide_message
from apps.conversations.actions.labels import add_labels, set_labels, set_priority
from apps.conversations.actions.reactions import react_to_message, send_reaction
from apps.conversations.actions.reading import announce_typing, announce_viewing, mark_read, mark_unread
from apps.conversations.actions.receive import (
    AlreadyStored,
    NotHereYet,
    change_identity,
    edit,
    react,
    receive_echo,
    receive_message,
    revoke,
)
from apps.conversations.actions.send import cancel_message, mark_not_sent, retry_message, send_message
from apps.conversations.actions.snooze import snooze_conversation, unsnooze_conversation, wake_conversation
from apps.conversations.actions.speaker import ask_for_person, hand_back, hand_over, return_lease, set_mode, take_over
from apps.conversations.actions.starting import start_conversation
from apps.conversations.actions.status import record_status
from apps.conversations.actions.work import add_note

__all__ = [
    "DEEDS",
    "AlreadyStored",
    "NotHereYet",
    "Outcome",
    "abandon_conversation",
    "add_labels",
    "add_note",
    "announce_typing",
    "announce_viewing",
    "ask_for_person",
    "assign_conversation",
    "cancel_message",
    "change_identity",
    "claim",
    "clear_conversation",
    "close_conversation",
    "delete_conversation",
    "do_to_each",
    "edit",
    "give_up_waiting",
    "hand_back",
    "hand_over",
    "hand_over_to_provider",
    "hide_message",
    "mark_not_sent",
    "mark_read",
    "mark_unread",
    "next_queued",
    "react",
    "react_to_message",
    "receive_echo",
    "receive_message",
    "record_status",
    "reopen_conversation",
    "retry_message",
    "return_lease",
    "revoke",
    "send_message",
    "send_reaction",
    "set_labels",
    "set_mode",
    "set_priority",
    "snooze_conversation",
    "start_conversation",
    "take_over",
    "transfer_conversation",
    "unsnooze_conversation",
    "wake_conversation",
]
