"""Verbs on connected numbers: connecting, granting, and what a client needs to speak for one."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django_tenants.utils import schema_context
from guardian.shortcuts import assign_perm

from apps.accounts.events import RightsChanged, RoleChanged
from apps.accounts.models import Employee, Invitation, Role, User
from apps.accounts.roles import INBOX_WORDS
from apps.accounts.secrets import secrets_of, set_secret
from apps.audit import actions as audit
from apps.billing import limits
from apps.billing.queries import room_now
from apps.core.actors import SYSTEM, Actor
from apps.core.events import emit
from apps.core.models import new_id
from apps.core.refusals import Refusal
from apps.gateways import protocol, queries
from apps.gateways.events import InboxConnected
from apps.gateways.models import Inbox, InboxGroupPermission, InboxUserPermission
from apps.gateways.protocol import Line
from apps.tenants.actions import new_token
from apps.tenants.models import Business, GatewayApp, InboundRoute
from apps.tenants.postgres.context import PUBLIC, current_schema, current_tenant

APP_SECRETS = ("meta_app_secret", "meta_verify_token", "simulator_secret")  # kept with the app, the rest with the inbox


def add_app(gateway: str, *, owner: Business | None, account_ref: str = "") -> GatewayApp:
    """A webhook address of its own for a business, or for the platform (no owner). Public."""
    with schema_context(PUBLIC):
        return GatewayApp.objects.create(gateway=gateway, owner=owner, account_ref=account_ref, token=new_token())


def connect_inbox(
    *,
    name: str,
    gateway: str,
    external_id: str,
    app: GatewayApp,
    by: Actor,
    secrets: dict[str, str] | None = None,
    account_ref: str = "",
    **facts: object,
) -> Inbox:
    """Connect a number: the public route first, so that a number can only ever lead to one business.

    Grants go to the system roles as requirements 2 say. Raises Refusal `duplicate` when the number is connected
    anywhere, without saying where, and `plan_limit` when the plan has no room for another.
    """
    inbox_id = new_id()
    schema = current_schema()
    write_routes(app, schema, gateway, external_id, account_ref, inbox_id)
    try:
        with transaction.atomic():
            if not protocol.gateway(gateway).pretends:
                limits.require_room(current_tenant.get(), "inboxes", limits.counted(_counting()))
            inbox = Inbox.objects.create(
                id=inbox_id, name=name, gateway=gateway, external_id=external_id, account_ref=account_ref,
                app_id=app.pk, **facts,
            )  # fmt: skip
            for role in Role.objects.filter(is_system=True):
                grant_inbox(inbox, holder=role, words=INBOX_WORDS[role.name].split(), by=by)
            for secret_name, value in (secrets or {}).items():
                scope = f"app:{app.pk}" if secret_name in APP_SECRETS else f"inbox:{inbox.pk}"
                set_secret(secret_name, value, scope=scope, by=by)
            audit.record(by, "connected", inbox)
            emit(InboxConnected(inbox_id=inbox.pk))
    except Exception:
        with schema_context(PUBLIC):
            InboundRoute.objects.filter(inbox_id=inbox_id).delete()
        raise
    return inbox


def _counting() -> QuerySet[Inbox]:
    """The numbers a plan counts: those connected now, pretended ones apart."""
    return Inbox.objects.filter(archived_at=None).exclude(gateway__in=protocol.pretending())


@transaction.atomic
def fit_inboxes() -> None:
    """Bring the current business's numbers to its plan (BIL-10): the oldest go on, the rest only receive."""
    inboxes = list(_counting().select_for_update().order_by("created_at", "pk"))
    limit = room_now("inboxes")
    for position, inbox in enumerate(inboxes):
        rests = limit is not None and position >= limit
        if rests != bool(inbox.over_limit_at):
            inbox.over_limit_at = timezone.now() if rests else None
            inbox.save(update_fields=["over_limit_at", "updated_at"])
            audit.record(SYSTEM, "rested" if rests else "restored", inbox, after={"limit": limit})


