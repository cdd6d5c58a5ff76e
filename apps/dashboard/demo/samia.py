"""Samia Tarot, the first business: who works there, who writes, and what has been said. Times are minutes ago."""

from typing import Any

from apps.dashboard.demo import offers, replies

BUSINESS = {
    "slug": "samia-tarot", "name": "Samia Tarot", "industry": "tarot", "country": "LB", "timezone": "Asia/Beirut",
    "currency": "USD", "primary_language": "ar", "colour_primary": "#6B46C1",
}  # fmt: skip

GREETING = {
    "en": "Welcome to Samia Tarot ✨ How can I help you today?",
    "ar": "أهلاً بك في سامية تاروت ✨ كيف أساعدك اليوم؟",
}

PEOPLE = [
    # name, role, mailbox, language, theme, grants, denials
    ("Samia Admin", "admin", "admin", "ar", "system", [], []),
    ("Nour Demo", "manager", "nour", "en", "light", [], ["customers.export"]),
    ("Karim Demo", "agent", "karim", "en", "dark", ["bookings.edit"], []),
    ("Layla Demo", "agent", "layla", "ar", "dark", [], []),
    ("Omar Demo", "viewer", "omar", "en", "system", [], []),
]

# mailbox: the days (0 is Monday) on which they work, and when; the others have the usual hours
SHIFTS = {
    "admin": (range(7), ["11:00-20:00"]),
    "karim": (range(5), ["09:00-13:00", "14:00-18:00"]),
    "layla": (range(1, 6), ["12:00-20:00"]),
}

ROLE = {
    "name": "booking_coordinator", "display_name": "Booking Coordinator", "colour": "#0F766E",
    "permissions": [
        "conversations.view", "bookings.view", "bookings.create", "bookings.edit", "customers.view", "customers.edit",
        "services.view",
    ],
}  # fmt: skip

SERVICES = offers.SAMIA
REPLIES = replies.SAMIA

CUSTOMERS = [
    # number in the paper, name, phone, country, language
    (1, "Rana Test", "+12025550110", "LB", "ar"),
    (2, "Youssef Test", "+12025550111", "EG", "ar"),
    (3, "Imane Test", "+12025550112", "MA", "fr"),
    (4, "Sami Test", "+12025550113", "TN", "fr"),
    (5, "Huda Test", "+12025550114", "IQ", "ar"),
    (6, "Alice Sample", "+12125550120", "US", "en"),
    (7, "Ben Sample", "+12125550121", "GB", "en"),
    (8, "Chloé Sample", "+14165550122", "FR", "fr"),
    (9, "Daniel Sample", "+12125550123", "DE", "en"),
    (10, "Fatima Sample", "+13055550124", "AE", "ar"),
    (11, "Blocked Sample", "+13055550125", "US", "en"),
    (13, "", "+14165550126", "CA", "en"),
    (14, "", "", "LB", "ar"),
]
PROFILE_NAMES = {13: "M", 14: "ن"}
PROVIDER_USERS = {14: "LB.DEMO00000000000001"}
VIPS = (1, 6)
BLOCKED = (11,)

IN, OUT, PERSON, NOTE = "in", "assistant", "person", "note"

