"""今日の受付: one line per visit of the day, live from the journal, and what one of them is about.

Pure: entries go in, lines come out. A correction stands in place of what it corrects. What breaks if it is wrong: staff
take one visit for another, or a patient is forgotten in 保留.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby

from kiosk.staff.interfaces import DayEntry
from kiosk.staff.later_words import CameBack, difference_lines, next_line, record_lines, share, verdict_words
from kiosk.words import Words

VISIT_KINDS = frozenset({"visit", "correction", "abandoned", "resumed"})
"""The kinds of entry that are a line of the day; consents, locks and queries are found in the detail."""
_ENDINGS = frozenset({"visit", "abandoned"})
_ABANDONED = "ABANDONED"
_LATER = "requeried"
"""The kind of entry that holds what came of asking afterwards."""


@dataclass(frozen=True, slots=True)
class DayLine:
    """One visit: its newest entry, and whether something is still to be done."""

    entry: DayEntry
    sign: str
    """`*` done, `!` needs care, `...` pending, `-` ended without an answer, `x` taken back."""
    label: str
    entries: tuple[DayEntry, ...] = ()
    """Everything that was written of this visit."""
    single: tuple[DayLine, ...] = ()
    """The visits that this line stands for, where it stands for several."""

    @property
    def visit(self) -> tuple[str, int]:
        """Which visit it is: its run and number; of several the first one's."""
        first = self.single[-1].entry if self.single else self.entry
        return first.run, first.visit


def day_lines(entries: Sequence[DayEntry], words: Words) -> tuple[DayLine, ...]:
    """The visits of the day, the newest first, each as it stands after all that was written of it.

    What was written today of a visit of another day is a line of its own, which says of which day.
    """
    lines = []
    for visit in visits_of(entries):
        shown: DayEntry | None = None
        for entry in visit:
            if entry.kind in VISIT_KINDS:
                shown = _after(shown, entry)
        if shown is None:
            shown = next((entry for entry in reversed(visit) if entry.day is not None or entry.kind == _LATER), None)
        if shown is None:
            continue
        names = [entry.real_name for entry in visit if entry.real_name]
        shown = replace(shown, real_name=names[-1] if names else shown.real_name)
        sign = sign_of(shown, _later_answer(visit))
        label = label_of(shown, words)
        if shown.day is not None:
            label = words.text("side.today.other_day", day=_short(shown.day), label=label)
        lines.append(DayLine(shown, sign, label, tuple(visit)))
    return tuple(sorted(lines, key=lambda line: line.entry.sequence, reverse=True))


def folded(lines: Sequence[DayLine], words: Words) -> tuple[DayLine, ...]:
    """The same lines, with visits in a row that came to nothing as one: they must not push the others off the list."""
    found: list[DayLine] = []
    for empty, group in groupby(lines, key=_came_to_nothing):
        row = tuple(group)
        if empty and len(row) > 1:
            label = words.text("side.today.half", count=len(row))
            row = (DayLine(row[0].entry, row[0].sign, label, single=row),)
        found.extend(row)
    return tuple(found)


def _came_to_nothing(line: DayLine) -> bool:
    """Whether somebody began and went: no card was read, no paper shown, nothing went wrong."""
    entry = line.entry
    told = (entry.documents, entry.troubles, entry.method, entry.name, entry.real_name, entry.queue, entry.corrects)
    return entry.kind == "abandoned" and not any(told) and len(line.entries) == 1


def visits_of(entries: Sequence[DayEntry]) -> list[list[DayEntry]]:
    """The entries of each visit, oldest visit first; those that belong to none are left out.

    A visit is named by its run and number. Entries of earlier versions have the number only, and are joined as well as
    that allows (`_Unnamed`).
    """
    visits: list[list[DayEntry]] = []
    named: dict[tuple[str, int], list[DayEntry]] = {}
    unnamed = _Unnamed()
    for entry in entries:
        if not entry.visit:
            continue
        visit = named.get((entry.run, entry.visit)) if entry.run else unnamed.visit_of(entry)
        if visit is None:
            visit = []
            visits.append(visit)
        visit.append(entry)
        if entry.run:
            named[entry.run, entry.visit] = visit
        else:
            unnamed.belongs(entry, visit)
    return visits


