"""Every verb of a conversation, under one name: `actions.send_message`, `actions.take_over`, …"""

from apps.conversations.actions.drafts import keep_draft
from apps.conversations.actions.hand_over import claim, give_up_waiting, hand_over_to_provider, next_queued
from apps.conversations.actions.macros import create_macro, delete_macro, edit_macro, run_macro
from apps.conversations.actions.notes import add_note, delete_note, edit_note, pin_note
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
from apps.conversations.actions.replies import create_reply, delete_reply, edit_reply, reorder_replies, use_reply
from apps.conversations.actions.saved_views import create_view, delete_view, edit_view
from apps.conversations.actions.send import cancel_message, mark_not_sent, retry_message, send_message
from apps.conversations.actions.speaker import ask_for_person, hand_back, hand_over, return_lease, set_mode, take_over
from apps.conversations.actions.status import record_status
from apps.conversations.actions.work import (
    abandon_conversation,
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
    "create_macro",
    "create_reply",
    "create_view",
    "delete_macro",
    "delete_note",
    "delete_reply",
    "delete_view",
    "edit",
    "edit_macro",
    "edit_note",
    "edit_reply",
    "edit_view",
    "give_up_waiting",
    "hand_back",
    "hand_over",
    "hand_over_to_provider",
    "keep_draft",
    "mark_not_sent",
    "mark_read",
    "mark_unread",
    "next_queued",
    "pin_note",
    "react",
    "receive_echo",
    "receive_message",
    "record_status",
    "reopen_conversation",
    "reorder_replies",
    "retry_message",
    "return_lease",
    "revoke",
    "run_macro",
    "send_message",
    "set_mode",
    "set_priority",
    "take_over",
    "use_reply",
]
