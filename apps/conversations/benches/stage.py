"""What these benches are played on: a house of their own, a throwaway business, bodies signed as Meta's."""

import gc
import json
import os
import secrets
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connections
from django.utils import timezone
from django.utils.module_loading import import_string
from django_tenants.utils import tenant_context

from apps.billing.actions import change_plan, start_trial
from apps.conversations.benches.clients import Clients
from apps.core.actors import SYSTEM
from apps.gateways.actions import add_app, connect_inbox
from apps.gateways.whatsapp_cloud.gateway import SIGNATURE, sign
from apps.tenants.benches.stage import Progress, throwaway_businesses
from apps.tenants.embedded import Cluster
from apps.tenants.management.progress import ProgressBar
from apps.tenants.models import Business

Body = dict[str, Any]
SETTINGS = "config.settings"


def at_home(name: str, progress: Progress, **options: Any) -> dict[str, Any]:
    """Play a bench where it disturbs nobody: on a fresh bundled PostgreSQL, or on the services that are configured."""
    if not settings.EMBEDDED:
        return dict(import_string(f"{__package__}.{name}.play")(progress, **options))
    with TemporaryDirectory(prefix="majlis-bench-") as folder:
        Path(folder).chmod(0o755)  # a server started by root runs as somebody else
        cluster = Cluster(Path(folder))
        try:
            cluster.start(follow_parent=True)
            return _in_a_process(name, options, {"VAR_DIR": folder})
        finally:
            cluster.stop()


def _in_a_process(name: str, options: dict[str, Any], environment: dict[str, str]) -> dict[str, Any]:
    """The settings of this process name another database, so the play needs one of its own."""
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-m", __package__, name, json.dumps(options)],
        cwd=settings.BASE_DIR,
        env={"LOG_LEVEL": "ERROR", **os.environ, **environment, "DJANGO_SETTINGS_MODULE": SETTINGS},
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    if done.returncode:
        raise CommandError(f"The bench {name} broke off with code {done.returncode}.")
    return dict(json.loads(done.stdout.splitlines()[-1]))


def play_here(name: str, **options: Any) -> dict[str, Any]:
    """The same, inside that process."""
    bar = ProgressBar(sys.stderr)
    bar(0, 1, "roles and shared tables")
    call_command("prepare_database", verbosity=0)
    gc.collect()
    gc.freeze()  # as the served process does
    try:
        return dict(import_string(f"{__package__}.{name}.play")(bar, **options))
    finally:
        bar.clear()
        forget_connections()


def forget_connections() -> None:
    """Drop every connection of this process: they are of a server that has ended, or would be shared by a fork."""
    connections.close_all()
    connections["default"].close_pool()  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Number:
    """A connected number, and all a provider needs to post for it."""

    business: Business
    inbox_id: UUID
    external_id: str
    path: str
    secret: str

    def signed(self, body: Body) -> dict[str, Any]:
        """The body as a client posts it: path, headers, text."""
        text = json.dumps(body, ensure_ascii=False)
        headers = {"Content-Type": "application/json", SIGNATURE: sign(text.encode(), self.secret)}
        return {"path": self.path, "headers": headers, "body": text}


@contextmanager
def a_business(progress: Progress) -> Iterator[Business]:
    """One throwaway business; the test's and the bench's rows go with it."""
    with throwaway_businesses(1, progress) as (business,):
        yield business


def a_number(business: Business, *, mode: str = "human") -> Number:
    """A WhatsApp number of a business, under an app and a secret of its own."""
    secret, external_id = secrets.token_urlsafe(32), str(secrets.randbelow(10**15) + 10**15)
    start_trial(business, by=SYSTEM)
    change_plan(business, plan="enterprise", by=SYSTEM)  # as many numbers and conversations as it likes
    app = add_app("whatsapp_cloud", owner=business)
    with tenant_context(business):
        inbox = connect_inbox(
            name=f"Number {external_id[-4:]}", gateway="whatsapp_cloud", external_id=external_id, app=app, by=SYSTEM,
            secrets={"meta_app_secret": secret, "meta_access_token": "EAAbench", "meta_verify_token": "bench"},
            account_ref=f"waba-{external_id}", display_number="+15550009999", default_mode=mode,
        )  # fmt: skip
    return Number(business, inbox.pk, external_id, f"/hooks/{app.gateway}/{app.token}/", secret)


def a_body(number: Number, items: Sequence[Body], **more: Any) -> Body:
    """A POST of Meta's with these messages for a number; `more` are other lists of it, such as `statuses`."""
    value = {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "15550009999", "phone_number_id": number.external_id},
        "messages": list(items),
        **more,
    }
    change = {"field": "messages", "value": value}
    return {"object": "whatsapp_business_account", "entry": [{"id": f"waba-{number.external_id}", "changes": [change]}]}


def a_text(external_id: str, sender: dict[str, str], at: datetime, words: str) -> Body:
    """One text of a customer; the provider's clock has whole seconds."""
    return {**sender, "id": external_id, "timestamp": str(int(at.timestamp())), "type": "text", "text": {"body": words}}


def by_phone(number: int) -> dict[str, str]:
    """A customer whom Meta names by number, as most are."""
    return {"from": f"9617{number:07}"}


def by_user_id(number: int) -> dict[str, str]:
    """A customer who hides the number: Meta names a user id alone (requirements GW-29)."""
    return {"from_user_id": f"LB.{number:013}"}


def warm_up(port: int, number: Number, count: int = 20) -> None:
    """A few customers of no account, so that nothing is imported, connected or planned for the first time later."""
    now = timezone.now()
    texts = [a_text(f"wamid.warm.{index}", by_phone(9_000_000 + index), now, "hello") for index in range(count)]
    Clients(port, [[{"n": 0, **number.signed(a_body(number, [text]))} for text in texts]]).wait()
