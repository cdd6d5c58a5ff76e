"""A business's credentials: set, cleared, used; never given back by any door."""

from django.db import transaction
from django.utils.translation import gettext as _

from apps.accounts.models import Secret
from apps.audit import actions as audit
from apps.core import crypto
from apps.core.actors import Actor
from apps.core.refusals import Refusal
from apps.tenants.postgres.context import current_schema

SHOWS_LAST_FOUR = 12  # characters a secret must have before its end may be shown


@transaction.atomic
def set_secret(name: str, value: str, *, scope: str, by: Actor) -> Secret:
    """Keep a credential, sealed for this business, name and scope. Refuses an empty one: clearing is another verb."""
    if not value:
        raise Refusal("invalid", _("A secret cannot be empty. Clear it instead."))
    key_id = crypto.current_key_id()
    row, _made = Secret.objects.update_or_create(
        name=name,
        scope=scope,
        defaults={
            "ciphertext": crypto.encrypt(value, owner=current_schema(), place=_place(name, scope), key_id=key_id),
            "key_id": key_id,
            "last4": value[-4:] if len(value) >= SHOWS_LAST_FOUR else "",
        },
    )
    audit.record(by, "set", row)
    return row


def secret(name: str, *, scope: str) -> str:
    """The credential in clear, for the code that speaks to the provider; empty when it is not set."""
    row = Secret.objects.filter(name=name, scope=scope).first()
    return _open(row) if row else ""


def secrets_of(*scopes: str) -> dict[str, str]:
    """Every credential of some scopes, by name; a later scope wins."""
    rows = sorted(Secret.objects.filter(scope__in=scopes), key=lambda row: scopes.index(row.scope))
    return {row.name: _open(row) for row in rows}


def _open(row: Secret) -> str:
    return crypto.decrypt(
        bytes(row.ciphertext), owner=current_schema(), place=_place(row.name, row.scope), key_id=row.key_id
    )


def _place(name: str, scope: str) -> str:
    return f"accounts_secret:{name}:{scope}"
