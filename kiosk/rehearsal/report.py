"""What the trainee reads at the end: each visit, the points, what would have been right and by which row of the rules.

One value, told three ways: lines for a terminal, an object for scripts, a page (`kiosk.rehearsal.page`). What breaks if
it is wrong: a deduction that nobody can follow up.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from eligibility.rule_dates import RULE_DATES, Use
from kiosk.rehearsal.notes import Decision, Notes
from kiosk.rehearsal.scoring import OF, Score, percent, score
from kiosk.rehearsal.script import Script, Visit
from kiosk.words import Words


@dataclass(frozen=True, slots=True)
class VisitReport:
    """One visit that was played. `number` counts from 1."""

    number: int
    visit: Visit
    name: str
    """What the person is called."""
    done: Notes
    right: Notes
    score: Score


@dataclass(frozen=True, slots=True)
class Report:
    """One rehearsal."""

    script: Script
    rows: tuple[VisitReport, ...]

    @property
    def points(self) -> int:
        """Earned."""
        return sum(row.score.points for row in self.rows)

    @property
    def of(self) -> int:
        """To be earned in the visits that were played."""
        return OF * len(self.rows)

    @property
    def percent(self) -> int:
        """Rounded down."""
        return percent([row.score for row in self.rows])

    @property
    def next_visit(self) -> int | None:
        """The number to go on from another time; None: the day was played to its end."""
        last = max((row.number for row in self.rows), default=0)
        return last + 1 if last < len(self.script.visits) else None


def make_report(
    script: Script, played: Sequence[tuple[int, Notes]], right: Sequence[Notes], names: dict[str, str]
) -> Report:
    """Score every visit that was played: (index from 0, what was noted). `names` by persona."""
    rows = []
    for index, done in played:
        visit = script.visits[index]
        name = names.get(visit.who, visit.who)
        rows.append(VisitReport(index + 1, visit, name, done, right[index], score(visit, done, right[index])))
    return Report(script, tuple(rows))


# --- sentences ---


def outcome_said(decision: Decision | None, words: Words) -> str:
    """The outcome in words, and what is paid."""
    if decision is None:
        return words.text("rehearsal.no_answer")
    said = f"{words.text(f'outcome.{decision.outcome}')} [{decision.outcome}]"
    paid = charge_said(decision, words)
    return f"{said}  {paid}" if paid else said


def charge_said(decision: Decision, words: Words) -> str:
    """What is paid; "" where nothing is decided."""
    kind, _, share = decision.charge.partition(":")
    match kind:
        case "ratio":
            return words.text("rehearsal.charge.ratio", percent=share, tenths=int(share) // 10)
        case "ask" if share:
            return words.text("rehearsal.charge.ask", percent=share, tenths=int(share) // 10)
        case "ask":
            return words.text("rehearsal.charge.unknown")
        case "full":
            return words.text("rehearsal.charge.full")
        case "none":
            return words.text("rehearsal.charge.none")
    return ""


def why_right(right: Notes, words: Words) -> tuple[str, ...]:
    """The row of the rules that decides the visit, its reasons, what is asked for, and what is kept for later."""
    decision = right.decision
    if decision is None:
        return ()
    reasons = words.text("rehearsal.and").join(words.text(f"reason.{word}") for word in decision.reasons)
    lines = [words.text("rehearsal.row", row=decision.row, title=words.text(f"row.{decision.row}"))]
    if reasons:
        lines.append(words.text("rehearsal.because", reasons=reasons))
    if decision.ask_for:
        asked = words.text("rehearsal.and").join(words.text(f"ask.{word}") for word in decision.ask_for)
        lines.append(words.text("rehearsal.ask", asked=asked))
    if decision.queue:
        lines.append(words.text("rehearsal.later", later=words.text(f"queue.{decision.queue}")))
    return tuple(lines)


def deductions(row: VisitReport, words: Words) -> tuple[tuple[int, str], ...]:
    """Points and the sentence, in the order of the score."""
    return tuple((minus.points, words.text(f"rehearsal.minus.{minus.word}")) for minus in row.score.minus)


def rule_days(words: Words) -> tuple[tuple[str, str, str], ...]:
    """The days the rules turn on: day, what, source."""
    return tuple(
        (rule.day.isoformat(), words.text(f"rule.{rule.word}"), rule.source)
        for rule in RULE_DATES
        if rule.use is Use.DECIDES
    )


# --- told ---


def as_lines(report: Report, words: Words) -> Iterator[str]:
    """For a terminal."""
    script = report.script
    yield f"{words.text('rehearsal.report.title')}: {script.said(script.title, words.lang)}  {script.on.isoformat()}"
    yield words.text("rehearsal.report.points", points=report.points, of=report.of, percent=report.percent)
    for row in report.rows:
        yield ""
        head = words.text("rehearsal.report.visit", number=row.number, at=f"{row.visit.at:%H:%M}", name=row.name)
        yield f"{head}  {row.score.points}/{OF}"
        yield words.text("rehearsal.report.done", said=outcome_said(row.done.decision, words))
        if row.score.is_full:
            yield words.text("rehearsal.report.all_right")
            continue
        for points, sentence in deductions(row, words):
            word = "rehearsal.report.minus" if points else "rehearsal.report.note"
            yield words.text(word, points=points, sentence=sentence)
        yield words.text("rehearsal.report.right", said=outcome_said(row.right.decision, words))
        yield from (f"    {line}" for line in why_right(row.right, words))
    yield ""
    if report.next_visit is not None:
        yield words.text("rehearsal.report.go_on", script=script.name, number=report.next_visit)
    yield words.text("rehearsal.report.look_up")


def as_json(report: Report, words: Words) -> dict[str, Any]:
    """docs/schemas/rehearse.json."""
    script = report.script
    return {
        "script": script.name,
        "title": script.said(script.title, words.lang),
        "date": script.on.isoformat(),
        "points": report.points,
        "of": report.of,
        "percent": report.percent,
        "next_visit": report.next_visit,
        "visits": [
            {
                "number": row.number,
                "at": f"{row.visit.at:%H:%M}",
                "who": row.visit.who,
                "plays": list(row.visit.plays),
                "points": row.score.points,
                "of": OF,
                "minutes": round(row.done.minutes, 1),
                "done": _decision(row.done.decision),
                "right": _decision(row.right.decision),
                "deductions": [
                    {"word": minus.word, "points": minus.points, "sentence": sentence}
                    for minus, (_, sentence) in zip(row.score.minus, deductions(row, words), strict=True)
                ],
            }
            for row in report.rows
        ],
    }


def _decision(decision: Decision | None) -> dict[str, Any] | None:
    if decision is None:
        return None
    return {
        "outcome": decision.outcome,
        "row": decision.row,
        "charge": decision.charge,
        "queue": decision.queue or None,
        "reasons": list(decision.reasons),
        "ask_for": list(decision.ask_for),
    }
