"""Any order of cards, keys, faults and late answers: no visit ever sees what belongs to another.

Whatever is personal carries the number of the visit it was made for, so that a mix-up shows.
"""

from __future__ import annotations

import re
from dataclasses import fields, is_dataclass, replace

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from eligibility.case import Membership, Person
from kiosk.flow import effects as do
from kiosk.flow import events as ev
from kiosk.flow.answer import Qualification, Reception
from kiosk.flow.counter import Counter, Happened, UnexpectedEventError
from kiosk.flow.effects import Effect
from kiosk.flow.facts import FourItems, VisitFacts, Way
from kiosk.flow.machine import advance
from kiosk.flow.recording import ABANDONED
from kiosk.flow.states import (
    CONSENT_ITEMS,
    AskingConsent,
    AskingService,
    AwaitingPhone,
    ChoosingMethod,
    ChoosingPaper,
    ComparingFace,
    ConfirmingLastTry,
    ConfirmingPaper,
    ConfirmingRealCard,
    EnteringPin,
    FaceFailed,
    Idle,
    InTrouble,
    NoticingCertificate,
    OfferingRegistration,
    ReadingCard,
    Registering,
    SendingConsent,
    Settling,
    ShowingAnswer,
    State,
    TakingCard,
    TakingFourItems,
    Trouble,
    TypingPaper,
    VerifyingPin,
    VouchingByEye,
)
from reader.pin import PinHandle
from tests.kiosk.flow.samples import (
    ALL_GIVEN,
    CARD,
    CERTIFICATE,
    FACE_ONLY_CARD,
    ITEMS,
    LOCKED_BABY_CARD,
    NOTICE,
    PHONE,
    REAL_CARD,
    UNTIL,
    a_pin,
    paper,
)
from tests.thoroughness import examples

KEYS: list[ev.Event] = [
    ev.RealCardAccepted(),
    ev.PhoneChosen("android"),
    ev.WayChosen(Way.PIN),
    ev.WayChosen(Way.FACE),
    ev.WayChosen(Way.VISUAL),
    ev.LastTryAccepted(),
    ev.NoticeRead(),
    ev.RegistrationAccepted(),
    ev.RegistrationDeclined(),
    ev.OneByOneChosen(),
    ev.ConsentForAll(given=True),
    ev.ConsentForAll(given=False),
    *(ev.ConsentAnswered(item, given=item != "medicines") for item in CONSENT_ITEMS),
    ev.SpokenConsent(ALL_GIVEN),
    ev.ManualRequested(),
    ev.PaperChosen(NOTICE),
    ev.PaperChosen(CERTIFICATE),
    ev.PaperConfirmed(),
    ev.FourItemsRequested(),
    ev.PersonJudged(Person.DIFFERENT),
    ev.PersonJudged(Person.SAME),
    ev.MembershipTold(Membership.LEFT),
    ev.VerbalConfirmed(),
    ev.ProtectionTold("undisclosed"),
    ev.NextOfFamily(),
    ev.Undone(),
    ev.RetryRequested(),
    ev.StaffCalled(),
    ev.StaffCalled(Trouble.PIN_UNKNOWN),
    ev.Acknowledged(),
    ev.Abandoned(),
    ev.Expired(),
]
CARD_STATES = (
    ReadingCard,
    ConfirmingRealCard,
    ChoosingMethod,
    ConfirmingLastTry,
    EnteringPin,
    VerifyingPin,
    ComparingFace,
    FaceFailed,
    VouchingByEye,
    NoticingCertificate,
    OfferingRegistration,
    AskingConsent,
)
CANARY = re.compile(r"visit-(\d+)!")


def canary(visit: int) -> str:
    """What a value of one visit holds wherever it goes."""
    return f"visit-{visit}!"


def canaries(value: object) -> set[int]:
    """The visits whose values are somewhere inside, repr or not."""
    match value:
        case str():
            return {int(number) for number in CANARY.findall(value)}
        case tuple() | list() | frozenset():
            return {number for item in value for number in canaries(item)}
    if not is_dataclass(value) or isinstance(value, type):
        return set()
    return {number for one in fields(value) for number in canaries(getattr(value, one.name))}


def decisions(effect: do.Decide) -> list[ev.Event]:
    """What the rules may say: accepted with and without a consent, in grace, an offer, a queue."""
    mine = canary(effect.visit)
    if not effect.facts.by_card or effect.facts.papers or effect.facts.four_items:
        typed = Reception("OK_MANUAL_NOTICE", 10, "ratio:30", by="numbers", name=mine)
        return [*map(ev.Decided, [typed, replace(typed, outcome="PENDING_4INFO", queue="four_items")])]
    accepted = Reception("OK_ONLINE", 4, "ratio:30", by="card", name=mine, consent="ask")
    offer = Reception("OFFER_REGISTRATION", 8, "", by="card", name=mine, registration="offer")
    noticed = replace(accepted, certificate="expiring")
    return [*map(ev.Decided, [accepted, noticed, replace(noticed, consent=None), offer])]


