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

# Where a tone says it in words of its own.
BY_TONE = {
    "professional": {
        "en": "Certainly. I have asked a colleague, who will answer you here.",
        "ar": "بالتأكيد. طلبتُ من أحد الزملاء أن يجيبك هنا.",
    },
    "mystical": {
        "en": "I hear you. Someone of ours is on the way and will be with you here.",
        "ar": "سمعتك. أحدٌ منّا في طريقه إليك وسيكون معك هنا.",
    },
    "casual": {
        "en": "Sure, one moment: a colleague will write to you here.",
        "ar": "أكيد، لحظة واحدة ويكتب لك زميلنا هنا.",
    },
}


def handing_over(tone: str, language: str) -> str:
    """What is said when a person is called."""
    return BY_TONE.get(tone, HANDING_OVER)[language]


def wants_a_person(text: str) -> bool:
    """Whether the customer asks to speak with a person."""
    return WANTS_A_PERSON.search(text) is not None
