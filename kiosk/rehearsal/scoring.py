"""Points for a visit: what it came to and how, against what would have been right. Pure.

Ten points for each visit: four for the outcome, three for what the person pays, three for the manner. Every point that
is missing has a word with a sentence (`rehearsal.minus.<word>`), so nobody is told a number alone. What breaks if it is
wrong: a trainee learns to be afraid of the right thing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from eligibility.papers.forms import FORM_OF
from eligibility.papers.paper import Shown
from kiosk.rehearsal.notes import Deed, Notes
from kiosk.rehearsal.script import Record, Visit

FOR_OUTCOME: Final = 4
FOR_CHARGE: Final = 3
FOR_MANNER: Final = 3
OF: Final = FOR_OUTCOME + FOR_CHARGE + FOR_MANNER
"""Points of one visit."""

SMALL: Final = 1
GRAVE: Final = 3
MISTAKES: Final = {
    "portal_of_face_only": SMALL,
    "last_try": GRAVE,
    "card_left": SMALL,
    "other_person_accepted": GRAVE,
    "person_not_judged": SMALL,
    "own_person_refused": GRAVE,
    "consent_not_to_be_asked": GRAVE,
    "consent_not_as_said": GRAVE,
    "registered_against_will": GRAVE,
    "not_registered": SMALL,
    "copy_as_original": GRAVE,
    "typed_other_numbers": GRAVE,
    "paper_not_brought": GRAVE,
    "not_queued": SMALL,
    "queued_for_nothing": SMALL,
}
"""Every mistake on the way, and how many points of the manner it costs."""


@dataclass(frozen=True, slots=True)
class Minus:
    """Points that are missing, and why: words of `rehearsal.minus.<word>`."""

    word: str
    points: int


@dataclass(frozen=True, slots=True)
class Score:
    """What one visit earned of `OF` points."""

    points: int
    minus: tuple[Minus, ...] = ()

    @property
    def is_full(self) -> bool:
        """Nothing is missing."""
        return self.points == OF


def score(visit: Visit, done: Notes, right: Notes) -> Score:
    """The points of one visit. Never below 0; a visit without an answer has none, unless that is right."""
    if done.decision is None and right.decision is not None:
        return Score(0, (Minus("abandoned", OF),))
    minus = list(_of_result(done, right))
    left = FOR_MANNER
    for word in dict.fromkeys(mistakes(visit, done, right)):
        points = min(left, MISTAKES[word])
        minus.append(Minus(word, points))  # also one that costs nothing any more is told
        left -= points
    return Score(OF - sum(one.points for one in minus), tuple(minus))


def _of_result(done: Notes, right: Notes) -> Iterator[Minus]:
    if done.decision is None or right.decision is None:
        if done.decision is not right.decision:
            yield Minus("decided_for_nothing", FOR_OUTCOME + FOR_CHARGE)
        return
    if done.decision.outcome != right.decision.outcome:
        yield Minus("outcome", FOR_OUTCOME)
    if done.decision.charge != right.decision.charge:
        yield Minus("charged_full" if done.decision.charge == "full" else "charge", FOR_CHARGE)


def mistakes(visit: Visit, done: Notes, right: Notes) -> Iterator[str]:
    """Words of what went wrong on the way; one may come twice."""
    if "face_only" in done.of(Deed.PORTAL) and "face_only" not in right.of(Deed.PORTAL):
        yield "portal_of_face_only"
    if done.of(Deed.LAST_TRY) and not right.of(Deed.LAST_TRY):
        yield "last_try"
    if done.of(Deed.CARD_LEFT):
        yield "card_left"
    yield from _of_person(visit, done)
    yield from _of_consent(visit, done, right)
    yield from _of_papers(visit, done)
    yield from _of_queue(done, right)


def _of_person(visit: Visit, done: Notes) -> Iterator[str]:
    judged = done.of(Deed.JUDGED)
    last = judged[-1] if judged else ""
    if visit.record is Record.OTHER and last != "different":
        accepted = done.decision is not None and done.decision.accepted
        yield "other_person_accepted" if accepted else "person_not_judged"
    if visit.record is Record.OWN and visit.card in ("", visit.who) and visit.face_is_the_cards and last == "different":
        yield "own_person_refused"


def _of_consent(visit: Visit, done: Notes, right: Notes) -> Iterator[str]:
    if done.of(Deed.CONSENT_NOT_TO_BE_ASKED):
        yield "consent_not_to_be_asked"
    said = [detail.split()[-1] for detail in done.of(Deed.CONSENT)]
    if said and said[-1] != ("yes" if visit.consents else "no"):
        yield "consent_not_as_said"
    registered = done.of(Deed.REGISTRATION)
    if registered and registered[-1] == "yes" and not visit.registers:
        yield "registered_against_will"
    if visit.registers and "yes" in right.of(Deed.REGISTRATION) and "yes" not in registered:
        yield "not_registered"


def _of_papers(visit: Visit, done: Notes) -> Iterator[str]:
    shown = {(paper.form.document, paper.shown.value) for paper in visit.papers}
    brought = {document for document, _ in shown}
    for form, how in (detail.split() for detail in done.of(Deed.PAPER)):
        document = FORM_OF[form].document
        # The card itself may be typed in from its face.
        if document not in brought | {"myna_card"} or (document == "myna_card" and not visit.card_in_hand):
            yield "paper_not_brought"
        elif how == Shown.ITSELF.value and document in brought and (document, how) not in shown:
            yield "copy_as_original"
    printed = {numbers_of(*_printed(visit, index)) for index in range(len(visit.papers))}
    for detail in done.of(Deed.NUMBERS):
        document = detail.split(" ", 1)[0]
        if document in brought and detail not in printed:
            yield "typed_other_numbers"


def _printed(visit: Visit, index: int) -> tuple[str, str, str]:
    paper = visit.papers[index]
    number = "" if paper.insurer_number is None else paper.insurer_number.digits
    return paper.form.document, number, paper.number or ""


def numbers_of(document: str, insurer: str, number: str) -> str:
    """The detail of `Deed.NUMBERS`."""
    return f"{document} {insurer} {number}"


def _of_queue(done: Notes, right: Notes) -> Iterator[str]:
    if done.decision is None or right.decision is None or done.decision.queue == right.decision.queue:
        return
    yield "not_queued" if right.decision.queue else "queued_for_nothing"


def percent(scores: Sequence[Score]) -> int:
    """All points in percent of those there were, rounded down; 0 where nothing was played."""
    return 100 * sum(one.points for one in scores) // (OF * len(scores)) if scores else 0
