"""What was done at the desk, in words: the way of a visit, and for each missing point when it was, what was chosen,
what the rules say instead, and why.

Words of `rehearsal.minus`, `rehearsal.instead` and `rehearsal.why`. What breaks if it is wrong: a deduction that
nobody can follow up, or one whose advice is what the trainee did.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import Final

from eligibility.papers.paper import Shown
from kiosk.rehearsal.notes import Decision, Deed, Noted, Notes
from kiosk.rehearsal.scoring import Minus, Score
from kiosk.rehearsal.script import Visit
from kiosk.words import Words

_BY_THE_ROW: Final = ("abandoned", "outcome", "charge", "charged_full", "not_queued", "queued_for_nothing")
"""What the row of the rules that decides the visit explains."""
_MOMENTS: Final = {
    "abandoned": "end",
    "decided_for_nothing": "answer",
    "outcome": "answer",
    "charge": "answer",
    "charged_full": "answer",
    "portal_of_face_only": "paper",
    "last_try": "last_try",
    "last_try_right": "last_try",
    "card_left": "next",
    "other_person_accepted": "compare",
    "other_person_used": "record",
    "person_not_judged": "compare",
    "own_person_refused": "compare",
    "consent_not_to_be_asked": "consent",
    "consent_not_as_said": "consent",
    "registered_against_will": "registration",
    "not_registered": "registration",
    "card_not_there": "paper",
    "copy_as_original": "paper",
    "typed_other_numbers": "paper",
    "paper_not_brought": "paper",
    "not_queued": "answer",
    "queued_for_nothing": "answer",
}


@dataclass(frozen=True, slots=True)
class Explained:
    """One deduction, or a hint that costs nothing (`points` 0), for a person to read."""

    word: str
    points: int
    moment: str
    """When, by the counter's clock where it is known, and at what."""
    chosen: str
    instead: str
    """What the rules say."""
    why: tuple[str, ...]


def explain(score: Score, visit: Visit, done: Notes, right: Notes, words: Words) -> tuple[Explained, ...]:
    """Every deduction of a visit, in the order of the score."""
    row_told = False
    explained = []
    for minus in score.minus:
        params = {**_decisions(done, right, words), **_detail(minus, visit, words)}
        by_row = () if row_told or minus.word not in _BY_THE_ROW else why_right(right, words)
        row_told = row_told or bool(by_row)
        own = words.one_of(f"rehearsal.why.{minus.word}", "")
        explained.append(
            Explained(
                minus.word,
                minus.points,
                f"{minus.at} {words.text(f'rehearsal.moment.{_MOMENTS[minus.word]}')}".lstrip(),
                words.text(f"rehearsal.minus.{minus.word}", **params),
                words.text(f"rehearsal.instead.{minus.word}", **params),
                (*((own,) if own else ()), *by_row),
            )
        )
    return tuple(explained)


def _decisions(done: Notes, right: Notes, words: Words) -> dict[str, str]:
    return {
        "done": outcome_said(done.decision, words),
        "right": "  ".join((outcome_said(right.decision, words), *_to_do(right, words))),
        "paid": _paid(done.decision, words),
        "to_pay": _paid(right.decision, words),
    }


def _paid(decision: Decision | None, words: Words) -> str:
    said = "" if decision is None else charge_said(decision, words)
    return said or words.text("rehearsal.charge.open")


def _detail(minus: Minus, visit: Visit, words: Words) -> dict[str, str]:
    text, detail = words.text, minus.detail
    match minus.word:
        case "consent_not_to_be_asked" | "consent_not_as_said":
            said = text(f"rehearsal.consent.{'yes' if visit.consents else 'no'}")
            return {"entered": text(f"rehearsal.consent.{detail.split()[-1]}"), "said": said}
        case "other_person_used":
            return {"use": text(f"rehearsal.used.{detail}")}
        case "copy_as_original" | "paper_not_brought":
            return {"paper": text(f"paper.form.{detail}")}
        case "typed_other_numbers":
            return {"paper": text(f"document.{detail}")}
        case "not_queued" | "queued_for_nothing":
            return {"later": text(f"queue.{detail}")}
        case "other_person_accepted" | "person_not_judged":
            return {"judged": text(f"rehearsal.judged.{detail or 'not'}")}
    return {}


# --- the way of a visit ---


def way_said(notes: Notes, words: Words) -> str:
    """What was done, step by step; "" where nothing was."""
    steps = [said for one in notes.deeds if (said := _step(one, words))]
    return words.text("rehearsal.then").join(said for said, _ in groupby(steps))


def _step(noted: Noted, words: Words) -> str:
    text, detail = words.text, noted.detail
    match noted.deed:
        case Deed.PAPER:
            form, how = detail.split()
            shown = "" if how == Shown.ITSELF.value else f" [{text(f'paper.shown.{how}')}]"
            return f"{text(f'paper.form.{form}')}{shown}"
        case Deed.WAY | Deed.JUDGED | Deed.REGISTRATION | Deed.OUTAGE:
            return text(f"rehearsal.step.{noted.deed.value}.{detail}")
        case Deed.CONSENT | Deed.CONSENT_NOT_TO_BE_ASKED:
            said = text("rehearsal.step.consent", said=text(f"rehearsal.consent.{detail.split()[-1]}"))
            return f"{said} [{text('rehearsal.used.spoken')}]" if detail.startswith("spoken") else said
        case Deed.USED:
            return text(f"rehearsal.used.{detail}")
        case (
            Deed.IN_HAND
            | Deed.LAST_TRY
            | Deed.PIN_WRONG
            | Deed.VERBAL
            | Deed.FOUR_ITEMS
            | Deed.ENDED_EARLY
            | Deed.UNDONE
        ):
            return text(f"rehearsal.step.{noted.deed.value}")
    return ""


# --- what it came to ---


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
    """The row of the rules that decides the visit, and its reasons."""
    decision = right.decision
    if decision is None:
        return ()
    row = words.text("rehearsal.row", row=decision.row, title=words.text(f"row.{decision.row}"))
    return (row, *(words.text(f"reason.{word}") for word in decision.reasons))


def _to_do(right: Notes, words: Words) -> tuple[str, ...]:
    """What is asked for, and what is kept for later."""
    decision = right.decision
    if decision is None:
        return ()
    lines = []
    if decision.ask_for:
        asked = words.text("rehearsal.and").join(words.text(f"ask.{word}") for word in decision.ask_for)
        lines.append(words.text("rehearsal.ask", asked=asked))
    if decision.queue:
        lines.append(words.text("rehearsal.later", later=words.text(f"queue.{decision.queue}")))
    return tuple(lines)
