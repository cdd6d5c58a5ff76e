"""The pretend network's end of the webhook: signed bodies posted to the very door a real provider uses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import httpx
from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django_tenants.utils import schema_context

from apps.accounts.models import Employee
from apps.accounts.secrets import secret
from apps.core.refusals import Refusal
from apps.gateways.simulator.parse import entry, signed
from apps.realtime.actions import nudge
from apps.tenants.models import GatewayApp
from apps.tenants.postgres.context import PUBLIC

if TYPE_CHECKING:
    from apps.gateways.models import Inbox, SimulatorPhone

TIMEOUT: Final = 20.0  # seconds
TESTERS: Final = frozenset(["prompts.test", "settings.whatsapp"])


def deliver(inbox: Inbox, *lists: dict[str, Any], beside: tuple[dict[str, Any], ...] = ()) -> None:
    """Post one body about this number; each of `lists` is one change (`messages=…`), `beside` are further entries.

    Over HTTP to PUBLIC_BASE_URL, or by the httpx transport that the setting SIMULATOR_TRANSPORT names.
    Raises Refusal `unavailable` when nobody answers there, or not with 200.
    """
    with schema_context(PUBLIC):
        app = GatewayApp.objects.filter(pk=inbox.app_id).first()
    if app is None:  # its key is a plain value: nothing keeps the app alive
        raise Refusal("unavailable", _("The webhook of this number is gone. Connect the number again."))
    number, account = inbox.external_id, inbox.account_ref or inbox.external_id
    entries = [entry(account, number, inbox.display_number, **each) for each in lists]
    body, headers = signed([*entries, *beside], secret("simulator_secret", scope=f"app:{app.pk}"))
    transport = import_string(settings.SIMULATOR_TRANSPORT)() if settings.SIMULATOR_TRANSPORT else None
    address = f"{settings.PUBLIC_BASE_URL}/hooks/simulator/{app.token}/"
    try:
        with httpx.Client(transport=transport, timeout=TIMEOUT, trust_env=False) as client:
            answer = client.post(address, content=body, headers=headers)
    except (httpx.HTTPError, httpx.InvalidURL) as failure:
        raise Refusal("unavailable", _("Nobody answers at %(url)s.") % {"url": settings.PUBLIC_BASE_URL}) from failure
    if answer.status_code != httpx.codes.OK:
        raise Refusal("unavailable", _("The webhook answered %(status)s.") % {"status": answer.status_code})


def show(phone: SimulatorPhone) -> None:
    """Let everybody who may look at this phone know that it shows something new."""
    active = Employee.objects.filter(deactivated_at=None, user__is_active=True).select_related("role")
    nudge([each.user_id for each in active if each.permissions & TESTERS], topic="simulator", id=phone.pk)
