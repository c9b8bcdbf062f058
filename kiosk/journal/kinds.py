"""The entries that are no visit: what the desk did, and what the counter found. One function a kind.

Knows the words of each kind, not where entries are written. What breaks if it is wrong: staff cannot see afterwards
who was attested without a card's proof, or what was taken back.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Final

from kiosk.journal.entry import Entry
from kiosk.journal.person import NOBODY, Person, masked_insurer_number

_DAY: Final = "day"
"""Among the details: the day of the visit, or the day that was closed, shown or destroyed."""


def correction(at: datetime, visit: int, corrects: int, why: str, *, run: str, day: date | None = None) -> Entry:
    """An undo: entry `corrects` no longer counts, because of `why` (a word)."""
    return _entry("correction", at, visit, run=run, corrects=corrects, why=why, details=_of_day(at, day))


def consent(at: datetime, visit: int, items: tuple[tuple[str, bool], ...], *, run: str, spoken: bool) -> Entry:
    """同意 given (True) or refused item by item; `spoken`: said aloud and entered by staff (reception.md §10.4)."""
    return _entry("consent", at, visit, run=run, consent=items, spoken=spoken)


def attested(at: datetime, visit: int, way: str, *, run: str) -> Entry:
    """顔認証 or 目視 was used: `face` or `visual`. No picture, no number."""
    return _entry("attested", at, visit, run=run, method=way, attested_by=way)


def queued(at: datetime, visit: int, what: str, why: str, *, run: str) -> Entry:
    """Somebody is to be asked about later: `four_items` or `recheck`."""
    return _entry("queued", at, visit, run=run, queue=what, why=why)


def requeried(
    at: datetime,
    visit: int,
    outcome: str,
    differs: tuple[str, ...],
    person: Person = NOBODY,
    *,
    run: str,
    day: date | None = None,
    validity: int | None = None,
    corrects: int = 0,
    question: str = "",
) -> Entry:
    """The later question was answered: `outcome`, and the names of the fields that came back otherwise than typed.

    `person` is the record as the service has it, by which the visit is billed; a field of it that looks like a 個人番号
    is left out and named in `withheld`. `validity` is 資格有効性. `question` is its id in the outage queue, so that one
    that was written just before a crash is not written twice.
    """
    asked = [("question", question)] if question else []
    details = (*_of_day(at, day), *asked, *(("differs", name) for name in differs))
    person, withheld = person.without_individual_numbers()
    entry = _entry("requeried", at, visit, run=run, outcome=outcome, details=details, person=person, corrects=corrects)
    insurer = masked_insurer_number(person.insurer_number)
    return replace(entry, validity=validity, insurer=insurer, withheld=withheld)


def named(at: datetime, visit: int, name: str, *, run: str) -> Entry:
    """How a name with ● is really written, as staff read it on the paper or the card; the name is in `person`."""
    return _entry("named", at, visit, run=run, person=Person(name=name))


def lock(at: datetime, what: str) -> Entry:
    """The staff side: `opened`, `refused` or `locked`."""
    return _entry("lock", at, 0, why=what)


def resumed(at: datetime, visit: int, began: datetime, *, run: str) -> Entry:
    """A visit that was open when the counter crashed is over now."""
    return _entry("resumed", at, visit, run=run, details=(("began", began.isoformat()),))


def day_closed(at: datetime, day: str, counts: Mapping[str, int]) -> Entry:
    """What a day that is over came to, by outcome; corrected entries are not counted."""
    details = (("day", day), *((name, str(count)) for name, count in sorted(counts.items())))
    return _entry("day_closed", at, 0, details=details)


def revealed(at: datetime, command: str, day: str) -> Entry:
    """Personal fields were shown or exported unmasked, by `list` or `export`; `day` "" means every day."""
    return _entry("revealed", at, 0, why=command, details=(("day", day),) if day else ())


def purged(at: datetime, before: str, days: tuple[str, ...]) -> Entry:
    """The keys of these days' segments were destroyed."""
    return _entry("purged", at, 0, why=before, details=tuple(("day", day) for day in days))


def tail_lost(at: datetime, expected: str, found: str) -> Entry:
    """The kept head was further on than the chain: entries at its end were cut off since the last start.

    `expected` and `found` are heads as `chain.Head.short` writes them.
    """
    return _entry("tail_lost", at, 0, details=(("expected", expected), ("found", found)))


def corrected(entries: list[Entry]) -> frozenset[int]:
    """The sequences that a later entry stands in place of."""
    return frozenset(entry.corrects for entry in entries if entry.corrects)


def of_day(entry: Entry) -> date | None:
    """The day of the visit that an entry of another day is about; None: the entry's own day."""
    said = next((value for name, value in entry.details if name == _DAY), "")
    return date.fromisoformat(said) if said and entry.visit else None


def with_day(entry: Entry, day: date | None) -> Entry:
    """The entry, naming the day of the visit it is about where that is another one than its own."""
    said = () if of_day(entry) else _of_day(entry.at, day)
    return replace(entry, details=(*said, *entry.details)) if said else entry


def _of_day(at: datetime, day: date | None) -> tuple[tuple[str, str], ...]:
    return () if day in (None, at.date()) else ((_DAY, day.isoformat()),)


def _entry(
    kind: str,
    at: datetime,
    visit: int,
    *,
    run: str = "",
    outcome: str = "",
    method: str = "",
    queue: str = "",
    consent: tuple[tuple[str, bool], ...] = (),
    spoken: bool = False,
    attested_by: str = "",
    corrects: int = 0,
    why: str = "",
    details: tuple[tuple[str, str], ...] = (),
    person: Person = NOBODY,
) -> Entry:
    return Entry(
        at.replace(microsecond=0),
        visit,
        outcome,
        method,
        kind=kind,
        queue=queue,
        consent=consent,
        spoken=spoken,
        attested_by=attested_by,
        corrects=corrects,
        why=why,
        details=details,
        person=person,
        run=run,
    )
