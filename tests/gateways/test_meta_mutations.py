"""No mutation of a webhook, and no bytes at all, make the reader raise."""

from __future__ import annotations

import copy
import json
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.gateways.protocol import Fact, Kind
from apps.gateways.whatsapp_cloud.interpret import interpret
from apps.gateways.whatsapp_cloud.parse import parse
from tests.gateways.samples import OUTSIDE_WEBHOOKS, OWN, encoded, is_storable


def _places(node: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    found = [path] if path else []
    if isinstance(node, dict | list):
        for key, child in node.items() if isinstance(node, dict) else enumerate(node):
            found += _places(child, (*path, key))
    return found


def _mutated(body: Any, draw: st.DataObject) -> Any:
    body = copy.deepcopy(body)
    for _ in range(draw.draw(st.integers(1, 4))):
        places = _places(body)
        if not places:
            break
        *above, last = draw.draw(st.sampled_from(places))
        holder = body
        for key in above:
            holder = holder[key]
        if draw.draw(st.booleans()):
            del holder[last]
        else:
            holder[last] = draw.draw(ANYTHING)
    return body


ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters(), max_size=20)
    | st.sampled_from(["LB.1", "+96170000001", "0", "-1", "system", "revoke", "9" * 400]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)
EVERYTHING: list[Any] = [*OWN.values(), *OUTSIDE_WEBHOOKS.values()]


@settings(max_examples=600, deadline=None, suppress_health_check=list(HealthCheck))
@given(draw=st.data(), base=st.sampled_from(EVERYTHING))
def test_no_mutation_of_a_webhook_raises(draw: st.DataObject, base: Any) -> None:
    elements = parse(json.dumps(_mutated(base, draw)).encode())

    for element in elements:
        assert isinstance(interpret(element.raw), Fact)
        assert element.kind in set(Kind)
        assert is_storable(element.raw)
        assert element.external_id is None or len(element.external_id) <= 128


@settings(max_examples=300, deadline=None)
@given(body=st.binary() | ANYTHING.map(lambda value: json.dumps(value).encode()))
def test_no_bytes_at_all_raise(body: bytes) -> None:
    assert all(isinstance(interpret(element.raw), Fact) for element in parse(body))


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(draw=st.data(), base=st.sampled_from(EVERYTHING))
def test_no_mutation_of_a_stored_element_raises(draw: st.DataObject, base: Any) -> None:
    for element in parse(encoded(base)):
        assert isinstance(interpret(_mutated(element.raw, draw)), Fact)
