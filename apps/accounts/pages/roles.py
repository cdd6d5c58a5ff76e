"""Roles: cards to choose from, and the matrix of who may do what, to read, compare and change."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.accounts import actions, queries, words
from apps.accounts.forms import RoleForm
from apps.accounts.middleware import SignedInRequest
from apps.accounts.models import Role
from apps.accounts.roles import DEFAULT_COLOUR, PERMISSIONS
from apps.core.access import get_for, require
from apps.core.problems import STATUS
from apps.core.refusals import Refusal

COLOURS = (
    "#6B46C1", "#2563EB", "#0284C7", "#0F766E", "#15803D", "#A16207", "#C2410C", "#BE123C", "#A21CAF", "#64748B",
)  # fmt: skip


@require_safe
def roles(request: SignedInRequest) -> HttpResponse:
    """Every role and the matrix; with `?a=` and `?b=` only two of them, side by side with their differences marked."""
    require(request.user, "roles.view")
    every = list(queries.roles_with_counts())
    pair = [role for key in ("a", "b") for role in every if str(role.pk) == request.GET.get(key)]
    shown = pair if len(pair) == 2 and pair[0].pk != pair[1].pk else every
    compared, only = shown is not every, "only" in request.GET
    may_edit = request.user.may("roles.edit")
    context = {
        "roles": every, "shown": shown, "compared": compared, "only": only and compared, "page_roles": True,
        "total": len(PERMISSIONS), "groups": _matrix(shown, request, compared, only and compared),
        "editable": may_edit and any(not role.is_system for role in shown),
    }  # fmt: skip
    return render(request, "accounts/roles.html", context)


@require_POST
def matrix(request: SignedInRequest) -> HttpResponse:
    """Save what was ticked, for all roles of the page or for none."""
    require(request.user, "roles.edit")
    changed = 0
    try:
        with transaction.atomic():
            for role in Role.objects.filter(pk__in=_keys(request), is_system=False):
                seen = _moment(request.POST.get(f"seen:{role.pk}", ""))
                kept = set(role.permissions) - request.me.permissions  # boxes that were not theirs to tick
                wanted = [*request.POST.getlist(str(role.pk)), *kept]
                if set(wanted) == set(role.permissions):
                    continue
                actions.edit_role(role, by=request.user.actor, giver=request.user, seen=seen, permissions=wanted)
                changed += 1
    except Refusal as refusal:
        messages.error(request, refusal.detail)
    else:
        said = ngettext("%(n)s role was changed.", "%(n)s roles were changed.", changed)
        messages.success(request, said % {"n": changed} if changed else _("Nothing was changed."))
    return redirect("roles")


@require_http_methods(["GET", "HEAD", "POST"])
def new_role(request: SignedInRequest) -> HttpResponse:
    """Make a role. It begins as a viewer; the matrix gives it more."""
    require(request.user, "roles.create")
    form = RoleForm(request.POST if request.method == "POST" else None, initial={"colour": DEFAULT_COLOUR})
    status = 200
    if form.is_valid():
        try:
            made = actions.create_role(**form.cleaned_data, by=request.user.actor, giver=request.user)
        except Refusal as refusal:
            form.add_error("name" if refusal.code in ("invalid", "duplicate") else None, refusal.detail)
            status = STATUS[refusal.code]
        else:
            messages.success(request, _("%(role)s is there. Tick below what it may do.") % {"role": made})
            return redirect("roles")
    return _show(request, form, None, status)


@require_http_methods(["GET", "HEAD", "POST"])
def role(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """One role: its names, its colour, who has it; duplicate it, remove it."""
    row = get_for(request.user, "edit" if request.method == "POST" else "view", Role.objects.all(), pk=pk)
    facts = {field: getattr(row, field) for field in ("display_name", "name", "description", "colour")}
    form = RoleForm(request.POST if request.method == "POST" else None, initial=facts)
    status = 200
    if form.is_valid():
        try:
            actions.edit_role(row, by=request.user.actor, giver=request.user, **form.cleaned_data)
        except Refusal as refusal:
            form.add_error("name" if refusal.code in ("invalid", "duplicate") else None, refusal.detail)
            status = STATUS[refusal.code]
        else:
            messages.success(request, _("Saved."))
            return redirect("roles")
    return _show(request, form, row, status)


@require_POST
def duplicate(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """A copy of one's own, to change."""
    row = get_for(request.user, "create", Role.objects.all(), pk=pk)
    try:
        made = actions.duplicate_role(row, by=request.user.actor, giver=request.user)
    except Refusal as refusal:
        messages.error(request, refusal.detail)
    else:
        messages.success(request, _("%(role)s is there. Tick below what it may do.") % {"role": made})
    return redirect("roles")


@require_POST
def remove(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Remove a role that nobody has."""
    row = get_for(request.user, "delete", Role.objects.all(), pk=pk)
    try:
        actions.delete_role(row, by=request.user.actor)
    except Refusal as refusal:
        messages.error(request, refusal.detail)
    else:
        messages.success(request, _("%(role)s was removed.") % {"role": row})
    return redirect("roles")


def _show(request: SignedInRequest, form: RoleForm, row: Role | None, status: int) -> HttpResponse:
    fragment = "HX-Request" in request.headers
    colours = COLOURS if row is None or row.colour in COLOURS else (*COLOURS, row.colour)
    context = {
        "form": form, "role": row, "colours": colours, "chosen": form["colour"].value(), "page_roles": True,
        "holders": queries.holders_of(row) if row else [], "in_drawer": fragment,
    }  # fmt: skip
    template = "accounts/_role_form.html" if fragment else "accounts/role.html"
    return render(request, template, context, status=400 if form.errors and status == 200 else status)


def _matrix(shown: list[Role], request: SignedInRequest, compared: bool, only: bool) -> list[dict[str, Any]]:
    """Rows by resource: for each word, what each role says, and which of those boxes this person may tick."""
    mine, may_edit = request.me.permissions, request.user.may("roles.edit")
    held = {role.pk: set(role.permissions) for role in shown}
    groups = []
    for name, label, group in words.by_group():
        rows = []
        for word in group:
            cells = [
                {
                    "role": role,
                    "held": word.code in held[role.pk],
                    "open": may_edit and not role.is_system and word.code in mine,
                }
                for role in shown
            ]
            differs = compared and len({cell["held"] for cell in cells}) > 1
            if differs or not only:
                rows.append({"word": word, "cells": cells, "differs": differs})
        counts = [sum(word.code in held[role.pk] for word in group) for role in shown]
        if rows:
            groups.append({"name": name, "label": label, "rows": rows, "counts": counts, "of": len(group)})
    return groups


def _keys(request: SignedInRequest) -> list[UUID]:
    try:
        return [UUID(each) for each in request.POST.getlist("roles")]
    except ValueError:
        raise BadRequest("These are not roles.") from None


def _moment(written: str) -> datetime | None:
    try:
        return parse_datetime(written)
    except ValueError:
        raise BadRequest("There is no such time.") from None