def write_routes(
    app: GatewayApp, schema: str, gateway: str, external_id: str, account_ref: str, inbox_id: UUID
) -> None:
    """Write down in public that this address leads here. Raises Refusal `duplicate` when it leads elsewhere."""
    with schema_context(PUBLIC), transaction.atomic():
        business = Business.objects.get(schema_name=schema)
        try:
            with transaction.atomic():
                InboundRoute.objects.create(
                    app=app, gateway=gateway, external_id=external_id, business=business, inbox_id=inbox_id
                )
        except IntegrityError:
            raise Refusal("duplicate", _("This number is connected already.")) from None
        if account_ref:
            account, _made = InboundRoute.objects.get_or_create(
                app=app, kind=InboundRoute.Kind.ACCOUNT, external_id=account_ref,
                defaults={"gateway": gateway, "business": business, "inbox_id": inbox_id},
            )  # fmt: skip
            if account.business_id != business.pk:
                raise Refusal("duplicate", _("This account is connected already."))


@transaction.atomic
def grant_inbox(inbox: Inbox, *, holder: Employee | Role, words: list[str], by: Actor) -> None:
    """Let a person, or everybody of a role, `view`, `reply` or `assign` in this inbox."""
    target = holder.group if isinstance(holder, Role) else holder.user
    for word in words:
        assign_perm(f"gateways.{word}_inbox", target, inbox)
    audit.record(by, "granted", inbox, after={"holder": str(holder.pk), "words": words})


@transaction.atomic
def regrant_inbox(inbox: Inbox, *, grants: Mapping[Employee | Role, list[str]], by: Actor, giver: User | None) -> Inbox:
    """Replace every grant of an inbox by these. Raises Refusal as `let_into` does; then nothing has changed."""
    gone = [holder for holder in queries.holders_of(inbox) if holder not in grants]
    wanted = {**grants, **{holder: [] for holder in gone}}
    for holder, words in wanted.items():
        _check_gift(inbox, holder, set(words), giver)
    for holder, words in wanted.items():
        let_into(inbox, holder=holder, words=words, by=by, giver=None)
    return inbox


@transaction.atomic
def let_into(inbox: Inbox, *, holder: Employee | Role, words: Iterable[str], by: Actor, giver: User | None) -> None:
    """Make these the words that a person, or everybody of a role, holds in this inbox; no words is none at all.

    Raises Refusal `cannot_grant` for a word the giver does not hold here, `cannot_self` for one's own grants.
    """
    wanted, before = set(words), queries.words_of(holder).get(inbox.pk, set())
    if wanted == before:
        return
    _check_gift(inbox, holder, wanted, giver)
    target = {"group": holder.group} if isinstance(holder, Role) else {"user": holder.user}
    rows = (InboxGroupPermission if isinstance(holder, Role) else InboxUserPermission).objects
    lost = [f"{word}_inbox" for word in before - wanted]
    rows.filter(content_object=inbox, permission__codename__in=lost, **target).delete()
    for word in wanted - before:
        assign_perm(f"gateways.{word}_inbox", next(iter(target.values())), inbox)
    audit.record(
        by, "granted" if wanted else "ungranted", inbox,
        before={"holder": str(holder.pk), "words": sorted(before)},
        after={"holder": str(holder.pk), "words": sorted(wanted)},
    )  # fmt: skip
    emit(RoleChanged(role_id=holder.pk) if isinstance(holder, Role) else RightsChanged(employee_id=holder.pk))


def _check_gift(inbox: Inbox, holder: Employee | Role, wanted: set[str], giver: User | None) -> None:
    """Whether this giver may make these the holder's words. Nobody (None) is the house itself."""
    before = queries.words_of(holder).get(inbox.pk, set())
    if giver is None or wanted == before:
        return
    if isinstance(holder, Employee) and holder.user_id == giver.pk:
        raise Refusal("cannot_self", _("Nobody changes their own role or rights. Ask a colleague."))
    lacking = sorted(w for w in wanted - before if not Inbox.objects.for_user(giver, w).filter(pk=inbox.pk).exists())
    if lacking:
        sentence = _("You cannot give what you do not have yourself: %(words)s.")
        raise Refusal("cannot_grant", sentence % {"words": ", ".join(lacking)}, missing=lacking)