class _Unnamed:
    """Visits of which only the number is known.

    A counter that was started again counted from the beginning: a smaller number than before is another visit. A
    correction belongs to what it corrects, what is of another day to none of this one, a later answer to none where
    more than one visit has its number: it is about one person, and nobody knows which. Everything else belongs to the
    newest visit of its number.
    """

    def __init__(self) -> None:
        self._newest: dict[int, list[DayEntry]] = {}
        self._of_sequence: dict[int, list[DayEntry]] = {}
        self._met: dict[int, int] = {}
        """How many visits of a number ended so far, whichever start counted them."""
        self._last = 0

    def visit_of(self, entry: DayEntry) -> list[DayEntry] | None:
        """The visit of those before; None: it is another one."""
        if entry.kind in _ENDINGS and not entry.corrects:
            if entry.visit < self._last:
                self._newest.clear()
            self._last = entry.visit
            self._met[entry.visit] = self._met.get(entry.visit, 0) + 1
        if entry.corrects and entry.corrects in self._of_sequence:
            return self._of_sequence[entry.corrects]
        if entry.day is not None or (entry.kind == _LATER and self._met.get(entry.visit, 0) > 1):
            return None
        return self._newest.get(entry.visit)

    def belongs(self, entry: DayEntry, visit: list[DayEntry]) -> None:
        """The entry is of this visit."""
        self._of_sequence[entry.sequence] = visit
        if entry.day is None and entry.kind != _LATER:
            self._newest[entry.visit] = visit


def real_name_in(entries: Sequence[DayEntry], run: str, visit: int) -> str:
    """How the person of a visit is really written, where staff noted it."""
    mine = [found for found in visits_of(entries) if (found[0].run, found[0].visit) == (run, visit)]
    names = [entry.real_name for entry in mine[-1] if entry.real_name] if mine else []
    return names[-1] if names else ""


def _after(before: DayEntry | None, entry: DayEntry) -> DayEntry:
    """What stands after `entry`: taking back leaves whom it was about and its place, and nothing of what it came to."""
    if before is None or not is_taken_back(entry):
        return entry
    return replace(
        before,
        kind=entry.kind,
        corrects=entry.corrects,
        why=entry.why,
        outcome="",
        charge="",
        queue="",
        reasons=(),
    )


def is_taken_back(entry: DayEntry) -> bool:
    """Whether the visit no longer counts; a correction with an outcome stands in place of the one before."""
    return entry.kind == "correction" and not entry.outcome


def still_counting(visit: Sequence[DayEntry]) -> list[DayEntry]:
    """What was written of a visit and holds: nothing from before it was taken back, and no later answer after that.

    What was asked before the taking back is about the person who was taken back, whenever its answer arrives.
    """
    counting: list[DayEntry] = []
    taken_back = False
    for entry in visit:
        if is_taken_back(entry):
            counting, taken_back = [], True
        elif not (taken_back and entry.kind == _LATER):
            counting.append(entry)
    return counting


def later_answers(entries: Sequence[DayEntry]) -> list[DayEntry]:
    """What came of asking afterwards, whomever it is about."""
    return [entry for entry in entries if entry.kind == _LATER]


def _later_answer(visit: Sequence[DayEntry]) -> DayEntry | None:
    return next((entry for entry in reversed(still_counting(visit)) if entry.kind == _LATER), None)


def sign_of(entry: DayEntry, later: DayEntry | None = None) -> str:
    """A sign, so that the list is read without colour. `later` is what came of asking afterwards."""
    if is_taken_back(entry):
        return "x"
    if entry.outcome == _ABANDONED or entry.kind in ("abandoned", "resumed"):
        return "-"
    if entry.kind not in VISIT_KINDS and later is None:  # of a visit of another day
        return "..." if entry.queue else "*"
    if entry.queue or entry.kind not in VISIT_KINDS:
        return "..." if later is None else "*" if came_back(later).in_order else "!"
    return "*" if entry.outcome.startswith("OK_") and not entry.charge.startswith("ask") else "!"


