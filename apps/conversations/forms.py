"""What is typed of replies and notes. Whether it holds together is the action's to say."""

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.conversations.models import CannedReply, Note

NO_SCOPE = ("", _("Everybody"))


class ReplyForm(forms.ModelForm):
    """A reply kept ready, in both languages side by side."""

    scope_to = forms.ChoiceField(label=_("Who may use it"), required=False)

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
