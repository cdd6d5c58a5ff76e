"""Where the inbox is."""

from django.urls import path

from apps.conversations.pages import inbox, messages, sorting, starting, verbs

page_urls = [
    path("inbox/", inbox.inbox, name="inbox"),
    path("inbox/list/", inbox.conversation_list, name="conversation-list"),
    path("inbox/bulk/", sorting.bulk, name="bulk"),
    path("inbox/start/", starting.start, name="start-conversation"),
    path("inbox/messages/<uuid:pk>/hide/", messages.hide, name="message-hide"),
    path("inbox/messages/<uuid:pk>/react/", messages.react, name="message-react"),
    path("inbox/messages/<uuid:pk>/cancel/", messages.cancel, name="message-cancel"),
    path("inbox/messages/<uuid:pk>/retry/", messages.retry, name="message-retry"),
    path("inbox/messages/<uuid:pk>/not-sent/", messages.not_sent, name="message-not-sent"),
    path("inbox/<uuid:pk>/", inbox.conversation, name="conversation"),
    path("inbox/<uuid:pk>/details/", inbox.conversation, {"column": "details"}, name="conversation-details"),
    path("inbox/<uuid:pk>/rows/", inbox.thread_rows, name="thread-rows"),
    path("inbox/<uuid:pk>/composer/", inbox.composer, name="composer"),
    path("inbox/<uuid:pk>/head/", inbox.thread_head, name="thread-head"),
    path("inbox/<uuid:pk>/panel/", inbox.details_panel, name="details-panel"),
    path("inbox/<uuid:pk>/send/", verbs.send, name="send"),
    path("inbox/<uuid:pk>/note/", verbs.note, name="note"),
    path("inbox/<uuid:pk>/takeover/", verbs.takeover, name="takeover"),
    path("inbox/<uuid:pk>/handback/", verbs.handback, name="handback"),
    path("inbox/<uuid:pk>/set-mode/", verbs.set_mode, name="set-mode"),
    path("inbox/<uuid:pk>/assign/", sorting.assign, name="assign"),
    path("inbox/<uuid:pk>/close/", sorting.close, name="close"),
    path("inbox/<uuid:pk>/reopen/", sorting.reopen, name="reopen"),
    path("inbox/<uuid:pk>/read/", verbs.read, name="read"),
    path("inbox/<uuid:pk>/unread/", verbs.unread, name="unread"),
    path("inbox/<uuid:pk>/typing/", verbs.typing, name="typing"),
    path("inbox/<uuid:pk>/viewing/", verbs.viewing, name="viewing"),
    path("inbox/<uuid:pk>/snooze/", sorting.snooze, name="snooze"),
    path("inbox/<uuid:pk>/unsnooze/", sorting.unsnooze, name="unsnooze"),
    path("inbox/<uuid:pk>/transfer/", sorting.transfer, name="transfer"),
    path("inbox/<uuid:pk>/label/", sorting.label, name="label"),
    path("inbox/<uuid:pk>/set-priority/", sorting.set_priority, name="set-priority"),
    path("inbox/<uuid:pk>/calm/", sorting.calm, name="calm"),
    path("inbox/<uuid:pk>/clear/", sorting.clear, name="clear"),
    path("inbox/<uuid:pk>/delete/", sorting.delete, name="delete-conversation"),
    path("inbox/<uuid:pk>/export/", starting.export, name="export-conversation"),
]
