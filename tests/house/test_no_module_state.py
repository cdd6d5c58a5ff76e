"""A process serves many businesses: what a module remembers, it remembers for all of them (foundations 4).

Constants are welcome. A container or counter that something changes is state, and so is a cache decorator, and so is
what is written to a class: `cls.seen = x`, or a dictionary of the class that a method changes.
"""

import ast
from collections.abc import Iterator
from typing import TypeGuard

import pytest

from tests.house.ground import dotted, trees

# `module:name`, with the reason why it cannot carry one business's facts to another.
ALLOWED = {
    "apps/tenants/hosts.py:_remembered": "which business a host names, for 5 s: public facts, keyed by the whole host",
    "apps/tenants/script.py:state_of_migrations": "a hash of the code this process runs",
    "apps/gateways/protocol.py:gateway": "one object per gateway's name, without a field",
    "apps/gateways/transport.py:_trust": "this machine's certificate authorities",
    "apps/core/outbound.py:_trust": "this machine's certificate authorities",
    "apps/realtime/actions.py:_sender": "this process's loop for sending nudges; each nudge names its schema",
}

CONTAINERS = {"dict", "list", "set", "defaultdict", "deque", "Counter", "OrderedDict", "count", "cycle", "local"}
REMEMBERING = {"cache", "lru_cache", "cached", "memoize"}
CHANGING = {
    "add", "append", "appendleft", "clear", "discard", "extend", "insert", "pop", "popitem", "popleft", "remove",
    "setdefault", "sort", "update", "__setitem__",
}  # fmt: skip


def state_of(tree: ast.Module) -> list[str]:
    """The names of a module under which it remembers something between two calls."""
    containers = set(_containers(tree.body))
    found = [name for each in ast.walk(tree) if isinstance(each, ast.ClassDef) for name in _state_of_class(each)]
    for node in ast.walk(tree):
        if isinstance(node, ast.Global):
            found += node.names
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            marks = [mark.func if isinstance(mark, ast.Call) else mark for mark in node.decorator_list]
            found += [node.name for mark in marks if dotted(mark).split(".")[-1] in REMEMBERING]
            found += containers & {_changed(inner) for inner in ast.walk(node)}  # while a module loads, it may build
    return sorted(set(found))


def _state_of_class(made: ast.ClassDef) -> Iterator[str]:
    """What is kept on a class, for all its objects, after it was made."""
    functions = [node for node in ast.walk(made) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))]
    own = {node.attr for each in functions for node in ast.walk(each) if _is_set_on_self(node)}
    shared = set(_containers(made.body)) - own  # an object that makes its own does not change the class's
    for node in (node for each in functions for node in ast.walk(each)):
        target = dotted(node) if isinstance(node, ast.Attribute) and isinstance(node.ctx, (ast.Store, ast.Del)) else ""
        if target.split(".")[0] in ("cls", made.name) and target.count(".") == 1:
            yield f"{made.name}.{target.split('.')[1]}"
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store) and _is_own_type(node.value):
            yield f"{made.name}.{node.attr}"
        where, _dot, name = _changed(node).rpartition(".")
        if name in shared and where in ("self", "cls", made.name):
            yield f"{made.name}.{name}"


def _is_set_on_self(node: ast.AST) -> TypeGuard[ast.Attribute]:
    return isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store) and dotted(node.value) == "self"


def _is_own_type(node: ast.AST) -> bool:
    by_name = dotted(node) == "self.__class__"
    return by_name or (isinstance(node, ast.Call) and dotted(node.func) == "type" and len(node.args) == 1)


def _containers(body: list[ast.stmt]) -> Iterator[str]:
    for node in body:
        if isinstance(node, (ast.Assign, ast.AnnAssign)) and node.value is not None:
            made = node.value
            by_call = isinstance(made, ast.Call) and dotted(made.func).split(".")[-1] in CONTAINERS
            if by_call or isinstance(made, (ast.Dict, ast.List, ast.Set, ast.DictComp, ast.ListComp, ast.SetComp)):
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                yield from (target.id for target in targets if isinstance(target, ast.Name))


def _changed(node: ast.AST) -> str:
    """The name whose content this piece of syntax changes; empty when it changes none."""
    if isinstance(node, ast.Subscript) and isinstance(node.ctx, (ast.Store, ast.Del)):
        return dotted(node.value)
    if isinstance(node, ast.AugAssign):
        return dotted(node.target)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in CHANGING:
        return dotted(node.func.value)
    if isinstance(node, ast.Call) and dotted(node.func) == "next" and node.args:
        return dotted(node.args[0])
    return ""


def test_no_module_state() -> None:
    found = {f"{path}:{name}" for path, tree in trees("apps", "config") for name in state_of(tree)}

    assert found == set(ALLOWED)


@pytest.mark.parametrize(
    ("planted", "names"),
    [
        ("seen = {}\ndef see(x):\n    seen[x] = 1", ["seen"]),
        ("seen: dict[str, int] = {}\ndef see(x):\n    seen.setdefault(x, 1)", ["seen"]),
        ("seen = set()\ndef see(x):\n    seen.add(x)", ["seen"]),
        ("seen = [0]\ndef see():\n    seen[0] += 1", ["seen"]),
        ("numbers = itertools.count()\ndef see():\n    return next(numbers)", ["numbers"]),
        ("last = None\ndef see(x):\n    global last\n    last = x", ["last"]),
        ("@functools.lru_cache(maxsize=9)\ndef see(x): ...", ["see"]),
        ("@cache\ndef see(x): ...", ["see"]),
        ("class A:\n    seen = {}\n    def see(self, x):\n        self.seen[x] = 1", ["A.seen"]),
        ("class A:\n    seen = ''\n    @classmethod\n    def see(cls, x):\n        cls.seen = x", ["A.seen"]),
        ("class A:\n    def see(self, x):\n        type(self).seen = x", ["A.seen"]),
        ("class A:\n    def see(self, x):\n        A.seen += x", ["A.seen"]),
        ("class A:\n    seen = {}\n    def __init__(self):\n        self.seen = {}\n        self.seen[1] = 1", []),
        ("class A:\n    WORDS = {}\n    def see(self, x):\n        return self.WORDS[x]", []),
        ("WORDS = {}\nWORDS['a'] = 1", []),
        ("WORDS = {'a': 1}\ndef see(x):\n    return WORDS[x]", []),
        ("def see(x):\n    seen = {}\n    seen[x] = 1", []),
    ],
)
def test_it_sees_planted_state(planted: str, names: list[str]) -> None:
    assert state_of(ast.parse(planted)) == names
