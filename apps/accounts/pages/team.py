"""The team: who is here, what each may do, who is asked to join."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.accounts import actions, queries, words
from apps.accounts.forms import InviteForm, PersonForm
from apps.accounts.middleware import SignedInRequest
from apps.accounts.models import Employee, Invitation, Role
from apps.audit.words import kind_word, verb_word
from apps.core.access import get_for, require
from apps.core.problems import STATUS
from apps.core.refusals import Refusal

GRANTED, DENIED = "grant", "deny"


@require_safe
def team(request: SignedInRequest) -> HttpResponse:
    """Everybody at a glance, and who has not answered yet."""
    require(request.user, "employees.view")
    people = list(queries.team())
    for person in people:
        person.here = queries.is_online(person)  # type: ignore[attr-defined]
    context = {"people": people, "figures": queries.figures(people), "invitations": queries.pending_invitations()}
    return render(request, "accounts/team.html", {**context, "page_team": True})


@require_http_methods(["GET", "HEAD", "POST"])
def person(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """One colleague: rights to change, inboxes, and what they did. In the drawer only the form."""
    employee = get_for(request.user, "edit" if request.method == "POST" else "view", Employee.objects.all(), pk=pk)
    exceptions = {**dict.fromkeys(employee.grants, GRANTED), **dict.fromkeys(employee.denials, DENIED)}
    form = PersonForm(initial={"full_name": employee.full_name, "role": employee.role_id})
    status = 200
    if request.method == "POST":
        form, exceptions = PersonForm(request.POST), _exceptions(request)
        if form.is_valid():
            try:
                facts: dict[str, Any] = {**form.cleaned_data, **_lists(exceptions)}
                actions.edit_employee(employee, by=request.user.actor, giver=request.user, **facts)
            except Refusal as refusal:
                form.add_error(None, refusal.detail)
                status = STATUS[refusal.code]
            else:
                messages.success(request, _("Saved. It counts from the next click of %(name)s.") % {"name": employee})
                return redirect(_back(request, employee))
        status = status if status != 200 else 400
    context: dict[str, Any] = {
        "employee": employee, "form": form, "page_team": True, "is_me": employee.pk == request.me.pk,
        "groups": _rights(employee.role, exceptions), "exceptions": len([each for each in exceptions.values() if each]),
    }  # fmt: skip
    if "HX-Request" in request.headers:
        return render(request, "accounts/_person_form.html", {**context, "in_drawer": True}, status=status)
    context["activity"] = [
        (deed, verb_word(deed.verb), kind_word(deed.object_kind))
        for deed in queries.activity_of(employee)[: queries.RECENT]
    ]
    context["here"] = queries.is_online(employee)
    return render(request, "accounts/person.html", context, status=status)


@require_POST
def deactivate(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Let a colleague go."""
    return _do(request, pk, actions.deactivate_employee, _("%(name)s can no longer sign in."))


