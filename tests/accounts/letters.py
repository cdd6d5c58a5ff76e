"""What was mailed, and the links in it."""

import re
from typing import Any

from django.core import mail


def letter_to(address: str) -> Any:
    """The newest letter to an address."""
    return [letter for letter in mail.outbox if letter.to == [address]][-1]


def path_in(letter: Any) -> str:
    """The path of the link in a letter: `/reset/…/`."""
    found = re.search(r"http://[a-z]+\.localhost(?::\d+)?(/\S+/)", letter.body)
    assert found, letter.body
    return found[1]


def token_in(letter: Any) -> str:
    """The token of the link in a letter."""
    return path_in(letter).strip("/").split("/")[-1]
