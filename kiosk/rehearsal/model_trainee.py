"""The trainee who makes no mistake: what to do next at the counter with a visit of a script.

Pure. Follows the rules' own guidance: goes on until the person is accepted and nothing is left to ask for, offers every
paper that was brought in its turn, spends no last try where another way is left, and lets nobody else's record pass.
By it is worked out what would have been right; the tests press its keys. What breaks if it is wrong: the score is held
against something that nobody would do.
"""

from __future__ import annotations

from enum import Enum

from eligibility.case import Person
from kiosk.flow import events as ev
from kiosk.flow import states as st
from kiosk.flow.answer import Reception
from kiosk.flow.counter import Counter
from kiosk.flow.facts import Way
from kiosk.flow.states import CardSummary, Trouble
from kiosk.rehearsal.script import Pin, Record, Visit, What


class Typing(Enum):
    """What is typed on a pad: digits travel in a handle, so whoever plays makes it."""

    PIN = "pin"
    WRONG_PIN = "wrong_pin"
    PASSCODE = "passcode"


class Hand(Enum):
    """What the person's hand does."""

    LAY_CARD = "lay_card"
    TAKE_CARD = "take_card"


Move = ev.Event | Typing | Hand
"""One thing to do next."""

_BY_FACE = frozenset({Trouble.PIN_LOCKED, Trouble.PIN_UNKNOWN, Trouble.CALLED_STAFF})
_PULLED = frozenset({Trouble.CARD_PULLED, Trouble.CARD_UNREADABLE})


class ModelTrainee:
    """For one visit. Ask `move` whenever the counter has come to rest."""

    def __init__(self, visit: Visit) -> None:
        self._visit = visit
        self._papers = list(visit.papers)
        self._mistyped = visit.pin is not Pin.MISTYPED
        self._laid = 0
        self._most_laid = 2 if any(t.what is What.PULL_CARD for t in visit.troubles) else 1
        self._verbal = visit.known_patient
        self._items = visit.four_items
        self._judged = False
        self._began = False
        self.over = False
        """The visit has ended, or nothing is left to do."""

    def move(self, counter: Counter) -> Move | None:
        """What to do now; None: wait."""
        match counter.state:
            case st.Idle():
                return self._at_idle(counter)
            case st.ChoosingMethod(card) | st.FaceFailed(card=card):
                return self._way(counter, card)
            case st.EnteringPin():
                return self._pin()
            case st.ConfirmingLastTry(card):  # a card without photo leaves no other way
                return ev.Back() if Way.FACE in card.ways else ev.LastTryAccepted()
            case st.VouchingByEye(checking=False):
                return Typing.PASSCODE
            case st.NoticingCertificate():
                return ev.NoticeRead()
            case st.OfferingRegistration(possible=possible):
                return ev.RegistrationAccepted() if self._visit.registers and possible else ev.RegistrationDeclined()
            case st.AskingConsent():
                return ev.ConsentForAll(self._visit.consents)
            case st.InTrouble() as state:
                return self._in_trouble(counter, state)
            case st.ShowingAnswer(reception=reception):
                return self._at_answer(counter, reception)
            case st.ChoosingPaper():
                return ev.PaperChosen(self._papers[0].form.word) if self._papers else ev.Back()
            case st.TypingPaper():
                return self._typed(counter)
            case st.ConfirmingPaper():
                return ev.PaperConfirmed()
            case st.TakingFourItems():
                items, self._items = self._items, None
                return ev.FourItemsTaken(items) if items is not None else ev.Back()
            case st.TakingCard():
                return Hand.TAKE_CARD
        return None

    # --- the card ---

    def _at_idle(self, counter: Counter) -> Move | None:
        visit = self._visit
        if self._began:
            self.over = True
            return None
        self._began = True
        if visit.card and counter.reader_trouble is None:
            self._laid += 1
            return Hand.LAY_CARD
        if self._papers:
            return ev.ManualRequested()
        return ev.StaffCalled()  # nothing that this counter can read: the desk asks further

    def _way(self, counter: Counter, card: CardSummary) -> Move:
        visit = self._visit
        if isinstance(counter.state, st.FaceFailed):
            return ev.PersonJudged(Person.DIFFERENT)
        if Way.PIN in card.ways and card.attempts_left > 1 and visit.pin is not Pin.FORGOTTEN and self._is_own():
            return ev.WayChosen(Way.PIN)
        if Way.FACE in card.ways:
            return ev.WayChosen(Way.FACE)
        if Way.PIN in card.ways and visit.pin is not Pin.FORGOTTEN:
            return ev.WayChosen(Way.PIN)
        return ev.StaffCalled(Trouble.PIN_UNKNOWN)

    def _is_own(self) -> bool:
        return self._visit.card == self._visit.who

    def _pin(self) -> Move:
        if not self._mistyped:
            self._mistyped = True
            return Typing.WRONG_PIN
        return Typing.PIN

    # --- the desk ---

    def _in_trouble(self, counter: Counter, state: st.InTrouble) -> Move | None:
        card = state.card
        if state.trouble in _BY_FACE and card is not None and state.card_on_reader and Way.FACE in card.ways:
            return ev.WayChosen(Way.FACE)
        if state.trouble in _PULLED and self._laid < self._most_laid and counter.reader_trouble is None:
            self._laid += 1
            return Hand.LAY_CARD
        return self._further(counter) or self._give_up()

    def _at_answer(self, counter: Counter, reception: Reception) -> Move:
        if self._visit.record is Record.OTHER and not self._judged and reception.by:
            self._judged = True
            return ev.PersonJudged(Person.DIFFERENT)
        if reception.accepted and not reception.ask_for:
            return ev.Acknowledged()
        return self._further(counter) or ev.Acknowledged()

    def _further(self, counter: Counter) -> Move | None:
        if self._papers:
            return ev.ManualRequested()
        if self._verbal:
            self._verbal = False
            return ev.VerbalConfirmed()
        silent = counter.facts.service_silent or counter.outage
        if self._items is not None and silent and counter.facts.four_items is None:
            return ev.FourItemsRequested()
        return None

    def _typed(self, counter: Counter) -> Move:
        if not self._papers:
            return ev.Back()
        paper = self._papers.pop(0)
        draft = tuple(paper.typed().items())
        return ev.PaperCompleted(paper, draft, card_in_hand=self._visit.card_in_hand)

    def _give_up(self) -> Move:
        self.over = True
        return ev.Abandoned()
