"""Who is granted which inbox: panels that the pages of people and roles show by their address."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from apps.accounts.middleware import SignedInRequest
from apps.accounts.models import Employee, Role
from apps.core.access import get_for, require
from apps.core.problems import STATUS
from apps.core.refusals import Refusal
from apps.gateways import actions, queries
from apps.gateways.models import Inbox

LABELS: dict[str, Promise] = {"view": _("See"), "reply": _("Answer customers"), "assign": _("Assign")}
SHOWN = 2  # names in a row of the table


@require_http_methods(["GET", "HEAD", "POST"])
def of_person(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """What one colleague may do in each inbox, beside what their role opens."""
    person = get_for(request.user, "view", Employee.objects.select_related("role", "user"), pk=pk, erased_at=None)
    return _panel(request, person, reverse("person-inboxes", args=[pk]), by_role=queries.words_of(person.role))


@require_http_methods(["GET", "HEAD", "POST"])
def of_role(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """What everybody of a role may do in each inbox."""
    role = get_for(request.user, "view", Role.objects.select_related("group"), pk=pk)
    return _panel(request, role, reverse("role-inboxes", args=[pk]), by_role={})


@require_safe
def choices(request: SignedInRequest) -> HttpResponse:
    """The inboxes somebody may be invited to."""
    require(request.user, "employees.invite")
    inboxes = Inbox.objects.for_user(request.user).filter(archived_at=None).order_by("name")
    return render(request, "gateways/_inbox_choices.html", {"inboxes": inboxes})


@require_safe
def of_team(request: SignedInRequest) -> HttpResponse:
    """The column of inboxes for the table of the team, one part a row."""
    require(request.user, "employees.view")
    granted = queries.inboxes_of_team()
    people = list(Employee.objects.filter(pk__in=granted).select_related("role"))
    for person in people:
        person.sees_all = "conversations.view_all" in person.permissions
        person.names, person.more = granted[person.pk][:SHOWN], max(0, len(granted[person.pk]) - SHOWN)
    return render(request, "gateways/_team_inboxes.html", {"people": people})


def _panel(
    request: SignedInRequest, holder: Employee | Role, address: str, *, by_role: dict[UUID, set[str]]
) -> HttpResponse:
    refusal, status = None, 200
    if request.method == "POST":
        require(request.user, "employees.edit")
        inbox = get_for(request.user, "view", Inbox.objects.filter(archived_at=None), pk=request.POST.get("inbox"))
        words = [word for word in request.POST.getlist("words") if word in queries.WORDS]
        try:
            actions.let_into(inbox, holder=holder, words=words, by=request.user.actor, giver=request.user)
        except Refusal as refused:
            refusal, status = refused, STATUS[refused.code]
    own = queries.words_of(holder)
    rows: list[dict[str, Any]] = [
        {
            "inbox": inbox,
            "cells": [
                {
                    "word": word,
                    "label": LABELS[word],
                    "own": word in own.get(inbox.pk, ()),
                    "by_role": word in by_role.get(inbox.pk, ()),
                }
                for word in queries.WORDS
            ],
        }
        for inbox in Inbox.objects.filter(archived_at=None).order_by("name")
    ]
    may_change = request.user.may("employees.edit") and holder.pk != request.me.pk
    context = {"rows": rows, "address": address, "may_change": may_change, "refusal": refusal}
    # a refusal is shown in the panel, so it must be swapped in; htmx here swaps no error status
    shown = 200 if "HX-Request" in request.headers else status
    return render(request, "gateways/_inbox_grants.html", context, status=shown)
