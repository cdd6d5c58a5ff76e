"""What the small persona understands: whether somebody asks for a person. In both languages, by whole words."""

import re

WANTS_A_PERSON = re.compile(
    r"\b(human|person|agent|someone|representative|operator|manager|staff|real (?:person|human))\b"
    r"|(?:موظف|موظفة|شخص|إنسان|انسان|مسؤول|مسؤولة|مدير|مديرة|خدمة العملاء|أكلم حد|اكلم حد|أحدا|بشري)",
    re.IGNORECASE,
)

HANDING_OVER = {
    "en": "Of course. I am calling a colleague; they will answer you here.",
    "ar": "بكل سرور. سأستدعي زميلاً وسيجيبك هنا.",
}

COLLEAGUE_WILL_ANSWER = {
    "en": "Thank you for your message. A colleague will answer you here.",
    "ar": "شكراً لرسالتك. سيجيبك أحد الزملاء هنا.",
}


def wants_a_person(text: str) -> bool:
    """Whether the customer asks to speak with a person."""
    return WANTS_A_PERSON.search(text) is not None
