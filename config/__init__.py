"""The composition root: settings, wiring, doors. It may import everything; nothing imports it."""

from config.celery import app as celery_app

__all__ = ["celery_app"]
