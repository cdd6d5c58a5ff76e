"""A process that posts to the webhook's door: `python -m tests.conversations.poster`, bodies as JSON lines."""

import json
import sys

import django
from django.test import Client


def main() -> None:
    """Post each {"path", "headers", "body"}; print the statuses."""
    django.setup()
    client = Client(headers={"host": "localhost"}, raise_request_exception=False)
    for line in sys.stdin:
        post = json.loads(line)
        answer = client.post(post["path"], post["body"].encode(), "application/json", headers=post["headers"])
        print(answer.status_code, flush=True)


if __name__ == "__main__":
    main()
