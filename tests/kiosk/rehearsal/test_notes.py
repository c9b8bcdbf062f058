"""What is noted of each step of the flow: words that scoring needs, and never a digit of a PIN."""

from __future__ import annotations

import pytest

from eligibility.case import Person
from eligibility.papers.forms import FORM_OF
from eligibility.papers.parsing import parse_paper
from kiosk.flow import events as ev
from kiosk.flow import states as st
from kiosk.flow.answer import Reception
from kiosk.flow.counter import Counter
from kiosk.flow.events import Event
from kiosk.rehearsal.notes import Deed, Noted, NoteTaker
from reader.pin import PinHandle
from tests.kiosk.rehearsal.test_scoring import ON

CARD = st.CardSummary("individual", 1, None)
FACE_ONLY = st.CardSummary("individual", 0, None, face_only=True)
MAY_ASK = Reception("OK_ONLINE", 4, "ratio:30", consent="ask")
GRACE = Reception("OK_ONLINE_LIMITED", 4, "ratio:30")
PAPER = parse_paper(FORM_OF["certificate_kyokai"], {"insurer_number": "01139997", "number": "1155"}, ON)
AT_ANSWER = Counter(state=st.ShowingAnswer(MAY_ASK, card_on_reader=True), reception=MAY_ASK)
IN_GRACE = Counter(state=st.ShowingAnswer(GRACE, card_on_reader=True), reception=GRACE)
ITEMS = st.CONSENT_ITEMS


@pytest.mark.parametrize(
    ("before", "event", "expected"),
    [
        (Counter(state=st.ConfirmingPaper(PAPER, None, card_on_reader=False)), ev.PaperConfirmed(), [
            (Deed.PAPER, "certificate_kyokai itself"),
            (Deed.NUMBERS, "eligibility_certificate 01139997 1155"),
        ]),
        (Counter(card=FACE_ONLY), ev.PaperChosen("portal_pdf"), [(Deed.PORTAL, "face_only")]),
        (Counter(card=CARD), ev.PaperChosen("portal_screen"), [(Deed.PORTAL, "")]),
        (Counter(card=FACE_ONLY), ev.PaperChosen("notice_other"), []),
        (AT_ANSWER, ev.PersonJudged(Person.DIFFERENT), [(Deed.JUDGED, "different")]),
        (AT_ANSWER, ev.ConsentForAll(given=True), [(Deed.CONSENT, "yes")]),
        (AT_ANSWER, ev.SpokenConsent(tuple((item, False) for item in ITEMS)), [(Deed.CONSENT, "spoken no")]),
        (AT_ANSWER, ev.SpokenConsent((("medicines", True), ("checkups", False))), [(Deed.CONSENT, "spoken some")]),
        (IN_GRACE, ev.SpokenConsent((("medicines", True),)), [(Deed.CONSENT_NOT_TO_BE_ASKED, "spoken yes")]),
        (AT_ANSWER, ev.RegistrationAccepted(), [(Deed.REGISTRATION, "yes")]),
        (AT_ANSWER, ev.RegistrationDeclined(), [(Deed.REGISTRATION, "no")]),
        (AT_ANSWER, ev.VerbalConfirmed(), [(Deed.VERBAL, "")]),
        (AT_ANSWER, ev.OutageSwitched(on=True), [(Deed.OUTAGE, "on")]),
        (AT_ANSWER, ev.Undone(), [(Deed.UNDONE, "")]),
        (AT_ANSWER, ev.Abandoned(), []),
        (Counter(state=st.ChoosingMethod(CARD)), ev.Abandoned(), [(Deed.ENDED_EARLY, "")]),
        (Counter(state=st.ChoosingMethod(CARD)), ev.Expired(), [(Deed.ENDED_EARLY, "")]),
        (Counter(), ev.Expired(), []),
        (AT_ANSWER, ev.FaceMatched(), [(Deed.WAY, "face")]),
        (AT_ANSWER, ev.PasscodeAccepted(), [(Deed.WAY, "visual")]),
    ],
)  # fmt: skip
def test_a_step_is_noted_by_what_was_done(before: Counter, event: Event, expected: list[tuple[Deed, str]]) -> None:
    taker = NoteTaker()
    taker.step(before, event, before)
    assert [(one.deed, one.detail) for one in taker.notes().deeds] == expected


@pytest.mark.parametrize(
    ("left", "answer", "expected"),
    [
        (1, ev.PinAccepted(), [(Deed.WAY, "pin"), (Deed.LAST_TRY, "right")]),
        (1, ev.PinRejected(0), [(Deed.PIN_WRONG, ""), (Deed.LAST_TRY, "wrong")]),
        (2, ev.PinAccepted(), [(Deed.WAY, "pin")]),
        (3, ev.PinRejected(2), [(Deed.PIN_WRONG, "")]),
    ],
)
def test_the_last_try_is_noted_when_it_was_spent(left: int, answer: Event, expected: list[tuple[Deed, str]]) -> None:
    taker, counter = NoteTaker(), Counter(card=st.CardSummary("individual", left, None))
    taker.step(counter, ev.PinEntered(PinHandle(bytearray(b"4093"))), counter)
    taker.step(counter, answer, counter)
    assert [(one.deed, one.detail) for one in taker.notes().deeds] == expected
    assert "4093" not in repr(taker.notes())


def test_one_by_one_consent_is_noted_with_the_last_item() -> None:
    taker = NoteTaker()
    answers: tuple[tuple[str, bool], ...] = ()
    for number, item in enumerate(ITEMS):
        before = Counter(state=st.AskingConsent(MAY_ASK, ITEMS, answers, one_by_one=True), reception=MAY_ASK)
        answers = (*answers, (item, number == 0))
        following = st.AskingConsent(MAY_ASK, ITEMS, answers, one_by_one=True)
        state: st.State = following if following.asked is not None else st.SendingConsent(MAY_ASK, answers)
        taker.step(before, ev.ConsentAnswered(item, number == 0), Counter(state=state, reception=MAY_ASK))
    assert taker.notes().deeds == (Noted(Deed.CONSENT, "some"),)


def test_the_last_decision_of_a_visit_counts() -> None:
    taker = NoteTaker()
    taker.step(Counter(), ev.Decided(Reception("NOT_CONFIRMED", 13, "full")), Counter())
    taker.step(Counter(), ev.Decided(Reception("OK_CERTIFICATE", 6, "ratio:30", queue="recheck")), Counter())
    decision = taker.notes(2.5).decision
    assert decision is not None
    assert (decision.outcome, decision.charge, decision.queue, decision.accepted) == (
        "OK_CERTIFICATE",
        "ratio:30",
        "recheck",
        True,
    )


def test_each_note_has_the_counters_time() -> None:
    times = iter(["09:05", "09:07"])
    taker = NoteTaker(lambda: next(times))
    taker.step(AT_ANSWER, ev.PersonJudged(Person.DIFFERENT), AT_ANSWER)
    taker.step(Counter(), ev.Decided(Reception("NOT_CONFIRMED", 13, "full")), Counter())
    notes = taker.notes()
    assert (notes.deeds[0].at, notes.decided_at) == ("09:05", "09:07")
