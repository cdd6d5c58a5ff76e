"""The JSON door to customers: the list, the card, and what may be done with one, two or a hundred of them."""

from typing import Any, ClassVar
from uuid import UUID

from django.http import FileResponse, HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import SimpleRouter

from apps.core.access import get_for, require
from apps.core.api import GuardedViewSet, verb
from apps.customers import actions, archive, bulk, queries, vcard
from apps.customers.api import cards
from apps.customers.models import ConsentEntry, Customer, CustomerMerge

NOT_KEPT = "private, no-store"


class CustomerViewSet(ListModelMixin, RetrieveModelMixin, GuardedViewSet):
    """Customers, newest first. Who was merged into another is found under that one."""

    queryset = queries.cards()
    serializer_class = cards.CustomerSerializer
    filterset_class = cards.CustomerFilter
    guards: ClassVar[dict[str, str]] = {
        "list": "view", "retrieve": "view", "create": "create", "partial_update": "edit",
    }  # fmt: skip
    takes: ClassVar[dict[str, Any]] = {
        "create": cards.EditCustomerSerializer, "partial_update": cards.EditCustomerSerializer,
    }  # fmt: skip
    warning = ""

    def get_queryset(self) -> Any:
        rows = super().get_queryset()
        return rows.living() if self.action == "list" else rows

    def get_serializer_context(self) -> dict[str, Any]:
        return {**super().get_serializer_context(), "warning": self.warning}

    def create(self, request: Request) -> Response:
        """Add somebody who has not written yet. A number that looks odd is kept, with a `warning`."""
        facts = self.checked().validated_data
        labels = facts.pop("labels", [])

        def add() -> Any:
            customer = actions.create_customer(by=self.actor, **facts)
            return self._with(customer, labels)

        return self.write(add, 201)

    def partial_update(self, request: Request, pk: Any) -> Response:
        """Correct what is known. Each field remembers who set it."""
        customer = self.get_object()
        facts = self.checked(instance=customer, partial=True).validated_data
        labels = facts.pop("labels", None)
        return self.write(lambda: self._with(actions.edit_customer(customer, by=self.actor, **facts), labels))

    def _with(self, customer: Customer, labels: Any) -> Any:
        self.warning = getattr(customer, "warning", "")
        if labels is not None:
            actions.set_labels(customer, labels=[label.pk for label in labels], by=self.actor)
        return self.reread(customer)

    @verb("edit")
    def block(self, customer: Customer) -> None:
        """Listen no more: what they write is stored, and nobody is told."""
        actions.block(customer, by=self.actor)

    @verb("edit")
    def unblock(self, customer: Customer) -> None:
        """Listen again."""
        actions.unblock(customer, by=self.actor)

    @verb("edit", takes=cards.ConsentSerializer)
    def set_consent(self, customer: Customer, **said: Any) -> None:
        """Write down a yes or a no. Earlier entries stay as they are."""
        actions.set_consent(customer, source=ConsentEntry.Source.STAFF, by=self.actor, **said)

    @verb("delete", takes=cards.EraseSerializer)
    def erase(self, customer: Customer, name: str) -> None:
        """Forget them: every text, number and file of theirs, everywhere. There is no way back."""
        actions.erase(customer, name=name, by=self.actor)

    @extend_schema(responses={(200, "text/vcard"): OpenApiTypes.BINARY})
    @action(detail=True, methods=["get"], url_path="vcard")
    def vcard(self, request: Request, pk: Any) -> HttpResponse:
        """Their card for an address book."""
        return vcard.answer(self.get_object())

    vcard.guard = "view"  # type: ignore[attr-defined]

    @extend_schema(request=None, responses={(200, "application/zip"): OpenApiTypes.BINARY})
    @action(detail=True, methods=["post"], url_path="export-data")
    def export_data(self, request: Request, pk: Any) -> FileResponse:
        """Everything that is kept of this person, in one archive for them."""
        customer = self.get_object()
        return archive.answer(customer, by=self.actor)

    export_data.guard = "export"  # type: ignore[attr-defined]

    @verb("customers.delete", takes=cards.MergeSerializer, gives=cards.MergedSerializer, detail=False)
    def merge(self, kept: UUID, absorbed: UUID, preview: bool = False) -> dict[str, Any]:
        """Take one customer into another. It can be undone for thirty days. Asks `customers.edit` as well."""
        require(self.request.user, "customers.edit")
        rows = [get_for(self.request.user, "edit", Customer.objects.all(), pk=pk) for pk in (kept, absorbed)]
        found = actions.preview_merge(*rows)
        row = None if preview else actions.merge(rows[0], absorbed=rows[1], by=self.actor)
        return {**found, "id": row and row.pk, "undo_until": row and row.undo_until}

    @verb("customers.delete", takes=cards.UndoSerializer, detail=False)
    def undo_merge(self, merge: CustomerMerge) -> Customer:
        """Two people again, each with what was theirs. Asks `customers.edit` as well."""
        require(self.request.user, "customers.edit")
        return actions.undo_merge(merge, by=self.actor)

    @verb(
        "customers.view", takes=cards.CustomerBulkSerializer, gives=cards.CustomerBulkResultSerializer, detail=False,
        plain=True,
    )  # fmt: skip
    def bulk(self, ids: list[UUID], verb: str, labels: Any = (), confirm: str = "") -> dict[str, Any]:
        """One verb for up to a hundred; one row's refusal leaves the others done. Asks the verb's own permission."""
        found = bulk.run(self.request.user, ids=ids, verb=verb, labels=labels, confirm=confirm, by=self.actor)
        return {"results": found.rows, "export": found.export}


router = SimpleRouter(use_regex_path=False)
router.register("customers", CustomerViewSet, basename="api-customers")
