"""What came of a list, as a file: CSV that a spreadsheet opens, or JSON. Written whole or not at all.

What breaks if it is wrong: a cell that a spreadsheet runs as a formula, or a report that ends in the middle.
"""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final, TextIO

from kiosk.cli.batch_file import Appointment
from kiosk.cli.errors import CommandError
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
    def write(file: TextIO) -> None:
        table = csv.writer(file)
        table.writerow([words.text(f"batch.column.{column}") for column in COLUMNS])
        for person, answer in rows:
            said = _as_dict(person, answer, words)
            table.writerow([_harmless(said.get(column)) for column in COLUMNS])

    # With its mark, or Japanese spreadsheets take the file for CP932.
    _whole(path, write, "utf-8-sig")


def _write_json(path: Path, rows: Iterator[Row], words: Words) -> None:
    def write(file: TextIO) -> None:
        file.write('{"people": [')
        for position, (person, answer) in enumerate(rows):
            file.write(",\n" if position else "\n")
            file.write(json.dumps(_as_dict(person, answer, words), ensure_ascii=False))
        file.write("\n]}\n")

    _whole(path, write, "utf-8")


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


def _whole(path: Path, write: Callable[[TextIO], None], encoding: str) -> None:
    """Write beside the file and put it in its place. Raises CommandError `batch_out_failed`."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        try:
            with beside.open("w", encoding=encoding, newline="") as file:
                write(file)
                file.flush()
                os.fsync(file.fileno())
            beside.replace(path)
        finally:
            beside.unlink(missing_ok=True)
    except OSError as error:
        raise CommandError("batch_out_failed", path=path, reason=error) from error
