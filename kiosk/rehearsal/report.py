"""What the trainee reads at the end: each visit, the points, what would have been right and by which row of the rules.

One value, told three ways: lines for a terminal, an object for scripts, a page (`kiosk.rehearsal.page`). What breaks if
it is wrong: a deduction that nobody can follow up.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from eligibility.rule_dates import RULE_DATES, Use
from kiosk.rehearsal.explained import Explained, explain, outcome_said, way_said
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


def explained(row: VisitReport, words: Words) -> tuple[Explained, ...]:
    """Every deduction of a visit, and what is told without one."""
    return explain(row.score, row.visit, row.done, row.right, words)


def failures_said(row: VisitReport, words: Words) -> tuple[str, ...]:
    """What the visit was made to rehearse: F01 with its name."""
    return tuple(f"{failure} {words.text(f'rehearsal.failure.{failure}')}" for failure in row.visit.plays)


def why_lines(one: Explained, words: Words) -> Iterator[str]:
    """The reasons: the first by name, the others below it."""
    for number, why in enumerate(one.why):
        yield words.text("rehearsal.report.further" if number else "rehearsal.report.why", why=why)


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
        yield from _visit_lines(row, words)
    yield ""
    if report.next_visit is not None:
        yield words.text("rehearsal.report.go_on", script=script.name, number=report.next_visit)
    yield words.text("rehearsal.report.look_up")


def _visit_lines(row: VisitReport, words: Words) -> Iterator[str]:
    head = words.text("rehearsal.report.visit", number=row.number, at=f"{row.visit.at:%H:%M}", name=row.name)
    yield f"{head}  {row.score.points}/{OF}"
    yield words.text("rehearsal.report.done", said=outcome_said(row.done.decision, words))
    if row.score.is_full:
        yield words.text("rehearsal.report.all_right")
    elif way := way_said(row.done, words):
        yield words.text("rehearsal.report.way", way=way)
    for one in explained(row, words):
        word = "rehearsal.report.minus" if one.points else "rehearsal.report.note"
        yield words.text(word, points=one.points, sentence=f"{one.moment}: {one.chosen}")
        yield words.text("rehearsal.report.instead", instead=one.instead)
        yield from why_lines(one, words)
    if not row.score.is_full and (way := way_said(row.right, words)):
        yield words.text("rehearsal.report.right", said=way)


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
                    {
                        "word": one.word,
                        "points": one.points,
                        "moment": one.moment,
                        "sentence": one.chosen,
                        "instead": one.instead,
                        "why": list(one.why),
                    }
                    for one in explained(row, words)
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
