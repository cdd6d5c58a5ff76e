"""What the process tree of `make run` consists of: the web server, three workers, the clock. Each runs in its own fork.

Which queues there are is `config/celery.py`'s; which of them share a process, and with how many threads, is said here.
"""

import errno
import logging
import socket
import warnings
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

import uvicorn
from celery import Celery, signals
from celery.app.utils import find_app
from celery.exceptions import SecurityWarning
from django.conf import settings
from django.core.management.base import CommandError
from django.utils.module_loading import import_string

CELERY_APP = "config.celery"
# Slow work never stands in the way of a customer's message, and neither waits for a provider.
WORKERS = {"live": 4, "outbound": 4, "slow": 2}
# What the parts would import after their fork, each for itself.
SHARED = (
    "celery.apps.beat",
    "celery.apps.worker",
    "celery.concurrency.thread",
    "celery.worker.autoscale",
    "celery.worker.components",
    "celery.worker.consumer",
    "celery.worker.control",
    "psycopg_pool",
    "uvicorn.lifespan.off",
    "uvicorn.loops.auto",
    "uvicorn.protocols.http.auto",
    "uvicorn.protocols.websockets.auto",
)


def load() -> None:
    """Import what the parts need, so that their forks share it."""
    warnings.filterwarnings("ignore", "No directory at")  # static files are found where they lie, not collected
    import_string(settings.ASGI_APPLICATION)
    for name in SHARED:
        import_module(name)
    app = celery_app()
    app.loader.import_default_modules()
    app.finalize()
    for made_on_first_use in ("amqp", "control", "events", "log"):
        getattr(app, made_on_first_use)


def celery_app() -> Celery:
    """The project's Celery app, found by name because apps do not import the project."""
    return find_app(CELERY_APP)


def bind(host: str | None, port: int) -> list[socket.socket]:
    """Take the addresses before anything starts, so that a taken port is said at once. They do not listen yet.

    Without a host both loopback addresses, because browsers try either for `*.localhost`; a machine may lack IPv6.
    """
    sockets = []
    for address in [host] if host else ["127.0.0.1", "::1"]:
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        try:
            listener = socket.socket(family, socket.SOCK_STREAM)
            sockets.append(listener)
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind((address, port))
        except OSError as error:
            if sockets[1:] and error.errno != errno.EADDRINUSE:
                sockets.pop().close()
                continue
            raise CommandError(
                f"Cannot listen on {address} port {port}: {error.strerror}. Try PORT={port + 1}."
            ) from error
    return sockets


def serve(sockets: Sequence[socket.socket]) -> None:
    """Pages, API and websockets on sockets that are bound already."""
    module, _, name = settings.ASGI_APPLICATION.rpartition(".")
    _quiet("uvicorn.error", "uvicorn.access")
    config = uvicorn.Config(
        f"{module}:{name}",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        ws_per_message_deflate=False,  # a nudge is eighty bytes; a compressor for each tab is sixty thousand
        proxy_headers=False,  # whom to believe is TRUSTED_PROXY_COUNT's business
        timeout_graceful_shutdown=3,
    )
    uvicorn.Server(config).run(sockets=list(sockets))


def work(queue: str, sockets: Sequence[socket.socket] = ()) -> None:
    """A worker of one queue, in threads. The sockets, if any, are the web's: a fork must let go of them."""
    _close(sockets)
    _keep_our_logging()
    worker = celery_app().Worker(
        hostname=f"{queue}@{socket.gethostname()}",
        queues=[queue],
        pool_cls="threads",
        concurrency=WORKERS[queue],
        loglevel=settings.LOG_LEVEL,
        without_gossip=True,
        without_mingle=True,
        without_heartbeat=True,
        redirect_stdouts=False,
        quiet=True,
    )
    worker.start()
    raise SystemExit(worker.exitcode)


def keep_time(sockets: Sequence[socket.socket] = ()) -> None:
    """The beat: sends what is due, and remembers in VAR_DIR what it sent last. The sockets as in `work`."""
    _close(sockets)
    _keep_our_logging()
    schedule = Path(settings.VAR_DIR) / "beat" / "schedule"
    schedule.parent.mkdir(exist_ok=True)
    beat = celery_app().Beat(schedule=str(schedule), loglevel=settings.LOG_LEVEL, redirect_stdouts=False, quiet=True)
    beat.run()


def _close(sockets: Sequence[socket.socket]) -> None:
    for listener in sockets:
        listener.close()


def _keep_our_logging() -> None:
    """Celery sets up its own logging unless somebody listens to this signal."""
    signals.setup_logging.connect(_as_it_is, weak=False)
    _quiet("celery.beat", "celery.worker.consumer.connection", "celery.worker.strategy", "celery.app.trace")
    warnings.simplefilter("ignore", SecurityWarning)  # `make run` as root is meant; messages are JSON alone


def _as_it_is(**_: object) -> None:
    return


def _quiet(*names: str) -> None:
    for name in names:
        logging.getLogger(name).setLevel(logging.WARNING)
