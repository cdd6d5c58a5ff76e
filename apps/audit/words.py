"""The record's verbs and nouns as people read them. A new one is shown as it is kept until it stands here."""

from django.utils.translation import gettext_lazy as _

VERBS = {
    "added": _("added"), "edited": _("changed"), "set": _("set"), "cleared": _("cleared"), "tested": _("tried"),
    "archived": _("archived"), "connected": _("connected"), "granted": _("granted"), "issued": _("issued"),
    "revoked": _("revoked"), "signed_in": _("signed in"), "signed_out": _("signed out"),
    "sign_in_failed": _("failed to sign in"), "sign_in_refused": _("was locked out"), "sent": _("sent"),
    "noted": _("noted"), "replayed": _("replayed"), "relinked": _("relinked"), "requested": _("asked for"),
    "exported": _("exported"), "downloaded": _("downloaded"), "purged": _("removed after its time"),
    "suspended": _("suspended"), "resumed": _("resumed"), "took_over": _("took over"), "handed_back": _("handed back"),
    "handed_over": _("handed to a person"), "asked_for_person": _("asked for a person for"),
    "set_mode": _("set the mode of"), "lease_ended": _("had the phone's turn end in"),
    "assigned": _("assigned"), "unassigned": _("unassigned"), "closed": _("closed"), "reopened": _("reopened"),
    "snoozed": _("snoozed"), "opened": _("opened"), "set_faults": _("set faults of"), "set_clock": _("set the clock of"),
}  # fmt: skip
KINDS = {
    "user": _("sign-in"), "employee": _("person"), "role": _("role"), "apitoken": _("API token"),
    "secret": _("secret"), "inbox": _("number"), "customer": _("customer"), "conversation": _("conversation"),
    "message": _("message"), "note": _("note"), "delivery": _("delivery"), "business": _("business"),
    "exportjob": _("export"), "auditevent": _("record"), "simulatorphone": _("pretend phone"),
}  # fmt: skip


def verb_word(verb: str) -> str:
    """A verb as people say it."""
    return str(VERBS.get(verb) or verb.replace("_", " "))


def kind_word(kind: str) -> str:
    """A kind of object as people say it."""
    return str(KINDS.get(kind) or kind)
