"""A log line is one line, whatever somebody put into an address."""

import logging

from apps.core.logs import Line


def written(message: str, *arguments: object) -> str:
    record = logging.LogRecord("django.request", logging.WARNING, "", 0, message, arguments, None)
    return Line("%(levelname)s %(message)s").format(record)


def test_what_would_begin_a_line_or_steer_a_terminal_is_written_out() -> None:
    said = written("Not Found: %s", "/x\nERROR forged\r\x1b[2J\u2028\x00")

    assert said == "WARNING Not Found: /x\\nERROR forged\\r\\x1b[2J\\u2028\\x00"


def test_words_of_every_language_stay() -> None:
    assert written("Hello %s", "مرحبا – ok") == "WARNING Hello مرحبا – ok"