@transaction.atomic
def grant_promised(invitation_id: UUID, *, by: Actor) -> None:
    """Grant what an accepted invitation promised: to see each inbox, and to do there what the person's rights allow."""
    row = Invitation.objects.select_for_update(of=("self",)).filter(pk=invitation_id).first()
    if row is None or row.employee is None or row.inboxes_granted_at:
        return
    held = row.employee.permissions
    words = ["view"]
    words += ["reply"] if held & {"conversations.send_message", "conversations.takeover"} else []
    words += ["assign"] if "conversations.assign" in held else []
    for inbox in Inbox.objects.filter(pk__in=row.inboxes, archived_at=None):
        let_into(inbox, holder=row.employee, words=words, by=by, giver=None)
    row.inboxes_granted_at = timezone.now()
    row.save(update_fields=["inboxes_granted_at", "updated_at"])


def disconnect_inbox(inbox: Inbox, *, by: Actor) -> Inbox:
    """Archive an inbox and free its number. Its conversations stay readable; nothing comes in or goes out."""
    with transaction.atomic():
        inbox.archived_at, inbox.is_active, inbox.health = timezone.now(), False, Inbox.Health.DISABLED
        inbox.save(update_fields=["archived_at", "is_active", "health", "updated_at"])
        audit.record(by, "archived", inbox)
    free_address(inbox)
    return inbox


def routes_of(inbox: Inbox) -> QuerySet[InboundRoute]:
    """The addresses that lead to an inbox of the current business; ask in public. A business brought from an archive
    may have an inbox of the same key."""
    return InboundRoute.objects.filter(inbox_id=inbox.pk, business__schema_name=current_schema())


def free_address(inbox: Inbox) -> None:
    """Let the addresses of an inbox of the current business lead nowhere."""
    routes = routes_of(inbox)
    with schema_context(PUBLIC):
        routes.delete()


def line_of(inbox: Inbox) -> Line:
    """All a gateway's client needs to speak for this number, secrets in clear. Never log or store it."""
    with_app = {"webhook_token": _token_of(inbox)} if inbox.gateway == "twilio" else {}
    return Line(
        inbox_id=inbox.pk,
        external_id=inbox.external_id,
        account_ref=inbox.account_ref,
        secrets={**secrets_of(f"app:{inbox.app_id}", f"inbox:{inbox.pk}"), **with_app},
    )


def _token_of(inbox: Inbox) -> str:
    return str(GatewayApp.objects.values_list("token", flat=True).get(pk=inbox.app_id))


def proof_secrets(app: GatewayApp) -> list[str]:
    """The secrets that may prove a body posted to this app's address: the platform's, or its owner's."""
    if app.owner is None:
        return [settings.META_APP_SECRET]
    with schema_context(app.owner.schema_name):
        if app.gateway == "twilio":  # Twilio signs with the account's token, which each number has for itself
            inboxes = Inbox.objects.filter(app_id=app.pk).values_list("pk", flat=True)
            candidates = [secrets_of(f"inbox:{pk}", of=app.owner).get("twilio_auth_token", "") for pk in inboxes]
        else:
            found = secrets_of(f"app:{app.pk}", of=app.owner)
            candidates = [found.get("meta_app_secret", ""), found.get("simulator_secret", "")]
    return [value for value in candidates if value]


def handshake_tokens(app: GatewayApp) -> list[str]:
    """The verify tokens that may open this app's address."""
    if app.owner is None:
        return [settings.META_VERIFY_TOKEN]
    with schema_context(app.owner.schema_name):
        return [value for key, value in secrets_of(f"app:{app.pk}").items() if key == "meta_verify_token"]
