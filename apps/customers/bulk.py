"""One verb for up to a hundred customers, each with a result of its own (CUS-10)."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from django.utils.translation import gettext as _

from apps.audit import exports
from apps.core.access import get_for, require
from apps.core.actors import Actor
from apps.core.refusals import Refusal
from apps.customers import actions
from apps.customers.models import Customer

MOST = 100
WORDS = {"label": "edit", "block": "edit", "unblock": "edit", "export": "export", "erase": "delete"}


@dataclass
class Result:
    """What became of each row, and the export if one was asked for."""

    rows: list[dict[str, Any]] = field(default_factory=list)
    export: UUID | None = None

    @property
    def done(self) -> int:
        return sum(row["ok"] for row in self.rows)


def run(
    user: Any, *, ids: Sequence[UUID], verb: str, by: Actor, labels: Iterable[UUID] = (), confirm: str = ""
) -> Result:
    """Do it to each; a refused row leaves the others done. Raises NotAllowed without the verb's word, refuses
    `invalid` more than a hundred, or an erasure whose number was not typed."""
    require(user, f"customers.{WORDS[verb]}")
    ids = list(dict.fromkeys(ids))
    if not ids or len(ids) > MOST:
        raise Refusal("invalid", _("Choose between 1 and 100 customers."))
    if verb == "erase" and confirm.strip() != str(len(ids)):
        raise Refusal("invalid", _("To erase them, type how many they are: %(n)s.") % {"n": len(ids)})
    found = Result()
    if verb == "export":
        rows = Customer.objects.for_user(user, "export").living().filter(pk__in=ids)
        there = set(rows.values_list("pk", flat=True))
        found.rows = [_row(pk) if pk in there else _row(pk, "not_found", _("There is no such customer.")) for pk in ids]
        params = {"ids": ",".join(str(pk) for pk in ids if pk in there)}
        found.export = exports.request_export(user, kind="customers", format="csv", params=params, by=by).pk
        return found
    for pk in ids:
        found.rows.append(_try(user, pk, verb, lambda row: _do(row, verb, labels, by)))
    return found


def _do(row: Customer, verb: str, labels: Iterable[UUID], by: Actor) -> None:
    if verb == "label":
        actions.add_labels(row, labels=labels, by=by)
    elif verb == "block":
        actions.block(row, by=by)
    elif verb == "unblock":
        actions.unblock(row, by=by)
    else:
        actions.erase(row, name=sorted(actions.names_of(row))[0], by=by)


def _try(user: Any, pk: UUID, verb: str, act: Callable[[Customer], None]) -> dict[str, Any]:
    try:
        act(get_for(user, WORDS[verb], Customer.objects.living(), pk=pk))
    except Http404:
        return _row(pk, "not_found", _("There is no such customer."))
    except PermissionDenied:
        return _row(pk, "permission_denied", _("This is not allowed"))
    except Refusal as refusal:
        return _row(pk, refusal.code, refusal.detail)
    except ValidationError as error:
        return _row(pk, "invalid", " ".join(error.messages))
    return _row(pk)


def _row(pk: UUID, code: str = "", detail: str = "") -> dict[str, Any]:
    return {"id": pk, "ok": not code, "code": code, "detail": detail}
