"""How far a long command is: a bar that redraws itself on a terminal, and silence elsewhere."""

from typing import TextIO

WIDTH = 30


class ProgressBar:
    """Call it with what is done, how much there is, and what the last one was."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._drawn = False

    def __call__(self, done: int, total: int, what: str = "") -> None:
        if self._stream.isatty():
            filled = WIDTH * done // total if total else WIDTH
            self._stream.write(f"\r\x1b[K[{'█' * filled}{'·' * (WIDTH - filled)}] {done}/{total} {what}"[:200])
            self._stream.flush()
            self._drawn = True

    def clear(self) -> None:
        """Leave the line as it was, for what is printed next."""
        if self._drawn:
            self._stream.write("\r\x1b[K")
            self._stream.flush()
            self._drawn = False
