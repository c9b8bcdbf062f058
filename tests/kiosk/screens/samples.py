"""A state of every kind, as full as it gets: what the layout has to hold."""

from __future__ import annotations

from datetime import date

from kiosk.flow import states as st
from kiosk.flow.states import Document, Trouble
from kiosk.screens.trouble import MORE_EXACT

CARD = st.CardSummary("plastic", 2, date(2026, 12, 1))
REAL_CARD = st.CardSummary("plastic", 3, date(2030, 5, 2), real=True)
PHONE = st.CardSummary("android", 3, None)
ENTRY = st.ManualEntry(
    Document.ELIGIBILITY_CERTIFICATE,
    "06129993",
    "１２３４あいう",
    "123456",
    "01",
    date(1980, 6, 15),
    date(2025, 8, 1),
    date(2029, 7, 31),
    30,
)
NOTICE = st.ManualEntry(
    Document.ELIGIBILITY_NOTICE, "139998", "", "77", "", date(1953, 5, 2), burden_ratio=20, card_in_hand=True
)
ACCEPTED = st.Reception(
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
REFUSED = st.Reception(
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

PATIENT: list[st.State] = [
    st.Idle(),
    st.Idle(Trouble.NO_PYSCARD),
    st.ReadingCard(),
    st.ConfirmingRealCard(REAL_CARD),
    st.ChoosingMethod(CARD),
    st.ChoosingMethod(PHONE),
    st.ConfirmingLastTry(CARD),
    st.EnteringPin(CARD, 2, rejected_once=True),
    st.VerifyingPin(CARD),
    st.AskingService(CARD),
    st.ShowingAnswer(ACCEPTED, card_on_reader=True),
    st.ShowingAnswer(REFUSED, card_on_reader=False),
    st.TakingCard(ACCEPTED),
    *(st.InTrouble(trouble, CARD, card_on_reader=True, detail="MOCK-SIGNATURE-REFUSED") for trouble in Trouble),
    *(
        st.InTrouble(trouble, CARD, card_on_reader=True, detail=beginning)
        for trouble, exact in MORE_EXACT.items()
        for beginning in exact
    ),
]
STAFF: list[st.State] = [
    st.ChoosingDocument(Trouble.SERVER_DOWN, card_on_reader=True, can_retry=True),
    st.FillingForm(Document.ELIGIBILITY_CERTIFICATE, None, card_on_reader=False),
    st.FillingForm(Document.ELIGIBILITY_NOTICE, Trouble.CARD_UNREADABLE, card_on_reader=False),
    st.ConfirmingForm(ENTRY, None, card_on_reader=False),
    st.ConfirmingForm(NOTICE, None, card_on_reader=True),
    st.AskingService(None, ENTRY),
]
EVERY_STATE: list[st.State] = [*PATIENT, *STAFF]


def name_of(state: st.State) -> str:
    trouble = getattr(state, "trouble", None)
    return type(state).__name__ + (f"-{trouble.value}" if isinstance(trouble, Trouble) else "")
