"""Where the inbox is."""

from django.urls import path

from apps.conversations.pages import inbox, search, verbs

page_urls = [
    path("inbox/", inbox.inbox, name="inbox"),
    path("search/", search.search, name="search"),
    path("inbox/search/", search.results, name="search-results"),
    path("inbox/list/", inbox.conversation_list, name="conversation-list"),
    path("inbox/messages/<uuid:pk>/retry/", verbs.retry, name="message-retry"),
    path("inbox/messages/<uuid:pk>/not-sent/", verbs.not_sent, name="message-not-sent"),
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
    path("inbox/<uuid:pk>/assign/", verbs.assign, name="assign"),
    path("inbox/<uuid:pk>/close/", verbs.close, name="close"),
    path("inbox/<uuid:pk>/reopen/", verbs.reopen, name="reopen"),
    path("inbox/<uuid:pk>/read/", verbs.read, name="read"),
    path("inbox/<uuid:pk>/typing/", verbs.typing, name="typing"),
]
