"""今日の受付: one line per visit of the day, live from the journal, and what one of them is about.

Pure: entries go in, lines come out. A correction stands in place of what it corrects. What breaks if it is wrong: staff
take one visit for another, or a patient is forgotten in 保留.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from kiosk.staff.interfaces import DayEntry
from kiosk.staff.later_words import CameBack, difference_lines, record_lines, verdict_words
from kiosk.words import Words

VISIT_KINDS = frozenset({"visit", "correction", "abandoned", "resumed"})
"""The kinds of entry that are a line of the day; consents, locks and queries are found in the detail."""
_ENDINGS = frozenset({"visit", "abandoned"})
_ABANDONED = "ABANDONED"


@dataclass(frozen=True, slots=True)
class DayLine:
    """One visit: its newest entry, and whether something is still to be done."""

    entry: DayEntry
    sign: str
    """`*` done, `!` needs care, `...` pending, `-` ended without an answer, `x` taken back."""
    label: str
    entries: tuple[DayEntry, ...] = ()
    """Everything that was written of this visit."""


def day_lines(entries: Sequence[DayEntry], words: Words) -> tuple[DayLine, ...]:
    """The visits of the day, the newest first, each as it stands after all that was written of it."""
    lines = []
    for visit in visits_of(entries):
        shown: DayEntry | None = None
        for entry in visit:
            if entry.kind in VISIT_KINDS:
                shown = _after(shown, entry)
        if shown is None:
            continue
        names = [entry.real_name for entry in visit if entry.real_name]
        shown = replace(shown, real_name=names[-1] if names else shown.real_name)
        sign = sign_of(shown, _later_answer(visit))
        lines.append(DayLine(shown, sign, label_of(shown, words), tuple(visit)))
    return tuple(sorted(lines, key=lambda line: line.entry.sequence, reverse=True))


def visits_of(entries: Sequence[DayEntry]) -> list[list[DayEntry]]:
    """The entries of each visit, oldest visit first; those that belong to none are left out.

    A counter that was started again counts its visits from the beginning: a smaller number than before is another
    visit. A correction belongs to what it corrects, everything else to the newest visit of its number.
    """
    visits: list[list[DayEntry]] = []
    newest: dict[int, list[DayEntry]] = {}
    of_sequence: dict[int, list[DayEntry]] = {}
    last = 0
    for entry in entries:
        if not entry.visit:
            continue
        if entry.kind in _ENDINGS and not entry.corrects:
            if entry.visit < last:
                newest.clear()
            last = entry.visit
        visit = of_sequence.get(entry.corrects) or newest.get(entry.visit)
        if visit is None:
            visit = newest[entry.visit] = []
            visits.append(visit)
        visit.append(entry)
        of_sequence[entry.sequence] = visit
    return visits


def _after(before: DayEntry | None, entry: DayEntry) -> DayEntry:
    """What stands after `entry`: taking back leaves whom it was about, and nothing of what it came to."""
    if before is None or not is_taken_back(entry):
        return entry
    return replace(
        before,
        sequence=entry.sequence,
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


def _later_answer(visit: Sequence[DayEntry]) -> DayEntry | None:
    return next((entry for entry in reversed(visit) if entry.kind == "requeried"), None)


def sign_of(entry: DayEntry, later: DayEntry | None = None) -> str:
    """A sign, so that the list is read without colour. `later` is what came of asking afterwards."""
    if is_taken_back(entry):
        return "x"
    if entry.outcome == _ABANDONED or entry.kind in ("abandoned", "resumed"):
        return "-"
    if entry.queue:
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
    kind, _, percent = entry.charge.partition(":")
    if kind == "ask" and percent:
        kind = "provisional"
    return words.text(f"side.owed.{kind or 'open'}", tenths=int(percent or 0) // 10, percent=percent or "0")


def detail_lines(entry: DayEntry, same: Sequence[DayEntry], words: Words) -> tuple[tuple[str, str], ...]:
    """One visit in full: (label id, text), empty texts left out. ● stays, the real name stands beside it.

    `same` is everything that was written of the visit.
    """
    later = _later_answer(same)
    consents = [f"{words.text(f'side.consent.{item}')}" for other in same for item, yes in other.consent if yes]
    rows = (
        ("at", f"{entry.at:%H:%M}  {words.text('side.detail.visit', visit=entry.visit)}"),
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
        ("consent", words.text("side.and").join(dict.fromkeys(consents))),
        ("spoken", words.text("side.detail.spoken.yes") if any(other.spoken for other in same) else ""),
    )
    return tuple((f"side.detail.{label}", text) for label, text in rows if text)


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
    )
