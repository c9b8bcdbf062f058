"""Entries as JSON objects, as lines of a table, and as cells of a spreadsheet; who it was only where it may be shown.

What breaks if it is wrong: an exported file with names that nobody asked for, or a cell that a spreadsheet runs.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

from kiosk.cli.cells import in_columns
from kiosk.cli.words import Words
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


def table(entries: Iterable[Entry], words: Words, *, revealed: bool) -> list[str]:
    """Lines for a person: what happened when, and who it was where that may be shown."""
    found = list(rows(entries, revealed=revealed))
    head = [
        words.text(f"journal.column.{name}") for name in ("no", "at", "kind", "visit", "outcome", "documents", "more")
    ]
    lines = [[*head, words.text("journal.column.name")] if revealed else head]
    for row in found:
        line = [
            str(row["sequence"]),
            row["at"][:16].replace("T", " "),
            words.one_of(f"journal.kind.{row['kind']}", "journal.kind.other", kind=row["kind"]),
            str(row["visit"] or ""),
            row["outcome"],
            " ".join(row["documents"]) or row["method"],
            _more(row, words),
        ]
        lines.append([*line, row["person"].get("name", "")] if revealed else line)
    return in_columns(lines)


def _more(row: dict[str, Any], words: Words) -> str:
    said = [*row["troubles"], row["charge"], row["queue"], row["attested_by"], row["why"]]
    said += [f"{item}:{words.text('yes' if given else 'no')}" for item, given in row["consent"]]
    if row["kind"] == "requeried" and row["validity"] is not None:
        said.append(f"validity:{row['validity']}")
    # The name of a question in the outage queue tells nobody anything; what was already said is not said again.
    said += [f"{name}:{value}" for name, value in row["details"] if name != "question"]
    said = list(dict.fromkeys(said))
    if row["corrects"]:
        said.append(words.text("journal.corrects", sequence=row["corrects"]))
    if row["corrected"]:
        said.append(words.text("journal.corrected"))
    return " ".join(part for part in said if part)


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
