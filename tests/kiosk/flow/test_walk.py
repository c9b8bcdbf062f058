"""Any order of cards, keys, faults and late answers: no visit ever sees what belongs to another.

Every answer carries the number of the visit it was made for as its insurer number, so that a mix-up shows.
"""

from __future__ import annotations

from dataclasses import replace

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from kiosk.flow import effects as do
from kiosk.flow import events as ev
from kiosk.flow.counter import Counter, Happened, UnexpectedEventError
from kiosk.flow.effects import Effect
from kiosk.flow.machine import advance
from kiosk.flow.states import (
    AskingService,
    ChoosingMethod,
    ConfirmingForm,
    ConfirmingLastTry,
    ConfirmingRealCard,
    Document,
    EnteringPin,
    FillingForm,
    Idle,
    InTrouble,
    ReadingCard,
    ShowingAnswer,
    TakingCard,
    Trouble,
    VerifyingPin,
)
from reader.pin import PinHandle
from tests.kiosk.flow.samples import ANSWER, CARD, FACE_ONLY_CARD, PAPER, REAL_CARD, a_pin
from tests.thoroughness import examples

KEYS: list[ev.Event] = [
    ev.RealCardAccepted(),
    ev.PinChosen(),
    ev.LastTryAccepted(),
    ev.ManualRequested(),
    ev.DocumentChosen(Document.ELIGIBILITY_NOTICE),
    ev.DocumentChosen(Document.ELIGIBILITY_CERTIFICATE),
    ev.FormConfirmed(),
    ev.RetryRequested(),
    ev.StaffCalled(),
    ev.StaffCalled(Trouble.PIN_UNKNOWN),
    ev.Acknowledged(),
    ev.Abandoned(),
    ev.Expired(),
]
CARD_STATES = (ReadingCard, ConfirmingRealCard, ChoosingMethod, ConfirmingLastTry, EnteringPin, VerifyingPin)


def answers_to(effect: Effect) -> list[ev.Event]:
    """What may come back for one effect, whenever it comes."""
    failures = [ev.CardFailed(Trouble.CARD_PULLED), ev.CardFailed(Trouble.CARD_UNREADABLE, "6F00")]
    down = ev.ServiceFailed(Trouble.SERVER_DOWN)
    answer = ev.AnswerReceived(replace(ANSWER, insurer_number=str(effect.visit)))
    match effect:
        case do.ReadCard():
            cards = [replace(card, attempts_left=left) for card in (CARD, REAL_CARD) for left in range(4)]
            return [*map(ev.CardRead, [*cards, FACE_ONLY_CARD, replace(FACE_ONLY_CARD, real=True)]), *failures]
        case do.VerifyPin():
            return [ev.PinAccepted(), *(ev.PinRejected(left) for left in range(3)), *failures, down]
        case do.AskByCard():
            return [answer, down, ev.ServiceFailed(Trouble.CERTIFICATE_REFUSED, "MOCK-CERT-EXPIRED")]
        case do.AskByNumbers():
            return [answer]
    return []


