"""What staff can do now: one numbered list per state, made of the flow's events.

Pure. This module alone says which actions a state has and in which order; what an action does is an event of the flow
or a page of the staff side. What breaks if it is wrong: a state without a door, or a key that does something else than
its words say.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum
from typing import Final

from eligibility.case import Membership, Person
from kiosk.flow import events as ev
from kiosk.flow import states as st
from kiosk.flow.answer import Reception
from kiosk.flow.facts import Way
from kiosk.flow.states import CardSummary, Trouble
from kiosk.staff.standing import Standing


class Ask(Enum):
    """Pages of the staff side. The value is the stem of their words."""

    WHY = "why"
    VISUAL = "visual"
    PERSON = "person"
    PROTECTION = "protection"
    MEMBERSHIP = "membership"
    SPOKEN_CONSENT = "consent"
    REAL_NAME = "real_name"
    MEDICAL = "medical"
    REFERENCE_NUMBER = "reference"
    COPY = "copy"
    FACE_FILE = "face_file"
    OUTAGE = "outage"
    DISASTER = "disaster"
    QUEUE = "queue"
    DRAFTS = "drafts"
    TODAY = "today"
    HELP_LINES = "help_lines"
    MORE = "more"
    UNDO = "undo"
    PATIENT = "patient"
    """Back to the patient's side: locks."""


@dataclass(frozen=True, slots=True)
class Action:
    """One thing to do: `word` is a message id, `does` the events to send in this order, or a page to open.

    `on_patient_side`: what follows happens there, so the staff side closes.
    """

    word: str
    does: tuple[ev.Event, ...] | Ask
    on_patient_side: bool = False
    params: tuple[tuple[str, str], ...] = field(default=())


FORM_OF_ASKED: Final = {
    "portal": "portal_screen",
    "eligibility_notice": "notice_other",
    "eligibility_certificate": "certificate_other",
    "elderly_recipient_certificate": "recipient_certificate",
    "declaration": "declaration",
}
"""The form a document to ask for is typed into first; the insurer's number may point to a nearer one."""
MEDICAL_ITEMS: Final = ("medicines", "checkups")
"""Consents that the service is asked about: 薬剤情報, 特定健診情報."""
WITHOUT_RECORDS: Final = ("diagnosis", "operation")
"""Consents to what the practice service holds of nobody, 診療情報 and 手術情報: said, so that nobody waits for it."""
_VALID: Final = 1
"""資格有効性 1."""
_UNPROVEN: Final = "●"
_NO_EYE: Final = frozenset(
    {
        Trouble.NO_PHOTO,
        Trouble.REAL_CARD,
        Trouble.REAL_CARD_NOT_ENROLLED,
        Trouble.NOT_MYNA_CARD,
        Trouble.CERTIFICATE_REFUSED,
        Trouble.NOT_REGISTERED,
        Trouble.SERVER_DOWN,
        Trouble.OUTAGE,
        Trouble.DISASTER,
    }
)
"""Where a comparison by eye changes nothing: the card's holder is not what is in doubt, or there is no photo."""
_SAME_AGAIN: Final = frozenset(
    {Trouble.PIN_LOCKED, Trouble.FACE_ONLY, Trouble.REAL_CARD_NOT_ENROLLED, Trouble.NOT_MYNA_CARD, Trouble.NO_PHOTO}
)
"""Reading the same card again ends the same way."""
_ASKING_NOBODY: Final = frozenset({Trouble.OUTAGE, Trouble.DISASTER})


def actions_for(now: Standing) -> tuple[Action, ...]:
    """What staff can do in the present state, the most useful first. Empty where a form of papers is open."""
    return tuple(dict.fromkeys(_actions(now)))


def other_actions(now: Standing) -> tuple[Action, ...]:
    """What is always to be had, whatever the state."""
    switches = (
        Action("side.do.outage_off" if now.outage else "side.do.outage_on", Ask.OUTAGE),
        Action("side.do.disaster_off" if now.disaster else "side.do.disaster_on", Ask.DISASTER),
    )
    return (
        Action("side.do.today", Ask.TODAY),
        *((Action("side.do.why", Ask.WHY),) if reception_of(now.state) is not None else ()),
        Action("side.do.queue", Ask.QUEUE),
        *switches,
        Action("side.do.help_lines", Ask.HELP_LINES),
        *_learned_late(now),
        Action("side.do.patient", Ask.PATIENT, on_patient_side=True),
    )


def _learned_late(now: Standing) -> Iterator[Action]:
    """What people may say when all seemed settled: that they have left that insurer, or whom to protect."""
    if isinstance(now.state, st.ShowingAnswer):
        if now.facts.papers:
            yield Action("side.do.membership", Ask.MEMBERSHIP)
        yield Action("side.do.protection", Ask.PROTECTION)


def reception_of(state: st.State) -> Reception | None:
    """What the rules made of the visit, where the state has it."""
    match state:
        case (
            st.ShowingAnswer(reception=reception)
            | st.NoticingCertificate(reception=reception)
            | st.OfferingRegistration(reception=reception)
            | st.Registering(reception=reception)
            | st.AskingConsent(reception=reception)
            | st.SendingConsent(reception=reception)
        ):
            return reception
        case st.TakingCard(reception=reception):
            return reception
        case st.InTrouble(advice=advice):
            return advice
    return None


