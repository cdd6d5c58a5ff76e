"""`manage.py simulate SLUG --from PHONE "text" [--wait]`: a customer's message through the simulator gateway."""

import json
import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django_tenants.utils import schema_context, tenant_context

from apps.core.actors import SYSTEM
from apps.core.refusals import Refusal
from apps.gateways.models import SimulatorBubble
from apps.gateways.simulator import phone as verbs
from apps.tenants.models import Business
from apps.tenants.postgres.context import PUBLIC

PAUSE = 0.2  # seconds between two looks at the phone


class Command(BaseCommand):
    """Needs a running site (`make run`): the message arrives there as a provider's would."""

    help = "Write to a business as a pretend customer; --wait prints the answer."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slug")
        parser.add_argument("text", help="what the customer writes; the caption of an image, may be empty")
        parser.add_argument("--from", dest="number", required=True, metavar="PHONE", help="like +96170123456")
        parser.add_argument("--name", default="", help="of the customer, at the first message")
        parser.add_argument("--image", action="store_true", help="send a picture's placeholder instead of a text")
        parser.add_argument("--wait", action="store_true", help="print what is answered")
        parser.add_argument("--timeout", type=float, default=30.0, help="seconds to wait for it")
        parser.add_argument("--json", action="store_true", help="answer with one line of JSON")
        parser.add_argument("--no-input", action="store_true", help="never ask (this command never does)")

    def handle(self, *args: Any, **options: Any) -> None:
        with schema_context(PUBLIC):
            business = Business.objects.filter(slug__iexact=options["slug"]).first()
        if business is None:
            raise CommandError(f"There is no business “{options['slug']}”.")
        with tenant_context(business):
            try:
                phone = verbs.add_phone(verbs.first_inbox(), number=options["number"], name=options["name"], by=SYSTEM)
                image, text = options["image"], options["text"]
                said = verbs.send_image(phone, caption=text) if image else verbs.write(phone, text=text)
            except Refusal as refusal:
                raise CommandError(refusal.detail) from refusal
            answer = _answer_to(said, options["timeout"]) if options["wait"] else None
        if options["wait"] and answer is None:
            raise CommandError(f"No answer within {options['timeout']:g} s.")
        self.stdout.write(_told(said, answer) if options["json"] else answer.body if answer else "Sent.")


def _answer_to(said: SimulatorBubble, seconds: float) -> SimulatorBubble | None:
    """The first thing the phone is sent after it has spoken."""
    until = time.monotonic() + seconds
    answers = SimulatorBubble.objects.filter(
        phone=said.phone_id, direction=SimulatorBubble.Direction.OUT, created_at__gt=said.created_at
    )
    while (found := answers.order_by("created_at").first()) is None and time.monotonic() < until:
        time.sleep(PAUSE)
    return found


def _told(said: SimulatorBubble, answer: SimulatorBubble | None) -> str:
    facts = {"external_id": said.external_id, "status": said.status}
    return json.dumps({**facts, "answer": answer.body if answer else None}, ensure_ascii=False)
