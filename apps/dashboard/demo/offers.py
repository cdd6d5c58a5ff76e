"""What the demo businesses sell. Keys, prices and rules are the papers'; the wording is ours to change."""

from decimal import Decimal
from typing import Any

READING, CALL = "delivery", "appointment"

CUP = (
    "Written reading of your cup · more detail · same day before 19:00",
    "قراءة مكتوبة لفنجانك · تفاصيل أكثر · في اليوم نفسه قبل السابعة مساءً",
)
VIDEO = ("Your reading recorded on video", "قراءتك مسجّلة بالفيديو")
LIVE = ("Live reading with Samia, by call", "قراءة مباشرة مع سامية عبر مكالمة")
SPREAD = (
    "Written tarot spread · same day before 19:00",
    "قراءة تاروت مكتوبة · في اليوم نفسه قبل السابعة مساءً",
)
RUNES = ("Written rune reading · same day before 19:00", "قراءة رونية مكتوبة · في اليوم نفسه قبل السابعة مساءً")
TALK = ("Open talk with Samia · with priority", "حديث مفتوح مع سامية · مع أولوية")


def service(
    key: str, english: str, arabic: str, usd: int, kind: str, tier: str, short: tuple[str, str], emoji: str,
    *, minutes: int | None = None, days: int = 0,
) -> dict[str, Any]:  # fmt: skip
    """A service as `create_service` takes it."""
    return {
        "key": key, "name_en": english, "name_ar": arabic, "price": Decimal(usd), "currency": "USD", "kind": kind,
        "category": "call" if kind == CALL else "reading", "tier": tier, "short_en": short[0], "short_ar": short[1],
        "emoji": emoji, "duration_minutes": minutes, "delivery_days": days,
    }  # fmt: skip


SAMIA = [
    service("coffee_cup_reading", "Coffee Cup Reading", "قراءة الفنجان", 50, READING, "standard", CUP, "☕", days=2),
    service(
        "premium_coffee_cup", "Premium Coffee Cup Reading", "قراءة الفنجان المميزة", 75, READING, "premium", CUP, "☕",
        days=1,
    ),
    service(
        "golden_coffee_cup", "Golden Coffee Cup Reading", "قراءة الفنجان الذهبية", 100, READING, "golden", CUP,
        "☕",
    ),
    service(
        "video_coffee_cup", "Video Coffee Cup Reading", "قراءة الفنجان المصورة", 120, READING, "video", VIDEO, "☕",
        days=1,
    ),
    service(
        "golden_coffee_call", "Golden 15-Minute Coffee Cup Call", "مكالمة الفنجان الذهبية 15 دقيقة", 120, CALL,
        "golden", LIVE, "📞", minutes=15,
    ),
    service("tarot_reading", "Tarot Reading", "قراءة التاروت", 150, READING, "premium", SPREAD, "🃏", days=1),
    service("golden_tarot", "Golden Tarot Reading", "قراءة التاروت الذهبية", 200, READING, "golden", SPREAD, "🃏"),
    service("video_tarot", "Video Tarot Reading", "قراءة التاروت المصورة", 250, READING, "video", VIDEO, "🃏", days=1),
    service(
        "golden_tarot_call", "Golden 30-Minute Tarot Call", "مكالمة التاروت الذهبية 30 دقيقة", 250, CALL, "golden",
        LIVE, "📞", minutes=30,
    ),
    service(
        "rune_reading", "Rune Symbols Reading", "قراءة الرموز الرونية", 100, READING, "premium", RUNES, "🗿",
        days=1,
    ),
    service(
        "golden_rune", "Golden Rune Symbols Reading", "قراءة الرموز الرونية الذهبية", 150, READING, "golden", RUNES,
        "🗿",
    ),
    service("call_30min", "30-Minute Call", "مكالمة 30 دقيقة", 100, CALL, "standard", TALK, "📞", minutes=30),
    service(
        "golden_call_30min", "Golden 30-Minute Call", "المكالمة الذهبية 30 دقيقة", 150, CALL, "golden", TALK, "📞",
        minutes=30,
    ),
]  # fmt: skip

CEDAR = [
    service(
        "first_visit", "First Visit", "الزيارة الأولى", 60, CALL, "standard",
        ("Examination and a plan", "فحص وخطة علاج"), "🩺", minutes=40,
    ),
    service(
        "follow_up", "Follow-up", "مراجعة", 35, CALL, "standard", ("How it is going", "متابعة حالتك"), "🩺", minutes=20
    ),
]  # fmt: skip
