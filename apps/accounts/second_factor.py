"""A second proof at the door: a code from the person's phone (TOTP, RFC 6238), or one of ten backup codes (ACC-16).

Employees in their business and operators in public alike. The secret is sealed for the schema and the person; of the
backup codes only keyed hashes are kept. A code is accepted once: the step of the last one is remembered.
"""

import secrets
from dataclasses import dataclass

import pyotp
import segno
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _

from apps.accounts.events import AccountChanged
from apps.accounts.models import User
from apps.accounts.sessions import revoke_sessions
from apps.audit import actions as audit
from apps.core import crypto
from apps.core.actors import Actor
from apps.core.events import emit
from apps.core.refusals import Refusal
from apps.tenants.postgres.context import PUBLIC, current_schema

STEP = 30  # seconds
DRIFT = (0, -1, 1)  # steps by which a phone's clock may be off
CODES = 10
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # nothing that is read as something else


@dataclass(frozen=True, slots=True)
class Setup:
    """What a person puts into their phone: the secret to type, the address behind the picture, the picture (SVG)."""

    secret: str
    uri: str
    picture: str


@transaction.atomic
def begin(user: User, *, password: str, by: Actor) -> Setup:
    """Make a secret for a person who has none in use; it counts only once a code of it was shown (`confirm`)."""
    row = _own(user, password)
    if row.has_second_factor:
        raise Refusal("conflict", _("A second factor is set up already. Turn it off first."))
    key_id = crypto.current_key_id()
    row.totp = crypto.encrypt(pyotp.random_base32(), owner=current_schema(), place=_place(row), key_id=key_id)
    row.totp_key_id, row.totp_last_step = key_id, 0
    row.save(update_fields=["totp", "totp_key_id", "totp_last_step", "updated_at"])
    _record(by, "mfa_begun", row)
    return setup_of(row, "")


@transaction.atomic
def reseal() -> int:
    """Seal the second factors of the current schema under the keyring's first key; how many needed it.

    Raises Unreadable when the key of one is missing.
    """
    wanted = crypto.current_key_id()
    rows = list(User.objects.select_for_update(no_key=True).exclude(totp=None).exclude(totp_key_id=wanted))
    for row in rows:
        words = {"owner": current_schema(), "place": _place(row)}
        text = crypto.decrypt(bytes(row.totp or b""), key_id=row.totp_key_id, **words)
        row.totp, row.totp_key_id = crypto.encrypt(text, key_id=wanted, **words), wanted
        row.save(update_fields=["totp", "totp_key_id", "updated_at"])
    return len(rows)


def setup_of(user: User, brand: str) -> Setup:
    """A secret that waits to be confirmed, as its owner sees it. Refuses `conflict` when none waits."""
    if not user.totp or user.has_second_factor:
        raise Refusal("conflict", _("There is no second factor to confirm. Begin again."))
    secret = _secret(user)
    uri = pyotp.TOTP(secret).provisioning_uri(name=user.email, issuer_name=brand or "Majlis")
    picture = segno.make(uri, error="m").svg_inline(scale=4, border=3, light="white", omitsize=True)
    return Setup(secret, uri, picture)


@transaction.atomic
def confirm(user: User, code: str, *, by: Actor, keep: str | None = None) -> list[str]:
    """Switch it on with a first code. Returns the backup codes, which nobody sees again; ends all other sessions."""
    row = _locked(user)
    if not row.totp or row.has_second_factor:
        raise Refusal("conflict", _("There is no second factor to confirm. Begin again."))
    if not _accepts_totp(row, code):
        raise Refusal("invalid", _("This code is not right. Look at your phone again: it changes every 30 seconds."))
    row.totp_confirmed_at = timezone.now()
    row.save(update_fields=["totp_confirmed_at", "updated_at"])
    codes = _new_codes(row)
    _tell(row, "mfa_on", by, keep)
    return codes


@transaction.atomic
def renew_codes(user: User, *, password: str, code: str, by: Actor, keep: str | None = None) -> list[str]:
    """Ten fresh backup codes; the old ones open nothing any more."""
    row = _proven(user, password, code)
    codes = _new_codes(row)
    _tell(row, "backup_codes", by, keep)
    return codes


@transaction.atomic
def disable(user: User, *, password: str, code: str, by: Actor, keep: str | None = None) -> User:
    """Switch it off. Who must have one can then only set it up anew."""
    row = _proven(user, password, code)
    row.totp, row.totp_key_id, row.totp_confirmed_at, row.backup_codes = None, "", None, []
    row.save(update_fields=["totp", "totp_key_id", "totp_confirmed_at", "backup_codes", "updated_at"])
    _tell(row, "mfa_off", by, keep)
    return row


def accepts(user: User, code: str) -> bool:
    """Whether a code opens the door; it is used up by that. Call with the person's row locked."""
    if not user.has_second_factor:
        return False
    return _accepts_totp(user, code) or _accepts_backup(user, code)


def _accepts_totp(user: User, code: str) -> bool:
    totp, now = pyotp.TOTP(_secret(user)), int(timezone.now().timestamp() // STEP)
    said = "".join(code.split())
    for step in (now + drift for drift in DRIFT):
        if step > user.totp_last_step and constant_time_compare(totp.generate_otp(step), said):
            user.totp_last_step = step
            User.objects.filter(pk=user.pk).update(totp_last_step=step)
            return True
    return False


def _accepts_backup(user: User, code: str) -> bool:
    said = _hash(user, code)
    if said not in user.backup_codes:
        return False
    user.backup_codes = [kept for kept in user.backup_codes if kept != said]
    User.objects.filter(pk=user.pk).update(backup_codes=user.backup_codes)
    return True


def _new_codes(user: User) -> list[str]:
    codes = ["".join(secrets.choice(ALPHABET) for _number in range(10)) for _code in range(CODES)]
    user.backup_codes = [_hash(user, code) for code in codes]
    user.save(update_fields=["backup_codes", "updated_at"])
    return [f"{code[:5]}-{code[5:]}" for code in codes]


def _hash(user: User, code: str) -> str:
    said = "".join(sign for sign in code.lower() if sign.isalnum())
    return salted_hmac("majlis.backup-codes", f"{current_schema()}:{user.pk}:{said}", algorithm="sha256").hexdigest()


def _locked(user: User) -> User:
    return User.objects.select_for_update().get(pk=user.pk)


def _own(user: User, password: str) -> User:
    row = _locked(user)
    if not row.check_password(password):
        raise Refusal("invalid", _("The password is not right."))
    return row


def _proven(user: User, password: str, code: str) -> User:
    row = _own(user, password)
    if not row.has_second_factor:
        raise Refusal("conflict", _("No second factor is set up."))
    if not accepts(row, code):
        raise Refusal("invalid", _("This code is not right, or it was used already. Wait for the next one."))
    return row


def _secret(user: User) -> str:
    sealed = bytes(user.totp or b"")
    return crypto.decrypt(sealed, owner=current_schema(), place=_place(user), key_id=user.totp_key_id)


def _place(user: User) -> str:
    return f"accounts_user:totp:{user.pk}"


def _tell(user: User, what: str, by: Actor, keep: str | None) -> None:
    _record(by, what, user)
    if not user.is_operator:
        revoke_sessions(user, by=by, keep=keep)
        emit(AccountChanged(user_id=user.pk, what=what))


def _record(by: Actor, verb: str, user: User) -> None:
    if current_schema() == PUBLIC:
        audit.record_operator(by, verb, user)
    else:
        audit.record(by, verb, user)
