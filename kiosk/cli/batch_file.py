"""A list of appointments from a CSV file: every row judged before anybody is asked, every mistake with its row.

Which columns there are, the first line says, in Japanese or English. What breaks if it is wrong: a list that is asked
half, or somebody who is asked for under another person's numbers.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from eligibility.calendar import parse_birthdate
from eligibility.errors import FieldError
from eligibility.insured_numbers import parse_branch, parse_number, parse_symbol
from eligibility.insurers import parse_insurer_number
from eligibility.papers.reading import refuse_individual_number_anywhere
from kiosk.cli.errors import CommandError, ExitCode

COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "id": ("id", "患者番号", "予約番号", "受付番号", "カルテ番号"),
    "insurer_number": ("insurer_number", "保険者番号"),
    "symbol": ("symbol", "記号", "被保険者証記号"),
    "number": ("number", "番号", "被保険者証番号", "被保険者番号"),
    "branch": ("branch", "枝番"),
    "birthdate": ("birthdate", "生年月日"),
}
"""What a column may be called. `id` is the list's own and comes back in the report; it is not asked for."""
NEEDED: Final = ("insurer_number", "number", "birthdate")
LONGEST_ID: Final = 50
MOST_ROWS: Final = 1_000_000
ENCODINGS: Final = ("utf-8-sig", "cp932")


@dataclass(frozen=True, slots=True)
class Appointment:
    """One row that can be asked for. Numbers are as a message wants them."""

    line: int
    """Line of the file it begins on, the heading being 1."""
    id: str
    insurer_number: str
    symbol: str
    number: str
    branch: str
    birthdate: date


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that cannot be asked for: the line, the column as the file calls it, and what is wrong with it."""

    line: int
    column: str
    error: FieldError


def read_text(path: Path) -> str:
    """The file's text, in UTF-8 or CP932 (Shift_JIS), whichever it is.

    Raises:
        CommandError: `batch_unreadable`, `batch_encoding`.
    """
    try:
        raw = path.read_bytes()
    except (OSError, ValueError) as error:
        raise CommandError("batch_unreadable", path=path, reason=error) from error
    for encoding in ENCODINGS:
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise CommandError("batch_encoding", path=path)


def read_rows(text: str, on: date) -> Iterator[Appointment | BadRow]:
    """Every row below the heading, in order; empty lines are passed over. `on` is today, for two-digit birth years.

    Raises:
        CommandError: `batch_heading` (a needed column is missing, with those there are), `batch_twice` (a column comes
            twice), `batch_csv` (with the line), `batch_empty`, `batch_too_long`; `individual_number` (exit 5).
    """
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        heading = next(reader, [])
        where = _columns(heading)
        count = 0
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            count += 1
            if count > MOST_ROWS:
                raise CommandError("batch_too_long", most=MOST_ROWS)
            yield _row(reader.line_num, heading, where, cells, on)
    except csv.Error as error:
        raise CommandError("batch_csv", line=reader.line_num) from error
    if not count:
        raise CommandError("batch_empty")


def _columns(heading: list[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for position, title in enumerate(heading):
        wanted = title.strip().lower()
        for column, names in COLUMNS.items():
            if wanted in names:
                if column in found:
                    raise CommandError("batch_twice", column=names[-1], names=names)
                found[column] = position
    missing = tuple(COLUMNS[column][1] for column in NEEDED if column not in found)
    if missing:
        raise CommandError("batch_heading", missing=missing)
    return found


def _row(line: int, heading: list[str], where: Mapping[str, int], cells: list[str], on: date) -> Appointment | BadRow:
    def cell(column: str) -> str:
        at = where.get(column)
        return cells[at].strip() if at is not None and at < len(cells) else ""

    column = ""
    try:
        for column in where:
            refuse_individual_number_anywhere(cell(column))
        column = "id"
        own_id = _own_id(cell(column))
        column = "insurer_number"
        insurer = parse_insurer_number(cell(column)).digits
        column = "symbol"
        symbol = parse_symbol(cell(column)) if cell(column) else ""
        column = "number"
        number = parse_number(cell(column))
        column = "branch"
        branch = parse_branch(cell(column)) if cell(column) else ""
        column = "birthdate"
        birthdate = parse_birthdate(cell(column), on)
    except FieldError as error:
        if error.code == "field.individual_number":
            raise CommandError("batch_individual_number", ExitCode.REFUSED, line=line) from None
        at = where.get(column)
        return BadRow(line, heading[at].strip() if at is not None else column, error)
    return Appointment(line, own_id, insurer, symbol or "", number, branch or "", birthdate)


def _own_id(text: str) -> str:
    if len(text) > LONGEST_ID:
        raise FieldError("batch.id_too_long", most=str(LONGEST_ID))
    return text
