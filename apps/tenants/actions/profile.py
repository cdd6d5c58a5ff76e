"""What a business says of itself: its profile and its logo. Written in public, noted in the business."""

from io import BytesIO
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext as _
from django_tenants.utils import schema_context

from apps.audit import actions as audit
from apps.core.actors import Actor
from apps.core.models import new_id
from apps.core.refusals import Refusal
from apps.tenants import hosts, logos
from apps.tenants.models import Business
from apps.tenants.postgres.context import PUBLIC

EDITABLE = (
    "name", "legal_name", "industry", "description_en", "description_ar", "timezone", "country", "currency",
    "primary_language", "languages", "digits", "support_email", "support_phone", "address", "website",
    "colour_primary", "colour_secondary", "colour_accent",
)  # fmt: skip


def edit_business(business_id: Any, *, by: Actor, version: int | None = None, **fields: Any) -> Business:
    """Change the profile, checked by the caller's form. Call it in the business.

    Raises Refusal `stale_version` when somebody has changed it since `version` was read.
    """
    unknown = set(fields) - {*EDITABLE, "logo_key"}
    if unknown:
        raise ValueError(f"Not part of the profile: {', '.join(sorted(unknown))}.")
    with schema_context(PUBLIC), transaction.atomic():
        row = Business.objects.select_for_update().get(pk=business_id)
        if version is not None and version != row.version:
            raise Refusal(
                "stale_version", _("Somebody has changed this since you opened it. Look again."), current=row.version
            )
        changed = {name: value for name, value in fields.items() if getattr(row, name) != value}
        if not changed:
            return row
        before = {name: _plain(getattr(row, name)) for name in changed}
        for name, value in changed.items():
            setattr(row, name, value)
        row.version += 1
        row.save()
    hosts.forget()
    audit.record(by, "edited", row, before=before, after={name: _plain(value) for name, value in changed.items()})
    return row


def set_logo(business: Any, *, picture: bytes, by: Actor) -> Business:
    """Keep a logo in the sizes that pages, mails and phones ask for. Raises Refusal when it is not one.

    `business` is the row or the site of the request. The old pictures go once the new ones are in use.
    """
    drawn = logos.draw(picture, ground=business.colour_primary)
    folder = f"{business.schema_name}/logo/{new_id()}"
    for name, data in drawn.items():
        default_storage.save(f"{folder}/{name}", ContentFile(data))
    row = edit_business(business.id, by=by, logo_key=folder)
    _forget_pictures(business.logo_key)
    return row


def remove_logo(business: Any, *, by: Actor) -> Business:
    """Go back to the first letter of the name."""
    row = edit_business(business.id, by=by, logo_key="")
    _forget_pictures(business.logo_key)
    return row


def picture_of(logo_key: str, name: str) -> bytes:
    """One of the logo's pictures. Raises FileNotFoundError when there is none."""
    with default_storage.open(f"{logo_key}/{name}") as kept:
        return BytesIO(kept.read()).getvalue()


def _forget_pictures(folder: str) -> None:
    for name in logos.SIZES if folder else ():
        default_storage.delete(f"{folder}/{name}")


def _plain(value: Any) -> Any:
    return value if isinstance(value, (list, int)) else str(value)
