"""A business's credentials: set, cleared, tested, used; never given back by any door.

Whoever uses one reads it from the database at that moment: a changed secret is in force on the next use, everywhere.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from apps.accounts.models import Secret
from apps.accounts.models.secret import SHOWS_LAST_FOUR
from apps.audit import actions as audit
from apps.core.actors import Actor
from apps.core.refusals import Refusal
from apps.tenants import keys
from apps.tenants.models import Business

BUSINESS = "business"
OF_THE_BUSINESS = (
    Secret.Name.OPENAI_API_KEY, Secret.Name.STRIPE_SECRET_KEY, Secret.Name.STRIPE_WEBHOOK_SECRET,
    Secret.Name.GOOGLE_CLIENT_ID, Secret.Name.GOOGLE_CLIENT_SECRET, Secret.Name.GOOGLE_REFRESH_TOKEN,
    Secret.Name.CALDAV_PASSWORD,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Slot:
    """A place where a credential can be: its name, its scope, what people call that scope, and what is kept there."""

    name: str
    scope: str
    of: str = ""
    testable: bool = False
    row: Secret | None = None


@transaction.atomic
def set_secret(name: str, value: str, *, scope: str, by: Actor) -> Secret:
    """Keep a credential, sealed for this business, name, scope and row. Refuses an empty one: clearing is another
    verb."""
    if not value.strip():
        raise Refusal("invalid", _("A secret cannot be empty. Clear it instead."))
    row, _made = Secret.objects.select_for_update().get_or_create(
        name=name, scope=scope, defaults={"ciphertext": b"", "set_at": timezone.now(), **by.as_fields()}
    )
    row.ciphertext, row.key_id = keys.ring().seal(value, place=place_of(row))
    row.last4 = value[-4:] if len(value) >= SHOWS_LAST_FOUR else ""
    row.set_at, row.tested_at, row.test_result = timezone.now(), None, ""
    for column, fact in by.as_fields().items():
        setattr(row, column, fact)
    row.save()
    audit.record(by, "set", row)
    return row


@transaction.atomic
def clear_secret(name: str, *, scope: str, by: Actor) -> None:
    """Remove a credential; the record keeps that it was there. One that is not set is left so."""
    row = Secret.objects.select_for_update().filter(name=name, scope=scope).first()
    if row is not None:
        audit.record(by, "cleared", row)
        row.delete()


@transaction.atomic
def note_test(row: Secret, *, worked: bool, by: Actor) -> Secret:
    """Remember how a credential did when it was tried with its provider."""
    row.tested_at, row.test_result = timezone.now(), Secret.Result.OK if worked else Secret.Result.FAILED
    row.save(update_fields=["tested_at", "test_result", "updated_at"])
    audit.record(by, "tested", row, after={"result": row.test_result})
    return row


def slots() -> list[Slot]:
    """Every place of this business where a credential can be, with what is there; those of its numbers come last."""
    known = [Slot(name, BUSINESS) for name in OF_THE_BUSINESS]
    known += import_string(settings.SECRETS["slots"])()
    testable: Iterable[str] = import_string(settings.SECRETS["tests"])
    kept = Secret.objects.exclude(name=Secret.Name.SIMULATOR_SECRET).order_by("scope", "name")  # nobody's to know
    rows = {(row.name, row.scope): row for row in kept}
    found = [
        Slot(each.name, each.scope, each.of, each.name in testable, rows.pop((each.name, each.scope), None))
        for each in known
    ]
    return found + [Slot(row.name, row.scope, "", False, row) for row in rows.values()]


def secret(name: str, *, scope: str) -> str:
    """The credential in clear, for the code that speaks to the provider; empty when it is not set."""
    return secrets_of(scope).get(name, "")


def secrets_of(*scopes: str, of: Business | None = None) -> dict[str, str]:
    """Every credential of some scopes, by name; a later scope wins. Never log or keep them.

    `of` is the current business, by whoever has its row at hand: its keys are not asked for again.
    """
    rows = sorted(Secret.objects.filter(scope__in=scopes), key=lambda row: scopes.index(row.scope))
    if not rows:
        return {}
    ring = keys.unwrapped(of) if of else keys.ring()
    return {row.name: ring.unseal(row.ciphertext, place=place_of(row), key_id=row.key_id) for row in rows}


def place_of(row: Secret) -> str:
    """What a ciphertext is bound to beside the business: table, column, name, scope and row."""
    return f"accounts_secret:ciphertext:{row.name}:{row.scope}:{row.pk}"


def slot(name: str, scope: str) -> Slot:
    """One place by name and scope. Refuses `not_found` where this business has no such place."""
    for each in slots():
        if (each.name, each.scope) == (name, scope):
            return each
    raise Refusal("not_found", _("There is no such secret."))
