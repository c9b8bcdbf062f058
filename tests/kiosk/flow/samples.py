"""Invented cards, papers, answers and one counter for every state, for the tests of the flow."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta, timezone

from eligibility.case import Membership, Person
from eligibility.documents import Identity, MynaCard
from eligibility.papers.forms import FORM_OF
from eligibility.papers.paper import Paper
from eligibility.papers.parsing import parse_paper
from kiosk.flow import events as ev
from kiosk.flow.answer import Qualification, Reception
from kiosk.flow.counter import Counter, Happened, Transition
from kiosk.flow.effects import Effect
from kiosk.flow.facts import FourItems, VisitFacts, Way
from kiosk.flow.machine import advance
from kiosk.flow.states import (
    CONSENT_ITEMS,
    AskingConsent,
    AskingService,
    AwaitingPhone,
    CardSummary,
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

VISIT = 7
TODAY = date(2026, 11, 21)
UNTIL = datetime(2026, 11, 21, 23, 59, tzinfo=timezone(timedelta(hours=9)))
CARD = CardSummary("plastic", 3, date(2030, 6, 15))
CARD_WITH_ONE_TRY = replace(CARD, attempts_left=1)
LOCKED_CARD = replace(CARD, attempts_left=0)
FACE_ONLY_CARD = replace(LOCKED_CARD, face_only=True)
BABY_CARD = replace(CARD, has_photo=False)
LOCKED_BABY_CARD = replace(BABY_CARD, attempts_left=0)
REAL_CARD = replace(CARD, real=True)
LOCKED_REAL_CARD = replace(REAL_CARD, attempts_left=0)
PHONE = CardSummary("android", 3, None)

NOTICE = "notice_kyokai_strip"
CERTIFICATE = "certificate_kyokai"
_NUMBERS = {
    "insurer_number": "01139997",
    "symbol": "1234",
    "number": "567",
    "branch": "01",
    "birthdate": "1980-06-15",
    "name": "協会 太郎",
}
DRAFT = (("insurer_number", "01139997"), ("number", "12345"))
ITEMS = FourItems("協会 太郎", date(1980, 6, 15), "male", "千葉県千葉市練習町1-1")

QUALIFICATION = Qualification("card", validity=1, insurer_number="01139997", visit="v-1", certificate_state="valid")
UNREGISTERED = Qualification("card", registered=False)
BY_NUMBERS = Qualification("numbers", validity=1, insurer_number="01139997")
ANSWER = Reception(
    "OK_ONLINE", 4, "ratio:30", ("answer_ratio",), by="card", validity=1, insurer_number="01139997", consent="ask"
)
NO_CONSENT = replace(ANSWER, consent=None)
IN_GRACE = replace(NO_CONSENT, outcome="OK_ONLINE_LIMITED", certificate="grace")
OFFER = Reception("OFFER_REGISTRATION", 8, "", by="card", registration="offer")
TYPED_ANSWER = Reception("OK_MANUAL_NOTICE", 10, "ratio:30", by="numbers", validity=1, insurer_number="01139997")
WAITS = Reception("PENDING_4INFO", 7, "ratio:30", queue="four_items")
ALL_GIVEN = tuple((item, True) for item in CONSENT_ITEMS)
NONE_GIVEN = tuple((item, False) for item in CONSENT_ITEMS)


def paper(form: str, **changed: str) -> Paper:
    """A paper with every key of a query, as staff would type it; a text "" leaves the field out."""
    typed = {field: text for field, text in {**_NUMBERS, **changed}.items() if text}
    return parse_paper(FORM_OF[form], typed, TODAY)


PAPER = paper(NOTICE)
OTHER_PAPER = paper(CERTIFICATE, issued_on="2025-08-01")
WITHOUT_NUMBER = paper("portal_screen", number="")


def a_pin() -> PinHandle:
    """A typed PIN that nobody uses."""
    return PinHandle(bytearray(b"1234"))


IDENTIFIED = VisitFacts(device=MynaCard(identity=Identity.PIN), by_card=QUALIFICATION)
TYPED = VisitFacts(papers=(PAPER,), by_numbers=BY_NUMBERS)


def counter(state: State, *, there: bool = False, **more: object) -> Counter:
    """A counter in the middle of visit 7."""
    trouble = state.trouble if isinstance(state, Idle) else None
    troubles = (state.trouble,) if isinstance(state, InTrouble) else ()
    begun = Counter(
        VISIT,
        state,
        card_present=there,
        reader_trouble=trouble,
        troubles=troubles,
        opened=not isinstance(state, Idle),
        card=getattr(state, "card", None),
    )
    return replace(begun, **more)  # type: ignore[arg-type]


def by_card(state: State, *, there: bool = True, **more: object) -> Counter:
    """The same, after an answer by card that is recorded."""
    known: dict[str, object] = {
        "card": CARD,
        "way": Way.PIN,
        "method": "pin",
        "facts": IDENTIFIED,
        "reception": getattr(state, "reception", ANSWER),
        "recorded": True,
    }
    return counter(state, there=there, **(known | more))


def by_numbers(state: State, *, there: bool = False, **more: object) -> Counter:
    """The same, after an answer to a typed paper."""
    known: dict[str, object] = {
        "method": "manual",
        "facts": TYPED,
        "history": (VisitFacts(),),
        "reception": TYPED_ANSWER,
        "recorded": True,
    }
    return counter(state, there=there, **(known | more))


_LOCKED = InTrouble(Trouble.PIN_LOCKED, LOCKED_CARD, card_on_reader=True)
SITUATIONS: dict[str, Counter] = {
    "idle": counter(Idle()),
    "idle, reads phones": counter(Idle(), equipped=True),
    "idle, no reader": counter(Idle(Trouble.NO_READER)),
    "idle, outage": counter(Idle(), outage=True),
    "awaiting phone": counter(AwaitingPhone("android"), equipped=True),
    "reading": counter(ReadingCard(), there=True),
    "reading, reads phones": counter(ReadingCard(), there=True, equipped=True),
    "confirming real card": counter(ConfirmingRealCard(REAL_CARD), there=True),
    "choosing method": counter(ChoosingMethod(CARD), there=True),
    "choosing method, one try": counter(ChoosingMethod(CARD_WITH_ONE_TRY), there=True),
    "choosing method, locked": counter(ChoosingMethod(LOCKED_CARD), there=True),
    "choosing method, no photo": counter(ChoosingMethod(BABY_CARD), there=True),
    "choosing method, real": counter(ChoosingMethod(REAL_CARD), there=True),
    "confirming last try": counter(ConfirmingLastTry(CARD_WITH_ONE_TRY), there=True),
    "entering pin": counter(EnteringPin(CARD, 3), there=True),
    "verifying": counter(VerifyingPin(CARD), there=True),
    "comparing face": counter(ComparingFace(CARD), there=True),
    "face failed": counter(FaceFailed(CARD, 9), there=True),
    "vouching": counter(VouchingByEye(LOCKED_CARD), there=True, turned_from=_LOCKED),
    "vouching, checking": counter(VouchingByEye(LOCKED_CARD, checking=True), there=True, turned_from=_LOCKED),
    "asking by card": counter(AskingService(CARD), there=True, way=Way.PIN),
    "asking by numbers": counter(AskingService(None), facts=VisitFacts(papers=(PAPER,)), method="manual"),
    "deciding by card": by_card(Settling(by_numbers=False), deciding=True, recorded=False, reception=None),
    "deciding by numbers": by_numbers(Settling(by_numbers=True), deciding=True, recorded=False, reception=None),
    "writing by card": by_card(Settling(by_numbers=False), unwritten=1),
    "noticing": by_card(NoticingCertificate(IN_GRACE)),
    "offering registration": by_card(OfferingRegistration(CARD, OFFER)),
    "offering registration, impossible": by_card(OfferingRegistration(CARD, OFFER, possible=False), way=Way.FACE),
    "registering": by_card(Registering(CARD, OFFER)),
    "registering, card taken": by_card(Registering(CARD, OFFER), there=False),
    "asking consent": by_card(AskingConsent(ANSWER)),
    "asking consent, one by one": by_card(AskingConsent(ANSWER, one_by_one=True)),
    "asking consent, last item": by_card(AskingConsent(ANSWER, answers=ALL_GIVEN[:-1], one_by_one=True)),
    "sending consent": by_card(SendingConsent(ANSWER, ALL_GIVEN)),
    "answer by card": by_card(ShowingAnswer(ANSWER, card_on_reader=True)),
    "refusal by card": by_card(ShowingAnswer(OFFER, card_on_reader=True)),
    "answer by card, card taken": by_card(ShowingAnswer(ANSWER, card_on_reader=False), there=False),
    "answer by numbers": by_numbers(ShowingAnswer(TYPED_ANSWER, card_on_reader=False)),
    "answer by numbers, own card": by_numbers(ShowingAnswer(TYPED_ANSWER, card_on_reader=False), there=True),
    "answer by numbers, next card": by_numbers(
        ShowingAnswer(TYPED_ANSWER, card_on_reader=False), there=True, next_card=True
    ),
    "answer in an outage": by_numbers(
        ShowingAnswer(WAITS, card_on_reader=False), outage=True, facts=VisitFacts(four_items=ITEMS), reception=WAITS
    ),
    "taking card": counter(TakingCard(ANSWER), there=True, recorded=True),
    "trouble, card there": counter(_LOCKED, there=True),
    "trouble, no card": counter(InTrouble(Trouble.CARD_PULLED), recorded=True, opened=False),
    "trouble, outage": counter(InTrouble(Trouble.OUTAGE, card_on_reader=True), there=True, outage=True),
    "choosing paper": counter(ChoosingPaper(None, card_on_reader=False)),
    "choosing paper after trouble": counter(
        ChoosingPaper(Trouble.PIN_LOCKED, card_on_reader=True, can_retry=True), there=True, turned_from=_LOCKED
    ),
    "choosing paper after an answer": by_card(
        ChoosingPaper(None, card_on_reader=True), turned_from=ShowingAnswer(ANSWER, card_on_reader=True)
    ),
    "choosing paper after an answer whose card left": by_card(
        ChoosingPaper(None, card_on_reader=False),
        there=False,
        turned_from=ShowingAnswer(ANSWER, card_on_reader=True),
    ),
    "choosing paper, disaster": counter(ChoosingPaper(None, card_on_reader=False), disaster=True),
    "typing": counter(TypingPaper(PAPER.form.word, None, card_on_reader=False)),
    "confirming paper": counter(ConfirmingPaper(PAPER, None, card_on_reader=False, draft=DRAFT)),
    "confirming paper that cannot be asked": counter(ConfirmingPaper(WITHOUT_NUMBER, None, card_on_reader=False)),
    "confirming paper, outage": counter(ConfirmingPaper(PAPER, None, card_on_reader=False), outage=True),
    "taking four items, outage": counter(TakingFourItems(None, card_on_reader=False), outage=True),
    "taking four items, disaster": counter(TakingFourItems(None, card_on_reader=False), disaster=True),
}
"""One counter for every state, and for every distinction the flow makes within one."""


def sample_events() -> dict[str, ev.Event]:
    """One event of every kind, and of every value the flow looks at; PINs are fresh each time."""
    return {
        "CardPlaced": ev.CardPlaced(),
        "CardTaken": ev.CardTaken(),
        "ReaderGone": ev.ReaderGone(Trouble.NO_READER),
        "ReaderBack": ev.ReaderBack(),
        "CardRead": ev.CardRead(CARD),
        "CardRead locked": ev.CardRead(LOCKED_CARD),
        "CardRead face only": ev.CardRead(FACE_ONLY_CARD),
        "CardRead locked baby": ev.CardRead(LOCKED_BABY_CARD),
        "CardRead real": ev.CardRead(REAL_CARD),
        "CardRead phone": ev.CardRead(PHONE),
        "RealCardAccepted": ev.RealCardAccepted(),
        "CardFailed": ev.CardFailed(Trouble.CARD_UNREADABLE, "6F00"),
        "PhoneChosen": ev.PhoneChosen("android"),
        "WayChosen pin": ev.WayChosen(Way.PIN),
        "WayChosen face": ev.WayChosen(Way.FACE),
        "WayChosen visual": ev.WayChosen(Way.VISUAL),
        "LastTryAccepted": ev.LastTryAccepted(),
        "PinEntered": ev.PinEntered(a_pin()),
        "PinRejected 2": ev.PinRejected(2),
        "PinRejected 1": ev.PinRejected(1),
        "PinRejected 0": ev.PinRejected(0),
        "PinAccepted": ev.PinAccepted(),
        "FaceMatched": ev.FaceMatched(),
        "FaceRejected 3": ev.FaceRejected(3),
        "FaceRejected 0": ev.FaceRejected(0),
        "FaceRejected no photo": ev.FaceRejected(9, no_photo=True),
        "PasscodeEntered": ev.PasscodeEntered(a_pin()),
        "PasscodeAccepted": ev.PasscodeAccepted(),
        "PasscodeRejected": ev.PasscodeRejected(4),
        "Answered": ev.Answered(QUALIFICATION),
        "ServiceFailed": ev.ServiceFailed(Trouble.SERVER_DOWN),
        "Decided": ev.Decided(ANSWER),
        "Advised": ev.Advised(WAITS),
        "EntryWritten": ev.EntryWritten(ok=True),
        "EntryWritten not": ev.EntryWritten(ok=False),
        "NoticeRead": ev.NoticeRead(),
        "RegistrationAccepted": ev.RegistrationAccepted(),
        "RegistrationDeclined": ev.RegistrationDeclined(),
        "CardRegistered": ev.CardRegistered(),
        "OneByOneChosen": ev.OneByOneChosen(),
        "ConsentForAll": ev.ConsentForAll(given=True),
        "ConsentForAll no": ev.ConsentForAll(given=False),
        "ConsentAnswered": ev.ConsentAnswered(CONSENT_ITEMS[0], given=True),
        "ConsentAnswered last": ev.ConsentAnswered(CONSENT_ITEMS[-1], given=True),
        "ConsentSent": ev.ConsentSent(UNTIL),
        "ConsentSent not": ev.ConsentSent(None),
        "ManualRequested": ev.ManualRequested(),
        "PaperChosen": ev.PaperChosen(PAPER.form.word),
        "PaperCompleted": ev.PaperCompleted(PAPER, DRAFT),
        "PaperConfirmed": ev.PaperConfirmed(),
        "FourItemsRequested": ev.FourItemsRequested(),
        "FourItemsTaken": ev.FourItemsTaken(ITEMS),
        "DraftResumed": ev.DraftResumed(PAPER.form.word, DRAFT),
        "DraftResumed four items": ev.DraftResumed("four_items", DRAFT),
        "PersonJudged": ev.PersonJudged(Person.SAME),
        "PersonJudged different": ev.PersonJudged(Person.DIFFERENT),
        "MembershipTold": ev.MembershipTold(Membership.LEFT),
        "VerbalConfirmed": ev.VerbalConfirmed(),
        "ProtectionTold": ev.ProtectionTold("self_info_refused"),
        "SpokenConsent": ev.SpokenConsent(ALL_GIVEN),
        "OutageSwitched": ev.OutageSwitched(on=True),
        "DisasterSwitched": ev.DisasterSwitched(on=True),
        "NextOfFamily": ev.NextOfFamily(),
        "Undone": ev.Undone(),
        "Back": ev.Back(DRAFT),
        "RetryRequested": ev.RetryRequested(),
        "StaffCalled": ev.StaffCalled(),
        "Acknowledged": ev.Acknowledged(),
        "Abandoned": ev.Abandoned(),
        "Expired": ev.Expired(),
    }


def tell(now: Counter, event: ev.Event) -> Transition:
    """One event of the present visit, or about the reader."""
    about_the_reader = isinstance(event, ev.ReaderEvent)
    return advance(now, Happened(event, None if about_the_reader else now.visit))


def play(*events: ev.Event, start: Counter | None = None) -> tuple[Counter, list[Effect]]:
    """Everything that comes of a row of events, each belonging to the visit that is on when it happens."""
    now = start or Counter()
    effects: list[Effect] = []
    for event in events:
        transition = tell(now, event)
        now = transition.counter
        effects.extend(transition.effects)
    return now, effects
