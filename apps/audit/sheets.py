"""Rows as a file: CSV, XLSX, JSON. Written row by row, so that a large table needs little memory."""

import csv
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import xlsxwriter

from apps.audit.diff import plain

DANGEROUS = ("=", "+", "-", "@", "\t", "\r")
ROWS_OF_A_SHEET = 1_048_575  # Excel's limit, without the head
LONGEST_CELL = 32_767  # characters, Excel's limit


def neutral(value: Any) -> Any:
    """A cell that no spreadsheet takes for a formula (CORE-17): numbers as they are, text with a quote in front."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (int, float, Decimal)):
        return value
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    text = json.dumps(plain(value), ensure_ascii=False) if isinstance(value, (dict, list)) else str(value)
    return f"'{text}" if text.startswith(DANGEROUS) else text


def write(kind: str, path: Path, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    """Write rows under their columns into a file of this format. Returns how many rows there were."""
    return WRITERS[kind](path, columns, rows)


def _csv(path: Path, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    count = 0
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        sheet = csv.writer(file)
        sheet.writerow(columns)
        for row in rows:
            sheet.writerow([neutral(value) for value in row])
            count += 1
    return count


def _xlsx(path: Path, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    count = 0
    safe = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(str(path), safe) as book:
        sheet = None
        for row in rows:
            if sheet is None or count % ROWS_OF_A_SHEET == 0:
                sheet = _new_sheet(book, columns)
            for column, value in enumerate(row):
                cell = neutral(value)
                if isinstance(cell, str):
                    sheet.write_string(count % ROWS_OF_A_SHEET + 1, column, cell[:LONGEST_CELL])
                else:
                    sheet.write_number(count % ROWS_OF_A_SHEET + 1, column, cell)
            count += 1
        if sheet is None:
            _new_sheet(book, columns)
    return count


def _new_sheet(book: Any, columns: Sequence[str]) -> Any:
    sheet = book.add_worksheet()
    for number, name in enumerate(columns):
        sheet.write_string(0, number, name)
    return sheet


def _json(path: Path, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    count = 0
    with path.open("w", encoding="utf-8") as file:
        file.write("[")
        for row in rows:
            values = {name: plain(value) for name, value in zip(columns, row, strict=True)}
            file.write(("," if count else "") + "\n" + json.dumps(values, ensure_ascii=False))
            count += 1
        file.write("\n]\n")
    return count


WRITERS: Mapping[str, Callable[[Path, Sequence[str], Iterable[Sequence[Any]]], int]] = {
    "csv": _csv, "xlsx": _xlsx, "json": _json,
}  # fmt: skip
TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "json": "application/json",
}
