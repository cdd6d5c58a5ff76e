"""What a provider's no means and what to do about it, in words for people."""

from django.utils.translation import gettext as _

from apps.core.refusals import Refusal
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
