"""The API's own papers: its nouns, its OpenAPI document, and the same to read."""

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiJsonRenderer, OpenApiJsonRenderer2, OpenApiYamlRenderer
from drf_spectacular.views import SpectacularAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse
from rest_framework.views import APIView

from apps.core import throttles
from apps.core.guards import SIGNED_IN, Guarded
from apps.core.problems import CODES, TITLES


class Document(SpectacularAPIView):
    """The OpenAPI 3 document."""

    guard = SIGNED_IN
    permission_classes = (Guarded,)
    throttle_classes = (throttles.Anonymous,)
    renderer_classes = [OpenApiJsonRenderer2, OpenApiJsonRenderer, OpenApiYamlRenderer]  # noqa: RUF012  as its parent


class Root(APIView):
    """The nouns of this API."""

    guard = SIGNED_IN
    throttle_classes = (throttles.Anonymous,)
    schema = None
    nouns: tuple[str, ...] = ()

    def get(self, request: Request) -> Response:
        here = reverse("api-root", request=request)
        return Response({noun: f"{here}{noun}/" for noun in self.nouns})


def nouns_of(patterns: Iterable[Any]) -> tuple[str, ...]:
    """What some addresses are about, each once."""
    return tuple(dict.fromkeys(str(each.pattern).split("/")[0] for each in patterns))


@require_safe
def docs(request: HttpRequest, urlconf: str = settings.ROOT_URLCONF) -> HttpResponse:
    """The same document for people: each route with its guard, its body and its refusals."""
    document = SchemaGenerator(urlconf=urlconf).get_schema(request=None, public=True)
    nouns: dict[str, list[dict[str, Any]]] = {}
    for path, acts in sorted(document["paths"].items()):
        for method, act in acts.items():
            nouns.setdefault(act["tags"][0], []).append(_row(document, path, method, act))
    refusals = [{"status": status, "title": TITLES[status], "codes": codes} for status, codes in CODES.items()]
    return render(request, "api/docs.html", {"nouns": nouns, "refusals": refusals, "info": document["info"]})


def _row(document: dict[str, Any], path: str, method: str, act: dict[str, Any]) -> dict[str, Any]:
    body = act.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
    return {
        "id": act["operationId"],
        "method": method.upper(),
        "path": path,
        "text": act.get("description", "").split("\n\n")[0],
        "guard": act["x-guard"],
        "parameters": [each for each in act.get("parameters", []) if each["in"] == "query"],
        "fields": _fields(document, body),
        "answers": [
            {"status": status, "text": answer.get("description", "")} for status, answer in act["responses"].items()
        ],
    }


def _fields(document: dict[str, Any], schema: dict[str, Any]) -> list[dict[str, Any]]:
    """Name, type and necessity of a body's fields."""
    if "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    required = schema.get("required", ())
    return [
        {"name": name, "type": _type(about), "required": name in required}
        for name, about in schema.get("properties", {}).items()
        if not about.get("readOnly")
    ]


def _type(about: dict[str, Any]) -> str:
    return str(about.get("format") or about.get("type") or "choice")
