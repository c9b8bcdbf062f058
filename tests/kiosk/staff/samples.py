"""A standing of every kind that the desk meets, as full as it gets, with the guidance the rules really give."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta, timezone

from eligibility.case import Flag, Person
from eligibility.documents import Identity, MynaCard
from eligibility.insurers import parse_insurer_number
from eligibility.papers.fields import Relation
from eligibility.papers.forms import FORM_OF
from eligibility.papers.paper import Paper
from kiosk.flow import states as st
from kiosk.flow.answer import Qualification, Reception
from kiosk.flow.facts import FourItems, VisitFacts
from kiosk.flow.states import Trouble
from kiosk.services.decider import PolicyDecider
from kiosk.staff.interfaces import DayEntry
from kiosk.staff.standing import Standing

JST = timezone(timedelta(hours=9))
NOW = datetime(2026, 11, 20, 9, 14, tzinfo=JST)

CARD = st.CardSummary("plastic", 2, date(2030, 5, 2))
LOCKED = st.CardSummary("plastic", 0, date(2030, 5, 2))
PHONE = st.CardSummary("android", 3, None)
REAL = st.CardSummary("plastic", 3, date(2030, 5, 2), real=True)
NO_PHOTO = st.CardSummary("plastic", 3, date(2030, 5, 2), has_photo=False)

PAPER = Paper(
    form=FORM_OF["certificate_other"],
    insurer_number=parse_insurer_number("06129993"),
    symbol="１２３４",
    number="123456",
    branch="01",
    name="千葉　花子",
    kana="チバ　ハナコ",
    birthdate=date(1980, 6, 15),
    relation=Relation.INSURED,
)
BY_CARD = Qualification(
    "card",
    validity=1,
    insurer_number="06129993",
    insurer_name="千葉県医業健康保険組合",
    symbol="１２３４",
    number="123456",
    branch="01",
    name="千葉　●子",
    name_kana="ﾁﾊﾞ ﾊﾅｺ",
    birthdate=date(1980, 6, 15),
    burden_ratio=30,
    valid_until=date(2027, 7, 31),
    visit="v-1",
)
FOUR = FourItems("協会　太郎", date(1975, 3, 4), "male", "東京都千代田区霞が関1-2-2")


def decided(facts: VisitFacts) -> Reception:
    """What the real rules make of it, with their guidance."""
    return PolicyDecider(lambda: NOW, "clinic").decide(facts)


IN_HAND = MynaCard(identity=Identity.PIN)
ENDED = replace(BY_CARD, validity=2, valid_until=None, lost_on=date(2026, 10, 31))
CARD_FACTS = VisitFacts(device=IN_HAND, by_card=BY_CARD)
ENDED_FACTS = VisitFacts(device=IN_HAND, by_card=ENDED)
PAPER_FACTS = VisitFacts(papers=(PAPER,), by_numbers=replace(BY_CARD, by="numbers"))
SILENT_FACTS = VisitFacts(device=replace(IN_HAND, readable=False), service_silent=True)
LOCKED_FACTS = VisitFacts(device=MynaCard(identity=Identity.PIN_LOCKED))
OUTAGE_FACTS = VisitFacts(device=replace(IN_HAND, readable=False), outage=True)
PENDING_FACTS = replace(OUTAGE_FACTS, four_items=FOUR)
UNREGISTERED = VisitFacts(
    device=replace(IN_HAND, registered=False),
    by_card=Qualification("card", registered=False, code="MOCK-NOT-REGISTERED"),
)
NOTHING = VisitFacts()


def answered(facts: VisitFacts, **changes: object) -> Standing:
    """ShowingAnswer with what the rules say."""
    reception = decided(facts)
    if facts.person is Person.DIFFERENT:
        reception = reception.without_record()
    state = st.ShowingAnswer(reception, card_on_reader=facts.device is not None)
    return Standing(7, replace(state, **changes), facts=facts, card_present=True)  # type: ignore[arg-type]


def troubled(trouble: Trouble, facts: VisitFacts, card: st.CardSummary | None = CARD, detail: str = "") -> Standing:
    """InTrouble with advice."""
    state = st.InTrouble(trouble, card, card_on_reader=card is not None, detail=detail, advice=decided(facts))
    return Standing(7, state, card_present=card is not None, facts=facts)


CONSENTED = (
    ("checkups", True),
    ("medicines", True),
    ("diagnosis", False),
    ("operation", False),
    ("specific_diseases", False),
)
RECEPTION = decided(CARD_FACTS)

STANDINGS: dict[str, Standing] = {
    "idle": Standing(),
    "idle-outage": Standing(outage=True),
    "idle-disaster": Standing(disaster=True),
    "idle-no-reader": Standing(reader_trouble=Trouble.NO_READER),
    "reading": Standing(7, st.ReadingCard(), card_present=True),
    "real-card": Standing(7, st.ConfirmingRealCard(REAL), card_present=True),
    "method": Standing(7, st.ChoosingMethod(CARD), card_present=True),
    "last-try": Standing(7, st.ConfirmingLastTry(CARD), card_present=True),
    "pin": Standing(7, st.EnteringPin(CARD, 2), card_present=True),
    "verifying": Standing(7, st.VerifyingPin(CARD), card_present=True),
    "asking": Standing(7, st.AskingService(CARD), card_present=True),
    "phone": Standing(7, st.AwaitingPhone("android")),
    "face": Standing(7, st.ComparingFace(CARD), card_present=True),
    "face-failed": Standing(7, st.FaceFailed(CARD, 8), card_present=True),
    "by-eye": Standing(7, st.VouchingByEye(CARD), card_present=True),
    "settling": Standing(7, st.Settling(by_numbers=False), card_present=True),
    "notice": Standing(7, st.NoticingCertificate(RECEPTION), card_present=True, facts=CARD_FACTS),
    "offer": Standing(7, st.OfferingRegistration(CARD, decided(UNREGISTERED)), card_present=True, facts=UNREGISTERED),
    "registering": Standing(7, st.Registering(CARD, decided(UNREGISTERED)), card_present=True, facts=UNREGISTERED),
    "consent": Standing(7, st.AskingConsent(RECEPTION), card_present=True, facts=CARD_FACTS),
    "sending-consent": Standing(7, st.SendingConsent(RECEPTION, CONSENTED), card_present=True, facts=CARD_FACTS),
    "take-card": Standing(7, st.TakingCard(RECEPTION), card_present=True, facts=CARD_FACTS),
    "answer-ok": answered(CARD_FACTS, consents=CONSENTED, consent_until=NOW + timedelta(hours=24)),
    "answer-unwritten": answered(CARD_FACTS, written=False, consent_failed=True),
    "answer-ended": answered(ENDED_FACTS),
    "answer-several": answered(VisitFacts(device=IN_HAND, by_card=replace(BY_CARD, validity=5))),
    "answer-paper": answered(PAPER_FACTS),
    "answer-other-person": answered(replace(PAPER_FACTS, person=Person.DIFFERENT)),
    "answer-unregistered": answered(UNREGISTERED),
    "answer-protected": answered(VisitFacts(flags=frozenset({Flag.SELF_INFO_REFUSED}))),
    "answer-pending": replace(answered(PENDING_FACTS), outage=True),
    "answer-nothing": answered(NOTHING),
    "trouble-pin-locked": troubled(Trouble.PIN_LOCKED, LOCKED_FACTS, LOCKED),
    "trouble-server-down": troubled(Trouble.SERVER_DOWN, SILENT_FACTS),
    "trouble-server-late": troubled(Trouble.SERVER_DOWN, SILENT_FACTS, detail="timeout"),
    "trouble-outage": replace(troubled(Trouble.OUTAGE, OUTAGE_FACTS), outage=True),
    "trouble-disaster": replace(
        troubled(Trouble.DISASTER, replace(OUTAGE_FACTS, outage=False, disaster=True)), disaster=True
    ),
    "trouble-unadvised": Standing(7, st.InTrouble(Trouble.CARD_PULLED, CARD), facts=SILENT_FACTS),
    **{
        f"trouble-{trouble.value}": troubled(trouble, SILENT_FACTS)
        for trouble in Trouble
        if trouble not in (Trouble.PIN_LOCKED, Trouble.NO_PHOTO, Trouble.SERVER_DOWN, Trouble.OUTAGE, Trouble.DISASTER)
    },
    "trouble-no_photo": troubled(Trouble.NO_PHOTO, VisitFacts(device=MynaCard()), NO_PHOTO),
}
"""By name, for tests and pictures."""

ENTRIES: tuple[DayEntry, ...] = (
    DayEntry(1, NOW.replace(hour=8, minute=40), 0, "lock", why="opened"),
    DayEntry(
        2,
        NOW.replace(hour=8, minute=58),
        1,
        "visit",
        "OK_ONLINE",
        "pin",
        "ratio:30",
        validity=1,
        row=4,
        documents=("myna_card",),
        name="協会　太郎",
        name_kana="ｷﾖｳｶｲ ﾀﾛｳ",
        birthdate=date(1975, 3, 4),
        insurer_number="01139997",
        symbol="12345678",
        number="123456",
        branch="00",
    ),
    DayEntry(3, NOW.replace(hour=8, minute=59), 1, "consent", consent=CONSENTED, spoken=True),
    DayEntry(
        4,
        NOW.replace(hour=9, minute=1),
        2,
        "visit",
        "PENDING_4INFO",
        "manual",
        "ratio:30",
        "four_items",
        row=7,
        name="国保　花子",
        reasons=("outage",),
    ),
    DayEntry(5, NOW.replace(hour=9, minute=3), 3, "abandoned", "ABANDONED", "pin", troubles=("card_pulled",)),
    DayEntry(
        6,
        NOW.replace(hour=9, minute=5),
        4,
        "visit",
        "OK_ONLINE",
        "visual",
        "ratio:20",
        validity=1,
        row=4,
        attested_by="visual",
        documents=("myna_card",),
        name="後期　●雄",
    ),
    DayEntry(7, NOW.replace(hour=9, minute=6), 4, "named", real_name="後期　髙雄"),
    DayEntry(
        8, NOW.replace(hour=9, minute=8), 5, "visit", "NOT_CONFIRMED", "manual", "full", row=13, name="無効　次郎"
    ),
    DayEntry(9, NOW.replace(hour=9, minute=10), 5, "correction", corrects=8, why="not_treated"),
)
"""A morning."""
