"""What a customer has agreed to: the ledger's answer, the words that change it, and the hours in which nobody is
advertised to (CUS-13, R-059).

Reminders go to whoever has not withdrawn; marketing only to whoever has said yes.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import datetime, time
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet
from django.utils import timezone

from apps.customers import phones
from apps.customers.models import ConsentEntry, Customer, CustomerSettings
from apps.tenants.models import Business
from apps.tenants.postgres.context import current_schema

MARKETING, REMINDERS = ConsentEntry.Purpose.MARKETING, ConsentEntry.Purpose.REMINDERS
QUIET_FROM, QUIET_UNTIL = time(21), time(9)  # on the customer's clock
STOP_WORDS = {
    "en": ("stop", "stop all", "stopall", "unsubscribe", "opt out", "optout", "stop messages"),
    "ar": ("توقف", "توقفوا", "إيقاف", "أوقف", "أوقفوا", "إلغاء الاشتراك", "الغ الاشتراك", "لا ترسلوا"),
}
START_WORDS = {
    "en": ("start", "unstop", "subscribe", "opt in", "optin"),
    "ar": ("ابدأ", "ابدأوا", "اشترك", "اشتراك", "تفعيل الاشتراك"),
}
MARKS = re.compile(r"[\u064b-\u065f\u0670\u0640]")  # vowel signs and the stretching line
LETTERS = str.maketrans({"أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ى": "ي", "ة": "ه", "ؤ": "و", "ئ": "ي"})


def latest(customer: Customer, purpose: str) -> ConsentEntry | None:
    """What was said last on this purpose, by this person under any of their merged rows."""
    return history(customer).filter(purpose=purpose).first()


def history(customer: Customer) -> QuerySet[ConsentEntry]:
    """Every entry of a person, the newest first."""
    whose = Q(customer=customer) | Q(customer__merged_into=customer)
    return ConsentEntry.objects.filter(whose).order_by("-at", "-created_at", "-pk")


def may_send(customer: Customer, purpose: str) -> bool:
    """Whether this person may be written to for this purpose."""
    said = latest(customer, purpose)
    return said.granted if said else purpose != MARKETING


def is_quiet(customer: Customer, at: datetime | None = None) -> bool:
    """Whether it is night where the customer is: nobody is advertised to then. Where a country has several clocks,
    night on one of them is night."""
    at = at or timezone.now()
    zones = phones.zones_of(customer.country) or [own_zone()]
    clocks = [at.astimezone(ZoneInfo(zone)).time() for zone in zones]
    return any(clock >= QUIET_FROM or clock < QUIET_UNTIL for clock in clocks)


def own_zone() -> str:
    """The clock on the business's own wall, for customers whose country is not known."""
    return str(Business.objects.values_list("timezone", flat=True).get(schema_name=current_schema()))


def heard_in(text: str) -> bool | None:
    """False when a message is a word of withdrawal, True when one of consent, None when it is neither."""
    said = _plain(text)
    if not said or len(said) > 60:
        return None
    stop, start = USUAL
    for own_stop, own_start in CustomerSettings.objects.values_list("stop_words", "start_words")[:1]:
        stop, start = stop | _words(own_stop), start | _words(own_start)
    return False if said in stop else True if said in start else None


def _words(by_language: Mapping[str, Sequence[str]] | None) -> frozenset[str]:
    return frozenset(_plain(word) for words in (by_language or {}).values() for word in words) - {""}


def _plain(text: str) -> str:
    """A word as people mean it: no capitals, signs, vowels or spaces around, alef always the same."""
    text = MARKS.sub("", unicodedata.normalize("NFKC", text)).casefold().translate(LETTERS)
    return " ".join("".join(char if char.isalnum() else " " for char in text).split())


USUAL = (_words(STOP_WORDS), _words(START_WORDS))
