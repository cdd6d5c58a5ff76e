"""Every door of both sites, found by walking the URLconfs."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from django.urls import URLPattern, URLResolver


@dataclass(frozen=True)
class Door:
    """One address and what answers there."""

    path: str  # as written: `inbox/<uuid:pk>/`
    name: str
    view: Callable[..., Any]
    takes: tuple[str, ...]  # the names in its path, `pk`
    converters: tuple[str, ...]  # and their kinds, `UUIDConverter`

    def __str__(self) -> str:
        return f"/{self.path}"

    @property
    def viewset(self) -> Any:
        """The class behind a JSON door; None for a page."""
        return getattr(self.view, "cls", None)

    @property
    def methods(self) -> tuple[str, ...]:
        """What a JSON door answers; pages say so themselves, by 405."""
        actions = getattr(self.view, "actions", None)
        if actions:
            return tuple(method.upper() for method in actions)
        return ("GET",) if self.viewset else ("GET", "POST")

    def at(self, pk: Any = None) -> str:
        """An address behind this door."""
        path = self.path.split("(?")[0].rstrip("$")
        for name, kind in zip(self.takes, self.converters, strict=True):
            path = path.replace(f"<{kind}:{name}>", str(pk)).replace(f"<{name}>", str(pk))
        return f"/{path.lstrip('^')}"


def doors(urlconf: str) -> list[Door]:
    """All of them, nested ones under their whole path."""
    return list(walk(import_module(urlconf).urlpatterns))


def walk(patterns: Any, before: str = "", kinds: dict[str, str] | None = None) -> Iterator[Door]:
    """The doors of some patterns that stand behind a path, whose own variables have these kinds."""
    for each in patterns:
        path = before + str(each.pattern)
        inside = {**(kinds or {}), **{name: _kind(found) for name, found in each.pattern.converters.items()}}
        if isinstance(each, URLResolver):
            yield from walk(each.url_patterns, path, inside)
        elif isinstance(each, URLPattern):
            yield Door(path, each.name or "", each.callback, tuple(inside), tuple(inside.values()))


def _kind(converter: object) -> str:
    return type(converter).__name__.removesuffix("Converter").lower().replace("string", "str")
