"""The JSON doors' one shape: guarded viewsets, verbs, strict serializers, cursor pages.

A view that names no guard for one of its acts cannot be written; what a guard is, `guards` says.
"""

from collections.abc import Callable, Mapping, MutableMapping
from datetime import UTC
from functools import wraps
from typing import Any, ClassVar

from django.conf import settings
from django.db import models, transaction
from django.db.models import Model
from django.shortcuts import get_object_or_404
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from rest_framework import exceptions, serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.viewsets import GenericViewSet

from apps.core import throttles
from apps.core.access import required_for
from apps.core.actors import Actor
from apps.core.bodies import Shallow, clean
from apps.core.guards import SIGNED_IN, Guarded, Unguarded
from apps.core.paging import CursorPages
from apps.core.problems import Forbidden, UnknownParameter

ACTS = ("list", "retrieve", "create", "update", "partial_update", "destroy")


class Instant(serializers.DateTimeField):
    """A time in UTC, whatever zone the page of this request is shown in (CORE-10)."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"default_timezone": UTC, **options})


class Strict(serializers.Serializer):  # type: ignore[type-arg]
    """Refuses fields nobody reads, and takes text as it will be stored: NFC, without NUL or half characters."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, Mapping):
            known = {name for name, field in self.fields.items() if not field.read_only}
            if unknown := [str(name) for name in data if name not in known]:
                raise serializers.ValidationError(
                    {name: [_("There is no such field.")] for name in unknown}, "unknown_field"
                )
            data = {name: clean(value) for name, value in data.items()}
        return super().to_internal_value(data)


class StrictModel(Strict, serializers.ModelSerializer):  # type: ignore[type-arg]
    """A strict serializer whose fields are a model's."""

    serializer_field_mapping: ClassVar[dict[Any, Any]] = {
        **serializers.ModelSerializer.serializer_field_mapping, models.DateTimeField: Instant,
    }  # fmt: skip

    def include_extra_kwargs(self, kwargs: MutableMapping[str, Any], extra_kwargs: MutableMapping[str, Any]) -> Any:
        """As DRF's, but a text that may be empty says so when it is only read as well, for the document."""
        may_be_empty = kwargs.get("allow_blank")
        found = super().include_extra_kwargs(kwargs, extra_kwargs)
        return {**found, "allow_blank": True} if may_be_empty else found