CONVERSATIONS: list[dict[str, Any]] = [
    {"customer": 9, "stage": "GREETING", "said": [
        (IN, 12, "Hello"), (OUT, 12, GREETING["en"], "read")]},
    {"customer": 8, "stage": "GENERAL_QUESTION", "said": [
        (IN, 96, "Bonjour, comment se passe un appel ?"),
        (OUT, 96, "A call takes place over a link that we send you, between 12:00 and 20:00 Beirut time.", "delivered"),
        (IN, 71, "Merci, et combien de temps dure-t-il ?")]},
    {"customer": 4, "stage": "SHOW_SERVICES", "said": [
        (IN, 88, "Hi! What do you offer?"), (OUT, 88, GREETING["en"], "read"),
        (IN, 86, "The list of readings please"),
        (OUT, 86, "1. Coffee Cup Reading, 50 USD\n2. Premium Coffee Cup Reading, 75 USD\n3. Golden Coffee Cup "
                  "Reading, 100 USD\nPlease answer with a number.", "delivered")]},
    {"customer": 2, "stage": "SERVICE_SELECTED", "mode": "hybrid", "said": [
        (IN, 140, "مساء الخير، أريد قراءة تاروت"), (OUT, 139, GREETING["ar"], "read"),
        (IN, 58, "القراءة الذهبية لو سمحت")]},
    {"customer": 13, "stage": "ASK_NAME", "said": [
        (IN, 205, "6"), (OUT, 205, "Tarot Reading, 150 USD. Lovely choice. May I have your full name for the booking?",
                         "sent")]},
    {"customer": 14, "stage": "ASK_EMAIL", "said": [
        (IN, 300, "3"),
        (OUT, 300, "قراءة الفنجان الذهبية، 100 دولار. اختيار جميل. ما اسمك الكامل من أجل الحجز؟", "read"),
        (IN, 296, "نادين"), (OUT, 296, "شكراً نادين. ما بريدك الإلكتروني؟", "delivered")]},
    {"customer": 10, "stage": "SELECT_TIME_SLOT", "said": [
        (IN, 395, "12"), (OUT, 394, "أقرب موعد اليوم الساعة 16:00 بتوقيت بيروت. هل أحجزه لك 15 دقيقة؟", "read")]},
    {"customer": 7, "stage": "PAYMENT", "said": [
        (IN, 470, "I would like the tarot reading"),
        (OUT, 469, "150 USD for Tarot Reading. You can pay by: card", "read"),
        (IN, 465, "I will pay tonight, thank you")]},
    {"customer": 3, "stage": "SUPPORT_REQUEST", "mode": "human", "needs": "asked", "said": [
        (IN, 44, "Hello, I sent the transfer yesterday"), (OUT, 44, GREETING["en"], "read"),
        (IN, 42, "Can I talk to a person please?"),
        (OUT, 42, "Of course. I am calling a colleague; they will answer you here.", "read"),
        (IN, 38, "1234567890 is the transfer number")]},
    {"customer": 1, "stage": "GENERAL_QUESTION", "mode": "human", "assignee": "layla", "said": [
        (IN, 64, "مرحباً سامية، هل قراءتي بالفيديو جاهزة؟"), (OUT, 64, GREETING["ar"], "read"),
        (PERSON, 52, "أهلاً رنا، معك ليلى. سامية تسجّل الفيديو الآن وسيصلك قبل الثامنة مساءً.", "read"),
        (NOTE, 51, "Nour, please make sure the video is uploaded before eight."),
        (IN, 50, "رائع، شكراً جزيلاً ❤️", "👍")]},
    {"customer": 6, "stage": "GREETING", "said": [
        (IN, 1450, "Good morning"), (OUT, 1450, GREETING["en"], "read"),
        (PERSON, 1444, "Good morning Alice, your rune reading is on its way.", "read"),
        (IN, 1440, "Wonderful, thank you!")]},
    {"customer": 5, "stage": "PAYMENT", "said": [
        (IN, 180, "مرحبا، أريد مكالمة ثلاثين دقيقة"), (OUT, 180, GREETING["ar"], "read"),
        (OUT, 178, "100 دولار مقابل مكالمة 30 دقيقة. طرق الدفع: بطاقة، ويسترن يونيون", "unknown")]},
    {"customer": 1, "closed_days": 24, "said": [
        (IN, 34_620, "هل وصلت صورة الفنجان؟"), (PERSON, 34_600, "نعم وصلت، شكراً لك.", "read"),
        (PERSON, 32_000, "هل أعجبتك القراءة؟", "failed")]},
    {"customer": 11, "said": [(IN, 700, "Hello?")]},
]  # fmt: skip
