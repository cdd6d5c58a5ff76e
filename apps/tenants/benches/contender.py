"""`python -m apps.tenants.benches.contender WAY DATABASE SCHEMA [SOCKET]`: one way of tenancy, a process of its own."""

import gc
import json
import socket
import sys
import time
from typing import Any

import django
import uvicorn
from django.conf import settings
from django.core.asgi import get_asgi_application
from django.core.wsgi import get_wsgi_application
from django.test import RequestFactory
from django.utils.module_loading import import_string

MIDDLEWARE = {
    "plain": [],
    "stock": ["apps.tenants.benches.page.StockMiddleware"],
    "ours": ["apps.tenants.middleware.BusinessMiddleware"],
}


def choose(way: str, database: str, schema: str) -> None:
    """The project's settings with one way of tenancy and no other middleware. Before django.setup()."""
    databases: dict[str, dict[str, Any]] = settings.DATABASES
    default, migrate = ({**databases[alias], "NAME": database} for alias in ("default", "migrate"))
    pool = {"pool": dict(default["OPTIONS"]["pool"])}
    if way == "plain":  # one business's role and path, given at log-in: Django without any tenancy
        default["ENGINE"] = "django.db.backends.postgresql"
        default["OPTIONS"] = {**pool, "options": f"-c role={schema} -c search_path={schema},ext"}
    elif way == "stock":  # django-tenants as it comes: one login that may read every schema
        default = {**migrate, "ENGINE": "django_tenants.postgresql_backend"}
        default["OPTIONS"] = {**pool, "options": "-c role=maj_owner"}
    settings.DATABASES = {"default": default, "migrate": migrate}
    settings.MIDDLEWARE = MIDDLEWARE[way]
    settings.ROOT_URLCONF = settings.PUBLIC_SCHEMA_URLCONF = "apps.tenants.benches.page"
    settings.DEBUG = False
    settings.LOGGING_CONFIG = None  # the log lines of the project name the tenant, which plain Django has not


def serve(way: str, listener: int) -> None:
    """Over HTTP as in production, on a socket that the parent has bound."""
    application = import_string(settings.ASGI_APPLICATION) if way == "ours" else get_asgi_application()
    config = uvicorn.Config(application, lifespan="off", log_config=None, access_log=False, timeout_keep_alive=600)
    uvicorn.Server(config).run(sockets=[socket.socket(fileno=listener)])


def call() -> None:
    """Without a server, until the parent closes the pipe: a line in is a JSON list of hosts; a line out the list of
    milliseconds that each request took, from the call of the application to the connection's return to the pool."""
    application = get_wsgi_application()
    factory = RequestFactory()
    for line in sys.stdin:
        times = []
        for host in json.loads(line):
            environ = factory.get("/count/", headers={"host": host}).environ
            began = time.perf_counter()
            response = application(environ, _start)
            body = b"".join(response)
            response.close()  # ends the request: the connection goes back
            times.append((time.perf_counter() - began) * 1000)
            if response.status_code != 200 or not body.isdigit():
                raise SystemExit(f"{host} answered {response.status_code}: {body[:200]!r}")
        print(json.dumps(times), flush=True)


def _start(status: str, headers: object, trouble: object = None) -> Any:
    """WSGI's start_response; the answer is looked at instead."""


def main(way: str, database: str, schema: str, listener: str = "") -> None:
    choose(way, database, schema)
    django.setup()
    gc.collect()
    gc.freeze()
    if listener:
        serve(way, int(listener))
    else:
        call()


if __name__ == "__main__":
    main(*sys.argv[1:])
