"""What came of a list, as a file: CSV that a spreadsheet opens, or JSON. Written whole or not at all.

What breaks if it is wrong: a cell that a spreadsheet runs as a formula, or a report that ends in the middle.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from kiosk.cli.batch_file import Appointment
from kiosk.cli.errors import CommandError
from kiosk.cli.whole_file import whole_file
from kiosk.cli.words import Words

Row = tuple[Appointment, dict[str, Any] | None]
COLUMNS: Final = (
    *("line", "id", "validity", "meaning", "code", "insurer_number", "insurer_name", "symbol", "number", "branch"),
    *("name", "burden_ratio", "elderly_burden_ratio", "valid_until", "lost_on"),
)
ENDINGS: Final = (".csv", ".json")
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet takes for the beginning of a formula."""


def report_writer(path: Path) -> Callable[[Path, Iterator[Row], Words], None]:
    """The writer for a report called so. Raises CommandError `batch_out` for another ending than .csv or .json."""
    if path.suffix.lower() not in ENDINGS:
        raise CommandError("batch_out", path=path, endings=ENDINGS)
    return _write_json if path.suffix.lower() == ".json" else _write_csv


def meaning(answer: Mapping[str, Any] | None, words: Words) -> str:
    """資格有効性 in words."""
    if answer is None:
        return words.text("batch.not_asked")
    return words.text(f"batch.validity.{answer['validity'] or 'none_given'}")


def _write_csv(path: Path, rows: Iterator[Row], words: Words) -> None:
    # With its mark, or Japanese spreadsheets take the file for CP932.
    with whole_file(path, "batch_out_failed", encoding="utf-8-sig") as file:
        table = csv.writer(file)
        table.writerow([words.text(f"batch.column.{column}") for column in COLUMNS])
        for person, answer in rows:
            said = _as_dict(person, answer, words)
            table.writerow([_harmless(said.get(column)) for column in COLUMNS])


def _write_json(path: Path, rows: Iterator[Row], words: Words) -> None:
    with whole_file(path, "batch_out_failed") as file:
        file.write('{"people": [')
        for position, (person, answer) in enumerate(rows):
            file.write(",\n" if position else "\n")
            file.write(json.dumps(_as_dict(person, answer, words), ensure_ascii=False))
        file.write("\n]}\n")


def _as_dict(person: Appointment, answer: dict[str, Any] | None, words: Words) -> dict[str, Any]:
    asked = {
        "insurer_number": person.insurer_number,
        "symbol": person.symbol or None,
        "number": person.number,
        "branch": person.branch or None,
    }
    said = {name: value for name, value in (answer or {}).items() if value is not None}
    whole = {"line": person.line, "id": person.id, "meaning": meaning(answer, words), **asked, **said}
    return {column: whole.get(column) for column in COLUMNS}


def _harmless(value: object) -> str:
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text