class GuardedViewSet(GenericViewSet):  # type: ignore[type-arg]
    """A noun. Lists come through `for_user`, rows through the word of their act, writes are re-read and happen once.

    `guards`, `takes` and `gives` name the guard and the serializers of list, retrieve, create, partial_update and
    destroy; verbs name theirs themselves. `looking` is the word by which a row is seen at all, `speaking` the acts
    that say something to a customer.
    """

    request: Any
    queryset: Any = None
    serializer_class: Any = None
    guards: ClassVar[Mapping[str, str]] = {}
    takes: ClassVar[Mapping[str, type[BaseSerializer[Any]]]] = {}
    gives: ClassVar[Mapping[str, type[BaseSerializer[Any]]]] = {}
    speaking: ClassVar[tuple[str, ...]] = ()
    looking: ClassVar[str] = "view"
    parser_classes = (Shallow,)
    permission_classes = (Guarded,)
    throttle_classes = tuple(throttles.ALL)
    pagination_class = CursorPages
    lookup_value_converter = "uuid"
    metadata_class = None
    http_method_names = ["get", "post", "put", "patch", "delete", "head"]  # noqa: RUF012  as Django declares it

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        acts = [name for name in ACTS if hasattr(cls, name)] + [each.__name__ for each in cls.get_extra_actions()]
        if bare := [name for name in acts if not cls.guard_of(name)]:
            raise Unguarded(f"{cls.__name__} names no guard for {', '.join(bare)}.")

    @classmethod
    def guard_of(cls, act: str) -> str | None:
        """The guard of one act, by the name of its method."""
        return cls.guards.get(act) or getattr(getattr(cls, act, None), "guard", None)

    @property
    def guard(self) -> str | None:
        return self.guard_of(self.action or "")

    @property
    def asks_first(self) -> list[str]:
        """The permissions to ask before any row: the one for looking, and on a collection the act's own."""
        guard = self.guard or ""
        model = self.queryset.model if self.queryset is not None else None
        asked = [required_for(model, self.looking)] if model else []
        if "." in guard:
            asked += [] if self.on_row else [guard]
        elif model and guard != SIGNED_IN and not self.on_row:
            asked.append(required_for(model, guard))
        return [permission for permission in asked if permission]

    @property
    def on_row(self) -> bool:
        """Whether this act is done to one row of a list."""
        return bool(getattr(self, "detail", False))

    @property
    def actor(self) -> Actor:
        """Who acts: the API token, or the person."""
        found: Actor = self.request.auth.actor if self.request.auth else self.request.user.actor
        return found

    @property
    def me(self) -> Any:
        """The employee who calls, or on whose behalf a token does."""
        return self.request.user.employee

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """As DRF's, but a caller is counted before being refused, and an act nobody offers is said to be so."""
        self.format_kwarg = self.get_format_suffix(**kwargs)
        request.accepted_renderer, request.accepted_media_type = self.perform_content_negotiation(request)
        request.version, request.versioning_scheme = self.determine_version(request, *args, **kwargs)
        try:
            self.perform_authentication(request)
        finally:
            self.check_throttles(request)
        if self.action is None:
            raise exceptions.MethodNotAllowed(str(request.method))
        self.check_permissions(request)
        self._refuse_unknown_parameters(request)

    def _refuse_unknown_parameters(self, request: Request) -> None:
        known = {"format"}
        if self.action == "list":
            filters = getattr(self, "filterset_class", None)
            known |= {"limit", "cursor"} | set(filters.base_filters if filters else ())
        if unknown := sorted(set(request.query_params) - known):
            raise UnknownParameter(unknown)

    def rows(self) -> Any:
        """Every row this noun has, with what its serializer shows. Never answered without a word."""
        if self.queryset is None:
            raise Unguarded(f"{type(self).__name__} has no rows.")
        return self.queryset.all()

    def get_queryset(self) -> Any:
        return self.rows().for_user(self.request.user, self.looking)

    def get_object(self) -> Any:
        """The row of this address: 404 when it cannot be seen, 403 when seen but the act's guard is not met."""
        row = get_object_or_404(self.get_queryset(), pk=self.kwargs["pk"])
        guard = self.guard or ""
        if "." in guard:
            allowed, required = self.request.user.may(guard), guard
        elif guard in (SIGNED_IN, self.looking):
            return row
        else:
            allowed = self.rows().for_user(self.request.user, guard).filter(pk=row.pk).exists()
            required = required_for(type(row), guard) or guard
        if not allowed:
            raise Forbidden(required)
        return row

    @classmethod
    def taken_by(cls, act: str) -> type[BaseSerializer[Any]] | None:
        """The serializer of an act's body; None where the act has no body."""
        return cls.takes.get(act) or getattr(getattr(cls, act, None), "takes", None)

    def get_serializer_class(self) -> type[BaseSerializer[Any]]:
        act = self.action or ""
        return self.taken_by(act) or self.gives.get(act) or self.serializer_class or Strict

    def checked(self, **options: Any) -> BaseSerializer[Any]:
        """The body, checked by the serializer this act takes. Raises ValidationError."""
        checked = self.get_serializer_class()(data=self.request.data, context=self.get_serializer_context(), **options)
        checked.is_valid(raise_exception=True)
        return checked

    def shown(self, row: Any, gives: type[BaseSerializer[Any]] | None = None) -> Any:
        """A row as this noun shows it (or as `gives` does), read again with everything its serializer needs."""
        if not isinstance(row, Model):
            return row
        if self.queryset is not None and isinstance(row, self.queryset.model):
            row = self.rows().get(pk=row.pk)
        return (gives or self.serializer_class)(row, context=self.get_serializer_context()).data

    def write(
        self, act: Callable[[], Any], status: int = 200, gives: type[BaseSerializer[Any]] | None = None
    ) -> Response:
        """Do something in one transaction and answer with what it made. With an Idempotency-Key it is done once."""
        if key := self.request.headers.get("Idempotency-Key", ""):
            once = import_string(settings.IDEMPOTENCY)
            status, body = once(self.request, self.actor, key, lambda: (status, self.shown(act(), gives)))
        else:
            with transaction.atomic():
                body = self.shown(act(), gives)
        return Response(None if status == 204 else body, status=status)

    def reread(self, row: Model, word: str | None = None) -> Any:
        """The row just written, if its writer can reach it; else nothing was written (call inside the transaction)."""
        return get_object_or_404(self.rows().for_user(self.request.user, word or self.looking), pk=row.pk)


def verb(
    guard: str,
    *,
    takes: type[BaseSerializer[Any]] = Strict,
    gives: type[BaseSerializer[Any]] | None = None,
    detail: bool = True,
    status: int = 200,
    plain: bool = False,
    asks_outside: bool = False,
) -> Callable[[Callable[..., Any]], Any]:
    """POST /<noun>/{id}/<verb>/: a guarded act on a row with a checked body, in one transaction.

    The method gets the row (when `detail`) and the body's fields; what it returns is shown, or else the row itself.
    A `plain` one keeps transactions of its own, and what it returns is the answer. One that `asks_outside` is refused
    as `unavailable` when whoever it asks does not answer.
    """

    def door(method: Callable[..., Any]) -> Any:
        @wraps(method)
        def handle(view: GuardedViewSet, request: Request, *args: Any, **kwargs: Any) -> Response:
            subject = [view.get_object()] if detail else []
            facts = view.checked().validated_data
            if plain:
                return Response(method(view, *subject, **facts), status=status)
            return view.write(lambda: method(view, *subject, **facts) or (subject or [None])[0], status, gives)

        handle.guard, handle.takes, handle.gives, handle.status = guard, takes, gives, status  # type: ignore[attr-defined]
        handle.asks_outside = asks_outside  # type: ignore[attr-defined]
        return action(detail=detail, methods=["post"], url_path=method.__name__.replace("_", "-"))(handle)

    return door


def look(guard: str, *, gives: type[BaseSerializer[Any]], detail: bool = True) -> Callable[[Callable[..., Any]], Any]:
    """GET /<noun>/{id}/<what>/ (or /<noun>/<what>/): a guarded read beside list and detail."""

    def door(method: Callable[..., Any]) -> Any:
        @wraps(method)
        def handle(view: GuardedViewSet, request: Request, *args: Any, **kwargs: Any) -> Response:
            subject = [view.get_object()] if detail else []
            return Response(gives(method(view, *subject), context=view.get_serializer_context()).data)

        handle.guard, handle.gives = guard, gives  # type: ignore[attr-defined]
        return action(detail=detail, methods=["get"], url_path=method.__name__.replace("_", "-"))(handle)

    return door
