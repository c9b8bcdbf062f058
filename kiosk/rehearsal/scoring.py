"""Points for a visit: what it came to and how, against what would have been right. Pure.

Ten points for each visit: four for the outcome, three for what the person pays, three for the manner. Every point that
is missing has a word, a moment and a detail (`kiosk.rehearsal.explained` makes sentences of them), so nobody is told a
number alone. What breaks if it is wrong: a trainee learns to be afraid of the right thing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from eligibility.papers.forms import FORM_OF
from eligibility.papers.paper import Shown
from kiosk.rehearsal.notes import Deed, Noted, Notes
from kiosk.rehearsal.script import Record, Visit

FOR_OUTCOME: Final = 4
FOR_CHARGE: Final = 3
FOR_MANNER: Final = 3
OF: Final = FOR_OUTCOME + FOR_CHARGE + FOR_MANNER
"""Points of one visit."""

HINT: Final = 0
SMALL: Final = 1
GRAVE: Final = 3
MISTAKES: Final = {
    "portal_of_face_only": SMALL,
    "last_try": GRAVE,
    "last_try_right": HINT,
    "card_left": SMALL,
    "other_person_accepted": GRAVE,
    "other_person_used": GRAVE,
    "person_not_judged": SMALL,
    "own_person_refused": GRAVE,
    "consent_not_to_be_asked": GRAVE,
    "consent_not_as_said": GRAVE,
    "registered_against_will": GRAVE,
    "not_registered": SMALL,
    "card_not_there": GRAVE,
    "copy_as_original": GRAVE,
    "typed_other_numbers": GRAVE,
    "paper_not_brought": GRAVE,
    "not_queued": SMALL,
    "queued_for_nothing": SMALL,
}
"""Every mistake on the way, and how many points of the manner it costs. Some cost nothing and are told all the same."""


@dataclass(frozen=True, slots=True)
class Mistake:
    """One mistake: a word of `MISTAKES`, what of it (a deed's detail), and what the counter's clock said."""

    word: str
    detail: str = ""
    at: str = ""


@dataclass(frozen=True, slots=True)
class Minus:
    """Points that are missing, and why. `points` 0: told, and nothing is missing for it."""

    word: str
    points: int
    detail: str = ""
    at: str = ""


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
        ended = (*done.noted(Deed.ENDED_EARLY), *done.deeds[-1:])
        return Score(0, (Minus("abandoned", OF, at=ended[0].at if ended else ""),))
    minus = list(_of_result(done, right))
    left = FOR_MANNER
    met: dict[str, Mistake] = {}
    for one in mistakes(visit, done, right):
        met.setdefault(one.word, one)
    for one in met.values():
        points = min(left, MISTAKES[one.word])
        minus.append(Minus(one.word, points, one.detail, one.at))  # also one that costs nothing any more is told
        left -= points
    return Score(OF - sum(one.points for one in minus), tuple(minus))


def _of_result(done: Notes, right: Notes) -> Iterator[Minus]:
    at = done.decided_at
    if done.decision is None or right.decision is None:
        if done.decision is not right.decision:
            yield Minus("decided_for_nothing", FOR_OUTCOME + FOR_CHARGE, at=at)
        return
    if done.decision.outcome != right.decision.outcome:
        yield Minus("outcome", FOR_OUTCOME, at=at)
    if done.decision.charge != right.decision.charge:
        yield Minus("charged_full" if done.decision.charge == "full" else "charge", FOR_CHARGE, at=at)


def mistakes(visit: Visit, done: Notes, right: Notes) -> Iterator[Mistake]:
    """What went wrong on the way; one word may come twice."""
    if "face_only" not in right.of(Deed.PORTAL):
        for one in done.noted(Deed.PORTAL):
            if one.detail == "face_only":
                yield _of_deed("portal_of_face_only", one)
    if not right.of(Deed.LAST_TRY):
        for one in done.noted(Deed.LAST_TRY):
            # Warned of, allowed, and it held: the card's counter is even full again (reception.md §4).
            yield _of_deed("last_try_right" if one.detail == "right" else "last_try", one)
    for one in done.noted(Deed.CARD_LEFT):
        yield _of_deed("card_left", one)
    yield from _of_person(visit, done, right)
    yield from _of_consent(visit, done, right)
    yield from _of_papers(visit, done)
    yield from _of_queue(done, right)


def _of_deed(word: str, noted: Noted) -> Mistake:
    return Mistake(word, noted.detail, noted.at)


def _of_person(visit: Visit, done: Notes, right: Notes) -> Iterator[Mistake]:
    judged = done.noted(Deed.JUDGED)
    last = judged[-1] if judged else Noted(Deed.JUDGED, at=done.decided_at)
    if visit.record is Record.OTHER:
        if last.detail != "different":
            accepted = done.decision is not None and done.decision.accepted
            yield _of_deed("other_person_accepted" if accepted else "person_not_judged", last)
        for one in done.noted(Deed.USED):
            yield _of_deed("other_person_used", one)
        for one in done.noted(Deed.CONSENT):
            spoken = one.detail.startswith("spoken") and not one.detail.endswith("no")
            if spoken and any(earlier.detail == "different" for earlier in done.deeds[: done.deeds.index(one)]):
                yield Mistake("other_person_used", "spoken", one.at)
    own = visit.record is Record.OWN and visit.card in ("", visit.who) and visit.face_is_the_cards
    if own and last.detail == "different":
        yield _of_deed("own_person_refused", last)
    if visit.record is Record.OWN and not own and last.detail != "different" and _only_done_accepted(done, right):
        yield _of_deed("other_person_accepted", last)


def _only_done_accepted(done: Notes, right: Notes) -> bool:
    ends = done.decision, right.decision
    return ends[0] is not None and ends[0].accepted and not (ends[1] is not None and ends[1].accepted)


def _of_consent(visit: Visit, done: Notes, right: Notes) -> Iterator[Mistake]:
    for one in done.noted(Deed.CONSENT_NOT_TO_BE_ASKED):
        yield _of_deed("consent_not_to_be_asked", one)
    said = done.noted(Deed.CONSENT)
    if said and said[-1].detail.split()[-1] != ("yes" if visit.consents else "no"):
        yield _of_deed("consent_not_as_said", said[-1])
    registered = done.noted(Deed.REGISTRATION)
    if registered and registered[-1].detail == "yes" and not visit.registers:
        yield _of_deed("registered_against_will", registered[-1])
    if visit.registers and "yes" in right.of(Deed.REGISTRATION) and "yes" not in done.of(Deed.REGISTRATION):
        yield _of_deed("not_registered", registered[-1] if registered else Noted(Deed.REGISTRATION, at=done.decided_at))


def _of_papers(visit: Visit, done: Notes) -> Iterator[Mistake]:
    shown = {(paper.form.document, paper.shown.value) for paper in visit.papers}
    brought = {document for document, _ in shown}
    if not visit.card_in_hand:
        for one in done.noted(Deed.IN_HAND):
            yield _of_deed("card_not_there", one)
    for one in done.noted(Deed.PAPER):
        form, how = one.detail.split()
        document = FORM_OF[form].document
        # The card itself may be typed in from its face.
        if document not in brought | {"myna_card"} or (document == "myna_card" and not visit.card_in_hand):
            yield Mistake("paper_not_brought", form, one.at)
        elif how == Shown.ITSELF.value and document in brought and (document, how) not in shown:
            yield Mistake("copy_as_original", form, one.at)
    printed = {numbers_of(*_printed(visit, index)) for index in range(len(visit.papers))}
    for one in done.noted(Deed.NUMBERS):
        document = one.detail.split(" ", 1)[0]
        if document in brought and one.detail not in printed:
            yield Mistake("typed_other_numbers", document, one.at)


def _printed(visit: Visit, index: int) -> tuple[str, str, str]:
    paper = visit.papers[index]
    number = "" if paper.insurer_number is None else paper.insurer_number.digits
    return paper.form.document, number, paper.number or ""


def numbers_of(document: str, insurer: str, number: str) -> str:
    """The detail of `Deed.NUMBERS`."""
    return f"{document} {insurer} {number}"


def _of_queue(done: Notes, right: Notes) -> Iterator[Mistake]:
    if done.decision is None or right.decision is None or done.decision.queue == right.decision.queue:
        return
    if right.decision.queue:
        yield Mistake("not_queued", right.decision.queue, done.decided_at)
    else:
        yield Mistake("queued_for_nothing", done.decision.queue, done.decided_at)


def percent(scores: Sequence[Score]) -> int:
    """All points in percent of those there were, rounded down; 0 where nothing was played."""
    return 100 * sum(one.points for one in scores) // (OF * len(scores)) if scores else 0
