"""The record's verbs and nouns as people read them. A new one is shown as it is kept until it stands here."""

from django.utils.translation import pgettext_lazy

VERBS = {
    "added": pgettext_lazy("record", "added"),
    "edited": pgettext_lazy("record", "changed"),
    "set": pgettext_lazy("record", "set"),
    "cleared": pgettext_lazy("record", "cleared"),
    "tested": pgettext_lazy("record", "tried"),
    "archived": pgettext_lazy("record", "archived"),
    "connected": pgettext_lazy("record", "connected"),
    "granted": pgettext_lazy("record", "granted"),
    "issued": pgettext_lazy("record", "issued"),
    "revoked": pgettext_lazy("record", "revoked"),
    "signed_in": pgettext_lazy("record", "signed in"),
    "signed_out": pgettext_lazy("record", "signed out"),
    "sign_in_failed": pgettext_lazy("record", "failed to sign in"),
    "sign_in_refused": pgettext_lazy("record", "was locked out"),
    "sent": pgettext_lazy("record", "sent"),
    "noted": pgettext_lazy("record", "noted"),
    "replayed": pgettext_lazy("record", "replayed"),
    "relinked": pgettext_lazy("record", "relinked"),
    "requested": pgettext_lazy("record", "asked for"),
    "exported": pgettext_lazy("record", "exported"),
    "downloaded": pgettext_lazy("record", "downloaded"),
    "purged": pgettext_lazy("record", "removed after its time"),
    "suspended": pgettext_lazy("record", "suspended"),
    "resumed": pgettext_lazy("record", "resumed"),
    "created": pgettext_lazy("record", "made"),
    "deleted": pgettext_lazy("record", "removed"),
    "invited": pgettext_lazy("record", "invited"),
    "resent": pgettext_lazy("record", "sent again"),
    "showed_link": pgettext_lazy("record", "was shown the link of"),
    "accepted": pgettext_lazy("record", "accepted"),
    "deactivated": pgettext_lazy("record", "deactivated"),
    "reactivated": pgettext_lazy("record", "took back"),
    "erased": pgettext_lazy("record", "erased"),
    "ungranted": pgettext_lazy("record", "took away"),
    "abandoned": pgettext_lazy("record", "let go of"),
    "took_over": pgettext_lazy("record", "took over"),
    "handed_back": pgettext_lazy("record", "handed back"),
    "handed_over": pgettext_lazy("record", "handed to a person"),
    "asked_for_person": pgettext_lazy("record", "asked for a person for"),
    "set_mode": pgettext_lazy("record", "set the mode of"),
    "lease_ended": pgettext_lazy("record", "had the phone's turn end in"),
    "assigned": pgettext_lazy("record", "assigned"),
    "unassigned": pgettext_lazy("record", "unassigned"),
    "closed": pgettext_lazy("record", "closed"),
    "reopened": pgettext_lazy("record", "reopened"),
    "snoozed": pgettext_lazy("record", "snoozed"),
    "opened": pgettext_lazy("record", "opened"),
    "uploaded": pgettext_lazy("record", "uploaded"),
    "refetched": pgettext_lazy("record", "fetched again"),
    "set_faults": pgettext_lazy("record", "set faults of"),
    "set_clock": pgettext_lazy("record", "set the clock of"),
}
KINDS = {
    "user": pgettext_lazy("record", "sign-in"),
    "employee": pgettext_lazy("record", "person"),
    "role": pgettext_lazy("record", "role"),
    "invitation": pgettext_lazy("record", "invitation"),
    "apitoken": pgettext_lazy("record", "API token"),
    "secret": pgettext_lazy("record", "secret"),
    "inbox": pgettext_lazy("record", "number"),
    "customer": pgettext_lazy("record", "customer"),
    "conversation": pgettext_lazy("record", "conversation"),
    "message": pgettext_lazy("record", "message"),
    "note": pgettext_lazy("record", "note"),
    "delivery": pgettext_lazy("record", "delivery"),
    "business": pgettext_lazy("record", "business"),
    "exportjob": pgettext_lazy("record", "export"),
    "attachment": pgettext_lazy("record", "file"),
    "auditevent": pgettext_lazy("record", "record"),
    "simulatorphone": pgettext_lazy("record", "pretend phone"),
}


def verb_word(verb: str) -> str:
    """A verb as people say it."""
    return str(VERBS.get(verb) or verb.replace("_", " "))


def kind_word(kind: str) -> str:
    """A kind of object as people say it."""
    return str(KINDS.get(kind) or kind)
