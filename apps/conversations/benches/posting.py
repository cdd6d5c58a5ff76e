"""A provider as a process: posts signed bodies one after another, and again until each is acknowledged.

`python -m apps.conversations.benches.posting PORT SEED PATIENCE` reads {"n", "path", "headers", "body"} as lines until
the input ends, and then prints for each [n, status, tries, began, ended]; times are the machine's monotonic seconds.
Nothing of Django is imported, so that a client costs little beside what is measured.
"""

import http.client
import json
import random
import sys
import time
from typing import Any

LONGEST_PAUSE = 1.0  # seconds
GAVE_UP = 0  # the status of a body that nobody acknowledged


class Provider:
    """One connection, kept while it works."""

    def __init__(self, port: int, seed: int, patience: float) -> None:
        self._port, self._patience = port, patience
        self._random = random.Random(seed)  # noqa: S311
        self._connection: http.client.HTTPConnection | None = None

    def deliver(self, post: dict[str, Any]) -> tuple[int, int]:
        """The first status that is no server's error, and how many tries it took."""
        deadline = time.monotonic() + self._patience
        tries = 0
        while True:
            tries += 1
            status = self._try(post)
            if status and status < 500:
                return status, tries
            if time.monotonic() > deadline:
                return GAVE_UP, tries
            time.sleep(min(0.05 * 2 ** min(tries, 10), LONGEST_PAUSE) * self._random.uniform(0.5, 1.5))

    def _try(self, post: dict[str, Any]) -> int:
        try:
            if self._connection is None:
                self._connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=10)
            self._connection.request("POST", post["path"], post["body"].encode(), post["headers"])
            answer = self._connection.getresponse()
            answer.read()
        except (OSError, http.client.HTTPException):
            if self._connection is not None:
                self._connection.close()
            self._connection = None
            return GAVE_UP
        return answer.status


def main(port: str, seed: str, patience: str) -> None:
    """Read all, then post all."""
    posts = [json.loads(line) for line in sys.stdin]
    provider = Provider(int(port), int(seed), float(patience))
    for post in posts:
        began = time.monotonic()
        status, tries = provider.deliver(post)
        print(json.dumps([post["n"], status, tries, began, time.monotonic()]), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
