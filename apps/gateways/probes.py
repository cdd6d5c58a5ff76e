"""Trying a credential with its provider, through the clients that will use it. Nothing is sent to any customer.

Each probe answers with what may be shown of the account, or raises SendTrouble or Failed.
"""

from collections.abc import Callable, Mapping
from uuid import UUID

import stripe
from django.conf import settings
from django.utils.translation import gettext as _

from apps.accounts.models import Secret
from apps.accounts.secrets import note_test, secret
from apps.core.actors import Actor
from apps.core.refusals import Refusal
from apps.gateways.actions import line_of
from apps.gateways.models import Inbox
from apps.gateways.protocol import Forged, Line, SendTrouble
from apps.gateways.transport import exchange
from apps.gateways.twilio import client as twilio
from apps.gateways.whatsapp_cloud import client as meta
from apps.gateways.whatsapp_cloud.gateway import proven, sign

PROBE = b'{"object":"majlis_probe"}'
SMALLEST_MODEL = "gpt-4o-mini"
Name = Secret.Name


class Failed(Exception):
    """The provider does not take this credential; the text says so without repeating it."""


def _meta_access_token(scope: str) -> str:
    return meta.read_profile(_line(scope))


def _meta_app_secret(scope: str) -> str:
    value = secret(Name.META_APP_SECRET, scope=scope)
    try:
        proven(PROBE, sign(PROBE, value), [value])
    except Forged as forged:
        raise Failed(_("It cannot prove a body.")) from forged
    if len(value) != 32 or not set(value.lower()) <= set("0123456789abcdef"):
        raise Failed(_("Meta's app secrets are 32 letters a to f and digits."))
    return _("It proves a body that was signed with it.")


def _twilio(scope: str) -> str:
    return twilio.read_account(_line(scope))


def _openai(scope: str) -> str:
    answer = exchange(
        "POST",
        f"{settings.OPENAI_BASE_URL}/chat/completions",
        headers={"Authorization": f"Bearer {secret(Name.OPENAI_API_KEY, scope=scope)}"},
        json={"model": SMALLEST_MODEL, "max_tokens": 1, "messages": [{"role": "user", "content": "Hi"}]},
    )
    if answer.status_code != 200:
        raise Failed(_("The model's provider answered %(status)s.") % {"status": answer.status_code})
    return _("The model answers.")


def _stripe(scope: str) -> str:
    key = secret(Name.STRIPE_SECRET_KEY, scope=scope)
    client = stripe.StripeClient(key, base_addresses={"api": settings.STRIPE_API_URL}, max_network_retries=0)
    try:
        account = client.v1.accounts.retrieve_current()
    except stripe.StripeError as error:
        raise Failed(_("Stripe answered %(status)s.") % {"status": error.http_status or "—"}) from None
    kind = _("live") if "_live_" in key else _("test")
    return f"{account.id} · {kind}"


def _stripe_webhook(scope: str) -> str:
    value = secret(Name.STRIPE_WEBHOOK_SECRET, scope=scope)
    if not value.startswith("whsec_"):
        raise Failed(_("Stripe's signing secrets begin with whsec_."))
    return _("It has the form of a signing secret.")


TESTS: Mapping[str, Callable[[str], str]] = {
    Name.META_ACCESS_TOKEN: _meta_access_token,
    Name.META_APP_SECRET: _meta_app_secret,
    Name.TWILIO_ACCOUNT_SID: _twilio,
    Name.TWILIO_AUTH_TOKEN: _twilio,
    Name.OPENAI_API_KEY: _openai,
    Name.STRIPE_SECRET_KEY: _stripe,
    Name.STRIPE_WEBHOOK_SECRET: _stripe_webhook,
}


def _line(scope: str) -> Line:
    inbox = Inbox.objects.filter(pk=UUID(scope.removeprefix("inbox:"))).first() if "inbox:" in scope else None
    if inbox is None:
        raise Failed(_("The number of this credential is gone."))
    return line_of(inbox)


def try_secret(name: str, *, scope: str, by: Actor) -> tuple[Secret, str]:
    """Try a credential with its provider and remember how it did. Returns the row and what may be said of the answer.

    The provider's own words are not repeated: some repeat the credential. Refuses `conflict` where nothing is set,
    `invalid` where there is no way to try. Call it outside a transaction: it waits for the provider.
    """
    row = Secret.objects.filter(name=name, scope=scope).first()
    if row is None:
        raise Refusal("conflict", _("There is nothing to try: it is not set."))
    if name not in TESTS:
        raise Refusal("invalid", _("There is no way to try this one."))
    try:
        told, worked = TESTS[name](scope), True
    except Failed as failure:
        told, worked = str(failure), False
    except SendTrouble as failure:
        told, worked = _("The provider did not take it (%(code)s).") % {"code": failure.code or failure.meaning}, False
    return note_test(row, worked=worked, by=by), told
