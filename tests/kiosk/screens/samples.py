"""A state of every kind, as full as it gets: what the layout has to hold."""

from __future__ import annotations

import dataclasses
from datetime import date, datetime, timedelta, timezone

from eligibility.papers.forms import FORM_OF
from eligibility.papers.parsing import parse_paper
from kiosk.flow import states as st
from kiosk.flow.answer import Reception
from kiosk.flow.states import Trouble
from kiosk.screens.trouble import MORE_EXACT

CARD = st.CardSummary("plastic", 2, date(2026, 12, 1))
REAL_CARD = st.CardSummary("plastic", 3, date(2030, 5, 2), real=True)
PHONE = st.CardSummary("android", 3, None)
ACCEPTED = Reception(
    outcome="OK_ONLINE_LIMITED",
    row=4,
    charge="ratio:30",
    reasons=("chip_certificate_in_grace",),
    tell=("consent_not_in_grace", "renew_certificate"),
    by="card",
    validity=1,
    insurer_number="06129993",
    insurer_name="千葉県医業健康保険組合",
    symbol="１２３４",
    number="123456",
    branch="01",
    name="千葉　●子",
    name_kana="ﾁﾊﾞ ﾊﾅｺ",
    birthdate=date(1980, 6, 15),
    ratio=30,
    valid_until=date(2027, 7, 31),
)
REFUSED = Reception(
    outcome="NOT_CONFIRMED",
    row=13,
    charge="full",
    ask_for=("eligibility_certificate", "portal", "eligibility_notice", "numbers_query"),
    tell=("ask_new_membership", "settle_later"),
    queue="recheck",
    reasons=("paper_ended_by_answer",),
    by="card",
    validity=2,
    insurer_number="01139997",
    insurer_name="全国健康保険協会 練習支部",
    symbol="12345678",
    number="123456",
    branch="00",
    name="協会　次郎",
    name_kana="ｷﾖｳｶｲ ｼﾞﾛｳ",
    birthdate=date(1951, 11, 20),
    ratio=20,
    lost_on=date(2026, 10, 31),
)

FACE_CARD = st.CardSummary("plastic", 3, date(2030, 5, 2), face_only=True)
INFANT_CARD = st.CardSummary("plastic", 3, date(2030, 5, 2), has_photo=False)
LOCKED_CARD = st.CardSummary("plastic", 0, date(2026, 11, 2))
EXPIRING = dataclasses.replace(ACCEPTED, certificate="expiring", certificate_until=date(2026, 12, 24), consent="ask")
GRACE = dataclasses.replace(ACCEPTED, certificate="grace", certificate_until=date(2026, 10, 31))
UNREGISTERED = Reception("OFFER_REGISTRATION", 8, "", tell=("register_here",), by="card", registration="offer")
AGREED = (
    ("checkups", True),
    ("medicines", True),
    ("diagnosis", False),
    ("operation", True),
    ("specific_diseases", True),
)
UNTIL = datetime(2026, 11, 21, 9, 14, tzinfo=timezone(timedelta(hours=9)))

WAYS: list[st.State] = [
    st.AwaitingPhone("ios"),
    st.AwaitingPhone("android"),
    st.ChoosingMethod(CARD),
    st.ChoosingMethod(FACE_CARD),
    st.ChoosingMethod(INFANT_CARD),
    st.ChoosingMethod(LOCKED_CARD),
    st.ChoosingMethod(PHONE),
    st.ComparingFace(CARD),
    st.FaceFailed(CARD, 9),
    st.FaceFailed(FACE_CARD, 1),
    st.VouchingByEye(CARD),
    st.VouchingByEye(CARD, rejected_once=True, tries_left=4),
    st.VouchingByEye(CARD, rejected_once=True, tries_left=0, wait_seconds=30),
    st.VouchingByEye(CARD, checking=True),
]
"""How a person shows that the card is theirs."""
AFTERWARDS: list[st.State] = [
    st.Settling(by_numbers=False),
    st.Settling(by_numbers=True),
    st.NoticingCertificate(EXPIRING),
    st.NoticingCertificate(GRACE),
    st.OfferingRegistration(CARD, UNREGISTERED),
    st.OfferingRegistration(CARD, UNREGISTERED, possible=False),
    st.Registering(CARD, UNREGISTERED),
    st.AskingConsent(EXPIRING),
    *(
        st.AskingConsent(EXPIRING, answers=tuple((item, True) for item in st.CONSENT_ITEMS[:answered]), one_by_one=True)
        for answered in range(len(st.CONSENT_ITEMS))
    ),
    st.SendingConsent(EXPIRING, AGREED),
    st.ShowingAnswer(EXPIRING, card_on_reader=True, consents=AGREED, consent_until=UNTIL),
    st.ShowingAnswer(EXPIRING, card_on_reader=True, consents=AGREED, consent_failed=True, written=False),
    st.ShowingAnswer(EXPIRING, card_on_reader=True, consents=tuple((item, False) for item in st.CONSENT_ITEMS)),
    *(
        st.ShowingAnswer(dataclasses.replace(REFUSED, outcome=outcome), card_on_reader=True)
        for outcome in ("PENDING_4INFO", "OFFER_REGISTRATION", "NEED_CERTIFICATE", "REQUERY", "IDENTIFY")
    ),
    st.TakingCard(REFUSED, st.Stage.CONSENT),
    st.TakingCard(None, st.Stage.IDENTITY),
]
"""From the answer to the end."""

PATIENT: list[st.State] = [
    st.Idle(),
    st.Idle(Trouble.NO_PYSCARD),
    st.ReadingCard(),
    st.ConfirmingRealCard(REAL_CARD),
    st.ConfirmingLastTry(CARD),
    st.EnteringPin(CARD, 3),
    st.EnteringPin(CARD, 2, rejected_once=True),
    st.EnteringPin(CARD, 1, rejected_once=True),
    *WAYS,
    st.VerifyingPin(CARD),
    st.AskingService(CARD),
    st.ShowingAnswer(ACCEPTED, card_on_reader=True),
    st.ShowingAnswer(REFUSED, card_on_reader=False),
    *AFTERWARDS,
    st.TakingCard(ACCEPTED, st.Stage.DONE, consented=True),
    *(st.InTrouble(trouble, CARD, card_on_reader=True, detail="MOCK-SIGNATURE-REFUSED") for trouble in Trouble),
    *(
        st.InTrouble(trouble, CARD, card_on_reader=True, detail=beginning)
        for trouble, exact in MORE_EXACT.items()
        for beginning in exact
    ),
]
PAPER = parse_paper(
    FORM_OF["certificate_kyokai"],
    {"insurer_number": "01139997", "symbol": "1234", "number": "567", "branch": "01", "birthdate": "1980-06-15"},
    date(2026, 11, 20),
)
STAFF: list[st.State] = [
    st.ChoosingPaper(Trouble.SERVER_DOWN, card_on_reader=True),
    st.TypingPaper("certificate_kyokai", None, card_on_reader=False),
    st.ConfirmingPaper(PAPER, None, card_on_reader=True),
    st.TakingFourItems(Trouble.OUTAGE, card_on_reader=False),
    st.AskingService(None),
]
"""Where staff work at their side: the patient sees that they do, and nothing else."""
EVERY_STATE: list[st.State] = [*PATIENT, *STAFF]


def name_of(state: st.State) -> str:
    """For messages: the state and what tells it from others of its kind."""
    trouble = getattr(state, "trouble", None)
    return type(state).__name__ + (f"-{trouble.value}" if isinstance(trouble, Trouble) else "")
