"""Find my business: who asks learns nothing from the answer; a letter tells the person whose e-mail it is (TEN-14).

A request does the same whether the e-mail is known or not: it counts, seals the e-mail and hands it to a worker.
"""

import base64

from django.utils import translation
from django.utils.translation import gettext as _

from apps.core import crypto, mail, throttles
from apps.tenants import directory
from apps.tenants import signup as addresses

OWNER, PLACE = "public", "find my business"


def seal(email: str) -> str:
    """An e-mail as it may wait in a queue: for our eyes only."""
    key_id = crypto.current_key_id()
    sealed = crypto.encrypt(email.strip(), owner=OWNER, place=PLACE, key_id=key_id)
    return f"{key_id}:{base64.b64encode(sealed).decode()}"


def unseal(sealed: str) -> str:
    """The e-mail again."""
    key_id, _colon, text = sealed.partition(":")
    return crypto.decrypt(base64.b64decode(text), owner=OWNER, place=PLACE, key_id=key_id)


def ask(email: str, *, address: str) -> str:
    """Count the question and seal the e-mail for the task that answers. Raises Refusal `throttled`."""
    throttles.ask_by_mail("find", email, address)
    return seal(email)


def write_to(email: str, *, language: str) -> int:
    """Send the letter, if there is something to say. Returns how many businesses it names."""
    found = directory.businesses_of(email)
    if not found:
        return 0
    with translation.override(language):
        lines = [
            _("Somebody, probably you, asked where your business is. This e-mail signs you in here:"),
            *(f"{business.name}: {addresses.url_of(business.slug)}/sign-in/" for business in found),
        ]
        foot = _("If this was not you, you need not do anything: without your password nothing opens.")
        mail.send(email, subject=_("Your business at Majlis"), lines=lines, foot=foot)
    return len(found)
