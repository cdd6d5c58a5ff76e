"""A name in the other script, as a suggestion that somebody confirms (CUS-15). Nothing here is ever stored by itself.

A table of common names, and for the rest letter by letter: good enough to be corrected, never to overwrite.
"""

import re

ARABIC = re.compile(r"[\u0621-\u064a]")
LATIN = re.compile(r"[A-Za-z]")
NAMES = {
    "ahmad": "أحمد", "ahmed": "أحمد", "mohammad": "محمد", "mohammed": "محمد", "muhammad": "محمد", "mohamed": "محمد",
    "ali": "علي", "omar": "عمر", "hassan": "حسن", "hussein": "حسين", "khaled": "خالد", "khalid": "خالد",
    "karim": "كريم", "youssef": "يوسف", "yousef": "يوسف", "ibrahim": "إبراهيم", "mahmoud": "محمود", "samir": "سمير",
    "sami": "سامي", "nabil": "نبيل", "tarek": "طارق", "tariq": "طارق", "walid": "وليد", "ziad": "زياد", "fadi": "فادي",
    "rami": "رامي", "hadi": "هادي", "jad": "جاد", "elie": "إيلي", "georges": "جورج", "george": "جورج",
    "abdullah": "عبد الله", "abdallah": "عبد الله", "salem": "سالم", "salim": "سليم", "fatima": "فاطمة",
    "fatme": "فاطمة", "aisha": "عائشة", "mariam": "مريم", "maryam": "مريم", "layla": "ليلى", "leila": "ليلى",
    "rana": "رنا", "rania": "رانيا", "nour": "نور", "noor": "نور", "sara": "سارة", "sarah": "سارة", "hala": "هالة",
    "hana": "هناء", "huda": "هدى", "lina": "لينا", "maya": "مايا", "mona": "منى", "muna": "منى", "nadia": "نادية",
    "nadine": "نادين", "reem": "ريم", "salma": "سلمى", "samia": "سامية", "yasmine": "ياسمين", "yasmin": "ياسمين",
    "zainab": "زينب", "zeinab": "زينب", "dana": "دانا", "dima": "ديما", "farah": "فرح", "ghada": "غادة",
    "haddad": "حداد", "khoury": "خوري", "mansour": "منصور", "saad": "سعد", "saleh": "صالح", "nasser": "ناصر",
}  # fmt: skip
TO_ARABIC = (
    ("kh", "خ"), ("sh", "ش"), ("ch", "ش"), ("th", "ث"), ("dh", "ذ"), ("gh", "غ"), ("ou", "و"), ("oo", "و"), ("ee", "ي"),
    ("ph", "ف"), ("aa", "ا"), ("a", "ا"), ("b", "ب"), ("c", "ك"), ("d", "د"), ("e", "ي"), ("f", "ف"), ("g", "غ"),
    ("h", "ه"), ("i", "ي"), ("j", "ج"), ("k", "ك"), ("l", "ل"), ("m", "م"), ("n", "ن"), ("o", "و"), ("p", "ب"),
    ("q", "ق"), ("r", "ر"), ("s", "س"), ("t", "ت"), ("u", "و"), ("v", "ف"), ("w", "و"), ("x", "كس"), ("y", "ي"),
    ("z", "ز"),
)  # fmt: skip
TO_LATIN = {
    "ا": "a", "أ": "a", "إ": "i", "آ": "aa", "ب": "b", "ت": "t", "ث": "th", "ج": "j", "ح": "h", "خ": "kh", "د": "d",
    "ذ": "dh", "ر": "r", "ز": "z", "س": "s", "ش": "sh", "ص": "s", "ض": "d", "ط": "t", "ظ": "z", "ع": "a", "غ": "gh",
    "ف": "f", "ق": "q", "ك": "k", "ل": "l", "م": "m", "ن": "n", "ه": "h", "و": "w", "ي": "y", "ى": "a", "ة": "a",
    "ء": "", "ؤ": "o", "ئ": "e",
}  # fmt: skip
BACK = {arabic: latin for latin, arabic in reversed(NAMES.items())}


def in_arabic(name: str) -> str:
    """A Latin name as Arabic would write it; empty when there is nothing Latin in it."""
    return " ".join(_arabic(word) for word in name.split() if LATIN.search(word)) if LATIN.search(name) else ""


def in_latin(name: str) -> str:
    """An Arabic name in Latin letters; empty when there is nothing Arabic in it."""
    if not ARABIC.search(name):
        return ""
    for arabic, latin in BACK.items():
        if " " in arabic:
            name = name.replace(arabic, latin.title())
    return " ".join(_latin(word) if ARABIC.search(word) else word for word in name.split())


def suggestion(name: str, arabic_name: str, profile_name: str) -> tuple[str, str]:
    """Which field could be filled from the other script, and with what: ("arabic_name", "رنا"). Empty when both are
    there, or nothing is known."""
    known = name or profile_name
    if not arabic_name and (found := in_arabic(known)):
        return "arabic_name", found
    if not arabic_name and ARABIC.search(profile_name):
        return "arabic_name", profile_name
    if not name and (found := in_latin(arabic_name or profile_name)):
        return "name", found
    return "", ""


def _arabic(word: str) -> str:
    plain = word.casefold().strip(".,")
    if plain in NAMES:
        return NAMES[plain]
    made, rest = "", plain
    while rest:
        latin, arabic = next(((one, other) for one, other in TO_ARABIC if rest.startswith(one)), (rest[0], ""))
        vowel_inside = latin in ("a", "e", "o", "i", "u") and made and len(rest) > 1
        made += "" if vowel_inside and latin in ("a", "e") else arabic
        rest = rest[len(latin) :]
    return made


def _latin(word: str) -> str:
    if word in BACK:
        return BACK[word].title()
    return "".join(TO_LATIN.get(char, "" if ARABIC.match(char) else char) for char in word).title()
