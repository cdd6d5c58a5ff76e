"""Code asks for a permission, never for a role (ACC-11): a business may rename, merge and invent roles."""

import ast
import re

import pytest

from apps.accounts.roles import SYSTEM_ROLES
from tests.house.ground import TEMPLATES, at, trees

NAMES = {role[0] for role in SYSTEM_ROLES}
HOME = "apps/accounts/roles.py"
IN_TEMPLATE = re.compile(rf"{{%[^%]*(?:==|!=|\bin\b)\s*[\"'](?:{'|'.join(NAMES)})[\"']|role\.name")


def asked_by_name(tree: ast.Module) -> list[int]:
    """Lines that compare, look up or match something with the name of a role."""
    found = []
    for node in ast.walk(tree):
        texts: list[ast.AST] = []
        if isinstance(node, ast.Compare):
            texts = [node.left, *node.comparators]
        elif isinstance(node, ast.MatchValue):
            texts = [node.value]
        elif isinstance(node, ast.Call):  # filter(role__name="admin"), has_role("admin")
            texts = [each.value for each in node.keywords if each.arg and "role" in each.arg]
            texts += node.args if "role" in ast.unparse(node.func).lower().split(".")[-1] else []
        if any(isinstance(each, ast.Constant) and each.value in NAMES for text in texts for each in ast.walk(text)):
            found.append(node.lineno)  # type: ignore[attr-defined]
    return found


def test_no_role_names_in_code() -> None:
    found = {path: lines for path, tree in trees("apps", "config") if path != HOME and (lines := asked_by_name(tree))}

    assert found == {}


def test_no_role_names_in_templates() -> None:
    assert [at(path) for path in TEMPLATES.rglob("*.html") if IN_TEMPLATE.search(path.read_text())] == []


@pytest.mark.parametrize(
    ("planted", "lines"),
    [
        ('if employee.role.name == "admin": pass', [1]),
        ('if role in ("manager", "agent"): pass', [1]),
        ('Employee.objects.filter(role__name="viewer")', [1]),
        ('has_role("agent")', [1]),
        ('match name:\n    case "admin": pass', [2]),
        ('url = "/admin/"', []),
        ('if user.may("employees.view"): pass', []),
    ],
)
def test_it_sees_a_planted_role(planted: str, lines: list[int]) -> None:
    assert asked_by_name(ast.parse(planted)) == lines


def test_it_sees_a_planted_role_in_a_template() -> None:
    assert IN_TEMPLATE.search('{% if me.role.name == "admin" %}')
    assert IN_TEMPLATE.search("{% if role in 'manager' %}")
    assert not IN_TEMPLATE.search('{% if conversation.status == "resolved" %}{{ me.role }}')
