"""The notation of one cell in the table of decisions: how a case is written there, and what a cell expects.

This module alone knows that notation. It knows the words and keys of design.md §5, never a rule. What is wrong in a
cell is told in Japanese, to whoever writes the table. If it is too lenient, a slip of the pen is tested as if it had
been meant.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import fields
from fnmatch import fnmatchcase
from typing import Any

from eligibility import words
from eligibility.case import Case
from eligibility.documents import DOCUMENT_TYPES, IDENTIFIED
from eligibility.outcome import OutcomeWord

ANY = "*"
"""Not looked at."""
NOTHING = "-"
"""Null, or an empty list."""
ROWS = range(1, 14)
"""The rows of design.md §5."""
COLUMN_OF_KEY = {"on": "on", "birthdate": "born", "presented": "presented", "answer": "answer"}
"""Where a key of the case stands in the table; every other key stands in `also`."""

_DOCUMENTS = tuple(sorted(kind.document for kind in DOCUMENT_TYPES))
_CHOICES: Mapping[str, tuple[str, ...]] = {
    "outcome": tuple(word.value for word in OutcomeWord),
    "row": tuple(str(row) for row in ROWS),
    "pays": (
        *(f"{kind}{percent}%" for kind in ("", "ask ") for percent in (10, 20, 30)),
        *("ask", "ask*", "full", "nothing", NOTHING),
    ),
    "consent": ("yes", "no"),
    "queue": ("four_items", "recheck", NOTHING),
    "registration": ("offer", "declined", NOTHING),
}
"""What one of these columns may expect, besides `ANY`."""
_WORDS: Mapping[str, tuple[str, ...]] = {
    # design.md §5, ask_for: words of the case and of identity plus numbers_query
    "asks_for": (*_DOCUMENTS, *sorted(IDENTIFIED), "numbers_query"),
    "returns": _DOCUMENTS,
}
_LISTS = (*_WORDS, "reasons")
EXPECTATIONS = (*_CHOICES, *_LISTS)
"""The columns that expect something of the outcome."""

_YES_NO = {"yes": True, "no": False}
_YES_NO_KEYS = frozenset(
    field.name for kind in (*DOCUMENT_TYPES, Case) for field in fields(kind) if isinstance(field.default, bool)
)
_PERCENT_KEYS = frozenset({"burden_ratio", "elderly_burden_ratio"})
_DAY = re.compile(r"([0-9]{4})[-/]([0-9]{1,2})[-/]([0-9]{1,2})")


class NotationError(ValueError):
    """A cell cannot be read; `str()` is the sentence."""


def read_presented(cell: str) -> list[dict[str, Any]]:
    """`myna_card identity=pin + portal` as the documents of a case. Raises NotationError."""
    documents = []
    for part in cell.split("+") if cell else []:
        document, *pairs = part.split() or [""]
        if document not in _DOCUMENTS:
            raise NotationError(f"「{document}」という書類はありません。使える書類: {', '.join(sorted(_DOCUMENTS))}")
        documents.append({"document": document} | _pairs(pairs))
    return documents


def read_answer(cell: str) -> dict[str, Any] | None:
    """`card 1 burden_ratio=30` as the answer of a case; None where nothing was asked yet. Raises NotationError."""
    if not cell:
        return None
    begun = re.fullmatch(r"(card|numbers) +([0-9])( .*)?", cell)
    if begun is None:
        raise NotationError("card か numbers のあとに1から5の数字を書いてください。例: card 1 burden_ratio=30")
    return {"by": begun[1], "validity": int(begun[2])} | _pairs((begun[3] or "").split())


def read_also(cell: str) -> dict[str, Any]:
    """`site=checkup outage flags=self_info_refused,undisclosed` as keys of a case. Raises NotationError."""
    keys = _pairs(cell.split())
    for key in COLUMN_OF_KEY:
        if key in keys:
            raise NotationError(f"「{key}」はこの列には書けません。{COLUMN_OF_KEY[key]}列に書いてください。")
    if "flags" in keys:
        keys["flags"] = str(keys["flags"]).split(",")
    return keys


def read_value(key: str, written: str) -> Any:
    """A value as JSON has it. What cannot be read stays text, and the case says what is wrong with it.

    Raises:
        NotationError: Where the key is one of yes or no, and the value is neither.
    """
    if key in _YES_NO_KEYS:
        if written not in _YES_NO:
            raise NotationError(f"「{key}」は yes か no です。")
        return _YES_NO[written]
    if key in _PERCENT_KEYS and re.fullmatch("[0-9]{1,3}%?", written):
        return int(written.rstrip("%"))
    # Spreadsheets write 2026-04-01 back as 2026/4/1.
    if day := _DAY.fullmatch(written):
        return f"{day[1]}-{int(day[2]):02}-{int(day[3]):02}"
    return written


def _pairs(written: list[str]) -> dict[str, Any]:
    """`key=value`, or `key` alone where it is one of yes or no."""
    found: dict[str, Any] = {}
    for word in written:
        key, equals, value = word.partition("=")
        if key in found:
            raise NotationError(f"「{key}」が2回あります。")
        if not value and key not in _YES_NO_KEYS:
            raise NotationError(f"「{key}」のあとに = と値を書いてください。")
        found[key] = read_value(key, value if equals else "yes")
    return found


def check_expectation(column: str, cell: str) -> None:
    """Raises NotationError where the cell of one of `EXPECTATIONS` holds what no outcome can be."""
    if cell == ANY:
        return
    if column in _CHOICES:
        if cell not in _CHOICES[column]:
            raise NotationError(f"「{cell}」とは書けません。使える語: {', '.join((*_CHOICES[column], ANY))}")
    elif cell != NOTHING:
        conditions = _conditions(cell)
        for _, word in conditions:
            if column in _WORDS and word not in _WORDS[column]:
                raise NotationError(f"「{word}」という語はありません。使える語: {', '.join(_WORDS[column])}")
            if column not in _WORDS and not words.knows(f"reason.{word}"):
                raise NotationError(f"「{word}」という理由はありません。理由の語は docs/rules.md の 10 節にあります。")
        if column in _WORDS and len({mark == "" for mark, _ in conditions}) > 1:
            raise NotationError("has や no の付く語と、付かない語は混ぜられません。")


def meets(column: str, cell: str, outcome: Mapping[str, Any]) -> bool:
    """Whether an outcome (the JSON of design.md §5) is what a checked cell expects."""
    if cell == ANY:
        return True
    if column not in _LISTS:
        return fnmatchcase(written(column, outcome), cell)
    told: list[str] = outcome["ask_for" if column == "asks_for" else column]
    if cell == NOTHING:
        return not told
    conditions = _conditions(cell)
    if column in _WORDS and all(mark == "" for mark, _ in conditions):
        wanted = [word for _, word in conditions]
        # Of the lists only ask_for has an order that means something: best first.
        return told == wanted if column == "asks_for" else Counter(told) == Counter(wanted)
    return all((word in told) is (mark != "no") for mark, word in conditions)


def written(column: str, outcome: Mapping[str, Any]) -> str:
    """What was decided, in the notation of the column."""
    match column:
        case "pays":
            return _pays(outcome["charge"])
        case "consent":
            return "yes" if outcome["consent"] == "ask" else "no"
        case "asks_for" | "returns" | "reasons":
            return ", ".join(outcome["ask_for" if column == "asks_for" else column]) or NOTHING
        case _:
            return NOTHING if outcome[column] is None else str(outcome[column])


def _pays(charge: Mapping[str, Any] | None) -> str:
    match charge:
        case None:
            return NOTHING
        case {"kind": "ratio", "percent": percent}:
            return f"{percent}%"
        case {"kind": "ask", "provisional": provisional}:
            return "ask" if provisional is None else f"ask {provisional}%"
        case _:
            kind = str(charge["kind"])
            return "nothing" if kind == "none" else kind


def _conditions(cell: str) -> list[tuple[str, str]]:
    """`has portal, no pin` as [("has", "portal"), ("no", "pin")]; the mark is "" where there is none."""
    parts = [part.split() for part in cell.split(",")]
    return [
        (part[0], part[1]) if len(part) == 2 and part[0] in ("has", "no") else ("", " ".join(part)) for part in parts
    ]
