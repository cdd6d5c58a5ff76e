"""Whether people find what they look for: forty questions as people spell them, each with the one right answer.

Twenty in Arabic with every variant of spelling that is common in chats, twenty in English, parts of words and of phone
numbers. Among as many other messages as the scale gives, the right answer must stand on the first page.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django_tenants.utils import tenant_context

from apps.accounts.models import User
from apps.conversations import actions
from apps.conversations.benches import inbox as large
from apps.conversations.benches import scale, stage
from apps.conversations.queries import search
from apps.gateways import protocol
from apps.gateways.models import Inbox
from apps.tenants.benches.stage import Progress

WANTED = 38
NOISE = (2_000, 20_000)  # conversations and messages around the right answers


@dataclass(frozen=True)
class Asked:
    """What somebody types, and what must be found: in a text, or by the name or number of a person."""

    typed: str
    stored: str
    kind: str = "messages"


QUESTIONS = (
    Asked("احمد ابو العلا", "وصلت رسالة من أحمد أبو العُلا"),  # alef with hamza, damma
    Asked("الى المطار", "أريد سيارة إلى المطار فجراً"),  # alef with hamza below
    Asked("اجل مؤجل", "هل الموعد آجِل أم مؤجّل؟"),  # madda, shadda
    Asked("مدرسه الرقص", "سجّلت ابنتي في مدرسة الرقص"),  # heh for teh marbuta
    Asked("قهوة سادة", "بدّي قهوه ساده بعد الغدا"),  # teh marbuta for heh
    Asked("مستشفي", "أنا الآن في مستشفى الروم"),  # yeh for alef maksura
    Asked("علي الهاتف", "سأحدثك على الهاتف مساءً"),
    Asked("كراسى خشبية", "عندكم كراسي خشبية قديمة؟"),  # alef maksura for yeh
    Asked("شكرا جزيلا دكتور", "شُكْراً جَزِيلاً دكتور سمعان"),  # diacritics
    Asked("مبروووك", "مبـــرووووك التخرج"),  # tatweel
    Asked("جميل جدا المنظر", "جـمـيـل جـدّاً الـمـنـظـر من الشرفة"),
    Asked("نظارات", "النظّارات الشمسية وصلت مكسورة"),  # without the article
    Asked("السجاده", "أريد سجادة حمراء كبيرة"),  # with the article where there is none
    Asked("بالقطار", "موعد القطار السريع تغيّر"),  # article with a preposition
    Asked("١٢٣٤٥", "رقم الحوالة 12345 لو سمحت"),  # Arabic digits
    Asked("77889", "كود الخصم ٧٧٨٨٩ لا يعمل"),  # Latin digits for Arabic ones
    Asked("مسوول المخزن", "هل مسؤول المخزن موجود؟"),  # hamza on waw
    Asked("عايلتي", "عائلتي قادمة من السفر"),  # hamza on yeh
    Asked("شي ثاني", "هل تريد شيء ثاني معها؟"),  # hamza left out
    Asked("خالد بن الوليد", "خالد بن الوليد المخزومي", "people"),
    Asked("refriger", "the refrigerator makes a strange noise"),
    Asked("CAFE creme", "Two Café Crème to go"),  # accents, case
    Asked("naive resume", "My naïve résumé is attached"),
    Asked("o'neil", "Ask for Mr O'Neil at the desk"),
    Asked("warranty-card", "I lost the warranty card of it"),
    Asked("upholst", "Do you reupholster sofas?"),  # inside a word
    Asked('"blue velvet curtain"', "We chose the blue velvet curtain after all"),
    Asked("INV-2024-0917", "Invoice INV-2024-0917 is paid"),
    Asked("20240917", "transfer reference 20240917 done"),
    Asked("quartz watch strap", "strap of my quartz watch broke"),  # another order
    Asked("straße", "Lieferung in die Hauptstrase 5"),
    Asked("@majlis.example", "write to accounts@majlis.example please"),
    Asked("smørrebrød", "one smorrebrod with egg"),
    Asked("+9613456789", "+9613456789", "people"),  # with +
    Asked("9613456788", "+9613456788", "people"),  # without
    Asked("03 456 787", "+9613456787", "people"),  # as it is dialled at home
    Asked("0096176543210", "+96176543210", "people"),  # as it is dialled abroad
    Asked("(765) 432-11", "+96176543211", "people"),  # a fragment, spaced
    Asked("٧٦٥٤٣٢١٢", "+96176543212", "people"),  # Arabic digits
    Asked("zbigniew", "Zbigniew Brzeziński", "people"),
)


def measure(progress: Progress, small: bool = False) -> dict[str, Any]:
    """How many of the forty are found on the first page."""
    return stage.at_home("quality", progress, small=small)


def play(progress: Progress, small: bool = False) -> dict[str, Any]:
    """The same, in this process's database."""
    with stage.a_business(progress) as business, tenant_context(business):
        stage.a_number(business)
        (inbox,) = Inbox.objects.all()
        user = large.people([inbox])["manager"]
        tell(inbox)
        if not small:
            scale.fill(progress, conversations=NOISE[0], messages=NOISE[1])
        missed = [asked.typed for asked in QUESTIONS if not is_found(user, asked)]
    right = len(QUESTIONS) - len(missed)
    return {
        "name": "quality", "unit": "of 40 found on the first page", "ours": right, "baseline": WANTED,
        "ratio": right / WANTED, "n": len(QUESTIONS), "also": {"missed": ", ".join(missed) or "none"},
        "failures": [] if right >= WANTED else [f"{right} of {len(QUESTIONS)} are found, {WANTED} are wanted."],
    }  # fmt: skip


def tell(inbox: Inbox) -> None:
    """Have each right answer said, or its person known, some time ago."""
    with transaction.atomic():
        for index, asked in enumerate(QUESTIONS):
            by_person = asked.kind == "people"
            phone = asked.stored if asked.stored.startswith("+") else f"+4915100{index:05}"
            name = asked.stored if by_person and phone != asked.stored else f"Guest {chr(65 + index % 26)}"
            actions.receive_message(
                inbox,
                protocol.Inbound(
                    external_id=f"quality.{index}", provider_at=timezone.now() - timedelta(days=3 * 365 + index),
                    person=protocol.Person(phone=phone, profile_name=name), type="text",
                    body="…" if by_person else asked.stored, payload={},
                ),
            )  # fmt: skip


def is_found(user: User, asked: Asked) -> bool:
    """Whether the right answer is among the first of its kind."""
    rows = search.found(user, search.question(asked.typed), [asked.kind])[asked.kind].rows
    if asked.kind == "messages":
        return any(row.body == asked.stored for row in rows)
    return any(asked.stored in (row.profile_name, row.phone) for row in rows)