def can_compare_by_eye(card: CardSummary | None, *, on_reader: bool) -> bool:
    """目視確認 needs a card that was read and lies there, with a photo; no phone, no real card (design.md §3)."""
    return card is not None and on_reader and card.has_photo and not card.real and not card.is_phone


def _actions(now: Standing) -> Iterator[Action]:
    state = now.state
    match state:
        case st.Idle():
            yield from _at_idle(now)
        case st.InTrouble():
            yield from _in_trouble(now, state)
        case st.ShowingAnswer():
            yield from _at_answer(now, state)
        case st.ChoosingPaper() | st.TypingPaper() | st.ConfirmingPaper() | st.TakingFourItems():
            return
        case _:
            yield from _on_the_patients_side(now, state)


def _on_the_patients_side(now: Standing, state: st.State) -> Iterator[Action]:
    """The person is asked, or waits: staff look on, help where the reader cannot, or go on with a paper."""
    yield _watch()
    if isinstance(state, st.ChoosingMethod | st.FaceFailed) and can_compare_by_eye(
        state.card, on_reader=now.card_present
    ):
        yield _by_eye()
    if isinstance(state, st.AskingConsent):
        yield Action("side.do.spoken_consent", Ask.SPOKEN_CONSENT)
    if isinstance(state, st.FaceFailed) or (isinstance(state, st.VouchingByEye) and not state.checking):
        yield Action("side.do.other_face", (ev.PersonJudged(Person.DIFFERENT),))
    if isinstance(state, _PAPER_INSTEAD) or (isinstance(state, st.VouchingByEye) and not state.checking):
        yield _paper()
    if isinstance(state, _CAN_END) or (isinstance(state, st.VouchingByEye) and not state.checking):
        yield _end()


_PAPER_INSTEAD: Final = (
    st.ReadingCard,
    st.ComparingFace,
    st.AskingService,
    st.AwaitingPhone,
    st.ConfirmingRealCard,
    st.ChoosingMethod,
    st.ConfirmingLastTry,
    st.EnteringPin,
    st.FaceFailed,
    st.NoticingCertificate,
    st.OfferingRegistration,
    st.AskingConsent,
)
"""States of the patient's side that staff can turn from to a paper."""
_CAN_END: Final = (
    st.AwaitingPhone,
    st.ConfirmingRealCard,
    st.ChoosingMethod,
    st.ConfirmingLastTry,
    st.EnteringPin,
    st.FaceFailed,
)
"""States of the patient's side in which the visit can be ended from the desk."""
PAPER_KEY: Final = (*_PAPER_INSTEAD, st.Idle, st.InTrouble, st.ShowingAnswer)
"""Where F8 goes on with a paper, besides a comparison by eye that has not begun."""


def paper_key_works(state: st.State) -> bool:
    """Whether F8 goes on with a paper here."""
    return isinstance(state, PAPER_KEY) or (isinstance(state, st.VouchingByEye) and not state.checking)


def _at_idle(now: Standing) -> Iterator[Action]:
    if now.drafts:
        yield Action("side.do.drafts", Ask.DRAFTS, params=(("count", str(now.drafts)),))
    if now.outage or now.disaster:
        yield _four_items()
    yield _paper()
    yield _watch()


def _in_trouble(now: Standing, state: st.InTrouble) -> Iterator[Action]:
    advice, on_reader = state.advice, state.card_on_reader
    nobody = now.outage or (_without_service(now) and state.trouble in _ASKING_NOBODY)
    if nobody or now.disaster:  # whatever it was that stopped the visit: also who pressed 係 without a card
        yield _four_items()
    if not nobody and state.trouble not in _SAME_AGAIN:
        word = "side.do.read_again" if on_reader else "side.do.place_again"
        yield Action(word, (ev.RetryRequested(),), on_patient_side=True)
    if state.card is not None and on_reader and Way.FACE in state.card.ways and state.trouble in _FACE_INSTEAD:
        yield Action("side.do.face", (ev.WayChosen(Way.FACE),), on_patient_side=True)
    if state.trouble not in _NO_EYE and can_compare_by_eye(state.card, on_reader=on_reader):
        yield _by_eye()
    if advice is not None:
        if advice.outcome == "PENDING_4INFO" and _without_service(now):
            yield _four_items()
        yield from _asked_papers(advice)
    yield _paper()
    if advice is None or "declaration" in advice.ask_for or "portal" in advice.ask_for:
        yield Action("side.do.verbal", (ev.VerbalConfirmed(),))
    if state.trouble is Trouble.SERVER_DOWN and not now.outage:
        yield Action("side.do.outage_on", Ask.OUTAGE)
    yield Action("side.do.protection", Ask.PROTECTION)
    if state.trouble in _SAME_AGAIN:
        word = "side.do.other_card" if on_reader else "side.do.place_again"
        yield Action(word, (ev.RetryRequested(),), on_patient_side=True)
    if now.can_undo:
        yield Action("side.do.undo", Ask.UNDO)
    yield _end()


