"""A visit as it goes into the journal: what the flow knows at its end, in plain fields.

The flow's effect is one way to make it, field by field and by name, so that neither can grow a field the other does
not know of without a type checker or a test saying so. What breaks if it is wrong: a value lands in the wrong field.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from kiosk.flow.effects import RecordVisit
from kiosk.journal.entry import Entry
from kiosk.journal.person import Person, masked_insurer_number

ABANDONED = "ABANDONED"
"""The outcome of a visit that ended without an answer."""


@dataclass(frozen=True, slots=True)
class VisitRecord:
    """One visit. Words are those of design.md §5; personal fields stay out of the repr.

    One with `consent` is the fact of that consent; the visit's own record came before it. One without an outcome takes
    the record before it back.
    `method` is `pin`, `face`, `visual`, `manual` or ""; `corrects`: it stands in place of the visit's entry before;
    `owed` and `pending` are words for what is still to be handed in or asked.
    """

    visit: int
    outcome: str
    method: str = ""
    documents: tuple[str, ...] = ()
    troubles: tuple[str, ...] = ()
    validity: int | None = None
    charge: str = ""
    reasons: tuple[str, ...] = ()
    row: int = 0
    queue: str = ""
    consent: tuple[tuple[str, bool], ...] = ()
    spoken: bool = False
    attested_by: str = ""
    corrects: bool = False
    insurer_number: str = field(default="", repr=False)
    symbol: str = field(default="", repr=False)
    number: str = field(default="", repr=False)
    branch: str = field(default="", repr=False)
    name: str = field(default="", repr=False)
    name_kana: str = field(default="", repr=False)
    birthdate: date | None = field(default=None, repr=False)
    ratio: int | None = field(default=None, repr=False)
    owed: tuple[str, ...] = field(default=(), repr=False)
    pending: tuple[str, ...] = field(default=(), repr=False)

    @classmethod
    def from_effect(cls, effect: RecordVisit) -> VisitRecord:
        """What the flow asks to be written."""
        return cls(
            visit=effect.visit,
            outcome=effect.outcome,
            method=effect.method,
            documents=effect.documents or ((effect.document,) if effect.document else ()),
            troubles=effect.troubles,
            validity=effect.validity,
            charge=effect.charge,
            reasons=effect.reasons,
            row=effect.row,
            queue=effect.queue,
            consent=effect.consent,
            spoken=effect.spoken,
            attested_by=effect.attested_by,
            corrects=effect.corrects,
            insurer_number=effect.insurer_number,
            symbol=effect.symbol,
            number=effect.number,
            branch=effect.branch,
            name=effect.name,
            name_kana=effect.name_kana,
            birthdate=effect.birthdate,
            ratio=effect.ratio,
        )


def entry_of(record: VisitRecord, at: datetime, run: str) -> Entry:
    """The entry for a visit of this run that was recorded at `at`.

    A personal field that looks like a 個人番号 is left out and named in `withheld`: the reception itself is not lost.
    """
    person, withheld = Person(
        record.name,
        record.name_kana,
        record.birthdate.isoformat() if record.birthdate else "",
        record.insurer_number,
        record.symbol,
        record.number,
        record.branch,
        record.ratio,
        record.owed,
        record.pending,
    ).without_individual_numbers()
    return Entry(
        at.replace(microsecond=0),
        record.visit,
        record.outcome,
        record.method,
        record.documents,
        record.troubles,
        record.validity,
        record.charge,
        masked_insurer_number(person.insurer_number),
        record.reasons,
        kind=_kind(record),
        row=record.row,
        queue=record.queue,
        consent=record.consent,
        spoken=record.spoken,
        attested_by=record.attested_by,
        withheld=withheld,
        person=person,
        run=run,
    )


def _kind(record: VisitRecord) -> str:
    if record.consent:
        return "consent"
    if record.corrects and not record.outcome:
        return "correction"
    return "abandoned" if record.outcome == ABANDONED else "visit"
