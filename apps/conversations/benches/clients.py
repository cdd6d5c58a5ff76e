"""Client processes of a bench: started together, fed once, heard by a thread each."""

import json
import subprocess
import sys
import threading
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple


class Answer(NamedTuple):
    """What one post came to. Times are monotonic seconds; `tries` counts the attempts up to the acknowledged one."""

    n: int
    status: int
    tries: int
    began: float
    ended: float

    @property
    def ms(self) -> float:
        return (self.ended - self.began) * 1000


class Clients:
    """Providers that post shares of the same news. Results come in while it goes on."""

    def __init__(
        self, port: int, shares: Sequence[Iterable[dict[str, Any]]], *, seed: int = 0, patience: float = 60.0
    ) -> None:
        self.answers: list[Answer] = []
        self._threads = []
        for index, share in enumerate(shares):
            words = [sys.executable, "-m", f"{__package__}.posting", str(port), str(seed + index), str(patience)]
            process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)  # noqa: S603
            thread = threading.Thread(target=self._hear, args=(process, list(share)), daemon=True)
            self._threads.append(thread)
        for thread in self._threads:
            thread.start()

    @property
    def are_posting(self) -> bool:
        return any(thread.is_alive() for thread in self._threads)

    def wait(self) -> list[Answer]:
        """Come back when every post is acknowledged or given up."""
        for thread in self._threads:
            thread.join()
        return self.answers

    def _hear(self, process: "subprocess.Popen[str]", share: list[dict[str, Any]]) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        for post in share:
            process.stdin.write(json.dumps(post) + "\n")
        process.stdin.close()
        for line in process.stdout:
            self.answers.append(Answer(*json.loads(line)))
        process.wait()


def dealt(posts: Sequence[dict[str, Any]], clients: int, *, by: str = "n") -> list[list[dict[str, Any]]]:
    """The posts in as many shares as there are clients, those with an equal `by` (a number) in the same one."""
    return [[post for post in posts if post[by] % clients == index] for index in range(clients)]