def answers_to(effect: Effect) -> list[ev.Event]:
    """What may come back for one effect, whenever it comes."""
    failures = [ev.CardFailed(Trouble.CARD_PULLED), ev.CardFailed(Trouble.CARD_UNREADABLE, "6F00")]
    down = ev.ServiceFailed(Trouble.SERVER_DOWN)
    mine = canary(effect.visit)
    by_card = ev.Answered(Qualification("card", validity=1, name=mine, visit=mine))
    match effect:
        case do.ReadCard():
            cards = [replace(card, attempts_left=left) for card in (CARD, REAL_CARD, PHONE) for left in range(4)]
            cards += [FACE_ONLY_CARD, replace(FACE_ONLY_CARD, real=True), LOCKED_BABY_CARD]
            return [*map(ev.CardRead, cards), *failures]
        case do.VerifyPin():
            return [ev.PinAccepted(), *(ev.PinRejected(left) for left in range(3)), *failures, down]
        case do.CompareFace():
            return [ev.FaceMatched(), ev.FaceRejected(3), ev.FaceRejected(0), ev.FaceRejected(0, no_photo=True)]
        case do.CheckPasscode():
            return [ev.PasscodeAccepted(), ev.PasscodeRejected(2), ev.PasscodeRejected(0, 30)]
        case do.AskByCard() | do.AskAttested():
            return [by_card, down, ev.ServiceFailed(Trouble.CERTIFICATE_REFUSED, "MOCK-CERT-EXPIRED")]
        case do.AskByPaper() | do.AskByFourItems():
            return [ev.Answered(Qualification("numbers", validity=1, name=mine)), down]
        case do.Decide():
            return decisions(effect)
        case do.Advise():
            return [ev.Advised(Reception("IDENTIFY", 9, "", name=mine))]
        case do.RecordVisit():
            return [ev.EntryWritten(ok=True), ev.EntryWritten(ok=False)]
        case do.RegisterCard():
            return [ev.CardRegistered(), ev.CardRegistered(already=True), *failures, down]
        case do.SendConsent():
            return [ev.ConsentSent(UNTIL), ev.ConsentSent(None)]
    return []


AWAITED = (
    do.ReadCard,
    do.VerifyPin,
    do.CompareFace,
    do.CheckPasscode,
    do.AskByCard,
    do.AskAttested,
    do.AskByPaper,
    do.AskByFourItems,
    do.Decide,
    do.RegisterCard,
    do.SendConsent,
)
"""Effects that the flow stands still for. Advice and entries may come later."""
WAITING = (
    ReadingCard,
    VerifyingPin,
    ComparingFace,
    AskingService,
    Settling,
    Registering,
    SendingConsent,
)


