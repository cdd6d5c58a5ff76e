"""Cedar Clinic: small, and there to prove isolation. It carries some of the same numbers and e-mails on purpose."""

from typing import Any

from apps.dashboard.demo import offers, replies
from apps.dashboard.demo.samia import IN, OUT

BUSINESS = {
    "slug": "cedar-clinic", "name": "Cedar Clinic", "industry": "clinic", "country": "LB", "timezone": "Asia/Beirut",
    "currency": "USD", "primary_language": "en", "colour_primary": "#0F766E",
}  # fmt: skip

GREETING = {
    "en": "Welcome to Cedar Clinic. How can we help you?",
    "ar": "أهلاً بك في عيادة الأرز. كيف نساعدك؟",
}

PEOPLE: list[tuple[Any, ...]] = [
    ("Rima Cedar", "admin", "admin", "en", "system", [], []),
    ("Fadi Cedar", "manager", "fadi", "en", "system", [], []),
    ("Maya Cedar", "agent", "maya", "ar", "system", [], []),
    ("Ziad Cedar", "viewer", "ziad", "en", "system", [], []),
]

ROLE: dict[str, Any] = {}
SERVICES = offers.CEDAR
REPLIES = replies.CEDAR
SHIFTS: dict[str, Any] = {}

CUSTOMERS = [(1, "Rana Patient", "+12025550110", "LB", "ar"), (2, "Alice Patient", "+12125550120", "US", "en")]
PROFILE_NAMES: dict[int, str] = {}
PROVIDER_USERS: dict[int, str] = {}
VIPS: tuple[int, ...] = ()
BLOCKED: tuple[int, ...] = ()

CONVERSATIONS: list[dict[str, Any]] = [
    {"customer": 1, "stage": "", "said": [(IN, 95, "مرحبا، هل يوجد موعد غداً؟"), (OUT, 95, GREETING["ar"], "read")]},
    {"customer": 2, "stage": "", "mode": "human", "needs": "asked", "said": [
        (IN, 25, "Hello, I need to move my appointment. Is somebody there?")]},
]  # fmt: skip
