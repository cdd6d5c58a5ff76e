"""A page that a careless developer might write: what the visitor types goes into the SQL as it is. Tests only."""

from contextlib import suppress
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.http import HttpRequest, JsonResponse
from django.urls import path


@login_not_required
def people(request: HttpRequest) -> JsonResponse:
    """A search by e-mail, injectable inside its quotes."""
    return _rows(f"SELECT email, full_name FROM accounts_user JOIN accounts_employee e ON e.user_id = accounts_user.id "
                 f"WHERE email = '{request.GET['q']}'")  # fmt: skip


@login_not_required
def whole(request: HttpRequest) -> JsonResponse:
    """Worse: the visitor writes the whole statement."""
    return _rows(request.GET["q"])


@login_not_required
def twice(request: HttpRequest) -> JsonResponse:
    """Worst: the whole statement, and whatever it did to the connection, the page goes on with a query of its own."""
    with suppress(Exception):
        _rows(request.GET["q"])
    return _rows("SELECT current_user, current_setting('search_path')")


def _rows(statement: str) -> JsonResponse:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        rows: list[Any] = cursor.fetchall() if cursor.description else []
    return JsonResponse({"rows": [[str(value) for value in row] for row in rows]})


urlpatterns = [path("people/", people), path("whole/", whole), path("twice/", twice)]
