"""Pictures of people: checked, cut square, drawn anew at 256 pixels, kept under the business's own prefix (ACC-21).

What was uploaded is never kept: only the picture we draw from it, so that nothing hidden in a file comes along.
"""

from io import BytesIO
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext as _
from PIL import Image, ImageOps

from apps.accounts.models import Employee
from apps.audit import actions as audit
from apps.core.actors import Actor
from apps.core.models import new_id
from apps.core.refusals import Refusal
from apps.tenants.postgres.context import current_schema

LARGEST = 2 * 1024 * 1024  # bytes
MOST_PIXELS = 40_000_000  # a small file may say it is enormous
SIDE = 256  # pixels
FORMATS = ("PNG", "JPEG", "WEBP")


def set_portrait(employee: Employee, upload: Any, *, by: Actor) -> Employee:
    """Show this picture of a person from now on. Raises Refusal `too_large` or `unsupported_type`."""
    if upload.size > LARGEST:
        raise Refusal("too_large", _("A picture may have 2 MB at most."))
    picture = _drawn(upload)
    key = default_storage.save(f"{current_schema()}/avatars/{new_id()}.webp", ContentFile(picture))
    return _show(employee, key, by=by, verb="picture_set")


def clear_portrait(employee: Employee, *, by: Actor) -> Employee:
    """Show initials again."""
    return _show(employee, "", by=by, verb="picture_cleared")


def open_portrait(employee: Employee) -> Any:
    """The file of a person's picture; None when there is none, or it is not under this business's prefix."""
    key = employee.avatar_key
    if not key.startswith(f"{current_schema()}/avatars/") or not default_storage.exists(key):
        return None
    return default_storage.open(key)


@transaction.atomic
def _show(employee: Employee, key: str, *, by: Actor, verb: str) -> Employee:
    before, employee.avatar_key = employee.avatar_key, key
    employee.save(update_fields=["avatar_key", "updated_at"])
    audit.record(by, verb, employee)
    if before:
        transaction.on_commit(lambda: default_storage.delete(before))
    return employee


def _drawn(upload: Any) -> bytes:
    try:
        with Image.open(upload, formats=FORMATS) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise Refusal("too_large", _("This picture has too many pixels. Make it smaller first."))
            turned = ImageOps.exif_transpose(picture).convert("RGBA")
            square = ImageOps.fit(turned, (SIDE, SIDE), Image.Resampling.LANCZOS)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        sentence = _("This is not a picture we can read. PNG, JPEG and WebP are good.")
        raise Refusal("unsupported_type", sentence) from error
    drawn = BytesIO()
    square.save(drawn, "WEBP", quality=85)
    return drawn.getvalue()
