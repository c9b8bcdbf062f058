"""The fields of one journal entry, its kinds, and what is never in it.

Rule (reception.md §10.5): outcome code, method, trouble, document kind; the insurer number masked. Who it was stands in
an object of its own, `person`, inside the same seal, so that whoever shows or exports entries leaves it out as a whole.
What breaks if it is wrong: a patient can be found in a log.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from eligibility.text import holds_individual_number
from kiosk.journal.person import NOBODY, Person

KINDS: Final = (
    *("visit", "abandoned", "correction", "consent", "attested", "queued", "requeried"),
    *("named", "lock", "resumed", "day_closed", "revealed", "purged", "tail_lost"),
)
"""What an entry can be, see `kiosk.journal.kinds`. `visit` is a reception with an outcome, `abandoned` one without."""
RECEPTIONS: Final = ("visit", "abandoned")
"""Kinds that say what a visit came to; a correction stands in place of one of them."""
ENDINGS: Final = (*RECEPTIONS, "resumed")
"""Kinds that end a visit."""
_LONGEST: Final = 60_000
"""Bytes of a plaintext: what a line of a segment holds."""
_BLOCK: Final = 1024
"""Entries are padded to whole blocks, so that their length does not tell a normal visit from a bad one."""


class EntryRefusedError(ValueError):
    """An entry that is never written; no value is told.

    `code`: `journal.individual_number`, `journal.kind` (none that is known) or `journal.too_long`.
    """

    def __init__(self, code: str, where: str) -> None:
        super().__init__(f"{code}: {where}")
        self.code = code
        self.field = where


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened at the counter. Words are those of design.md §5 and of `kiosk.flow.states.Trouble`.

    `at` is aware, to the second; `visit` 0 where it belongs to none, and `run` the start of the counter that counted it
    ("" in entries of earlier versions): only both together name a visit; `documents` are the words of all that were
    shown, the card first; `insurer` keeps the first two digits (法別番号, or the prefecture of a 国保); `row` is the
    policy's row or 0; `queue` what is to be asked later; `consent` the items that were asked and whether they were
    given; `spoken`: said aloud and entered by staff; `attested_by` `face` or `visual` where no card proved anything;
    `corrects` is the sequence an undo stands in place of, or 0, and `why` its word; `details` are pairs of words of
    the kind; `withheld` names fields left out because they looked like a 個人番号; `sequence` is its place in the
    chain, or 0 before it has one.
    """

    at: datetime
    visit: int
    outcome: str
    method: str = ""
    documents: tuple[str, ...] = ()
    troubles: tuple[str, ...] = ()
    validity: int | None = None
    charge: str = ""
    insurer: str = ""
    reasons: tuple[str, ...] = ()
    kind: str = "visit"
    row: int = 0
    queue: str = ""
    consent: tuple[tuple[str, bool], ...] = ()
    spoken: bool = False
    attested_by: str = ""
    corrects: int = 0
    why: str = ""
    details: tuple[tuple[str, str], ...] = ()
    withheld: tuple[str, ...] = ()
    person: Person = field(default=NOBODY, repr=False)
    sequence: int = 0
    run: str = ""

    @property
    def document(self) -> str:
        """The last document that was shown, or ""."""
        return self.documents[-1] if self.documents else ""


def check_entry(entry: Entry) -> None:
    """Raises EntryRefusedError for an unknown kind, for what fits no line, or where a text looks like a 個人番号."""
    if entry.kind not in KINDS:
        raise EntryRefusedError("journal.kind", "kind")
    if len(to_bytes(entry)) > _LONGEST:
        raise EntryRefusedError("journal.too_long", "")
    for where, text in _texts({**_as_dict(entry), "at": "", "person": entry.person.as_dict()}, ""):
        if not _is_moment(text) and holds_individual_number(text):
            raise EntryRefusedError("journal.individual_number", where)


def _is_moment(text: str) -> bool:
    """Whether it is a date-time as this journal writes it: its seconds and fractions may look like any number."""
    if "T" not in text:
        return False
    try:
        return datetime.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _texts(value: Any, where: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield where, value
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield from _texts(inner, f"{where}.{name}" if where else name)
    elif isinstance(value, (list, tuple)):
        for inner in value:
            yield from _texts(inner, where)


def as_dict(entry: Entry) -> dict[str, Any]:
    """The entry as JSON, every field named, but `person`: who shows or exports it asks for that apart."""
    return {**_as_dict(entry), "sequence": entry.sequence}


def _as_dict(entry: Entry) -> dict[str, Any]:
    return {
        "at": entry.at.isoformat(),
        "kind": entry.kind,
        "visit": entry.visit,
        "run": entry.run,
        "outcome": entry.outcome,
        "method": entry.method,
        "documents": list(entry.documents),
        "troubles": list(entry.troubles),
        "validity": entry.validity,
        "charge": entry.charge,
        "insurer": entry.insurer,
        "reasons": list(entry.reasons),
        "row": entry.row,
        "queue": entry.queue,
        "consent": [list(pair) for pair in entry.consent],
        "spoken": entry.spoken,
        "attested_by": entry.attested_by,
        "corrects": entry.corrects,
        "why": entry.why,
        "details": [list(pair) for pair in entry.details],
        "withheld": list(entry.withheld),
    }


def to_bytes(entry: Entry) -> bytes:
    """The plaintext of an entry: JSON in UTF-8, blanks to a whole block. What says nothing is left out."""
    said = {name: value for name, value in _as_dict(entry).items() if value not in ("", None, [], 0, False)}
    fields = {**said, "visit": entry.visit, "outcome": entry.outcome, "person": entry.person.as_dict()}
    text = json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
    return text + b" " * (-len(text) % _BLOCK)


def from_bytes(plaintext: bytes, sequence: int) -> Entry:
    """Read an entry, also one of an earlier version. Keys that a later version added are left out.

    Raises:
        ValueError: It is no entry.
    """
    fields: Any = json.loads(plaintext)
    try:
        only = fields.get("document", "")
        return Entry(
            datetime.fromisoformat(fields["at"]),
            int(fields["visit"]),
            str(fields["outcome"]),
            str(fields.get("method", "")),
            _words(fields.get("documents", [only] if only else ())),
            _words(fields.get("troubles", ())),
            fields.get("validity"),
            str(fields.get("charge", "")),
            str(fields.get("insurer", "")),
            _words(fields.get("reasons", ())),
            str(fields.get("kind", "abandoned" if fields["outcome"] == "ABANDONED" else "visit")),
            int(fields.get("row", 0)),
            str(fields.get("queue", "")),
            tuple((str(item), bool(given)) for item, given in fields.get("consent", ())),
            bool(fields.get("spoken", False)),
            str(fields.get("attested_by", "")),
            int(fields.get("corrects", 0)),
            str(fields.get("why", "")),
            tuple((str(name), str(value)) for name, value in fields.get("details", ())),
            _words(fields.get("withheld", ())),
            Person.from_dict(fields.get("person", {})),
            sequence,
            str(fields.get("run", "")),
        )
    except (AttributeError, KeyError, TypeError) as error:
        raise ValueError("a journal entry is a JSON object with at, visit and outcome") from error


def _words(value: Any) -> tuple[str, ...]:
    return tuple(map(str, value))
