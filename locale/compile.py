"""`python3 locale/compile.py`: turn each django.po into the django.mo that Django reads. Standard library only.

The .mo files are committed, so that a machine without gettext speaks Arabic too; a house test says when one is stale.
"""

import ast
import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).resolve().parent
LINE = re.compile(r'(?:(msgctxt|msgid_plural|msgid|msgstr)(?:\[(\d)\])? )?(".*")')
MAGIC = 0x950412DE


@dataclass
class Entry:
    """One message of a catalogue. `said` are the translations, one for each plural form."""

    context: str | None = None
    text: str = ""
    plural: str | None = None
    said: dict[int, str] = field(default_factory=dict)
    fuzzy: bool = False

    @property
    def key(self) -> str:
        """How gettext looks it up."""
        before = f"{self.context}\x04" if self.context is not None else ""
        return before + self.text + (f"\x00{self.plural}" if self.plural is not None else "")


def read(text: str) -> Iterator[Entry]:
    """The entries of a .po file, its header first. Raises ValueError for a line that is none of gettext's."""
    for block in re.split(r"\n\s*\n", text.strip()):
        entry, part, form = Entry(), "", 0
        for line in block.splitlines():
            if line.startswith("#"):
                entry.fuzzy = entry.fuzzy or (line.startswith("#,") and "fuzzy" in line)
                continue
            found = LINE.fullmatch(line.strip())
            if found is None:
                raise ValueError(f"Not a line of a catalogue: {line}")
            if found[1]:
                part, form = found[1], int(found[2] or 0)
            _add(entry, part, form, ast.literal_eval(found[3]))
        if part:
            yield entry


def _add(entry: Entry, part: str, form: int, text: str) -> None:
    if part == "msgctxt":
        entry.context = (entry.context or "") + text
    elif part == "msgid":
        entry.text += text
    elif part == "msgid_plural":
        entry.plural = (entry.plural or "") + text
    else:
        entry.said[form] = entry.said.get(form, "") + text


def compiled(text: str) -> bytes:
    """The .mo of a .po (the GNU format, little-endian, without a hash table)."""
    said = {
        entry.key.encode(): "\x00".join(entry.said[form] for form in sorted(entry.said)).encode()
        for entry in read(text)
        if any(entry.said.values()) and not entry.fuzzy
    }
    keys = sorted(said)
    begin = 28 + 16 * len(keys)
    index: dict[str, list[int]] = {"keys": [], "said": []}
    heap = b""
    for name, texts in (("keys", keys), ("said", [said[key] for key in keys])):
        for each in texts:
            index[name] += [len(each), begin + len(heap)]
            heap += each + b"\x00"
    head = struct.pack("<7I", MAGIC, 0, len(keys), 28, 28 + 8 * len(keys), 0, begin)
    return head + struct.pack(f"<{4 * len(keys)}I", *index["keys"], *index["said"]) + heap


if __name__ == "__main__":
    for path in HERE.rglob("*.po"):
        path.with_suffix(".mo").write_bytes(compiled(path.read_text(encoding="utf-8")))
