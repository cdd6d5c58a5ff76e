"""JSON doors: conversations and their verbs, messages, notes, what is kept ready, and the ledger of what came in."""

from rest_framework.routers import SimpleRouter

from apps.conversations.api.conversations import ConversationViewSet
from apps.conversations.api.deliveries import DeliveryViewSet
from apps.conversations.api.kept import MacroViewSet, SavedViewViewSet
from apps.conversations.api.messages import MessageViewSet
from apps.conversations.api.notes import NoteViewSet
from apps.conversations.api.replies import ReplyViewSet
from apps.conversations.api.search import SearchViewSet

router = SimpleRouter(use_regex_path=False)
router.register("conversations", ConversationViewSet, basename="api-conversations")
router.register("messages", MessageViewSet, basename="api-messages")
router.register("notes", NoteViewSet, basename="api-notes")
router.register("canned-replies", ReplyViewSet, basename="api-canned-replies")
router.register("saved-views", SavedViewViewSet, basename="api-saved-views")
router.register("macros", MacroViewSet, basename="api-macros")
router.register("search", SearchViewSet, basename="api-search")
router.register("deliveries", DeliveryViewSet, basename="api-deliveries")
api_urls = router.urls