@require_POST
def reactivate(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Take a colleague back."""
    return _do(request, pk, actions.reactivate_employee, _("%(name)s may sign in again."))


@require_POST
def erase(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Forget who a colleague was, when the name was typed to confirm."""
    employee = get_for(request.user, "delete", Employee.objects.all(), pk=pk)
    if request.POST.get("confirm", "").strip() != employee.full_name:
        messages.error(request, _("Nothing was erased: the name did not match."))
        return redirect("person", pk=pk)
    return _do(request, pk, actions.erase_employee, _("%(name)s was erased. What they did stays."))


@require_http_methods(["GET", "HEAD", "POST"])
def invite(request: SignedInRequest) -> HttpResponse:
    """Ask somebody to join."""
    require(request.user, "employees.invite")
    form = InviteForm(
        request.POST if request.method == "POST" else None,
        initial={"language": request.business.primary_language, "role": _least()},
    )
    status = 200
    if form.is_valid():
        try:
            request.user.require_confirmed()
            inboxes = [UUID(each) for each in request.POST.getlist("inboxes")]
            actions.invite(**form.cleaned_data, inboxes=inboxes, by=request.user.actor, inviter=request.me)
        except ValueError:
            form.add_error(None, _("One of the inboxes is not there any more."))
        except Refusal as refusal:
            form.add_error(None, refusal.detail)
            status = STATUS[refusal.code]
        else:
            address = form.cleaned_data["email"]
            messages.success(request, _("The invitation to %(email)s is on its way.") % {"email": address})
            return redirect("team")
    if form.errors and status == 200:
        status = 400
    fragment = "HX-Request" in request.headers
    template = "accounts/_invite_form.html" if fragment else "accounts/invite.html"
    return render(request, template, {"form": form, "page_team": True, "in_drawer": fragment}, status=status)


@require_POST
def resend(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Mail another link; the old one ends."""
    return _answer(request, pk, actions.resend_invitation, _("Another link is on its way to %(name)s."))


@require_POST
def revoke(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Take an invitation back."""
    return _answer(request, pk, actions.revoke_invitation, _("The invitation to %(name)s was taken back."))


@require_POST
def link(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """The link on the screen, once, because the mail could not be sent."""
    invitation = get_for(request.user, "invite", Invitation.objects.all(), pk=pk)
    try:
        address = actions.show_link(invitation, by=request.user.actor)
    except Refusal as refusal:
        messages.error(request, refusal.detail)
        return redirect("team")
    response = render(request, "accounts/link.html", {"invitation": invitation, "link": address, "page_team": True})
    response["Cache-Control"] = "no-store"
    return response


def _do(request: SignedInRequest, pk: UUID, verb: Any, said: str) -> HttpResponse:
    employee = get_for(request.user, "delete", Employee.objects.all(), pk=pk)
    name = employee.full_name
    try:
        verb(employee, by=request.user.actor)
    except Refusal as refusal:
        messages.error(request, refusal.detail)
    else:
        messages.success(request, said % {"name": name})
    return redirect("person", pk=pk)


def _answer(request: SignedInRequest, pk: UUID, verb: Any, said: str) -> HttpResponse:
    invitation = get_for(request.user, "invite", Invitation.objects.all(), pk=pk)
    try:
        verb(invitation, by=request.user.actor)
    except Refusal as refusal:
        messages.error(request, refusal.detail)
    else:
        messages.success(request, said % {"name": invitation.full_name})
    return redirect("team")


def _rights(role: Role, exceptions: dict[str, str]) -> list[dict[str, Any]]:
    """The vocabulary by resource: what the role says to each word, and what is excepted for this person."""
    held = set(role.permissions)
    return [
        {
            "label": label,
            "words": [
                {"word": word, "by_role": word.code in held, "now": exceptions.get(word.code, "")} for word in group
            ],
            "excepted": sum(bool(exceptions.get(word.code)) for word in group),
        }
        for _name, label, group in words.by_group()
    ]


def _exceptions(request: HttpRequest) -> dict[str, str]:
    """What the form says of each word: granted, denied, or (absent) as the role says."""
    said = {word.code: request.POST.get(f"word:{word.code}", "") for word in words.vocabulary()}
    return {code: now for code, now in said.items() if now in (GRANTED, DENIED)}


def _lists(exceptions: dict[str, str]) -> dict[str, list[str]]:
    return {
        "grants": [code for code, now in exceptions.items() if now == GRANTED],
        "denials": [code for code, now in exceptions.items() if now == DENIED],
    }


def _least() -> UUID:
    """The role to offer first: the one with the fewest rights that still answers customers, else the least of all."""
    roles = sorted(Role.objects.all(), key=lambda role: len(role.permissions))
    answering = [role for role in roles if "conversations.send_message" in role.permissions]
    return (answering or roles)[0].pk


def _back(request: HttpRequest, employee: Employee) -> str:
    return "/team/" if request.POST.get("back") == "team" else f"/team/{employee.pk}/"
