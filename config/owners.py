"""What files may belong to, on one page: each owner kind with the rows of it on which a person may do a verb."""

from collections.abc import Mapping

from apps.conversations.models import CannedReply, Message
from apps.media.owners import Rows

FILE_OWNERS: Mapping[str, Rows] = {
    "message": lambda user, word: Message.objects.for_user(user, word).filter(hidden_at=None),  # CONV-04
    "reply": lambda user, word: CannedReply.objects.for_user(user) if word == "view" else CannedReply.objects.none(),
}
