"""What templates need to draw the house: icons, avatars, times, the text of a message.

Nothing here reads the database. A tag that would need a query belongs in an app's `queries.py`.
"""

import unicodedata
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from datetime import date as day_of
from decimal import Decimal
from types import SimpleNamespace
from typing import Any
from zlib import crc32

from django import template
from django.templatetags.static import static
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from apps.core import numerals, places
from apps.core.access import shown_phone
from apps.core.money import spoken as spoken_amount
from apps.core.templatetags.marks import spoken

register = template.Library()

MIRRORED = {
    "arrow-left",
    "arrow-right",
    "chevron-left",
    "chevron-right",
    "log-out",
    "reply",
    "send-horizontal",
    "corner-down-left",
    "undo-2",
}
VIOLET = 295
SPEAKERS = {
    "customer": "customer",
    "employee": "person",
    "phone_app": "person",
    "api_token": "person",
    "operator": "person",
    "assistant": "assistant",
    "automation": "automation",
    "system": "system",
}


@register.simple_tag
def icon(name: str, label: str = "", size: str = "") -> SafeString:
    """One drawing from the sprite: silent beside a word, named when it stands alone."""
    mirrors = mark_safe(" data-mirrors") if name in MIRRORED else ""
    spoken = format_html(' role="img" aria-label="{}"', label) if label else mark_safe(' aria-hidden="true"')
    small = format_html(' data-size="{}"', size) if size else ""
    return format_html(
        '<svg class="icon"{}{}{}><use href="{}#{}"></use></svg>', mirrors, small, spoken, static("icons.svg"), name
    )


register.filter("digits", numerals.digits)
register.filter("date", numerals.date, expects_localtime=True)
register.filter("filesizeformat", numerals.filesizeformat, is_safe=True)


@register.filter
def initials(name: object) -> str:
    """At most two letters that stand for a name; nothing for a bare number."""
    words = [word for word in str(name or "").split() if word[0].isalpha()]
    picked = words[:1] + words[-1:] if len(words) > 1 else words
    joiner = "\u200c" if any(unicodedata.bidirectional(word[0]) == "AL" for word in picked) else ""
    return joiner.join(word[0].upper() for word in picked)


@register.filter
def hue(name: object) -> int:
    """A name's own place among the twelve hues of tokens.css: the same on every screen, for ever."""
    return crc32(str(name or "").encode()) % 12


@register.filter
def assistant_hue(business_hue: object) -> int:
    """The assistant's violet, or a blue far from it where the business is violet: two voices never share a hue."""
    return 205 if abs(int(str(business_hue)) - VIOLET) < 45 else VIOLET


@register.filter
def speaker(actor_kind: str) -> str:
    """Which of the five voices (and hues) of the look this actor speaks with."""
    return SPEAKERS.get(actor_kind, "system")


@register.filter
def said_at(row: object) -> datetime:
    """When it was said: the provider's clock if it knows, else ours."""
    return (
        getattr(row, "provider_at", None)
        or getattr(row, "created_at", None)
        or getattr(row, "at", None)
        or timezone.now()
    )


@register.filter
def stamp(moment: datetime | day_of | None) -> str:
    """A moment as a fixed-width word, so that sorting the words sorts the moments."""
    if moment is None:
        return ""
    if not isinstance(moment, datetime):
        moment = timezone.make_aware(datetime.combine(moment, datetime.min.time()))
    return f"{moment.astimezone(UTC):%Y%m%d%H%M%S%f}"


@register.filter
def iso(moment: datetime | None) -> str:
    """A moment as machines write it, whatever language the page speaks."""
    return moment.astimezone(UTC).isoformat(timespec="seconds") if moment else ""


@register.filter
def local_day(moment: datetime) -> day_of:
    """The reader's calendar day of a moment."""
    return timezone.localtime(moment).date()


@register.filter
def day_label(day: day_of) -> str:
    """The word on a day chip."""
    ago = (timezone.localdate() - day).days
    if ago == 0:
        return _("Today")
    if ago == 1:
        return _("Yesterday")
    return date_format(day, "l") if 1 < ago < 7 else numerals.written(date_format(day, "j F Y"))


@register.filter
def short_when(moment: datetime | None) -> str:
    """The shortest honest time: the clock today, then the day, then the date."""
    if moment is None:
        return ""
    local = timezone.localtime(moment)
    ago = (timezone.localdate() - local.date()).days
    if ago <= 0:
        return clock(moment)
    if ago == 1:
        return _("Yesterday")
    form = pgettext("date format", "D") if ago < 7 else "j M"
    return numerals.written(date_format(local, form))


