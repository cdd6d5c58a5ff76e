"""What a CSV of customers says: its rows, and which column fills which field (CUS-11)."""

import csv
import io
from collections.abc import Iterator

from django.core.files.storage import default_storage
from django.utils.translation import gettext as _

from apps.core.refusals import Refusal
from apps.customers.models import ImportJob

SHOWN = 5  # rows of a preview
TARGETS = (
    "name", "arabic_name", "phone", "email", "country", "language", "birthday", "address", "remark", "labels",
    "consent",
)  # fmt: skip
GUESSES = {
    "name": ("name", "full name", "customer", "الاسم"), "arabic_name": ("arabic name", "الاسم بالعربية"),
    "phone": ("phone", "mobile", "number", "whatsapp", "tel", "الهاتف", "الجوال", "رقم الهاتف"),
    "email": ("email", "e-mail", "mail", "البريد", "البريد الإلكتروني"), "country": ("country", "البلد"),
    "language": ("language", "اللغة"), "birthday": ("birthday", "date of birth", "تاريخ الميلاد"),
    "address": ("address", "العنوان"), "remark": ("remark", "note", "notes", "ملاحظات"),
    "labels": ("labels", "tags", "وسوم"), "consent": ("consent", "opt in", "marketing", "الموافقة"),
}  # fmt: skip


def guessed(headers: list[str]) -> dict[str, str]:
    """Which column seems to be which field."""
    plain = {header.strip().casefold(): header for header in headers}
    return {field: plain[word] for field, words in GUESSES.items() for word in words[::-1] if word in plain}


def preview(job: ImportJob) -> list[dict[str, str]]:
    """The first rows as they would be read. Refuses `conflict` when the file is no longer kept."""
    rows = rows_of(uploaded(job))
    next(rows)
    return [facts(job, row) for row, _number in zip(rows, range(SHOWN), strict=False)]


def facts(job: ImportJob, row: list[str]) -> dict[str, str]:
    """One row by field, as its mapping says."""
    places = {header: place for place, header in enumerate(job.headers)}
    return {
        field: row[places[column]].strip() if places[column] < len(row) else "" for field, column in job.mapping.items()
    }


def uploaded(job: ImportJob) -> bytes:
    """The file as it came. Refuses `conflict` when it is no longer kept."""
    try:
        with default_storage.open(job.storage_key) as file:
            content: bytes = file.read()
            return content
    except FileNotFoundError:
        raise Refusal("conflict", _("This file is no longer kept here. Upload it again.")) from None


def rows_of(content: bytes) -> Iterator[list[str]]:
    """Rows with anything in them, of a CSV with commas, semicolons or tabs. Refuses `invalid` what is none in UTF-8."""
    try:
        text = content.decode("utf-8-sig").replace("\x00", "")
    except UnicodeDecodeError:
        raise Refusal("invalid", _("This is not a CSV file in UTF-8. In a spreadsheet choose “CSV UTF-8”.")) from None
    head = text.split("\n", 1)[0]
    separator = max(",;\t", key=head.count)
    try:
        for row in csv.reader(io.StringIO(text), delimiter=separator):
            if any(cell.strip() for cell in row):
                yield [cell.strip() for cell in row]
    except csv.Error:
        raise Refusal("invalid", _("This is not a CSV file in UTF-8. In a spreadsheet choose “CSV UTF-8”.")) from None