def label_of(entry: DayEntry, words: Words) -> str:
    """Who it was: the real name where staff typed one, else the name as it came, else what is known."""
    if entry.real_name:
        return entry.real_name
    if entry.name:
        return entry.name
    return words.text("side.today.abandoned" if sign_of(entry) == "-" else "side.today.nameless", visit=entry.visit)


def owed(entry: DayEntry, words: Words) -> str:
    """What was to be charged, in a word."""
    if entry.kind not in VISIT_KINDS:  # of a visit of another day: what it is billed by, where that came back
        return "" if entry.ratio is None else share(entry.ratio, words)
    kind, _, percent = entry.charge.partition(":")
    if kind == "ask" and percent:
        kind = "provisional"
    return words.text(f"side.owed.{kind or 'open'}", tenths=int(percent or 0) // 10, percent=percent or "0")


def detail_lines(entry: DayEntry, same: Sequence[DayEntry], words: Words) -> tuple[tuple[str, str], ...]:
    """One visit in full: (label id, text), empty texts left out. ● stays, the real name stands beside it.

    `same` is everything that was written of the visit.
    """
    later = _later_answer(same)
    agreed = {item: yes for other in same for item, yes in other.consent}  # what was taken back counts no more
    consents = [words.text(f"side.consent.{item}") for item, yes in agreed.items() if yes]
    rows = (
        ("at", f"{entry.at:%H:%M}  {words.text('side.detail.visit', visit=entry.visit)}"),
        ("taken_back", _taken_back(entry, same, words)),
        ("day", "" if entry.day is None else _short(entry.day)),
        ("name", "  ".join(part for part in (entry.name, entry.name_kana) if part)),
        ("real_name", entry.real_name),
        ("birthdate", "" if entry.birthdate is None else entry.birthdate.isoformat()),
        ("insurer", entry.insurer_number),
        ("numbers", "  ".join(part for part in (entry.symbol, entry.number, entry.branch) if part)),
        ("outcome", f"{words.one_of(f'outcome.{entry.outcome}', entry.outcome)}  {entry.outcome}".strip()),
        ("charge", owed(entry, words)),
        ("method", words.one_of(f"side.method.{entry.attested_by or entry.method}", entry.method)),
        ("documents", words.text("side.and").join(words.text(f"document.{word}") for word in entry.documents)),
        (
            "troubles",
            words.text("side.and").join(words.one_of(f"side.trouble.{word}", word) for word in entry.troubles),
        ),
        ("reasons", words.text("side.and").join(words.one_of(f"reason.{word}", word) for word in entry.reasons)),
        ("queue", words.text(f"queue.{entry.queue}") if entry.queue else ""),
        *_later_rows(later, words),
        ("consent", words.text("side.and").join(consents)),
        ("spoken", words.text("side.detail.spoken.yes") if any(other.spoken for other in same) else ""),
    )
    return tuple((f"side.detail.{label}", text) for label, text in rows if text)


def _taken_back(entry: DayEntry, same: Sequence[DayEntry], words: Words) -> str:
    """When, and why; "" for a visit that counts."""
    if not is_taken_back(entry):
        return ""
    last = next((other for other in reversed(same) if is_taken_back(other)), entry)
    return f"{last.at:%H:%M}  {words.one_of(f'side.correct.{last.why}', last.why)}".rstrip()


def _short(day: date) -> str:
    """Month and day: the year is this one, or the one that just ended."""
    return f"{day.month}/{day.day}"


def came_back(later: DayEntry) -> CameBack:
    """What the entry of a later answer says came back."""
    return CameBack(
        later.validity,
        later.outcome,
        later.differs,
        (),
        later.name,
        later.name_kana,
        later.birthdate,
        later.insurer_number,
        later.symbol,
        later.number,
        later.branch,
        later.ratio,
    )


def _later_rows(later: DayEntry | None, words: Words) -> tuple[tuple[str, str], ...]:
    if later is None:
        return ()
    came = came_back(later)
    at = f"{later.at:%H:%M}  "
    return (
        ("later", at + (verdict_words(came, words) if later.outcome else words.text("side.trouble.server_refused"))),
        ("later.record", "  ".join(record_lines(came, words))),
        ("later.differs", "  ".join(difference_lines(came, words))),
        ("later.next", next_line(came, words)),
    )
