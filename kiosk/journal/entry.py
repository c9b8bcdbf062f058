"""The fields of one journal entry, and what is left out of them.

Rule (reception.md §10.5): outcome code, method, trouble, document kind; never a name, a PIN, a 個人番号, a symbol or a
number of an insured person; the insurer number is masked. What breaks if it is wrong: a patient can be found in a log.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from kiosk.flow.effects import RecordVisit

_BLOCK = 256
"""Entries are padded to whole blocks, so that their length does not tell a normal visit from a bad one."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One reception. Words are those of design.md §5 and of `kiosk.flow.states.Trouble`.

    `at` is aware, to the second; `insurer` keeps the first two digits (法別番号, or the prefecture of a 国保);
    `sequence` is its place in the chain, or 0 before it has one.
    """

    at: datetime
    visit: int
    outcome: str
    method: str = ""
    document: str = ""
    troubles: tuple[str, ...] = ()
    validity: int | None = None
    charge: str = ""
    insurer: str = ""
    reasons: tuple[str, ...] = ()
    sequence: int = 0


def entry_of(record: RecordVisit, at: datetime) -> Entry:
    """The entry for a visit that was recorded at `at`."""
    return Entry(
        at.replace(microsecond=0),
        record.visit,
        record.outcome,
        record.method,
        record.document,
        record.troubles,
        record.validity,
        record.charge,
        masked_insurer_number(record.insurer_number),
        record.reasons,
    )


def masked_insurer_number(digits: str) -> str:
    """`01139997` → `01******`; "" stays ""."""
    return digits[:2] + "*" * len(digits[2:])


def to_bytes(entry: Entry) -> bytes:
    """The plaintext of an entry: JSON in UTF-8, blanks to a whole block."""
    fields = asdict(entry)
    del fields["sequence"]
    fields["at"] = entry.at.isoformat()
    text = json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode()
    return text + b" " * (-len(text) % _BLOCK)


def from_bytes(plaintext: bytes, sequence: int) -> Entry:
    """Read an entry. Keys that a later version added are left out.

    Raises:
        ValueError: It is no entry.
    """
    fields: Any = json.loads(plaintext)
    try:
        return Entry(
            datetime.fromisoformat(fields["at"]),
            int(fields["visit"]),
            str(fields["outcome"]),
            str(fields.get("method", "")),
            str(fields.get("document", "")),
            tuple(map(str, fields.get("troubles", ()))),
            fields.get("validity"),
            str(fields.get("charge", "")),
            str(fields.get("insurer", "")),
            tuple(map(str, fields.get("reasons", ()))),
            sequence,
        )
    except (KeyError, TypeError) as error:
        raise ValueError("a journal entry is a JSON object with at, visit and outcome") from error
