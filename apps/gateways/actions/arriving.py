"""The numbers of a business that was brought from an archive: what is ours to make of their secrets is made anew."""

from secrets import token_urlsafe

from django_tenants.utils import schema_context

from apps.accounts.secrets import set_secret
from apps.core.actors import Actor
from apps.gateways import protocol
from apps.gateways.actions.settings import verify_token
from apps.gateways.models import Inbox
from apps.tenants.models import GatewayApp
from apps.tenants.postgres.context import PUBLIC


def fit_out(*, by: Actor) -> None:
    """Give the apps of the current business's numbers the secrets that are ours to make: a simulator's, which lets its
    phones write at once, and the word that a provider's handshake asks for."""
    used = dict(Inbox.objects.values_list("app_id", "gateway"))
    with schema_context(PUBLIC):
        own = list(GatewayApp.objects.filter(pk__in=used).exclude(owner=None))
    for app in own:
        scope = f"app:{app.pk}"
        if protocol.gateway(app.gateway).pretends:
            set_secret("simulator_secret", token_urlsafe(32), scope=scope, by=by)
        elif token := verify_token(app):
            set_secret("meta_verify_token", token, scope=scope, by=by)
