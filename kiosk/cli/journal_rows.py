"""Entries as JSON objects and as cells of a spreadsheet; who it was only where it may be shown.

What breaks if it is wrong: an exported file with names that nobody asked for, or a cell that a spreadsheet runs.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

from kiosk.journal import Entry
from kiosk.journal.entry import as_dict
from kiosk.journal.kinds import corrected
from kiosk.journal.person import PERSONAL
from kiosk.steering import harmless

COLUMNS: Final = (
    *("sequence", "at", "kind", "visit", "run", "outcome", "method", "documents", "troubles", "validity", "charge"),
    *("insurer", "reasons", "row", "queue", "consent", "spoken", "attested_by", "corrects", "corrected", "why"),
    *("details", "withheld", *PERSONAL),
)
"""Of a spreadsheet; the names of the JSON, which a script knows in every language."""
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What a spreadsheet takes for the beginning of a formula, full-width forms included."""


def rows(entries: Iterable[Entry], *, revealed: bool) -> Iterator[dict[str, Any]]:
    """One object an entry, in order. `person` holds only fields that say something, masked but where `revealed`."""
    known = list(entries)
    gone = corrected(known)
    for entry in known:
        person = entry.person if revealed else entry.person.masked()
        yield {**as_dict(entry), "corrected": entry.sequence in gone, "person": person.as_dict()}


def cells(row: dict[str, Any]) -> list[str]:
    """One row of a spreadsheet, by `COLUMNS`; lists are words with blanks between, pairs are `word:value`."""
    flat = {**row, **row["person"]}
    return [harmless_cell(_text(flat.get(column))) for column in COLUMNS]


def _text(value: Any) -> str:
    if value is None or value is False:
        return ""
    if value is True:
        return "1"
    if isinstance(value, list):
        return " ".join(":".join(map(_text, part)) if isinstance(part, list) else str(part) for part in value)
    return str(value)


def harmless_cell(text: str) -> str:
    """The text so that no spreadsheet takes it for a formula and no terminal for a command.

    An apostrophe stands in front where it begins like a formula; what steers a terminal is written by its number.
    """
    plain = harmless(text)
    return f"'{plain}" if text.lstrip(" \u3000").startswith(_FORMULA) else plain