class CounterWalk(RuleBasedStateMachine):
    """A counter, a card that comes and goes, a slow service, and people who press anything."""

    def __init__(self) -> None:
        super().__init__()
        self.counter = Counter()
        self.owed: list[Effect] = []
        self.typed: list[PinHandle] = []
        self.taken_care_of: list[PinHandle] = []
        self.entries: list[do.RecordVisit] = []
        self.closed: list[int] = []
        self.used: set[int] = set()
        """Visits in which something happened."""
        self.continued: set[int] = set()
        """Visits that began with the trouble which ended the one before."""
        self.agreed: set[int] = set()
        """Visits in which the holder of a real card agreed."""
        self.card = False
        self.reader = True

    def happen(self, event: ev.Event, visit: int | None) -> None:
        before = self.counter
        transition = advance(before, Happened(event, visit))
        self.counter = transition.counter
        for effect in transition.effects:
            assert effect.visit not in self.closed or isinstance(effect, do.DiscardPin), "a closed visit stays closed"
            match effect:
                case do.VerifyPin(_, handle) | do.DiscardPin(_, handle):
                    self.taken_care_of.append(handle)
                    if isinstance(effect, do.VerifyPin):
                        self.check_that_a_pin_may_go(effect.visit)
                case do.RecordVisit():
                    self.entries.append(effect)
                case do.ForgetPatient(gone):
                    self.closed.append(gone)
            if answers_to(effect):
                assert effect.visit == self.counter.visit, "only the present visit asks for something"
                self.owed.append(effect)
        state, visit = self.counter.state, self.counter.visit
        if visit != before.visit and isinstance(state, InTrouble):
            self.continued.add(visit)
        nothing_new = Idle if visit not in self.continued else Idle | InTrouble | TakingCard
        if not isinstance(state, nothing_new):
            self.used.add(visit)

    def check_that_a_pin_may_go(self, visit: int) -> None:
        assert isinstance(self.counter.state, VerifyingPin)
        card = self.counter.state.card
        assert not card.face_only, "a card without a PIN is never sent one"
        assert not card.real or visit in self.agreed, "a real card's PIN is asked for with consent only"

    def press(self, event: ev.Event, visit: int) -> None:
        before = self.counter
        try:
            self.happen(event, visit)
        except UnexpectedEventError:
            assert self.counter is before
            return
        if isinstance(event, ev.RealCardAccepted) and visit == before.visit:
            self.agreed.add(visit)

    @rule()
    def place_or_swap_a_card(self) -> None:
        if self.reader:
            self.card = True
            self.happen(ev.CardPlaced(), None)

    @precondition(lambda self: self.card)
    @rule()
    def take_the_card(self) -> None:
        self.card = False
        self.happen(ev.CardTaken(), None)

    @rule(trouble=st.sampled_from([Trouble.NO_READER, Trouble.NO_PCSC_SERVICE, Trouble.ACCESS_DENIED]))
    def lose_the_reader(self, trouble: Trouble) -> None:
        self.reader = self.card = False
        self.happen(ev.ReaderGone(trouble), None)

    @precondition(lambda self: not self.reader)
    @rule()
    def get_the_reader_back(self) -> None:
        self.reader = True
        self.happen(ev.ReaderBack(), None)

    @precondition(lambda self: self.owed)
    @rule(data=st.data())
    def answer_at_last(self, data: st.DataObject) -> None:
        """An answer may come at any time, for any visit; whatever is still waited for is expected."""
        effect = data.draw(st.sampled_from(self.owed))
        self.owed.remove(effect)
        self.happen(data.draw(st.sampled_from(answers_to(effect))), effect.visit)

    @rule(key=st.sampled_from(KEYS), late=st.integers(0, 2))
    def press_a_key(self, key: ev.Event, late: int) -> None:
        self.press(key, self.counter.visit - late)

    @rule(data=st.data())
    def press_a_key_that_does_something(self, data: st.DataObject) -> None:
        self.press(data.draw(st.sampled_from([key for key in KEYS if self.is_offered(key)])), self.counter.visit)

    def is_offered(self, key: ev.Event) -> bool:
        try:
            advance(self.counter, Happened(key, self.counter.visit))
        except UnexpectedEventError:
            return False
        return True

    @rule(late=st.integers(0, 1))
    def type_a_pin(self, late: int) -> None:
        handle = a_pin()
        self.typed.append(handle)
        self.press(ev.PinEntered(handle), self.counter.visit - late)

    @rule(document=st.sampled_from(list(Document)))
    def complete_a_form(self, document: Document) -> None:
        draft = (("number", str(self.counter.visit)),)
        self.press(ev.FormCompleted(replace(PAPER, document=document), draft), self.counter.visit)

    @rule()
    def step_back(self) -> None:
        self.press(ev.Back((("number", str(self.counter.visit)),)), self.counter.visit)

    @rule()
    def go_straight_to_an_answer(self) -> None:
        """Random keys rarely come this far: the way a patient goes, answers that come back at once."""
        for _ in range(6):
            waited_for = [effect for effect in self.owed if effect.visit == self.counter.visit]
            match self.counter.state:
                case ConfirmingRealCard():
                    self.press(ev.RealCardAccepted(), self.counter.visit)
                case ChoosingMethod():
                    self.press(ev.PinChosen(), self.counter.visit)
                case ConfirmingLastTry():
                    self.press(ev.LastTryAccepted(), self.counter.visit)
                case EnteringPin():
                    self.type_a_pin(0)
                case FillingForm(document):
                    self.complete_a_form(document)
                case ConfirmingForm():
                    self.press(ev.FormConfirmed(), self.counter.visit)
                case ReadingCard() | VerifyingPin() | AskingService():
                    [effect] = waited_for
                    self.owed.remove(effect)
                    right = ev.CardRead(CARD) if isinstance(effect, do.ReadCard) else answers_to(effect)[0]
                    self.happen(right, effect.visit)
                case _:
                    return

    @invariant()
    def an_answer_is_seen_in_its_own_visit_only(self) -> None:
        match self.counter.state:
            case ShowingAnswer(reception) | TakingCard(reception) if reception is not None:
                assert reception.insurer_number == str(self.counter.visit)

    @invariant()
    def an_entry_names_its_own_visit_only(self) -> None:
        assert all(entry.insurer_number in ("", str(entry.visit)) for entry in self.entries)

    @invariant()
    def every_pin_is_used_once_or_wiped_once(self) -> None:
        assert [id(handle) for handle in self.taken_care_of] == [id(handle) for handle in self.typed]

    @invariant()
    def every_used_visit_that_ended_left_an_entry(self) -> None:
        assert self.used - {entry.visit for entry in self.entries} <= {self.counter.visit}

    @invariant()
    def what_only_continued_is_not_recorded_twice(self) -> None:
        outcome = {entry.visit: entry.outcome for entry in self.entries}
        assert all(outcome[visit - 1] != "ABANDONED" for visit in outcome.keys() - self.used)

    @invariant()
    def no_visit_is_called_abandoned_twice_or_after_its_answer(self) -> None:
        for visit in {entry.visit for entry in self.entries}:
            outcomes = [entry.outcome for entry in self.entries if entry.visit == visit]
            assert "ABANDONED" not in outcomes or outcomes == ["ABANDONED"]

    @invariant()
    def visits_end_one_after_the_other(self) -> None:
        assert self.closed == list(range(1, self.counter.visit))

    @invariant()
    def the_flow_knows_what_lies_on_the_reader(self) -> None:
        state = self.counter.state
        assert self.counter.card_present == self.card
        if isinstance(state, CARD_STATES):
            assert self.card
        if isinstance(state, Idle):
            assert not self.card
            assert (state.trouble is None) == self.reader

    @invariant()
    def whatever_waits_is_waited_for_once(self) -> None:
        waiting = isinstance(self.counter.state, ReadingCard | VerifyingPin | AskingService)
        assert len([effect for effect in self.owed if effect.visit == self.counter.visit]) == int(waiting)

    @invariant()
    def an_idle_counter_remembers_nobody(self) -> None:
        if isinstance(self.counter.state, Idle):
            assert self.counter == Counter(
                self.counter.visit, self.counter.state, reader_trouble=self.counter.reader_trouble
            )
        if isinstance(self.counter.state, Idle | ReadingCard | TakingCard):
            assert self.counter.drafts == ()


TestCounterWalk = CounterWalk.TestCase
TestCounterWalk.settings = settings(
    max_examples=examples(200), stateful_step_count=60, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
