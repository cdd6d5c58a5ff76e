"""Reads of connected numbers: who is granted what, and which templates can be said there."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.db.models import Count, QuerySet
from django.utils.translation import gettext as _

from apps.accounts.models import Employee, Role, Secret
from apps.accounts.secrets import Slot
from apps.core.refusals import Refusal
from apps.gateways import protocol, wording
from apps.gateways.models import Inbox, InboxGroupPermission, InboxUserPermission, Template
from apps.tenants.models import GatewayApp

WORDS = ("view", "reply", "assign")
OF_INBOX = {
    "whatsapp_cloud": (Secret.Name.META_ACCESS_TOKEN,),
    "twilio": (Secret.Name.TWILIO_ACCOUNT_SID, Secret.Name.TWILIO_AUTH_TOKEN),
}
OF_APP = {"whatsapp_cloud": (Secret.Name.META_APP_SECRET, Secret.Name.META_VERIFY_TOKEN)}


def grants_of(inbox: Inbox) -> list[dict[str, Any]]:
    """Who holds which words in an inbox: `{role, employee, words}`, where one of the two is None."""
    found: dict[tuple[Any, Any], set[str]] = {}
    by_role = InboxGroupPermission.objects.filter(content_object=inbox).values_list(
        "group__role", "permission__codename"
    )
    by_person = InboxUserPermission.objects.filter(content_object=inbox)
    for role, codename in by_role:
        found.setdefault((role, None), set()).add(codename.removesuffix("_inbox"))
    for employee, codename in by_person.values_list("user__employee", "permission__codename"):
        found.setdefault((None, employee), set()).add(codename.removesuffix("_inbox"))
    return [
        {"role": role, "employee": employee, "words": [word for word in WORDS if word in words]}
        for (role, employee), words in found.items()
    ]


def secret_slots() -> list[Slot]:
    """Where credentials of this business's numbers can be. Those of an app of the platform are not its to see."""
    inboxes = list(Inbox.objects.filter(archived_at=None).order_by("created_at"))
    own_apps = set(GatewayApp.objects.filter(pk__in={inbox.app_id for inbox in inboxes}).values_list("pk", flat=True))
    found: dict[tuple[str, str], Slot] = {}
    for inbox in inboxes:
        for name in OF_INBOX.get(inbox.gateway, ()):
            found[name, f"inbox:{inbox.pk}"] = Slot(name, f"inbox:{inbox.pk}", inbox.name)
        for name in OF_APP.get(inbox.gateway, ()) if inbox.app_id in own_apps else ():
            found.setdefault((name, f"app:{inbox.app_id}"), Slot(name, f"app:{inbox.app_id}", inbox.name))
    return list(found.values())


def holders_of(inbox: Inbox) -> list[Employee | Role]:
    """Every role and person granted anything in an inbox."""
    groups = InboxGroupPermission.objects.filter(content_object=inbox).values("group")
    users = InboxUserPermission.objects.filter(content_object=inbox).values("user")
    people = Employee.objects.filter(user__in=users).select_related("user", "role")
    return [*Role.objects.filter(group__in=groups).select_related("group"), *people]


def words_of(holder: Employee | Role) -> dict[UUID, set[str]]:
    """Which words a person (by themselves) or a role holds, by inbox."""
    if isinstance(holder, Role):
        rows: Any = InboxGroupPermission.objects.filter(group_id=holder.group_id)
    else:
        rows = InboxUserPermission.objects.filter(user_id=holder.user_id)
    found: dict[UUID, set[str]] = {}
    for inbox, codename in rows.values_list("content_object", "permission__codename"):
        found.setdefault(inbox, set()).add(codename.removesuffix("_inbox"))
    return found


def inboxes_of_team() -> dict[UUID, list[str]]:
    """The names of the inboxes each active employee is granted to see, by themselves or through their role."""
    names = dict(Inbox.objects.filter(archived_at=None).order_by("name").values_list("pk", "name"))
    seen = {"content_object__in": list(names), "permission__codename": "view_inbox"}
    by_role = list(InboxGroupPermission.objects.filter(**seen).values_list("group__role", "content_object"))
    by_user = list(InboxUserPermission.objects.filter(**seen).values_list("user_id", "content_object"))
    found = {}
    for person in Employee.objects.filter(deactivated_at=None):
        granted = {inbox for role, inbox in by_role if role == person.role_id}
        granted |= {inbox for user, inbox in by_user if user == person.user_id}
        found[person.pk] = [name for pk, name in names.items() if pk in granted]
    return found


def usable_templates(inbox: Inbox) -> QuerySet[Template]:
    """The templates that may be said in this inbox now: approved, and of a kind that a person writes with."""
    rows: QuerySet[Template] = Template.objects.filter(inbox=inbox, status=Template.Status.APPROVED, archived_at=None)
    return rows.exclude(category=Template.Category.AUTHENTICATION).order_by("name", "language")


def cheapest_first(rows: Iterable[Template]) -> list[Template]:
    """By what their category costs: utility, then marketing (R-029)."""
    dear = [Template.Category.UTILITY, Template.Category.AUTHENTICATION, Template.Category.MARKETING]
    return sorted(rows, key=lambda row: (dear.index(Template.Category(row.category)), row.name, row.language))


def render_template(template: Template, values: Mapping[str, str]) -> wording.Filled:
    """How it reads with these values. Refuses `invalid`, naming each place that was left empty."""
    try:
        return wording.fill(template.components, values)
    except wording.MissingValues as missing:
        sentence = _("Fill in every place of the template: %(names)s.") % {"names": ", ".join(missing.names)}
        errors = {name: [_("This place is empty.")] for name in missing.names}
        raise Refusal("invalid", sentence, errors=errors) from None


def template_message(template: Template, values: Mapping[str, str]) -> tuple[str, dict[str, Any]]:
    """The body and the payload of a message that says this template: what people read, and what its gateway sends.

    Refuses as `render_template` does, and a template that may not be said any more (`conflict`).
    """
    if template.archived_at or template.status != Template.Status.APPROVED:
        raise Refusal("conflict", _("This template cannot be sent now. Choose another one."))
    shown = render_template(template, values)
    told = protocol.Wording(template.name, template.language, template.external_id, template.components)
    payload = {**protocol.gateway(template.inbox.gateway).fill(told, values), "template": str(template.pk)}
    payload |= {"header": {"text": shown.header}} if shown.header else {}
    payload |= {"media": {"kind": shown.media_kind, "reference": shown.media}} if shown.media else {}
    payload |= {"footer": {"text": shown.footer}} if shown.footer else {}
    payload |= {"buttons": shown.buttons} if shown.buttons else {}
    return shown.body, payload


def template_counts() -> dict[UUID, int]:
    """How many templates may be said in each inbox."""
    rows = Template.objects.filter(status=Template.Status.APPROVED, archived_at=None).order_by()
    return dict(rows.values_list("inbox").annotate(count=Count("pk")))


def ill_inboxes(user: Any) -> list[Inbox]:
    """The numbers that do not work as they should, for whoever may mend them; for others none."""
    if not user.may("settings.whatsapp"):
        return []
    ill = (Inbox.Health.DEGRADED, Inbox.Health.RECONNECT_NEEDED, Inbox.Health.STOPPED)
    return list(Inbox.objects.filter(archived_at=None, is_active=True, health__in=ill).order_by("created_at"))


def owns_app(inbox: Inbox, business_id: UUID) -> bool:
    """Whether the number's webhook address is the business's own, and not the platform's."""
    return GatewayApp.objects.filter(pk=inbox.app_id, owner_id=business_id).exists()
