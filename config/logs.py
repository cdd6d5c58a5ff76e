"""What is written to the log, and how a line looks: who asked, in which business, never what was said."""

from typing import Any


def logging_at(level: str) -> dict[str, Any]:
    """Django's LOGGING for everything from this level up, on the console."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"where": {"()": "apps.core.logs.Where"}},
        "formatters": {
            "line": {
                "()": "apps.core.logs.Line",
                "fmt": "%(levelname)s %(name)s [%(business)s %(request)s] %(message)s",
            }
        },
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["where"]}},
        "root": {"handlers": ["console"], "level": level},
        "loggers": {
            name: {"level": "WARNING"} for name in ("httpx", "twilio", "stripe")
        },  # they repeat what providers say
    }
