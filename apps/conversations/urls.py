"""Where the inbox is."""

from django.urls import path

from apps.conversations import pages

page_urls = [
    path("inbox/", pages.inbox, name="inbox"),
    path("inbox/list/", pages.conversation_list, name="conversation-list"),
    path("inbox/messages/<uuid:pk>/retry/", pages.retry, name="message-retry"),
    path("inbox/messages/<uuid:pk>/not-sent/", pages.not_sent, name="message-not-sent"),
    path("inbox/<uuid:pk>/", pages.conversation, name="conversation"),
    path("inbox/<uuid:pk>/details/", pages.conversation, {"column": "details"}, name="conversation-details"),
    path("inbox/<uuid:pk>/rows/", pages.thread_rows, name="thread-rows"),
    path("inbox/<uuid:pk>/composer/", pages.composer, name="composer"),
    path("inbox/<uuid:pk>/head/", pages.thread_head, name="thread-head"),
    path("inbox/<uuid:pk>/panel/", pages.details_panel, name="details-panel"),
    path("inbox/<uuid:pk>/send/", pages.send, name="send"),
    path("inbox/<uuid:pk>/note/", pages.note, name="note"),
    path("inbox/<uuid:pk>/takeover/", pages.takeover, name="takeover"),
    path("inbox/<uuid:pk>/handback/", pages.handback, name="handback"),
    path("inbox/<uuid:pk>/set-mode/", pages.set_mode, name="set-mode"),
    path("inbox/<uuid:pk>/assign/", pages.assign, name="assign"),
    path("inbox/<uuid:pk>/close/", pages.close, name="close"),
    path("inbox/<uuid:pk>/reopen/", pages.reopen, name="reopen"),
    path("inbox/<uuid:pk>/read/", pages.read, name="read"),
    path("inbox/<uuid:pk>/typing/", pages.typing, name="typing"),
]