_FACE_INSTEAD: Final = frozenset({Trouble.PIN_LOCKED, Trouble.PIN_UNKNOWN, Trouble.CALLED_STAFF})
"""Where the face may be compared in place of what stopped the visit."""


def _at_answer(now: Standing, state: st.ShowingAnswer) -> Iterator[Action]:
    reception, facts = state.reception, now.facts
    theirs = facts.person is not Person.DIFFERENT
    sure = theirs and facts.person is not Person.UNSURE and "unsure_person" not in reception.reasons
    # Who was written down in an outage is received: the service is asked later.
    noted = reception.outcome == "PENDING_4INFO" and facts.four_items is not None
    done = noted or (reception.accepted and not reception.ask_for)
    if done:
        yield _finish(state)
    if reception.outcome == "PENDING_4INFO" and facts.four_items is None and _without_service(now):
        yield _four_items()
    if _ask_again_by_card(state):
        yield Action("side.do.card_again", (ev.Acknowledged(),), on_patient_side=True)
    yield from _asked_papers(reception)
    if not done and "numbers_query" not in reception.ask_for:
        yield _paper()
    if sure and reception.consent == "ask" and not state.consents:
        yield Action("side.do.spoken_consent", Ask.SPOKEN_CONSENT)
    if sure and any(given and item in (*MEDICAL_ITEMS, *WITHOUT_RECORDS) for item, given in state.consents):
        yield Action("side.do.medical", Ask.MEDICAL)
    if theirs and (facts.by_card is not None or facts.by_numbers is not None):
        yield Action("side.do.person", Ask.PERSON)
    if not theirs and now.can_undo:
        yield Action("side.do.undo", Ask.UNDO)
    if sure and _UNPROVEN in reception.name:
        yield Action("side.do.real_name", Ask.REAL_NAME)
    if not done:
        if not _ask_again_by_card(state):
            yield _finish(state)
        if {"declaration", "portal"} & {*reception.ask_for}:
            yield Action("side.do.verbal", (ev.VerbalConfirmed(),))
        if facts.papers:
            yield Action("side.do.membership", Ask.MEMBERSHIP)
        yield Action("side.do.protection", Ask.PROTECTION)
    # Of an answer that is not valid there is next to nothing to take over, and nobody to give a number to; nothing is
    # used of an answer that is somebody else's, or may be.
    if sure and reception.validity == _VALID:
        yield Action("side.do.copy", Ask.COPY)
        yield Action("side.do.reference", Ask.REFERENCE_NUMBER)
    if theirs and facts.by_card is not None:
        yield Action("side.do.face_file", Ask.FACE_FILE)
    if facts.papers or facts.four_items is not None:
        yield Action("side.do.family", (ev.NextOfFamily(),))
    if done:
        yield Action("side.do.second_paper", (ev.ManualRequested(),))
    if now.can_undo:
        yield Action("side.do.undo", Ask.UNDO)


def _ask_again_by_card(state: st.ShowingAnswer) -> bool:
    """REQUERY of a card: it is given back and placed again, which asks anew."""
    return state.card_on_reader and state.reception.outcome in ("REQUERY", "IDENTIFY")


def _without_service(now: Standing) -> bool:
    return now.outage or now.disaster or now.facts.service_silent


def _four_items() -> Action:
    return Action("side.do.four_items", (ev.FourItemsRequested(),))


def _asked_papers(reception: Reception) -> Iterator[Action]:
    """One action for each paper to ask for, best first: asked for in the guidance's words, typed at a key."""
    asked = reception.ask_for
    if reception.birthdate is None:  # whether there is a 高齢受給者証 at all shows with the birthday
        asked = tuple(sorted(asked, key=lambda word: word == "elderly_recipient_certificate"))
    for word in asked:
        if word in FORM_OF_ASKED:
            yield Action(f"staff.ask.{word}", (ev.PaperChosen(FORM_OF_ASKED[word]),))
        elif word == "numbers_query":
            yield Action(f"staff.ask.{word}", (ev.ManualRequested(),))


def _watch() -> Action:
    return Action("side.do.patient", Ask.PATIENT, on_patient_side=True)


def _paper() -> Action:
    return Action("side.do.paper", (ev.ManualRequested(),))


def _by_eye() -> Action:
    return Action("side.do.visual", Ask.VISUAL)


def _end() -> Action:
    return Action("side.do.end", (ev.Abandoned(),))


def _finish(state: st.ShowingAnswer) -> Action:
    if state.reception.accepted or state.reception.outcome.startswith("PENDING"):
        word = "side.do.return_card" if state.card_on_reader else "side.do.finish"
    else:  # nobody is to read that this person was received
        word = "side.do.return_card.unreceived" if state.card_on_reader else "side.do.finish.unreceived"
    return Action(word, (ev.Acknowledged(),), on_patient_side=state.card_on_reader)


MEMBERSHIPS: Final = (Membership.CURRENT, Membership.LEFT, Membership.UNKNOWN)
"""What can be said of the membership that a paper names, in the order of the page."""
