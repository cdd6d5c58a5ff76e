"""Carries what one business gave out to the other's door: signed links, cookies, tokens. Nothing may open there."""

import re
from collections.abc import Iterable
from typing import Any

from django.test import Client

from tests.isolation.walking import undone
from tests.isolation.witness import Witness, forget_counts

CHANGING = re.compile(  # from answer to answer
    r'(nonce|value|content|id|for)="[^"]*"|"X-CSRFToken": "[^"]*"|[0-9a-f]{8}-[0-9a-f-]{27}'
)


def opened(links: Iterable[str], client: Client, witness: Witness) -> list[str]:
    """The links that mean more to this client's business than a link that nobody ever made."""
    found = []
    for link in sorted(links):
        real, spoilt = (_ask(client, address, witness) for address in (link, _spoil(link)))
        if real != spoilt:
            found.append(link)
    return found


def _ask(client: Client, address: str, witness: Witness) -> tuple[int, str]:
    forget_counts()
    client.raise_request_exception = False
    with undone():
        answer: Any = client.get(address)
        text = witness.answer(f"GET {address}", answer)
    where = re.sub(r"[^/]{24,}", "…", answer.get("Location", ""))
    return answer.status_code, CHANGING.sub("", text.replace(address, "…")) + where


def _spoil(link: str) -> str:
    """The same link with every long part turned round, so that no proof in it holds."""
    return re.sub(r"[\w.:~%-]{24,}", lambda proof: proof[0][::-1], link)
