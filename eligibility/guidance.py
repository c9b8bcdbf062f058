"""What to say, ask and hand over after a decision: message ids and parameters, in the order they are needed.

Pure: the case and its outcome in, no sentence and no clock out. This module alone puts the lines in order; which
sentence belongs to which word is `guidance_lines`. If it is wrong, staff do the right things in the wrong order, or a
patient reads what only staff may read. Facts: facts/reception.md §6, §10, §13b; design.md §5.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from eligibility.case import Case, Person, Visit
from eligibility.documents import Device, EligibilityCertificate, Identity, InsurerPaper, MynaCard, Smartphone
from eligibility.guidance_lines import (
    ABOUT_SOMEBODY_ELSE,
    HELP_BY_ASKING,
    HELP_BY_REASON,
    HELP_BY_TELLING,
    MINDED_FIRST,
    ONLY_WITH_REGISTERED_CARD,
    OPEN_AT_BOOKING,
    TOLD_TO_PATIENT,
    WHY_CHARGED,
    Line,
    booking_lines,
    charge_line,
    patient_lines,
    staff_lines_after_asking,
    staff_lines_before_asking,
)
from eligibility.help_lines import Topic as HelpTopic
from eligibility.help_lines import lines_for
from eligibility.insurer_profiles import InsurerProfile, profile_of
from eligibility.outcome import Outcome, OutcomeWord

__all__ = ["Guidance", "Line", "guidance_for"]

PIN_OUT_OF_USE = frozenset({Identity.PIN_LOCKED, Identity.PIN_FORGOTTEN})
_PIN_RESET = "pin_reset_at_city_office"
_NO_APPLICATION = "certificate_without_application"
_RETURN = "return_documents"
_NOT_REGISTERED = "card_not_registered"
_ADDRESS_HIDDEN = "address_hidden"
_FIRST_ROW_BELOW_PAPERS = 7
"""Above it a person is protected, in doubt, or has shown what is enough (design.md §5)."""


@dataclass(frozen=True, slots=True)
class Guidance:
    """What everybody at the counter reads after a decision. Lines are in the order of use, one action each."""

    staff: tuple[Line, ...]
    patient: tuple[Line, ...]
    share: Line
    """What it means for the share, as staff read it; it is among `staff` too."""
    documents: tuple[str, ...]
    """What to ask for, best first: words of the case and `numbers_query`."""
    returns: tuple[str, ...]
    """Documents that go back to the insurer, by their words."""
    help_lines: tuple[str, ...]
    """Who can be called, by the words of `help_lines`, most useful first."""


def guidance_for(case: Case, outcome: Outcome) -> Guidance:
    """The guidance for `outcome`, which is what the policy made of `case`. Total, as the policy is."""
    charge, filled = charge_line(outcome.outcome, outcome.charge)
    return Guidance(
        staff=tuple(_staff(case, outcome, (f"staff.{charge}", filled))),
        patient=tuple(_patient(case, outcome, (f"patient.{charge}", filled))),
        share=(f"staff.{charge}", filled),
        documents=outcome.ask_for,
        returns=outcome.returns,
        help_lines=_help_lines(case, outcome),
    )


def _staff(case: Case, outcome: Outcome, charge: Line) -> Iterator[Line]:
    """First what must not go wrong, then what to do now and why, then the charge, at last what may wait."""
    if _is_open_booking(case, outcome):
        yield from _said("tell", [word for word in outcome.tell if word == _ADDRESS_HIDDEN])
        yield from _plain(*booking_lines()[0])
        yield charge
        yield from _said("staff.reason", _why_charged(outcome))
        yield from _said("staff.return", outcome.returns)
        return
    yield from _said("staff.reason", [word for word in outcome.reasons if word in ABOUT_SOMEBODY_ELSE])
    yield from _said("tell", [word for word in outcome.tell if word in MINDED_FIRST])
    if outcome.consent is not None:
        yield "staff.consent.ask", {}
    yield from _plain(*staff_lines_before_asking(outcome.outcome))
    yield from _said("staff", _pin_out_of_use(case, outcome))
    yield from _said("staff.reason", [word for word in _why(outcome) if word not in ABOUT_SOMEBODY_ELSE])
    yield from _said("staff.ask", outcome.ask_for)
    if EligibilityCertificate.document in outcome.ask_for and _NO_APPLICATION not in outcome.tell:
        yield "staff.certificate_missing", {}
    yield from _plain(*staff_lines_after_asking(outcome.outcome))
    yield charge
    yield from _said("staff.reason", _why_charged(outcome))
    if outcome.registration == "declined":
        yield "staff.registration.declined", {}
    # Which documents go back is said one by one instead.
    yield from _said("tell", [word for word in _told_last(case, outcome) if word not in MINDED_FIRST | {_RETURN}])
    yield from _said("staff.return", outcome.returns)


def _patient(case: Case, outcome: Outcome, charge: Line) -> Iterator[Line]:
    if _is_open_booking(case, outcome):
        yield from _plain(*booking_lines()[1])
        if outcome.charge is not None:
            yield charge
        yield from _said("patient.reason", _why_charged(outcome))
        return
    if outcome.consent is not None:
        yield "patient.consent.ask", {}
    # "It could not be confirmed" would tell too much where the answer or the card is another person's.
    if ABOUT_SOMEBODY_ELSE.isdisjoint(outcome.reasons):
        yield from _plain(*patient_lines(outcome.outcome))
    yield from _said("patient", _pin_out_of_use(case, outcome))
    yield from _said("patient.reason", _why(outcome))
    yield from _said("patient.ask", outcome.ask_for)
    if outcome.charge is not None:
        yield charge
    yield from _said("patient.reason", _why_charged(outcome))
    yield from _said("patient.tell", [word for word in _told_last(case, outcome) if word in TOLD_TO_PATIENT])


def _why(outcome: Outcome) -> list[str]:
    unsaid = ONLY_WITH_REGISTERED_CARD if _NOT_REGISTERED in outcome.reasons else frozenset()
    return [word for word in outcome.reasons if word not in WHY_CHARGED | unsaid]


def _why_charged(outcome: Outcome) -> list[str]:
    return [word for word in outcome.reasons if word in WHY_CHARGED]


def _told_last(case: Case, outcome: Outcome) -> list[str]:
    """What is told, the way to a new PIN last: today's visit is solved before anybody is sent to an office.

    No office sets the PIN of a phone.
    """
    told = [word for word in outcome.tell if word != _PIN_RESET or _lost_pin(case, MynaCard)]
    return sorted(told, key=lambda word: word == _PIN_RESET)


def _said(stem: str, words: Iterable[str]) -> Iterator[Line]:
    return _plain(*(f"{stem}.{word}" for word in words))


def _plain(*message_ids: str) -> Iterator[Line]:
    return ((message_id, {}) for message_id in message_ids)


def _pin_out_of_use(case: Case, outcome: Outcome) -> tuple[str, ...]:
    """The way on where identity is to be shown and a PIN is locked or forgotten: without it; with a phone, by the card.

    Nothing of a phone is compared by eye, so that there the visit is not promised.
    """
    if outcome.outcome is not OutcomeWord.IDENTIFY:
        return ()
    if _lost_pin(case, MynaCard):
        return ("pin_out_of_use",)
    return ("phone_pin_out_of_use",) if _lost_pin(case, Smartphone) else ()


def _lost_pin(case: Case, kind: type[Device]) -> bool:
    return any(isinstance(device, kind) and device.identity in PIN_OUT_OF_USE for device in case.devices)


def _is_open_booking(case: Case, outcome: Outcome) -> bool:
    """Whether an appointment is made and nothing has shown eligibility yet: nobody is at the desk to show it."""
    below_papers = outcome.row >= _FIRST_ROW_BELOW_PAPERS
    return case.visit is Visit.BOOKING and below_papers and outcome.outcome in OPEN_AT_BOOKING


def _help_lines(case: Case, outcome: Outcome) -> tuple[str, ...]:
    profile = _profile(case)
    topics: list[HelpTopic] = []
    for words, helps in (
        (outcome.reasons, HELP_BY_REASON),
        (outcome.tell, HELP_BY_TELLING),
        (outcome.ask_for, HELP_BY_ASKING),
    ):
        topics += (topic for word in words for topic in helps.get(word, ()))
    return tuple(dict.fromkeys(line.word for topic in topics for line in lines_for(topic, profile)))


def _profile(case: Case) -> InsurerProfile | None:
    """Whose member the person is, as far as this visit tells; None where no present membership is known.

    An answer 2 says whose member the person was, and so does paper of that insurer.
    """
    answer = case.answer if case.answer is not None and case.answer.person is Person.SAME else None
    named = answer.insurer_number if answer is not None else None
    ended = named if answer is not None and answer.validity == 2 else None
    papers = (paper.insurer_number for paper in case.presented if isinstance(paper, InsurerPaper))
    known = (number for number in (named, *papers) if number is not None and not number.same_as(ended))
    number = next(known, None)
    return None if number is None else profile_of(number)
