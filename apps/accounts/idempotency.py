"""A POST with an `Idempotency-Key` is done once: its repetition within a day gets the first answer (CORE-08).

The row is inserted in the transaction of the deed. A parallel repetition waits at the unique constraint until that
transaction ends, then finds the answer, or, when the deed was refused and nothing is left, does it itself. Answers are
kept sealed, since one of them carries a new token in clear.
"""

import base64
import hashlib
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request

from apps.accounts.models import IdempotentRequest
from apps.core import crypto
from apps.core.actors import Actor
from apps.core.refusals import Refusal
from apps.tenants.postgres.context import current_schema

KEPT = timedelta(hours=24)
Answer = tuple[int, Any]


def once(request: Request, actor: Actor, key: str, act: Callable[[], Answer]) -> Answer:
    """Do `act` and keep its answer, or give the answer kept under this key. Both are (status, body).

    Refuses `idempotency_mismatch` when the key came with another request before, `invalid` when it cannot be kept.
    """
    if len(key) > 128 or not key.isprintable():
        raise Refusal("invalid", _("An Idempotency-Key has at most 128 printable characters."))
    caller, fingerprint = f"{actor.kind}:{actor.id}", _fingerprint(request)
    with transaction.atomic():
        IdempotentRequest.objects.filter(caller=caller, created_at__lt=timezone.now() - KEPT).delete()
        row = IdempotentRequest(key=key, caller=caller, fingerprint=fingerprint)
        IdempotentRequest.objects.bulk_create([row], ignore_conflicts=True)
        kept = IdempotentRequest.objects.get(caller=caller, key=key)
        if kept.pk != row.pk:
            if kept.fingerprint != fingerprint:
                raise Refusal("idempotency_mismatch", _("This Idempotency-Key came with another request before."))
            return int(kept.status or 200), _open(kept)
        status, body = act()
        body = json.loads(JSONRenderer().render(body) or b"null")
        IdempotentRequest.objects.filter(pk=row.pk).update(status=status, body=_seal(kept, body))
        return status, body


def _fingerprint(request: Request) -> str:
    said = json.dumps([request.method, request.path, request.data], sort_keys=True, default=str)
    return hashlib.sha256(said.encode()).hexdigest()


def _place(row: IdempotentRequest) -> str:
    return f"idempotent:{row.pk}"


def _seal(row: IdempotentRequest, body: Any) -> dict[str, str]:
    key_id = crypto.current_key_id()
    sealed = crypto.encrypt(json.dumps(body), owner=current_schema(), place=_place(row), key_id=key_id)
    return {"key_id": key_id, "sealed": base64.b64encode(sealed).decode()}


def _open(row: IdempotentRequest) -> Any:
    kept = row.body or {}
    sealed = base64.b64decode(kept["sealed"])
    return json.loads(crypto.decrypt(sealed, owner=current_schema(), place=_place(row), key_id=kept["key_id"]))
