"""The table of decisions that people write (`decisions/*.csv`), read into cases and expectations.

This module alone knows the files, their columns and the place of every mistake; what stands in one cell is
`decision_cells`'. Its errors are for whoever writes the table, who need not be a programmer: Japanese, with file, line
and column. If it is too lenient, a line is silently not what its writer meant.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eligibility import words
from eligibility.case import Case
from eligibility.case_json import case_from_dict
from eligibility.errors import CaseError
from eligibility.text import holds_individual_number, narrow
from tests.eligibility.decision_cells import (
    ANY,
    COLUMN_OF_KEY,
    EXPECTATIONS,
    NotationError,
    check_expectation,
    meets,
    read_also,
    read_answer,
    read_presented,
    read_value,
    written,
)

FOLDER = Path(__file__).parent / "decisions"
COLUMNS = ("id", "situation", "on", "born", "presented", "answer", "also", *EXPECTATIONS, "source")
MAY_BE_EMPTY = frozenset({"born", "presented", "answer", "also", "reasons"})


class TableError(Exception):
    """What is wrong in the table, and where: `file`, `line` (from 1, the header's), `column` (None: the whole line)."""

    def __init__(self, file: str, line: int, column: str | None, sentence: str) -> None:
        super().__init__(f"{file} {line}行目" + (f" {column}列" if column else "") + f": {sentence}")
        self.file = file
        self.line = line
        self.column = column


@dataclass(frozen=True, slots=True)
class Decision:
    """One line: a case as the JSON of design.md §5 (`raw`), and what each other column expects (`expected`)."""

    file: str
    line: int
    id: str
    raw: dict[str, Any]
    case: Case
    expected: dict[str, str]
    source: str

    def differences(self, outcome: Mapping[str, Any]) -> list[str]:
        """Each column that the outcome (the JSON of design.md §5) does not meet, with both sides."""
        return [
            f"{column}: expected {cell!r}, decided {written(column, outcome)!r}"
            for column, cell in self.expected.items()
            if not meets(column, cell, outcome)
        ]


def read_folder(folder: Path = FOLDER) -> list[Decision]:
    """Every line of every CSV file in the folder, in the order of the files' names.

    Raises:
        TableError: The first thing that is wrong.
    """
    found: dict[str, Decision] = {}
    for path in sorted(folder.glob("*.csv")):
        for decision in read_file(path):
            if other := found.get(decision.id):
                place = f"{other.file} の{other.line}行目"
                sentence = f"「{decision.id}」は {place}にもあります。別の番号にしてください。"
                raise TableError(decision.file, decision.line, "id", sentence)
            found[decision.id] = decision
    return list(found.values())


def read_file(path: Path) -> Iterator[Decision]:
    """The lines of one file, UTF-8 with or without the mark that spreadsheets write before it.

    Raises:
        TableError: Also where the file is not UTF-8 or its header is not `COLUMNS` in some order.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise TableError(path.name, 1, None, "文字コードが違います。「CSV UTF-8」で保存してください。") from None
    header: list[str] | None = None
    for line, cells in _lines(text, path.name):
        if header is None:
            header = _header(cells, path.name)
        elif any(cells):
            if len(cells) != len(header):
                raise TableError(path.name, line, None, f"{len(cells)}列あります。{len(header)}列にしてください。")
            yield _decision(dict(zip(header, cells, strict=True)), path.name, line)


def _lines(text: str, file: str) -> Iterator[tuple[int, list[str]]]:
    """Each line's number and cells. A quoted cell may hold line breaks: a line is known by where it begins."""
    lines = csv.reader(io.StringIO(text, newline=""), strict=True)
    began = 1
    try:
        for cells in lines:
            yield began, [cell.strip() for cell in cells]
            began = lines.line_num + 1
    except csv.Error:
        raise TableError(file, began, None, '引用符 " が正しく閉じていません。') from None


def _header(header: list[str], file: str) -> list[str]:
    for name in header:
        if name not in COLUMNS:
            raise TableError(file, 1, name, f"知らない列です。使える列: {', '.join(COLUMNS)}")
    for name in COLUMNS:
        if (times := header.count(name)) != 1:
            raise TableError(file, 1, name, f"この列が{times}回あります。1回にしてください。")
    return header


def _decision(cells: dict[str, str], file: str, line: int) -> Decision:
    for column in COLUMNS:
        if not cells[column] and column not in MAY_BE_EMPTY:
            advice = f"見ないときは {ANY} と書きます。" if column in EXPECTATIONS else "かならず書いてください。"
            raise TableError(file, line, column, f"空です。{advice}")
    for column, cell in cells.items():
        if holds_individual_number(cell):
            raise TableError(file, line, column, "12桁の個人番号は、どこにも書きません。")
    folded = {column: narrow(cell).replace("、", ",") for column, cell in cells.items()}
    raw: dict[str, Any] = {"on": read_value("on", folded["on"])}
    if folded["born"]:
        raw["birthdate"] = read_value("birthdate", folded["born"])
    expected = {column: folded[column] or ANY for column in EXPECTATIONS}
    with _blamed_on(file, line, "presented"):
        raw["presented"] = read_presented(folded["presented"])
    with _blamed_on(file, line, "answer"):
        raw["answer"] = read_answer(folded["answer"])
    with _blamed_on(file, line, "also"):
        raw |= read_also(folded["also"])
    for column, cell in expected.items():
        with _blamed_on(file, line, column):
            check_expectation(column, cell)
    try:
        case = case_from_dict(raw)
    except CaseError as error:
        column = COLUMN_OF_KEY.get(re.split(r"[.\[]", error.path)[0], "also")
        raise TableError(file, line, column, words.text(words.LANGUAGES[0], error.code, **error.params)) from None
    return Decision(file, line, folded["id"], raw, case, expected, cells["source"])


@contextmanager
def _blamed_on(file: str, line: int, column: str) -> Iterator[None]:
    try:
        yield
    except NotationError as error:
        raise TableError(file, line, column, str(error)) from None