class CounterWalk(RuleBasedStateMachine):
    """A counter, a card that comes and goes, a slow service, a slow disk, and people who press anything."""

    def __init__(self) -> None:
        super().__init__()
        self.counter = Counter(equipped=True)
        self.owed: list[Effect] = []
        self.typed: list[PinHandle] = []
        self.taken_care_of: list[PinHandle] = []
        self.entries: list[do.RecordVisit] = []
        self.closed: list[int] = []
        self.opened: list[int] = []
        self.read: dict[int, bool] = {}
        """Visits whose card was read, and whether it was let go of after that."""
        self.continues: dict[int, int] = {}
        """Visits that took what was typed over from the one before."""
        self.agreed: set[int] = set()
        """Visits in which the holder of a real card agreed."""
        self.unacknowledged: list[do.RecordVisit] = []
        self.card = False
        self.reader = True

    def happen(self, event: ev.Event, visit: int | None) -> None:
        before = self.counter
        transition = advance(before, Happened(event, visit))
        self.counter = transition.counter
        if self.counter.visit != before.visit and self.counter.drafts:
            assert isinstance(before.state, WAITING), "only who would not wait goes on"
            self.continues[self.counter.visit] = before.visit
        for effect in transition.effects:
            self.take(effect)
        self.check_what_is_remembered()

    def take(self, effect: Effect) -> None:
        late = isinstance(effect, do.DiscardPin)
        assert effect.visit not in self.closed or late, "a closed visit stays closed"
        known = self.of_one_person(effect.visit) if isinstance(effect, do.KeepDraft) else {effect.visit}
        assert canaries(effect) <= known, "an effect holds nothing of another visit"
        match effect:
            case do.VerifyPin(_, handle) | do.CheckPasscode(_, handle) | do.DiscardPin(_, handle):
                self.taken_care_of.append(handle)
                if isinstance(effect, do.VerifyPin):
                    self.check_that_a_pin_may_go(effect.visit)
            case do.RecordVisit():
                assert effect.visit in self.opened, "a visit is opened before it is recorded"
                self.entries.append(effect)
                self.unacknowledged.append(effect)
            case do.OpenVisit(visit):
                self.opened.append(visit)
            case do.ReadCard(visit):
                self.read[visit] = False
            case do.ReleaseCard(visit) if visit in self.read:
                self.read[visit] = True
            case do.SendConsent(answers=answers):
                assert any(given for _, given in answers), "what nobody agreed to is not told"
            case do.ForgetPatient(gone):
                assert self.read.get(gone, True), "every card that was read is let go of"
                self.closed.append(gone)
        if answers_to(effect) and effect.visit == self.counter.visit:
            self.owed.append(effect)

    def of_one_person(self, visit: int) -> set[int]:
        """The visit, and those before it that it continues: staff went on with the same person without waiting."""
        before = self.continues.get(visit)
        return {visit} if before is None else {visit, *self.of_one_person(before)}

    def check_what_is_remembered(self) -> None:
        assert canaries(self.counter) <= self.of_one_person(self.counter.visit), "nothing of another person is known"

    def check_that_a_pin_may_go(self, visit: int) -> None:
        assert isinstance(self.counter.state, VerifyingPin)
        card = self.counter.state.card
        assert not card.face_only, "a card without a PIN is never sent one"
        assert card.attempts_left, "a locked card is never sent one"
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

    # --- the reader ---

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

    # --- answers, keys ---

    @precondition(lambda self: self.owed)
    @rule(data=st.data())
    def answer_at_last(self, data: st.DataObject) -> None:
        """An answer may come at any time, for any visit; whatever is still waited for is expected."""
        effect = data.draw(st.sampled_from(self.owed))
        self.answer(effect, data.draw(st.sampled_from(answers_to(effect))))

    def answer(self, effect: Effect, event: ev.Event) -> None:
        if isinstance(effect, do.RecordVisit):  # the disk takes one entry after the other
            effect = next(owed for owed in self.owed if isinstance(owed, do.RecordVisit) and owed.visit == effect.visit)
            self.unacknowledged.remove(effect)
        self.owed.remove(effect)
        self.happen(event, effect.visit)

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
        self.type_digits(ev.PinEntered, late)

    @rule(late=st.integers(0, 1))
    def type_a_passcode(self, late: int) -> None:
        self.type_digits(ev.PasscodeEntered, late)

    def type_digits(self, entered: type[ev.PinEntered | ev.PasscodeEntered], late: int) -> None:
        handle = a_pin()
        self.typed.append(handle)
        try:
            self.happen(entered(handle), self.counter.visit - late)
        except UnexpectedEventError as unexpected:  # pragma: no cover
            raise AssertionError("digits are always taken care of") from unexpected

    @rule(form=st.sampled_from([NOTICE, CERTIFICATE]), in_hand=st.booleans())
    def complete_a_form(self, form: str, in_hand: bool) -> None:
        mine = canary(self.counter.visit)
        draft = (("name", mine),)
        self.press(ev.PaperCompleted(paper(form, name=mine), draft, in_hand), self.counter.visit)

    @rule()
    def take_the_four_items(self) -> None:
        mine = canary(self.counter.visit)
        items = FourItems(mine, ITEMS.birthdate, ITEMS.sex, ITEMS.address)  # a family has its address in common
        self.press(ev.FourItemsTaken(items, (("name", mine),)), self.counter.visit)

    @rule()
    def step_back(self) -> None:
        self.press(ev.Back((("name", canary(self.counter.visit)),)), self.counter.visit)

    @rule(on=st.booleans(), disaster=st.booleans())
    def switch_a_mode(self, on: bool, disaster: bool) -> None:
        self.happen(ev.DisasterSwitched(on) if disaster else ev.OutageSwitched(on), self.counter.visit)

    @rule(way=st.sampled_from(list(Way)), choice=st.integers(0, 3), steps=st.integers(1, 18), comes=st.booleans())
    def go_straight_on(self, way: Way, choice: int, steps: int, *, comes: bool) -> None:
        """Random keys rarely come far: the way a patient goes, answers that come back at once."""
        if comes and isinstance(self.counter.state, Idle | InTrouble | AwaitingPhone | TakingCard):
            self.reader = self.card = True
            self.happen(ev.CardPlaced(), None)
        for _ in range(steps):
            self.go_on(way, choice)

    def go_on(self, way: Way, choice: int) -> None:
        visit = self.counter.visit
        waited_for = [effect for effect in self.owed if effect.visit == visit and isinstance(effect, AWAITED)]
        if waited_for:
            [effect] = waited_for
            self.answer(effect, self.good_answer(effect, choice))
            return
        match self.counter.state:
            case Settling():
                entry = next(owed for owed in self.owed if isinstance(owed, do.RecordVisit) and owed.visit == visit)
                self.answer(entry, ev.EntryWritten(ok=True))
            case ChoosingMethod(card):
                usable = way is Way.VISUAL or way in card.ways
                self.press(ev.WayChosen(way if usable else card.ways[0]), visit)
            case EnteringPin():
                self.type_a_pin(0)
            case VouchingByEye():
                self.type_a_passcode(0)
            case ChoosingPaper():
                self.press(ev.PaperChosen(NOTICE), visit)
            case TypingPaper():
                self.complete_a_form(NOTICE, in_hand=True)
            case TakingFourItems():
                self.take_the_four_items()
            case state:
                for key in self.right_keys(state, choice if visit % 2 else choice + 4):
                    self.press(key, visit)

    @staticmethod
    def good_answer(effect: Effect, choice: int) -> ev.Event:
        answers = answers_to(effect)
        if isinstance(effect, do.ReadCard):
            return ev.CardRead(CARD)
        return answers[choice % len(answers)] if isinstance(effect, do.Decide) else answers[0]

    @staticmethod
    def right_keys(state: State, choice: int) -> list[ev.Event]:
        match state:
            case ConfirmingRealCard():
                return [ev.RealCardAccepted()]
            case ConfirmingLastTry():
                return [ev.LastTryAccepted()]
            case ConfirmingPaper():
                return [ev.PaperConfirmed()]
            case NoticingCertificate():
                return [ev.NoticeRead()]
            case OfferingRegistration(possible=True):
                return [ev.RegistrationAccepted() if choice < 4 else ev.RegistrationDeclined()]
            case AskingConsent():
                return [ev.ConsentForAll(given=choice % 4 != 1)]
            case ShowingAnswer() if choice % 4 == 0:
                return [ev.NextOfFamily(), ev.SpokenConsent(ALL_GIVEN)]
            case ShowingAnswer() if choice % 4 == 1:
                return [ev.PersonJudged(Person.DIFFERENT)]
        return []

    # --- what always holds ---

    @invariant()
    def an_answer_is_shown_after_the_disk_had_its_entry(self) -> None:
        state, visit = self.counter.state, self.counter.visit
        if isinstance(state, ShowingAnswer | NoticingCertificate | OfferingRegistration | AskingConsent):
            assert any(entry.visit == visit and entry.outcome != ABANDONED for entry in self.entries)
            assert visit not in {entry.visit for entry in self.unacknowledged}

    @invariant()
    def every_pin_is_used_once_or_wiped_once(self) -> None:
        assert [id(handle) for handle in self.taken_care_of] == [id(handle) for handle in self.typed]

    @invariant()
    def every_opened_visit_that_ended_left_an_entry_and_no_other_did(self) -> None:
        recorded = {entry.visit for entry in self.entries}
        assert set(self.opened) - recorded <= {self.counter.visit}
        assert len(set(self.opened)) == len(self.opened)

    @invariant()
    def a_visit_without_an_entry_only_continued_the_one_before(self) -> None:
        outcomes = {entry.visit: entry.outcome for entry in self.entries}
        for visit in set(self.closed) - set(self.opened):
            assert outcomes[visit - 1] == ABANDONED

    @invariant()
    def no_visit_is_called_abandoned_twice_or_after_its_answer(self) -> None:
        for visit in {entry.visit for entry in self.entries}:
            outcomes = [entry.outcome for entry in self.entries if entry.visit == visit]
            assert ABANDONED not in outcomes or outcomes == [ABANDONED]

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
        state, visit = self.counter.state, self.counter.visit
        waited_for = [effect for effect in self.owed if effect.visit == visit and isinstance(effect, AWAITED)]
        waits = isinstance(state, WAITING) or (isinstance(state, VouchingByEye) and state.checking)
        if isinstance(state, Settling) and not waited_for:
            assert any(entry.visit == visit for entry in self.unacknowledged), "nothing is waited for that never comes"
        else:
            assert len(waited_for) == int(waits)

    @invariant()
    def a_counter_that_nobody_is_at_remembers_nobody(self) -> None:
        counter = self.counter
        own = Counter(
            counter.visit,
            counter.state,
            reader_trouble=counter.reader_trouble,
            equipped=counter.equipped,
            outage=counter.outage,
            disaster=counter.disaster,
        )
        if isinstance(counter.state, Idle):
            assert counter == own
        if isinstance(counter.state, Idle | AwaitingPhone | ReadingCard | TakingCard):
            assert (counter.drafts, counter.kept, counter.history) == ((), (), ())
            assert (counter.facts, counter.reception, counter.card) == (VisitFacts(), None, None)


TestCounterWalk = CounterWalk.TestCase
TestCounterWalk.settings = settings(
    max_examples=examples(200), stateful_step_count=60, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