@register.filter
def clock(moment: datetime | None) -> str:
    """Hours and minutes on the reader's clock."""
    return numerals.written(f"{timezone.localtime(moment):%H:%M}") if moment else ""


@register.filter
def short_moment(moment: datetime | None) -> str:
    """Clock and, unless it is today, the day."""
    if moment is None:
        return ""
    day = timezone.localtime(moment).date()
    if day == timezone.localdate():
        return clock(moment)
    return _("%(day)s, %(clock)s") % {
        "day": numerals.written(date_format(day, pgettext("date format", "D j M"))),
        "clock": clock(moment),
    }


@register.filter
def elapsed(since: datetime | None) -> str:
    """How long ago in one number and one unit, as `<relative-time>` goes on writing it."""
    return _span(timezone.now() - since) if since else ""


@register.filter
def until_words(moment: datetime | None) -> str:
    """How long until then in one number and one unit."""
    return _span(moment - timezone.now()) if moment else ""


def _span(span: timedelta) -> str:
    minutes = max(0, int(span.total_seconds() // 60))
    if minutes < 60:
        said = _("%(n)dm") % {"n": minutes}
    elif minutes < 60 * 24:
        said = _("%(n)dh") % {"n": minutes // 60}
    else:
        said = _("%(n)dd") % {"n": minutes // (60 * 24)}
    return numerals.written(said)


@register.filter
def phone_for(phone: str | None, me: object) -> str:
    """A customer's number as this person may see it."""
    return shown_phone(getattr(me, "permissions", ()), phone)


@register.filter
def language_word(code: str | None) -> str:
    """A language by its own name."""
    return {"en": "English", "ar": "العربية", "fr": "Français"}.get((code or "")[:2], code or "")


@register.filter
def country_word(code: str | None) -> str:
    """A country by its name in the reader's language."""
    return places.country_name(code or "")


@register.filter
def stage_word(code: str) -> str:
    """How far a conversation has come, as people write it: `PICK_SERVICE` is "Pick service"."""
    return code.replace("_", " ").capitalize()


@register.filter
def money(amount: Decimal | None, currency: str) -> str:
    """An amount with its currency, as the reader's language writes it; nothing for no amount."""
    return "" if amount is None else numerals.written(spoken_amount(amount, currency, get_language() or "en"))


@register.filter
def within(moment: datetime | None, seconds: int) -> bool:
    """Does it come, but in less than this many seconds?"""
    return moment is not None and timedelta(0) < moment - timezone.now() < timedelta(seconds=int(seconds))


@register.filter
def is_past(moment: datetime | None) -> bool:
    """Has the moment gone by?"""
    return moment is not None and moment <= timezone.now()


@register.filter
def warmth(since: datetime | None) -> str:
    """How long somebody has waited, as one of four colours: grey, amber after 5 min, warm after 15, red after 30."""
    minutes = (timezone.now() - since).total_seconds() / 60 if since else 0
    return "red" if minutes >= 30 else "warm" if minutes >= 15 else "amber" if minutes >= 5 else "grey"


@register.filter
def in_runs(rows: Iterable[Any] | None) -> list[Any]:
    """Marks where a day begins and where a speaker simply goes on, so that the first paint is already grouped."""
    result: list[Any] = []
    before: tuple[tuple[bool, str, str], datetime] | None = None
    for row in rows or ():
        moment = timezone.localtime(said_at(row))
        voice = (getattr(row, "is_note", False), getattr(row, "actor_kind", ""), getattr(row, "actor_label", ""))
        row.opens_day = before is None or before[1].date() != moment.date()
        goes_on = before is not None and before[0] == voice and moment - before[1] < timedelta(minutes=10)
        row.continues = goes_on and not row.opens_day
        result.append(row)
        before = (voice, moment)
    return result


register.filter(spoken)


@register.simple_tag(takes_context=True)
def pending_row(context: template.Context, note: bool = False) -> SimpleNamespace:
    """A stand-in for the message being sent, so that one partial draws the sent and the not yet sent."""
    me = context.get("me")
    name = getattr(me, "full_name", "")
    return SimpleNamespace(
        id="00000000-0000-0000-0000-000000000000",
        seq=0,
        direction="out",
        actor_kind="employee",
        actor_label=name,
        type="text",
        body="",
        payload={},
        provider_at=None,
        created_at=timezone.now(),
        status="queued",
        is_note=note,
        is_pending=True,
        author=SimpleNamespace(full_name=name),
    )
