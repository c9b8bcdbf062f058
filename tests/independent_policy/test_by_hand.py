"""The second policy against examples worked out by hand from design.md §5, row by row and bullet by bullet.

Each example is a case as JSON, shortened by the defaults, and what the text says of it. What breaks if this is wrong:
the second opinion is worth nothing.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tests.independent_policy import ages
from tests.independent_policy.policy import decide

KYOKAI, COMPANY, KOKUHO, ELDERLY = "01139997", "06139992", "139998", "39139993"
AT_40, AT_72, AT_80, AT_4 = "1986-05-02", "1954-05-02", "1946-05-02", "2022-05-02"
Examples = list[tuple[str, dict[str, Any], dict[str, Any]]]


def card(**keys: object) -> dict[str, Any]:
    return {"document": "myna_card", **keys}


def phone(**keys: object) -> dict[str, Any]:
    return {"document": "smartphone", **keys}


def paper(document: str, **keys: object) -> dict[str, Any]:
    return {"document": document, **keys}


def answer(by: str, validity: int, **keys: object) -> dict[str, Any]:
    return {"by": by, "validity": validity, **keys}


def ratio(percent: int) -> dict[str, Any]:
    return {"kind": "ratio", "percent": percent}


def ask(provisional: int | None) -> dict[str, Any]:
    return {"kind": "ask", "provisional": provisional}


CERTIFICATE = paper("eligibility_certificate", insurer_number=KYOKAI, issued_on="2025-08-01", expires_on="2029-07-31")
NOTICE = paper("eligibility_notice", insurer_number=KYOKAI)
PORTAL = paper("portal", insurer_number=KYOKAI)
OLD_CARD = paper("insurance_card", insurer_number=KYOKAI, expires_on="2027-03-31")
KOKUHO_CARD = paper("insurance_card", insurer_number=KOKUHO, expires_on="2025-07-31")
RECIPIENT = paper("elderly_recipient_certificate", burden_ratio=20)
BROKEN = card(readable=False)
FULL = {"kind": "full"}

ROWS: Examples = [
    ("disaster before everything", {"disaster": True, "outage": True}, {"outcome": "OK_DISASTER", "row": 1}),
    (
        "who refuses self-information needs a 資格確認書, whatever the card says",
        {"flags": ["self_info_refused"], "presented": [card(identity="pin")]},
        {"outcome": "NEED_CERTIFICATE", "row": 2, "charge": None},
    ),
    (
        "… and has it",
        {"flags": ["self_info_refused"], "presented": [CERTIFICATE]},
        {"outcome": "OK_CERTIFICATE", "row": 2, "charge": ratio(30)},
    ),
    (
        "a face that is not the card's: no fallback on that card",
        {"presented": [card(identity="mismatch", readable=False), NOTICE]},
        {"outcome": "NOT_CONFIRMED", "row": 3, "charge": FULL},
    ),
    (
        "somebody else's record",
        {"presented": [card(identity="pin")], "answer": answer("card", 1, person="different")},
        {"outcome": "NOT_CONFIRMED", "row": 3},
    ),
    (
        "perhaps somebody else's record",
        {"presented": [card(identity="pin")], "answer": answer("card", 1, person="unsure")},
        {"outcome": "REQUERY", "row": 3, "charge": None},
    ),
    (
        "answer 1 by card",
        {"presented": [card(identity="pin")], "answer": answer("card", 1, burden_ratio=30)},
        {"outcome": "OK_ONLINE", "row": 4, "charge": ratio(30), "consent": "ask", "queue": None},
    ),
    (
        "answer 1 by card in grace: no consent",
        {"presented": [card(identity="face", certificate="grace")], "answer": answer("card", 1)},
        {"outcome": "OK_ONLINE_LIMITED", "row": 4, "consent": None},
    ),
    ("a newer membership", {"answer": answer("numbers", 3)}, {"outcome": "REQUERY", "row": 5}),
    (
        "several, with a paper that were enough",
        {"answer": answer("numbers", 5), "presented": [CERTIFICATE]},
        {"outcome": "REQUERY", "row": 5},
    ),
    (
        "資格確認書 on its last day",
        {"on": "2029-07-31", "presented": [CERTIFICATE]},
        {"outcome": "OK_CERTIFICATE", "row": 6},
    ),
    (
        "資格確認書 a day later",
        {"on": "2029-08-01", "presented": [CERTIFICATE]},
        {"outcome": "NOT_CONFIRMED", "row": 13},
    ),
    (
        "資格確認書, a photocopy",
        {"presented": [CERTIFICATE | {"original": False}]},
        {"outcome": "NOT_CONFIRMED", "row": 13},
    ),
    ("資格確認書 after leaving", {"presented": [CERTIFICATE], "membership": "left"}, {"outcome": "NOT_CONFIRMED"}),
    (
        "資格確認書 of 協会けんぽ the day before 75",
        {"presented": [CERTIFICATE], "birthdate": "1951-11-21"},
        {"outcome": "OK_CERTIFICATE", "row": 6},
    ),
    (
        "資格確認書 of 協会けんぽ on the 75th birthday",
        {"presented": [CERTIFICATE], "birthdate": "1951-11-20"},
        {"outcome": "NOT_CONFIRMED", "row": 13},
    ),
    (
        "資格確認書 of 後期高齢 on the 75th birthday",
        {"presented": [CERTIFICATE | {"insurer_number": ELDERLY}], "birthdate": "1951-11-20"},
        {"outcome": "OK_CERTIFICATE", "row": 6, "charge": ask(None)},
    ),
    ("健康保険証 on its last day", {"on": "2025-12-01", "presented": [OLD_CARD]}, {"outcome": "OK_OLD_CARD", "row": 6}),
    (
        "健康保険証 of 協会けんぽ past its printed limit in summer 2025",
        {"on": "2025-08-01", "presented": [OLD_CARD | {"expires_on": "2025-07-31"}]},
        {"outcome": "NOT_CONFIRMED", "row": 13},
    ),
    (
        "資格確認書 taken away by an answer 2 that names its insurer",
        {"presented": [CERTIFICATE], "answer": answer("numbers", 2, insurer_number=KYOKAI)},
        {"outcome": "NOT_CONFIRMED", "row": 13, "returns": {"eligibility_certificate"}},
    ),
    (
        "資格確認書 taken away by an answer 2 that names none",
        {"presented": [CERTIFICATE], "answer": answer("numbers", 2)},
        {"outcome": "NOT_CONFIRMED", "row": 13},
    ),
    (
        "資格確認書 of another insurer than the ended one",
        {"presented": [CERTIFICATE], "answer": answer("numbers", 2, insurer_number=COMPANY)},
        {"outcome": "OK_CERTIFICATE", "row": 6, "returns": set()},
    ),
    (
        "資格確認書 not taken away by answer 4",
        {"presented": [CERTIFICATE], "answer": answer("numbers", 4)},
        {"outcome": "OK_CERTIFICATE", "row": 6, "queue": "recheck"},
    ),
    (
        "資格確認書 in an outage",
        {"presented": [CERTIFICATE], "outage": True},
        {"outcome": "OK_CERTIFICATE", "row": 6, "queue": "recheck"},
    ),
    (
        "資格確認書 and a card that is not registered",
        {"presented": [CERTIFICATE, card(registered=False)]},
        {"outcome": "OK_CERTIFICATE", "row": 6, "registration": "offer", "queue": None},
    ),
    (
        "two 資格確認書: the newer, and the older goes back",
        {
            "birthdate": AT_72,
            "presented": [
                CERTIFICATE | {"burden_ratio": 30},
                CERTIFICATE | {"issued_on": "2026-08-01", "burden_ratio": 20},
            ],
        },
        {"outcome": "OK_CERTIFICATE", "charge": ratio(20), "returns": {"eligibility_certificate"}},
    ),
    (
        "outage with a registered card",
        {"outage": True, "presented": [card()]},
        {"outcome": "PENDING_4INFO", "row": 7, "queue": "four_items", "charge": ratio(30)},
    ),
    ("outage with お知らせ", {"outage": True, "presented": [NOTICE]}, {"outcome": "NOT_CONFIRMED", "row": 7}),
    (
        "a card that is not registered",
        {"presented": [card(registered=False), NOTICE]},
        {"outcome": "OFFER_REGISTRATION", "row": 8, "charge": None, "registration": "offer"},
    ),
    (
        "… and that shall not be",
        {"presented": [card(registered=False, registration_declined=True), NOTICE]},
        {"outcome": "NOT_CONFIRMED", "row": 13},
    ),
    (
        "nobody identified",
        {"presented": [card()]},
        {"outcome": "IDENTIFY", "row": 9, "charge": None, "ask_for": {"face", "pin", "visual"}},
    ),
    (
        "PIN locked is no dead end",
        {"presented": [card(identity="pin_locked"), NOTICE]},
        {"outcome": "IDENTIFY", "row": 9, "ask_for": {"face", "visual"}},
    ),
    ("a card without a PIN", {"presented": [card(face_only=True)]}, {"ask_for": {"face", "visual"}}),
    ("identified, not asked yet", {"presented": [card(identity="visual")]}, {"outcome": "REQUERY", "row": 9}),
    (
        "identified, asked by numbers only",
        {"presented": [card(identity="visual")], "answer": answer("numbers", 1)},
        {"outcome": "REQUERY", "row": 9},
    ),
    (
        "unreadable card and portal",
        {"presented": [BROKEN, NOTICE, PORTAL]},
        {"outcome": "OK_MANUAL_PORTAL", "row": 10, "queue": "recheck", "charge": ratio(30)},
    ),
    (
        "expired certificate and お知らせ",
        {"presented": [card(certificate="expired", identity="pin"), NOTICE]},
        {"outcome": "OK_MANUAL_NOTICE", "row": 10, "queue": "recheck"},
    ),
    (
        "revoked certificate, return visit",
        {"presented": [card(certificate="revoked")], "visit": "return", "known_patient": True},
        {"outcome": "OK_VERBAL", "row": 10},
    ),
    (
        "unreadable card, first visit",
        {"presented": [BROKEN]},
        {"outcome": "OK_DECLARATION", "ask_for": {"declaration"}},
    ),
    (
        "answer 2 by card: data on file are worth nothing",
        {
            "presented": [card(identity="pin")],
            "answer": answer("card", 2),
            "visit": "return",
            "known_patient": True,
        },
        {"outcome": "OK_DECLARATION", "row": 10},
    ),
    (
        "answer 4 by card: data on file hold",
        {
            "presented": [card(identity="pin")],
            "answer": answer("card", 4),
            "visit": "return",
            "known_patient": True,
        },
        {"outcome": "OK_VERBAL", "row": 10, "queue": "recheck"},
    ),
    (
        "お知らせ of the ended insurer is not shown",
        {"presented": [card(identity="pin"), NOTICE], "answer": answer("card", 2, insurer_number=KYOKAI)},
        {"outcome": "OK_DECLARATION", "row": 10},
    ),
    (
        "お知らせ of another insurer is",
        {"presented": [card(identity="pin"), NOTICE], "answer": answer("card", 2, insurer_number=COMPANY)},
        {"outcome": "OK_MANUAL_NOTICE", "row": 10, "queue": "recheck"},
    ),
    (
        "an answer 1 by numbers keeps the outcome",
        {"presented": [BROKEN, NOTICE], "answer": answer("numbers", 1, burden_ratio=20)},
        {
            "outcome": "OK_MANUAL_NOTICE",
            "row": 10,
            "queue": None,
            "charge": ratio(20),
            "confirmed_by_numbers": True,
        },
    ),
    *(
        (
            f"お知らせ alone on {day}",
            {"on": day, "presented": [NOTICE], "answer": answer("numbers", 1)},
            {"outcome": outcome, "row": row},
        )
        for day, outcome, row in [
            ("2025-12-01", "NOT_CONFIRMED", 13),
            ("2025-12-02", "OK_LENIENT", 11),
            ("2026-03-31", "OK_LENIENT", 11),
            ("2026-04-01", "NOT_CONFIRMED", 13),
        ]
    ),
    *(
        (
            f"国保's expired card on {day}",
            {"on": day, "presented": [KOKUHO_CARD | {"expires_on": "2025-05-31"}], "answer": answer("numbers", 1)},
            {"outcome": outcome, "row": row},
        )
        for day, outcome, row in [("2025-06-26", "NOT_CONFIRMED", 13), ("2025-06-27", "OK_LENIENT", 11)]
    ),
    (
        "leniency asks for the numbers first",
        {"on": "2026-01-15", "presented": [KOKUHO_CARD]},
        {"outcome": "NOT_CONFIRMED", "row": 11, "ask_for": {"numbers_query"}, "charge": FULL},
    ),
    (
        "leniency with an answer 4",
        {"on": "2026-01-15", "presented": [KOKUHO_CARD], "answer": answer("numbers", 4)},
        {"outcome": "NOT_CONFIRMED", "row": 13},
    ),
    (
        "a phone where it cannot be read",
        {"presented": [phone(identity="pin")]},
        {"outcome": "NOT_CONFIRMED", "row": 12, "ask_for": {"myna_card", "portal"}},
    ),
    (
        "… with the portal on it",
        {"presented": [phone(), PORTAL]},
        {"outcome": "OK_MANUAL_PORTAL", "row": 12, "queue": None},
    ),
    (
        "a phone before its first day",
        {"on": "2025-09-18", "presented": [phone()], "equipped_for_smartphone": True},
        {"outcome": "NOT_CONFIRMED", "row": 12},
    ),
    (
        "a phone on its first day",
        {"on": "2025-09-19", "presented": [phone(identity="pin")], "equipped_for_smartphone": True},
        {"outcome": "REQUERY", "row": 9},
    ),
    (
        "a phone past its certificate",
        {"presented": [phone(certificate="revoked")], "equipped_for_smartphone": True},
        {"row": 12},
    ),
    (
        "a phone that cannot be read here, registered or not",
        {"presented": [phone(registered=False), PORTAL]},
        {"outcome": "OK_MANUAL_PORTAL", "row": 12},
    ),
    (
        "a phone that the service answered is in hand like a card",
        {
            "presented": [phone(identity="pin"), PORTAL],
            "answer": answer("card", 4),
            "equipped_for_smartphone": True,
        },
        {"outcome": "OK_MANUAL_PORTAL", "row": 10, "queue": "recheck"},
    ),
    (
        "お知らせ beside a phone with the portal on it is not alone",
        {"on": "2026-01-15", "presented": [phone(), PORTAL, NOTICE], "answer": answer("numbers", 1)},
        {"outcome": "OK_MANUAL_PORTAL", "row": 12},
    ),
    (
        "資格確認書 and a phone that is not registered and cannot be, here",
        {"presented": [CERTIFICATE, phone(registered=False)]},
        {"outcome": "OK_CERTIFICATE", "registration": None},
    ),
    ("nothing", {}, {"outcome": "NOT_CONFIRMED", "row": 13, "charge": FULL}),
]

BULLETS: Examples = [
    (
        "nothing is charged at a checkup site",
        {"site": "checkup"},
        {"outcome": "NOT_CONFIRMED", "charge": {"kind": "none"}},
    ),
    (
        "nor for a booking, and no consent is asked",
        {"visit": "booking", "presented": [card(identity="pin")], "answer": answer("card", 1)},
        {"outcome": "OK_ONLINE", "charge": {"kind": "none"}, "consent": None},
    ),
    (
        "no consent at a limited site",
        {"site": "limited", "presented": [card(identity="pin")], "answer": answer("card", 1)},
        {"outcome": "OK_ONLINE", "consent": None, "charge": ratio(30)},
    ),
    *(
        (
            f"特別療養, born {birthdate}",
            {
                "on": "2026-04-01",
                "birthdate": birthdate,
                "presented": [card(identity="pin")],
                "answer": answer("card", 1, card_class="05"),
            },
            {"charge": charge},
        )
        for birthdate, charge in [("2008-04-01", FULL), ("2008-04-02", ratio(30))]
    ),
    *(
        (
            f"from 70 the elderly ratio, born {birthdate}",
            {
                "birthdate": birthdate,
                "presented": [card(identity="pin")],
                "answer": answer("card", 1, burden_ratio=30, elderly_burden_ratio=20),
            },
            {"charge": ratio(percent)},
        )
        for birthdate, percent in [("1956-11-01", 20), ("1956-11-02", 30)]
    ),
    (
        "each ratio stands in for the other",
        {"presented": [card(identity="pin")], "answer": answer("card", 1, elderly_burden_ratio=20)},
        {"charge": ratio(20)},
    ),
    (
        "高齢受給者証 before the accepted document",
        {"birthdate": AT_72, "presented": [CERTIFICATE | {"burden_ratio": 30}, RECIPIENT]},
        {"charge": ratio(20)},
    ),
    (
        "… but not before its first day",
        {"birthdate": AT_72, "presented": [CERTIFICATE, RECIPIENT | {"valid_from": "2026-11-21"}]},
        {"charge": ask(30), "asks_for_the_share": True},
    ),
    (
        "… nor before the holder's 70-years rule starts",
        {"birthdate": "1956-11-02", "presented": [CERTIFICATE, RECIPIENT]},
        {"charge": ratio(30)},
    ),
    (
        "the answer and the paper differ",
        {
            "birthdate": AT_72,
            "presented": [card(identity="pin"), RECIPIENT],
            "answer": answer("card", 1, elderly_burden_ratio=30),
        },
        {"charge": ratio(30), "ratio_differs": True},
    ),
    (
        "declared",
        {"birthdate": AT_80, "presented": [BROKEN, paper("declaration", burden_ratio=10)]},
        {"outcome": "OK_DECLARATION", "charge": ratio(10), "ask_for": set(), "declared_ratio_ignored": False},
    ),
    (
        "declared, but age forbids it",
        {"birthdate": AT_40, "presented": [BROKEN, paper("declaration", burden_ratio=10)]},
        {"charge": ratio(30), "declared_ratio_ignored": True},
    ),
    ("by age before school", {"birthdate": AT_4, "presented": [BROKEN]}, {"charge": ratio(20)}),
    ("never by age at 70–74", {"birthdate": AT_72, "presented": [BROKEN]}, {"charge": ask(30)}),
    ("never by age at 75", {"birthdate": AT_80, "presented": [BROKEN]}, {"charge": ask(None)}),
    (
        "never by age for an insurer 39…",
        {"birthdate": "1959-05-02", "presented": [CERTIFICATE | {"insurer_number": ELDERLY}]},
        {"charge": ask(None)},
    ),
    (
        "… but what it prints at 65 holds",
        {"birthdate": "1959-05-02", "presented": [CERTIFICATE | {"insurer_number": ELDERLY, "burden_ratio": 10}]},
        {"charge": ratio(10)},
    ),
    (
        "what another insurer prints before the 70-years rule does not",
        {"birthdate": AT_4, "presented": [CERTIFICATE | {"burden_ratio": 30}]},
        {"charge": ratio(20)},
    ),
    (
        "of two 高齢受給者証 the newer",
        {
            "birthdate": AT_72,
            "presented": [BROKEN, RECIPIENT | {"burden_ratio": 30}, RECIPIENT | {"valid_from": "2026-08-01"}],
        },
        {"charge": ratio(20)},
    ),
    (
        "in an outage the ladder's paper gives the share",
        {"birthdate": AT_72, "outage": True, "presented": [card(), NOTICE | {"burden_ratio": 20}]},
        {"outcome": "PENDING_4INFO", "charge": ratio(20)},
    ),
    ("no birthdate, no share by age", {"birthdate": None, "presented": [BROKEN]}, {"charge": ask(None)}),
    (
        "an infant's card has no photo",
        {"birthdate": "2025-12-01", "presented": [card()]},
        {"outcome": "IDENTIFY", "ask_for": {"pin"}},
    ),
    (
        "a phone looks at the face itself",
        {"presented": [phone(identity="pin_locked")], "equipped_for_smartphone": True},
        {"outcome": "IDENTIFY", "ask_for": {"face"}},
    ),
    (
        "a holder without マイナポータル is never asked for it",
        {"presented": [phone(), card(readable=False, registered=False, face_only=True)]},
        {"row": 12, "ask_for": {"myna_card"}, "never_ask_for": {"portal"}},
    ),
    (
        "still in date, membership ended: goes back",
        {"presented": [CERTIFICATE, OLD_CARD, NOTICE], "membership": "left"},
        {"returns": {"eligibility_certificate"}},
    ),
    (
        "the older of two stays where the newer is over",
        {"presented": [CERTIFICATE, CERTIFICATE | {"issued_on": "2025-09-01", "expires_on": "2026-07-31"}]},
        {"outcome": "OK_CERTIFICATE", "returns": set()},
    ),
    (
        "a 資格確認書 of 協会けんぽ ended on the 75th birthday: goes back",
        {"presented": [CERTIFICATE], "birthdate": "1951-11-20"},
        {"returns": {"eligibility_certificate"}},
    ),
    ("expired: does not", {"on": "2029-08-01", "presented": [CERTIFICATE], "membership": "left"}, {"returns": set()}),
    (
        "健康保険証 whose membership ended by 2025-12-01",
        {"on": "2025-12-01", "presented": [OLD_CARD], "membership": "left"},
        {"returns": {"insurance_card"}, "outcome": "NOT_CONFIRMED"},
    ),
    ("… and a day later", {"on": "2025-12-02", "presented": [OLD_CARD], "membership": "left"}, {"returns": set()}),
]


@pytest.mark.parametrize(
    ("case", "expected"),
    [pytest.param(case, expected, id=sentence) for sentence, case, expected in ROWS + BULLETS],
)
def test_the_second_policy_says_what_the_text_says(case: dict[str, Any], expected: dict[str, Any]) -> None:
    decided = decide({"on": "2026-11-20", "birthdate": AT_40} | case)
    assert {key: decided[key] for key in expected} == expected


@pytest.mark.parametrize(
    ("born", "last"),
    [("2020-04-01", "2026-03-31"), ("2020-04-02", "2027-03-31"), ("2020-02-29", "2026-03-31")],
)
def test_before_school_ends_on_a_31_march(born: str, last: str) -> None:
    limit = ages.first_31_march_from(ages.day_age_is_reached(date.fromisoformat(born), 6))
    assert limit == date.fromisoformat(last)
    assert ages.is_before_school(date.fromisoformat(born), limit)
    assert not ages.is_before_school(date.fromisoformat(born), date(limit.year, 4, 1))


@pytest.mark.parametrize(
    ("born", "first"),
    [
        ("1956-11-01", "2026-11-01"),
        ("1956-11-02", "2026-12-01"),
        ("1956-12-01", "2026-12-01"),
        ("1956-12-02", "2027-01-01"),
        ("1956-12-31", "2027-01-01"),
        ("1957-01-01", "2027-01-01"),
        ("1956-02-29", "2026-03-01"),
        ("1956-03-01", "2026-03-01"),
    ],
)
def test_the_seventy_years_rule_starts_on_the_first_of_a_month(born: str, first: str) -> None:
    assert ages.seventy_years_rule_starts(date.fromisoformat(born)) == date.fromisoformat(first)


@pytest.mark.parametrize(("born", "day"), [("1951-11-20", "2026-11-20"), ("1952-02-29", "2027-03-01")])
def test_75_is_reached_on_the_birthday(born: str, day: str) -> None:
    assert ages.birthday(date.fromisoformat(born), 75) == date.fromisoformat(day)
