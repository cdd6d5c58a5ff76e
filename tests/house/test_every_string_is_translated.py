"""Every word on a screen is marked for translation, and each marked word has its Arabic. Needs no gettext."""

import ast
import gettext
import io
import re
import runpy
from typing import Any

import pytest
from django.utils import translation

from tests.house.ground import ROOT, TEMPLATES, at, dotted, trees
from tests.house.words import Message, bare, in_python, in_template

CATALOGUE = ROOT / "locale" / "ar" / "LC_MESSAGES" / "django.po"
PLURALS = 6  # of Arabic
HOLE = re.compile(r"%\((\w+)\)[a-z]|%%")
MARKUP = re.compile(r"<[^>]+>")

# It speaks both languages on purpose, to whoever reads it.
BILINGUAL = {"templates/tenants/_play.html"}

# Their first words after the code are read by people.
REFUSING = {"Refusal": 1, "ValidationError": 0, "Forbidden": 99}


def catalogue() -> Any:
    """The reader and compiler that the catalogue is made with."""
    return runpy.run_path(str(ROOT / "locale" / "compile.py"))


@pytest.fixture
def entries() -> list[Any]:
    """What the Arabic catalogue says, without its header."""
    return [entry for entry in catalogue()["read"](CATALOGUE.read_text()) if entry.text]


def marked() -> dict[Message, str]:
    """Every message of ours, and a file where it stands."""
    found: dict[Message, str] = {}
    for path in sorted(TEMPLATES.rglob("*.html")):
        found.update(dict.fromkeys(in_template(path.read_text()), at(path)))
    for name, tree in trees("apps", "config"):
        found.update(dict.fromkeys(in_python(tree), name))
    return found


def unspoken(tree: ast.AST) -> list[str]:
    """Sentences that a refusal says in English only."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and (name := dotted(node.func).split(".")[-1]) in REFUSING:
            said = node.args[REFUSING[name] : REFUSING[name] + 1]
            found += [ast.unparse(each) for each in said if isinstance(each, (ast.Constant, ast.JoinedStr))]
    return found


def test_no_bare_text_in_templates() -> None:
    templates = {at(path): path.read_text() for path in TEMPLATES.rglob("*.html")}

    assert len(templates) > 40
    assert {name: found for name, text in templates.items() if name not in BILINGUAL and (found := bare(text))} == {}


def test_no_bare_refusals() -> None:
    assert {path: found for path, tree in trees("apps", "config") if (found := unspoken(tree))} == {}


def test_the_catalogue_is_complete(entries: list[Any]) -> None:
    known = {(entry.context, entry.text, entry.plural) for entry in entries}
    ours = marked()

    assert len(ours) > 300
    assert {message: place for message, place in ours.items() if message not in known} == {}, "say these in Arabic"
    assert known - set(ours) == set(), "nobody says these any more"


def test_every_entry_is_translated(entries: list[Any]) -> None:
    for entry in entries:
        forms = range(PLURALS) if entry.plural is not None else range(1)
        assert sorted(entry.said) == list(forms), entry.text
        assert all(entry.said.values()), entry.text
        assert not entry.fuzzy, entry.text


def test_translations_keep_holes_and_markup(entries: list[Any]) -> None:
    for entry in entries:
        for form, said in entry.said.items():
            holes, kept = set(HOLE.findall(entry.text)), set(HOLE.findall(said))
            counted = holes if entry.plural is None or form > 2 else kept  # one and two are words of their own
            assert kept == counted, (entry.text, said)
            assert sorted(MARKUP.findall(said)) == sorted(MARKUP.findall(entry.text)), (entry.text, said)


def test_the_compiled_catalogue_is_fresh() -> None:
    assert CATALOGUE.with_suffix(".mo").read_bytes() == catalogue()["compiled"](CATALOGUE.read_text()), (
        "run python3 locale/compile.py"
    )


def test_django_reads_it() -> None:
    with translation.override("ar"):
        assert translation.gettext("Conversations") == "المحادثات"
        assert translation.pgettext("date format", "D") == "l"
        assert translation.ngettext("%(n)s unread", "%(n)s unread", 2) == "رسالتان غير مقروءتين"


def test_it_sees_planted_bare_text() -> None:
    assert bare("<p>{% translate 'Hi' %} {{ name }}</p><p>{% blocktranslate %}Hi{% endblocktranslate %}</p>") == []
    assert bare("<p title='Go'>Hello {{ name }}</p><code>x = why</code>") == ["Go", "Hello 0"]
    assert bare('<button aria-label="{% translate "Send" %}">Majlis</button><img alt="A cup">') == ["A cup"]
    assert unspoken(ast.parse('Refusal("invalid", "No."), Refusal("invalid", f"No {x}."), Refusal("x", _("No."))')) == [
        "'No.'", "f'No {x}.'",
    ]  # fmt: skip


def test_it_sees_planted_messages() -> None:
    counted = "{% blocktranslate count n=n %}{{ n }} cup{% plural %}{{ n }} cups{% endblocktranslate %}"

    assert set(in_template("{% translate 'One' %}" + counted)) == {
        (None, "One", None),
        (None, "%(n)s cup", "%(n)s cups"),
    }
    assert list(in_python(ast.parse("pgettext('tea', 'Cup'); _('Two'); x('No')"))) == [
        ("tea", "Cup", None), (None, "Two", None),
    ]  # fmt: skip


def test_the_compiler_speaks_gettexts_own_format() -> None:
    head = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\n'
    made = catalogue()["compiled"](head + 'msgid "a"\nmsgstr "ب"\n')

    assert gettext.GNUTranslations(io.BytesIO(made)).gettext("a") == "ب"
