"""Every verb of a conversation, under one name: `actions.send_message`, `actions.take_over`, …"""

from apps.conversations.actions.assignment import abandon_conversation, assign_conversation, transfer_conversation
from apps.conversations.actions.automatic import (
    QUIET,
    calm_conversation,
    is_automatic,
    let_calm_return,
    may_answer,
    notice_flood,
)
from apps.conversations.actions.bulk import DEEDS, Outcome, do_to_each
from apps.conversations.actions.closing import close_conversation, reopen_conversation
from apps.conversations.actions.dealing import deal
from apps.conversations.actions.drafts import keep_draft
from apps.conversations.actions.files import fetch_file, note_file
from apps.conversations.actions.hand_over import (
    claim,
    give_up_waiting,
    hand_over_to_provider,
    next_queued,
    recipient_of,
)
from apps.conversations.actions.hiding import clear_conversation, delete_conversation, hide_message
from apps.conversations.actions.hours import say_closed
from apps.conversations.actions.labels import add_labels, set_labels, set_priority
from apps.conversations.actions.macros import create_macro, delete_macro, edit_macro, run_macro
from apps.conversations.actions.notes import add_note, delete_note, edit_note, pin_note
from apps.conversations.actions.quiet import idle_ones, resolve_silent, return_idle, silent_ones, with_idle
from apps.conversations.actions.reactions import react_to_message, send_reaction
from apps.conversations.actions.reading import announce_typing, announce_viewing, mark_read, mark_unread
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
from apps.conversations.actions.replies import (
    create_reply,
    delete_reply,
    edit_reply,
    lend_files,
    reorder_replies,
    use_reply,
)
from apps.conversations.actions.saved_views import create_view, delete_view, edit_view
from apps.conversations.actions.schedule import Later, take_back_answered
from apps.conversations.actions.send import cancel_message, mark_not_sent, retry_message, send_message
from apps.conversations.actions.snooze import snooze_conversation, unsnooze_conversation, wake_conversation
from apps.conversations.actions.speaker import ask_for_person, hand_back, hand_over, return_lease, set_mode, take_over
from apps.conversations.actions.starting import start_conversation
from apps.conversations.actions.status import record_status

__all__ = [
    "DEEDS",
    "QUIET",
    "AlreadyStored",
    "Later",
    "NotHereYet",
    "Outcome",
    "abandon_conversation",
    "add_labels",
    "add_note",
    "announce_typing",
    "announce_viewing",
    "ask_for_person",
    "assign_conversation",
    "calm_conversation",
    "cancel_message",
    "change_identity",
    "claim",
    "clear_conversation",
    "close_conversation",
    "create_macro",
    "create_reply",
    "create_view",
    "deal",
    "delete_conversation",
    "delete_macro",
    "delete_note",
    "delete_reply",
    "delete_view",
    "do_to_each",
    "edit",
    "edit_macro",
    "edit_note",
    "edit_reply",
    "edit_view",
    "fetch_file",
    "give_up_waiting",
    "hand_back",
    "hand_over",
    "hand_over_to_provider",
    "hide_message",
    "idle_ones",
    "is_automatic",
    "keep_draft",
    "lend_files",
    "let_calm_return",
    "mark_not_sent",
    "mark_read",
    "mark_unread",
    "may_answer",
    "next_queued",
    "note_file",
    "note_preference",
    "notice_flood",
    "pin_note",
    "react",
    "react_to_message",
    "receive_echo",
    "receive_message",
    "recipient_of",
    "record_status",
    "reopen_conversation",
    "reorder_replies",
    "resolve_silent",
    "retry_message",
    "return_idle",
    "return_lease",
    "revoke",
    "run_macro",
    "say_closed",
    "send_message",
    "send_reaction",
    "set_labels",
    "set_mode",
    "set_priority",
    "silent_ones",
    "snooze_conversation",
    "start_conversation",
    "take_back_answered",
    "take_over",
    "transfer_conversation",
    "unsnooze_conversation",
    "use_reply",
    "wake_conversation",
    "with_idle",
]
