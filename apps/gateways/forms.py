"""How a number behaves, and a template as a person writes it: the forms behind the pages, with the API's own rules."""

from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Calendar
from apps.gateways import actions
from apps.gateways.drafts import BODY, HEADERS
from apps.gateways.models import Inbox, Template

TEXTS = {
    "out_of_hours": _("Outside the hours"),
    "closing_text": _("When it is resolved by itself"),
    "csat_text": _("When asking how it was"),
}
_auto = {"dir": "auto"}


class InboxForm(forms.ModelForm):  # type: ignore[type-arg]
    """Every setting of a number. A text in each language stands in a field of its own."""

    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    default_mode = forms.ChoiceField(
        label=_("Who answers first"),
        choices=[("ai", _("The assistant")), ("hybrid", _("The assistant drafts, a person sends")),
                 ("human", _("A person"))],
    )  # fmt: skip
    assign_policy = forms.ChoiceField(
        label=_("New conversations go to"),
        choices=[("off", _("Nobody: they wait in the list")), ("round_robin", _("Each in turn")),
                 ("least_busy", _("Whoever has the fewest"))],
    )  # fmt: skip

    class Meta:
        model = Inbox
        fields = tuple(name for name in actions.SETTINGS if name not in TEXTS)
        labels: ClassVar[dict[str, Any]] = {
            "name": _("Name"), "greeting_on": _("Greet new customers"), "is_active": _("In use"),
            "over_limit_text_on": _("Tell customers when the plan's conversations are used up"),
            "out_of_hours_on": _("Say when we are back"), "calendar": _("Hours"),
            "reopen_days": _("Days within which a customer's answer reopens a conversation"),
            "auto_resolve_hours": _("Hours of silence before it is resolved"),
            "stale_minutes": _("Minutes after which a late message is left to a person"),
            "phone_lease_minutes": _("Minutes the assistant stays silent after the phone app"),
            "idle_return_minutes": _("Minutes of a person's silence before the assistant goes on"),
            "csat_on": _("Ask how it was after resolving"), "read_receipts": _("Blue ticks and typing dots"),
        }  # fmt: skip
        help_texts: ClassVar[dict[str, Any]] = {
            "auto_resolve_hours": _("Empty: never."), "idle_return_minutes": _("Empty: never."),
            "calendar": _("Empty: the business's opening hours."),
            "is_active": _("Switched off, nothing goes out and what waits stays in the queue."),
        }  # fmt: skip
        widgets: ClassVar[dict[str, Any]] = {"name": forms.TextInput(_auto)}

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        calendars = Calendar.objects.filter(purpose=Calendar.Purpose.BUSINESS)
        self.fields["calendar"].queryset = calendars  # type: ignore[attr-defined]
        self.fields["calendar"].label_from_instance = lambda row: _("Opening hours")  # type: ignore[attr-defined]
        for name, label in TEXTS.items():
            for code, language in settings.LANGUAGES:
                self.fields[f"{name}_{code}"] = forms.CharField(
                    label=f"{label} · {language}", required=False, max_length=1024,
                    initial=getattr(self.instance, name).get(code, ""),
                    widget=forms.Textarea({"rows": 2, "lang": code, "dir": "rtl" if code == "ar" else "ltr"}),
                )  # fmt: skip

    def facts(self) -> dict[str, Any]:
        """What the form says, as `edit_inbox` takes it."""
        told = {name: self.cleaned_data[name] for name in self._meta.fields or ()}
        for name in TEXTS:
            texts = {code: self.cleaned_data[f"{name}_{code}"] for code, _language in settings.LANGUAGES}
            told[name] = {code: text for code, text in texts.items() if text}
        return told


class TemplateForm(forms.Form):
    """The words of a template. Buttons stand one in a line; places get their samples on the same page."""

    name = forms.CharField(
        label=_("Name"), max_length=512, widget=forms.TextInput({"dir": "ltr", "autocapitalize": "off"}),
        help_text=_("Small letters, digits and _. Customers do not see it."),
    )  # fmt: skip
    language = forms.CharField(label=_("Language"), max_length=10, initial="en", widget=forms.TextInput({"dir": "ltr"}))
    category = forms.ChoiceField(
        label=_("Category"), choices=[("utility", _("Utility")), ("marketing", _("Marketing"))],
        help_text=_("Utility is about something the customer asked for. Marketing costs more and needs consent."),
    )  # fmt: skip
    header_kind = forms.ChoiceField(
        label=_("Header"), required=False,
        choices=list(zip(HEADERS, (_("None"), _("Text"), _("Picture"), _("Video"), _("Document")), strict=True)),
    )  # fmt: skip
    header = forms.CharField(label=_("Header's text"), required=False, max_length=60, widget=forms.TextInput(_auto))
    header_sample = forms.CharField(
        label=_("Sample of the header's file"), required=False, max_length=2000, widget=forms.TextInput({"dir": "ltr"}),
        help_text=_("Upload a file below, or paste the provider's handle or a link."),
    )  # fmt: skip
    sample_file = forms.FileField(label=_("Upload a sample"), required=False)
    body = forms.CharField(
        label=_("Text"), max_length=BODY, widget=forms.Textarea({"rows": 5, "dir": "auto"}),
        help_text=_("Write {{1}}, {{2}} where something changes from customer to customer."),
    )  # fmt: skip
    samples = forms.CharField(
        label=_("Samples"), required=False, widget=forms.Textarea({"rows": 3, "dir": "auto"}),
        help_text=_("One in a line: the place, = and an example, such as 1=Rana."),
    )  # fmt: skip
    footer = forms.CharField(label=_("Footer"), required=False, max_length=60, widget=forms.TextInput(_auto))
    buttons = forms.CharField(
        label=_("Buttons"), required=False, widget=forms.Textarea({"rows": 3, "dir": "auto"}),
        help_text=_("One in a line: its words alone to answer, words | https://… to open, words | +961… to call."),
    )  # fmt: skip

    def facts(self) -> dict[str, Any]:
        """What the form says, as a Draft takes it."""
        told = {name: value for name, value in self.cleaned_data.items() if name != "sample_file"}
        pairs = (line.split("=", 1) for line in told["samples"].splitlines() if "=" in line)
        told["samples"] = {name.strip(): sample.strip() for name, sample in pairs}
        told["buttons"] = [_button(line) for line in told["buttons"].splitlines() if line.strip()]
        return told


def _button(line: str) -> dict[str, str]:
    words, _bar, target = (part.strip() for part in line.partition("|"))
    if target.startswith("+"):
        return {"kind": "phone_number", "text": words, "phone": target}
    return {"kind": "url", "text": words, "url": target} if target else {"kind": "quick_reply", "text": words}


def written(facts: dict[str, Any]) -> dict[str, Any]:
    """A template's parts as the form shows them."""
    lines = [
        " | ".join(filter(None, (each["text"], each.get("url") or each.get("phone")))) for each in facts["buttons"]
    ]
    samples = [f"{name}={sample}" for name, sample in facts["samples"].items()]
    return {**facts, "buttons": "\n".join(lines), "samples": "\n".join(samples)}


STATES = {
    Template.Status.DRAFT: (_("Draft"), ""),
    Template.Status.PENDING: (_("In review"), "needs"),
    Template.Status.APPROVED: (_("Approved"), "good"),
    Template.Status.REJECTED: (_("Rejected"), "failed"),
    Template.Status.PAUSED: (_("Paused"), "needs"),
    Template.Status.DISABLED: (_("Disabled"), "failed"),
}
