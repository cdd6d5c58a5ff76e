"""`manage.py metrics_token`: what a Prometheus on another machine sends as `Authorization: Bearer …` to /metrics."""

from typing import Any

from django.core.management.base import BaseCommand

from apps.dashboard.metrics import metrics_token


class Command(BaseCommand):
    """The token follows SECRET_KEY: a new key makes a new token."""

    help = "Print the operators' token for /metrics."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(metrics_token())
