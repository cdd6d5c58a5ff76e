"""A link or a code that is signed says in which business it is good, or it would open the same row of another (R-070)."""

import ast
from collections.abc import Iterator

import pytest

from tests.house.ground import dotted, trees

SIGNING = {"signing.dumps", "signing.loads", "Signer", "TimestampSigner", "signing.Signer", "signing.TimestampSigner",
           "salted_hmac"}  # fmt: skip

# `module:function`, with the reason why the business need not be named.
ALLOWED: dict[str, str] = {
    "apps/accounts/sessions.py:hash_of": "a hash of a key that is random already, compared within one business",
    "apps/dashboard/metrics.py:metrics_token": "the platform's own figures",
}


def proofs(tree: ast.Module) -> Iterator[tuple[str, bool]]:
    """Each function that signs or checks, and whether it, or what it calls for the salt, speaks of the business."""
    functions = [node for node in ast.walk(tree) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))]
    for each in functions:
        calls = [node for node in ast.walk(each) if isinstance(node, ast.Call) and dotted(node.func) in SIGNING]
        if calls:
            yield each.name, "schema" in ast.unparse(each)


def unnamed() -> set[str]:
    """The functions of ours whose proofs would be good everywhere."""
    return {f"{path}:{name}" for path, tree in trees("apps") for name, named in proofs(tree) if not named}


def test_proofs_name_their_business() -> None:
    assert unnamed() == set(ALLOWED)


@pytest.mark.parametrize(
    ("planted", "named"),
    [
        ("def give(x):\n    return signing.dumps(x)", False),
        ("def give(x):\n    return signing.dumps(x, salt='cards')", False),
        ("def give(x):\n    return signing.dumps(x, salt=f'cards:{current_schema()}')", True),
        ("def give(x):\n    return salted_hmac('cards', x)", False),
    ],
)
def test_it_sees_a_planted_proof(planted: str, named: bool) -> None:
    assert list(proofs(ast.parse(planted))) == [("give", named)]
