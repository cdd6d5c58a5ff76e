"""What customers and teams say, in Arabic and English, for rows by the million: sentences with changing parts.

As in real life, a few words are everywhere, most are seldom, and some (an order's code, a name) stand in one message.
"""

import random


def _words(text: str) -> list[str]:
    return text.split()


FIRST_AR = _words("""
    محمد أحمد علي حسن حسين فاطمة زينب مريم خديجة عائشة نور هدى ليلى سارة رنا كريم سامر وليد طارق إيهاب أسامة آمنة
    رؤى لؤي شيماء هبة غادة ياسمين يوسف إبراهيم إسماعيل عبدالله عبدالرحمن ماجد فادي جورج إلياس ميرا تالا جنى
""")
LAST_AR = _words("""
    الخوري حداد نصر عيسى منصور الأسعد شاهين قاسم بيطار الحسن فرحات سليمان عبود صالح الزين مراد حمدان قباني جابر
    الهاشمي العلي المصري الحلبي الشامي التونسي المراكشي البغدادي القدسي عطية رزق
""")
FIRST_EN = _words("""
    James Maria Omar Layla Peter Nadia Karim Sofia Daniel Rita Elias Nour Adam Maya Sami Julia Tony Hala Mark Dina
    Robert Zeina Paul Lina George Salma Victor Aya Henry Joelle
""")
LAST_EN = _words("""
    Haddad Smith Khoury Mansour Brown Nasr Taylor Saliba Wilson Karam Martin Aoun Garcia Fares Miller Daher Jones
    Sayegh Davis Chahine Clark Rizk Lewis Matar Walker Hobeika
""")
THINGS_AR = _words("""
    موعد جلسة استشارة قراءة حجز فاتورة دفعة اشتراك طلبية هدية بطاقة شهادة دورة نسخة صورة خريطة رسالة عطر قلادة خاتم
    كتاب حقيبة ساعة شاحن هاتف نظارة فستان حذاء لوحة مصباح طاولة كرسي ستارة سجادة غسالة ثلاجة مكنسة فرن طابعة شاشة
""")
THINGS_EN = _words("""
    appointment session consultation reading booking invoice payment subscription order gift card certificate course
    copy picture map letter perfume necklace ring book bag watch charger phone glasses dress shoes painting lamp
    table chair curtain carpet washer fridge vacuum oven printer screen
""")
PLACES_AR = _words("""
    بيروت طرابلس صيدا صور زحلة جونية بعلبك دمشق عمّان القاهرة الرياض جدة الدوحة دبي الكويت المنامة مسقط الرباط تونس
""")
PLACES_EN = _words("""
    Beirut Tripoli Sidon Tyre Zahle Jounieh Amman Cairo Riyadh Jeddah Doha Dubai Kuwait Manama Muscat Rabat
""")
DAYS_AR = _words("""
    الإثنين الثلاثاء الأربعاء الخميس الجمعة السبت الأحد
""")
DAYS_EN = _words("""
    Monday Tuesday Wednesday Thursday Friday Saturday Sunday
""")

SAID_AR = (
    "مرحبا، أريد {thing} يوم {day} من فضلك", "السلام عليكم، كم سعر ال{thing}؟", "شكراً جزيلاً يا {name}",
    "هل يوجد {thing} في {place}؟", "متى يصل ال{thing}؟ رقم الطلب {code}", "تم الدفع، والمبلغ {amount} دولار",
    "ممكن نأجّل ال{thing} إلى يوم {day} الساعة {hour}؟", "صباح الخير {name}، كيف حالك اليوم؟",
    "لم يصلني ال{thing} حتى الآن، أرجو المساعدة", "عنواني: {place}، شارع {last}، بناية {amount}", "تمام، بانتظارك",
    "أهلاً وسهلاً {name}، كيف أقدر أساعدك؟", "حاضر، سأرسل لك تفاصيل ال{thing} بعد قليل",
    "إن شاء الله يوم {day} نكون جاهزين",
    "مساء النور، هل ال{thing} متوفّر بلون آخر؟", "أُريد إلغاء ال{thing} رقم {code} واسترداد المبلغ", "نعم", "لا شكراً",
    "هل يمكنني التحدث مع {name} {last} بخصوص ال{thing}؟", "وصل ال{thing} بحالة ممتازة، يعطيكم العافية",
)  # fmt: skip
SAID_EN = (
    "Hello, I would like a {thing} on {day} please", "How much is the {thing}?", "Thank you very much, {name}",
    "Do you have a {thing} in {place}?", "When will my {thing} arrive? Order {code}",
    "I paid {amount} dollars just now",
    "Can we move the {thing} to {day} at {hour}?", "Good morning {name}, how are you today?",
    "The {thing} has not arrived yet, please help", "My address: {place}, {last} street, building {amount}",
    "Great, thanks",
    "Welcome {name}, how can I help you?", "Sure, I will send the details of the {thing} shortly",
    "We will be ready on {day}", "Is the {thing} available in another colour?", "Yes", "No, thank you",
    "Please cancel {thing} {code} and refund it", "May I talk to {name} {last} about the {thing}?",
)  # fmt: skip


def a_name(dice: random.Random, *, arabic: bool) -> str:
    """Somebody's first and last name."""
    first, last = (FIRST_AR, LAST_AR) if arabic else (FIRST_EN, LAST_EN)
    return f"{dice.choice(first)} {dice.choice(last)}"


def a_saying(dice: random.Random, code: int, *, arabic: bool) -> str:
    """One message; some are two sentences."""
    said = SAID_AR if arabic else SAID_EN
    count = 2 if dice.random() < 0.25 else 1
    parts = {
        "thing": _seldom(dice, THINGS_AR if arabic else THINGS_EN), "day": dice.choice(DAYS_AR if arabic else DAYS_EN),
        "name": dice.choice(FIRST_AR if arabic else FIRST_EN), "last": dice.choice(LAST_AR if arabic else LAST_EN),
        "place": _seldom(dice, PLACES_AR if arabic else PLACES_EN), "code": f"MJ-{code:07}",
        "amount": dice.randrange(5, 900),
        "hour": f"{dice.randrange(8, 20)}:{dice.choice(('00', '15', '30', '45'))}",
    }  # fmt: skip
    return " ".join(dice.choice(said).format(**parts) for _ in range(count))


def _seldom(dice: random.Random, words: list[str]) -> str:
    """Earlier words much more often than later ones."""
    return words[min(int(dice.expovariate(6 / len(words))), len(words) - 1)]
