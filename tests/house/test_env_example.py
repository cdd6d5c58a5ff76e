"""`.env.example` is the whole list: what the settings read stands there, and what stands there is read."""

import ast
import re
from collections.abc import Iterable

from tests.house.ground import ROOT, dotted, trees

# In the contract from the first day (contracts.md), read from the day their feature arrives. Take a name out then.
ANNOUNCED = {
    "TENANT_SHARDS", "OPENAI_API_KEY", "ASSISTANT_BACKEND", "SPEECH_BACKEND", "GOOGLE_API_URL", "VAPID_PRIVATE_KEY",
    "VAPID_SUBJECT", "SENTRY_DSN",
}  # fmt: skip

# Not for people: said by our own processes to each other, or by the machine.
INTERNAL = {"DJANGO_SETTINGS_MODULE"}

READERS = {"env", "_secret", "os.environ.get", "os.environ.setdefault", "os.environ.pop", "os.getenv", "environ.get"}


def read_by(tree: ast.Module) -> set[str]:
    """The variables a module asks the environment for, where they are named in the place of asking."""
    found: set[str] = set()
    for node in ast.walk(tree):
        name: ast.AST | None = None
        if isinstance(node, ast.Call) and node.args:
            asker = dotted(node.func)
            name = node.args[0] if asker in READERS or re.fullmatch(r"env\.[a-z_]+", asker) else None
        elif isinstance(node, ast.Subscript) and dotted(node.value) in ("os.environ", "environ"):
            name = node.slice
        if isinstance(name, ast.Constant) and re.fullmatch("[A-Z][A-Z0-9_]+", str(name.value)):
            found.add(str(name.value))
    return found


def listed(text: str) -> list[str]:
    """The variables of an env file, those behind a # too."""
    return re.findall(r"^#?([A-Z][A-Z0-9_]*)=", text, re.M)


def unexplained(text: str) -> list[str]:
    """Variables without a line of explanation above them."""
    lines = text.splitlines()
    return [
        name for above, line in zip(["", *lines], lines, strict=False)
        for name in listed(line) if not above.startswith("# ")
    ]  # fmt: skip


def read_by_python() -> set[str]:
    """What settings and our processes read."""
    found: Iterable[set[str]] = (read_by(tree) for _path, tree in trees("config", "apps"))
    return set().union(*found) - INTERNAL


def read_by_compose() -> set[str]:
    """What compose.yaml puts in place."""
    return set(re.findall(r"\$\{([A-Z][A-Z0-9_]*)", (ROOT / "compose.yaml").read_text()))


def test_env_example() -> None:
    names = listed((ROOT / ".env.example").read_text())

    assert len(names) == len(set(names))
    assert (read_by_python() | read_by_compose()) - set(names) == set(), "read, but not in .env.example"
    assert set(names) - read_by_python() - read_by_compose() - ANNOUNCED == set(), "listed, but nobody reads it"
    assert read_by_python() & ANNOUNCED == set(), "read by now: take it out of ANNOUNCED"


def test_every_variable_is_explained() -> None:
    assert unexplained((ROOT / ".env.example").read_text()) == []


def test_it_sees_planted_variables() -> None:
    planted = 'env("A_ONE", default=1), env.list("B_TWO"), os.environ["C_THREE"], os.environ.get("D_FOUR"), x("E_FIVE")'

    assert read_by(ast.parse(planted)) == {"A_ONE", "B_TWO", "C_THREE", "D_FOUR"}
    assert listed("# words\n#A_ONE=\nB_TWO=1\n# C_THREE\n") == ["A_ONE", "B_TWO"]
    assert unexplained("# words\n#A_ONE=\n#B_TWO=\n") == ["B_TWO"]
