"""What a provider's no means and what to do about it, in words for people."""

from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.core.refusals import Refusal
from apps.gateways.models import Inbox
from apps.gateways.protocol import Meaning, SendTrouble

PROVIDERS = {"whatsapp_cloud": "Meta", "twilio": "Twilio"}


def refusal(gateway: str, trouble: SendTrouble) -> Refusal:
    """The refusal for a provider's trouble: `invalid` when it says no, `unavailable` when it says nothing."""
    said = {
        Meaning.TOKEN: _("%(provider)s does not accept these credentials. Copy the token again, whole, and check that "
                         "it may send and manage WhatsApp messages."),
        Meaning.BAD_PARAMETERS: _("%(provider)s knows no such number or account for these credentials. Compare the "
                                  "ids with those on its page."),
        Meaning.LOCKED: _("%(provider)s has locked this account. Look into its own console first."),
        Meaning.TEMPLATE_FAULT: _("%(provider)s does not take this template. Its words, samples or name are not as "
                                  "its rules want them."),
    }.get(trouble.meaning)  # fmt: skip
    provider = PROVIDERS.get(gateway, "WhatsApp")
    if said:
        return Refusal("invalid", said % {"provider": provider})
    sentence = _("%(provider)s does not answer just now. Nothing was changed; try again in a minute.")
    return Refusal("unavailable", sentence % {"provider": provider})


HEALTHS = {
    "connected": (gettext_lazy("Connected"), "good", gettext_lazy("Everything works.")),
    "degraded": (gettext_lazy("Works with trouble"), "needs",
        gettext_lazy("Messages go out, but something needs you.")),
    "reconnect_needed": (gettext_lazy("Reconnect"), "failed",
        gettext_lazy("WhatsApp no longer takes our token. Nothing is sent; what waits goes out once it is replaced.")),
    "stopped": (gettext_lazy("Stopped"), "failed",
        gettext_lazy("WhatsApp has stopped this number. Nothing is sent; what waits goes out once it is free again.")),
    "disabled": (gettext_lazy("Switched off"), "",
        gettext_lazy("Nothing comes in or goes out. What waits stays in the queue.")),
}  # fmt: skip
CHECKS = {
    "token": (gettext_lazy("Access token"), gettext_lazy("The provider takes it."),
        gettext_lazy("The provider no longer takes it. Put a new one in.")),
    "token_end": (gettext_lazy("End of the token"), gettext_lazy("It is good for more than a week."),
        gettext_lazy("It ends soon. Put a new one in before messages stop.")),
    "sending": (gettext_lazy("Sending"), gettext_lazy("The number may send."),
        gettext_lazy("The provider limits or blocks sending from this number.")),
    "webhook": (gettext_lazy("Webhook"), gettext_lazy("The account's news is posted to us."),
        gettext_lazy("No app hears of this account, so messages do not reach us.")),
    "quality": (gettext_lazy("Quality"), gettext_lazy("Customers are content with what they are sent."),
        gettext_lazy("Customers block or report messages of this number.")),
    "tier": (gettext_lazy("Daily limit"), gettext_lazy("How many customers may be written to first in a day."), ""),
    "inbound": (gettext_lazy("Last message in"), gettext_lazy("Customers' messages arrive."),
        gettext_lazy("Nothing has come in for a week.")),
    "errors": (gettext_lazy("Errors of the last hour"), gettext_lazy("Messages go out as they should."),
        gettext_lazy("More than a fifth of what was sent failed.")),
    "templates": (gettext_lazy("Message templates"), gettext_lazy("The list is fresh."),
        gettext_lazy("The list is older than two days.")),
    "version": (gettext_lazy("Version of the API"), gettext_lazy("It answers for longer than half a year."),
        gettext_lazy("It ends within half a year. Majlis has been told.")),
}  # fmt: skip
FIXES = {"webhook": "subscribe", "templates": "sync_templates", "token": "secrets", "token_end": "secrets"}
KINDS = {"good": "good", "warning": "needs", "bad": "failed", "unknown": ""}


def checks_of(inbox: Inbox) -> list[dict[str, Any]]:
    """The last look at a number as the doctor tells it: what was looked at, how it is, what mends it."""
    found = []
    for each in inbox.checks:
        title, fine, ill = CHECKS.get(each["key"], (each["key"], "", ""))
        is_ill = each["state"] in ("warning", "bad")
        words = ill if is_ill else fine if each["state"] == "good" else gettext_lazy("Nobody can say yet.")
        moment = parse_datetime(each["told"]) if "T" in each["told"] else None
        found.append({
            "key": each["key"], "title": title, "words": words, "kind": KINDS[each["state"]], "state": each["state"],
            "told": "" if moment else each["told"], "moment": moment, "at": parse_datetime(each["at"]),
            "fix": FIXES.get(each["key"], "") if is_ill or each["key"] in ("templates", "webhook") else "",
        })  # fmt: skip
    return found
