"""What is typed of replies, notes and macros. Whether it holds together is the action's to say."""

from collections.abc import Mapping
from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.utils.html import format_html
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from apps.conversations import choices, composing
from apps.conversations.actions.macros import MOST, VERBS, is_sleep
from apps.conversations.actions.notes import NOTE_LONGEST
from apps.conversations.models import CannedReply, Note
from apps.core import numerals

NO_SCOPE = ("", _("Everybody"))


class FilesField(forms.Field):
    """The ids of files that were brought, one input for each."""

    widget = forms.MultipleHiddenInput

    def to_python(self, value: Any) -> list[UUID]:
        try:
            return [UUID(str(each)) for each in value or []]
        except ValueError:
            raise forms.ValidationError(gettext("This is not a file.")) from None


class ReplyForm(forms.ModelForm):
    """A reply kept ready, in both languages side by side."""

    scope_to = forms.ChoiceField(label=_("Who may use it"), required=False)
    attachment_ids = FilesField(label=_("Files"), required=False)

    class Meta:
        model = CannedReply
        fields = ("title", "shortcut", "category", "body_en", "body_ar", "tags")
        labels: ClassVar[dict[str, Any]] = {
            "title": _("Title"), "shortcut": _("Shortcut"), "category": _("Category"), "body_en": _("In English"),
            "body_ar": _("In Arabic"), "tags": _("Tags"),
        }  # fmt: skip
        help_texts: ClassVar[dict[str, Any]] = {
            "shortcut": _("What you type after / to find it."), "tags": _("Separated by commas."),
        }  # fmt: skip
        widgets: ClassVar[dict[str, Any]] = {
            "title": forms.TextInput(attrs={"dir": "auto"}),
            "shortcut": forms.TextInput(attrs={"dir": "ltr", "autocapitalize": "none", "spellcheck": "false"}),
            "body_en": forms.Textarea(attrs={"rows": 5, "dir": "ltr", "lang": "en"}),
            "body_ar": forms.Textarea(attrs={"rows": 5, "dir": "rtl", "lang": "ar"}),
        }

    def __init__(self, *args: Any, scopes: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["scope_to"].choices = [NO_SCOPE, *scopes]  # type: ignore[attr-defined]

    def _post_clean(self) -> None:
        """The action checks the whole reply and answers by field."""


class NoteForm(forms.ModelForm):
    """A note, and when to be reminded of it."""

    remind_at = forms.DateTimeField(
        label=_("Remind me"), required=False, widget=forms.DateTimeInput(attrs={"type": "datetime-local"}),
        help_text=_("For a reminder: the day and the time."),
    )  # fmt: skip
    kind = forms.ChoiceField(label=_("Kind"), choices=[
        (Note.Kind.GENERAL, _("General")), (Note.Kind.WARNING, _("Warning")), (Note.Kind.FOLLOW_UP, _("Follow-up")),
        (Note.Kind.REMINDER, _("Reminder")), (Note.Kind.VIP, _("VIP")),
    ])  # fmt: skip

    class Meta:
        model = Note
        fields = ("kind", "body", "remind_at", "is_important")
        labels: ClassVar[dict[str, Any]] = {"body": _("Note"), "is_important": _("Important")}
        widgets: ClassVar[dict[str, Any]] = {"body": forms.Textarea(attrs={"rows": 5, "dir": "auto"})}

    def _post_clean(self) -> None:
        """The action checks the whole note."""


NEEDS = {verb: facts for verb, (_word, facts, _act) in VERBS.items()}
NOBODY = "nobody"  # chosen, where the empty choice is none
UNCHOSEN = {
    "reply": _("Choose a reply"), "employee": _("Choose a colleague"), "label": _("Choose a label"),
    "priority": _("Choose a priority"), "hours": _("Choose how long"),
}  # fmt: skip
DEEDS = [
    ("", _("Choose what is done")), ("send", _("Send a reply")), ("assign", _("Assign")), ("label", _("Add a label")),
    ("set_priority", _("Set the priority")), ("note", _("Leave a note")), ("snooze", _("Snooze")),
    ("takeover", pgettext_lazy("step", "Take over")), ("handback", _("Hand back to the assistant")),
    ("close", _("Close")), ("reopen", _("Reopen")),
]  # fmt: skip


class StepForm(forms.Form):
    """One step of a macro: a verb, and all that any verb may need. The page shows what belongs to the chosen one."""

    verb = forms.ChoiceField(
        label=_("What is done"), choices=DEEDS, error_messages={"required": _("Choose what is done.")}
    )
    reply = forms.ChoiceField(label=_("Reply"), required=False)
    employee = forms.ChoiceField(label=_("To whom"), required=False)
    label = forms.ChoiceField(label=_("Label"), required=False)
    priority = forms.ChoiceField(label=_("Priority"), required=False)
    body = forms.CharField(
        label=_("Note"), required=False, max_length=NOTE_LONGEST,
        widget=forms.Textarea(attrs={"rows": 2, "dir": "auto", "placeholder": _("What your team should know")}),
    )  # fmt: skip
    hours = forms.ChoiceField(label=_("For how long"), required=False)

    def __init__(self, *args: Any, offered: Mapping[str, list[tuple[str, str]]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, rows in offered.items():
            self.fields[name].choices = rows  # type: ignore[attr-defined]

    def clean(self) -> None:
        for name in NEEDS.get(self.cleaned_data.get("verb", ""), ()):
            if not self.cleaned_data.get(name) and name not in self.errors:
                self.add_error(name, gettext("Write the note.") if name == "body" else gettext("Choose one."))

    @property
    def step(self) -> dict[str, str]:
        """The step as a macro holds it."""
        verb = self.cleaned_data["verb"]
        facts = {name: self.cleaned_data[name] for name in NEEDS[verb]}
        return {"verb": verb, **{name: "" if said == NOBODY else said for name, said in facts.items()}}


class MacroForm(forms.Form):
    """A macro: its name, who has it, and a form for each of its steps."""

    use_required_attribute = False

    name = forms.CharField(label=_("Name"), max_length=60, widget=forms.TextInput(attrs={"dir": "auto"}))
    is_shared = forms.BooleanField(label=_("For the whole team"), required=False)

    def __init__(self, *args: Any, user: Any, rows: list[dict[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not user.may("settings.edit"):
            del self.fields["is_shared"]
        offered = _offered(user, rows)
        self.steps = [
            StepForm(*args, prefix=str(place), initial=row, offered=offered) for place, row in enumerate(rows)
        ]

    def clean(self) -> None:
        for place, step in enumerate(self.steps, 1):
            for name, problems in step.errors.items():
                words = gettext("Step %(n)s") % {"n": numerals.digits(place)}
                self.add_error(
                    None, format_html('<a href="#{}">{}</a>: {}', step[name].id_for_label, words, problems[0])
                )


def rows_in(posted: Mapping[str, str]) -> list[dict[str, str]]:
    """The steps as they stand in a form, however unfinished."""
    places = [place for place in range(MOST) if f"{place}-verb" in posted]
    return [{name: posted.get(f"{place}-{name}", "") for name in StepForm.base_fields} for place in places]


def rows_of(steps: list[dict[str, str]]) -> list[dict[str, str]]:
    """The steps of a macro as its form shows them."""
    return [{**step, "employee": step["employee"] or NOBODY} if "employee" in step else step for step in steps]


def _offered(user: Any, rows: list[dict[str, str]]) -> dict[str, list[tuple[str, str]]]:
    """What the steps may be given; a time to sleep that is none of ours stays on offer where it stands."""
    people = choices.of(user, "assign", None)["people"]
    labels = choices.of(user, "labels", None)["labels"]
    others = {int(row["hours"]) for row in rows if is_sleep(row.get("hours", ""))}
    found = {
        "reply": [(str(row.pk), f"{row.title} {row}") for row in composing.replies_for(user)],
        "employee": [(NOBODY, gettext("Nobody")), *((str(row.pk), row.full_name) for row in people)],
        "label": [(str(row.pk), row.name) for row, _held in labels],
        "priority": choices.of(user, "priority", None)["priorities"],
        "hours": choices.spans(others),
    }
    return {name: [("", str(UNCHOSEN[name])), *offered] for name, offered in found.items()}
