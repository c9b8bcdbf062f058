"""What happened at the counter, translated for the rules. Expected outcomes are those of design.md §5."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import pytest

from eligibility.case import Case, Visit
from eligibility.documents import Certificate, Device, Identity, MynaCard, Smartphone
from eligibility.papers.paper import Paper
from kiosk.flow.answer import Qualification, Reception
from kiosk.flow.facts import VisitFacts, Way
from kiosk.flow.presented import device_of, given_up
from kiosk.flow.states import CardSummary, Trouble
from kiosk.services.decider import PolicyDecider
from tests.kiosk.services.samples import CERTIFICATE, JST, NOTICE, NOW

CARD = CardSummary("plastic", 3, date(2030, 6, 15))
VALID = Qualification(
    "card",
    validity=1,
    certificate_state="valid",
    card_class="01",
    insurer_number="01139997",
    insurer_name="全国健康保険協会　見本支部",
    symbol="21700023",
    number="1155",
    branch="00",
    name="協会　太郎",
    name_kana="ｷｮｳｶｲ ﾀﾛｳ",
    birthdate=date(1985, 6, 15),
    valid_until=date(2027, 7, 31),
)
BY_NUMBERS = replace(VALID, by="numbers", certificate_state="")


PHONE_TROUBLES = {Trouble.PHONE_NOT_EQUIPPED}
"""What lies there is no card: a notice does not count beside it."""


def decider(site: str = "clinic", now: datetime = NOW) -> PolicyDecider:
    return PolicyDecider(lambda: now, site)


def facts_by_card(card: CardSummary, answer: Qualification) -> VisitFacts:
    device = device_of(card, None, Way.PIN, answer)
    return VisitFacts(device, certificate_until=card.certificate_until, by_card=answer)


def by_card(card: CardSummary, answer: Qualification, rules: PolicyDecider | None = None) -> Reception:
    return (rules or decider()).decide(facts_by_card(card, answer))


def case_by_card(card: CardSummary, answer: Qualification) -> Case:
    return decider().case(facts_by_card(card, answer))


def in_hand(trouble: Trouble | None) -> Device | None:
    """A card that the desk goes on without."""
    card = replace(CARD, face_only=trouble is Trouble.FACE_ONLY)
    return given_up(VisitFacts(device_of(card, trouble, None))).device


def by_paper(
    paper: Paper, answer: Qualification | None, device: Device | None = None, rules: PolicyDecider | None = None
) -> Reception:
    facts = VisitFacts(device, papers=(paper,), by_numbers=answer, service_silent=answer is None)
    return (rules or decider()).decide(facts)


def short(shown: Reception) -> tuple[str, int, str]:
    return shown.outcome, shown.row, shown.charge


# --- by card ----------------------------------------------------------------------------------------------------


def test_a_valid_answer_by_card_is_shown_as_the_service_sent_it() -> None:
    shown = by_card(CARD, VALID)
    assert short(shown) == ("OK_ONLINE", 4, "ratio:30")
    assert shown.accepted
    assert (shown.consent, shown.certificate, shown.registered) == ("ask", "valid", True)
    guidance = ("consent", "staff", "patient", "help_lines", "certificate", "registered", "case_json")
    assert shown == Reception(
        "OK_ONLINE",
        4,
        "ratio:30",
        shown.reasons,
        by="card",
        validity=1,
        insurer_number="01139997",
        insurer_name="全国健康保険協会　見本支部",
        symbol="21700023",
        number="1155",
        branch="00",
        name="協会　太郎",
        name_kana="ｷｮｳｶｲ ﾀﾛｳ",
        birthdate=date(1985, 6, 15),
        valid_until=date(2027, 7, 31),
        certificate_until=CARD.certificate_until,
        **{name: getattr(shown, name) for name in guidance},
    )


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"certificate_state": "expiring"}, ("OK_ONLINE", 4, "ratio:30")),
        ({"certificate_state": "grace"}, ("OK_ONLINE_LIMITED", 4, "ratio:30")),
        ({"validity": 2}, ("OK_DECLARATION", 10, "ratio:30")),
        ({"validity": 3}, ("REQUERY", 5, "")),
        ({"validity": 5}, ("REQUERY", 5, "")),
        ({"validity": None, "registered": False}, ("OFFER_REGISTRATION", 8, "")),
        ({"validity": None, "registered": False, "code": "MOCK-SELF-INFO-REFUSED"}, ("NEED_CERTIFICATE", 2, "")),
        ({"card_class": "05"}, ("OK_ONLINE", 4, "full")),
        ({"card_class": "99"}, ("OK_ONLINE", 4, "ratio:30")),
        ({"birthdate": date(2022, 5, 1)}, ("OK_ONLINE", 4, "ratio:20")),
        ({"birthdate": date(1953, 5, 2), "elderly_burden_ratio": 20}, ("OK_ONLINE", 4, "ratio:20")),
        ({"birthdate": date(1953, 5, 2)}, ("OK_ONLINE", 4, "ask:30")),
        ({"birthdate": date(1943, 5, 2), "insurer_number": "39139993"}, ("OK_ONLINE", 4, "ask:")),
        ({"birthdate": date(1943, 5, 2), "burden_ratio": 10}, ("OK_ONLINE", 4, "ratio:10")),
    ],
)
def test_answers_by_card(changes: dict[str, object], expected: tuple[str, int, str]) -> None:
    assert short(by_card(CARD, replace(VALID, **changes))) == expected  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("until", "outcome"),
    [
        (date(2030, 6, 15), "OK_ONLINE"),
        (date(2026, 11, 19), "OK_ONLINE_LIMITED"),
        (date(2025, 1, 1), "OK_ONLINE_LIMITED"),
    ],
)
def test_where_the_service_does_not_say_the_calendar_knows_the_certificates_state(until: date, outcome: str) -> None:
    card = replace(CARD, certificate_until=until)
    assert by_card(card, replace(VALID, certificate_state="")).outcome == outcome


@pytest.mark.parametrize("kind", ["android", "ios"])
def test_a_phone_that_was_answered_for_is_received_as_a_phone(kind: str) -> None:
    case = case_by_card(replace(CARD, kind=kind), VALID)
    assert case.presented == (Smartphone(identity=Identity.PIN),)
    assert case.equipped_for_smartphone, "whoever read it is"
    assert short(by_card(replace(CARD, kind=kind), VALID)) == ("OK_ONLINE", 4, "ratio:30")


@pytest.mark.parametrize("kind", ["plastic", "next_generation"])
def test_a_card_is_received_as_a_card(kind: str) -> None:
    case = case_by_card(replace(CARD, kind=kind), VALID)
    assert case.presented == (MynaCard(identity=Identity.PIN),)
    assert not case.equipped_for_smartphone


@pytest.mark.parametrize("state", ["valid", "expiring", "grace"])
def test_a_phone_is_never_in_grace(state: str) -> None:
    phone = replace(CARD, kind="android")
    [presented] = case_by_card(phone, replace(VALID, certificate_state=state)).presented
    assert isinstance(presented, Smartphone)
    assert presented.certificate is Certificate("expiring" if state == "grace" else state)


def test_a_certificate_nobody_told_of_was_looked_at_behind_the_pin() -> None:
    hidden = replace(CARD, kind="android", certificate_until=None)
    [presented] = case_by_card(hidden, replace(VALID, certificate_state="")).presented
    assert isinstance(presented, Smartphone)
    assert presented.certificate is Certificate.VALID


@pytest.mark.parametrize(
    ("paper", "outcome"),
    [(CERTIFICATE, "OK_CERTIFICATE"), (NOTICE, "OK_MANUAL_NOTICE")],
)
def test_a_card_without_a_pin_goes_on_with_paper_and_nobody_asks_for_a_pin(paper: Paper, outcome: str) -> None:
    shown = by_paper(paper, BY_NUMBERS, in_hand(Trouble.FACE_ONLY))
    assert shown.outcome == outcome
    assert "pin" not in shown.ask_for
    assert "portal" not in shown.ask_for, "its holder cannot use the portal (design.md §5)"


@pytest.mark.parametrize(("site", "charge"), [("clinic", "ratio:30"), ("checkup", "none"), ("limited", "ratio:30")])
def test_the_site_decides_what_is_charged(site: str, charge: str) -> None:
    assert by_card(CARD, VALID, decider(site)).charge == charge


def test_a_site_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="hospital"):
        decider("hospital")


@pytest.mark.parametrize(
    ("birthdate", "ratios", "named"),
    [
        (date(1985, 6, 15), (30, None), 30),
        (date(1985, 6, 15), (None, 20), 20),
        (date(1985, 6, 15), (30, 20), 30),
        (date(1953, 5, 2), (30, 20), 20),
        (date(1953, 5, 2), (30, None), 30),
        (None, (10, 20), 10),
        (date(1985, 6, 15), (None, None), None),
    ],
)
def test_the_share_that_the_service_names_today(
    birthdate: date | None, ratios: tuple[int | None, int | None], named: int | None
) -> None:
    answer = replace(VALID, birthdate=birthdate, burden_ratio=ratios[0], elderly_burden_ratio=ratios[1])
    assert by_card(CARD, answer).ratio == named


def test_today_is_the_clocks_day() -> None:
    school = datetime(2029, 4, 1, tzinfo=JST)
    child = replace(VALID, birthdate=date(2022, 5, 1))
    assert by_card(CARD, child, decider(now=school)).charge == "ratio:30"


# --- by paper ---------------------------------------------------------------------------------------------------


def test_a_certificate_is_enough_by_itself() -> None:
    shown = by_paper(CERTIFICATE, BY_NUMBERS)
    assert short(shown) == ("OK_CERTIFICATE", 6, "ratio:30")
    assert (shown.by, shown.validity, shown.name) == ("numbers", 1, "協会　太郎")


def test_a_certificate_past_its_end_confirms_nobody() -> None:
    ended = replace(CERTIFICATE, expires_on=date(2026, 11, 19))
    assert short(by_paper(ended, BY_NUMBERS, None)) == ("NOT_CONFIRMED", 13, "full")


def test_a_certificate_whose_membership_ended_is_taken_away_by_the_answer() -> None:
    assert by_paper(CERTIFICATE, replace(BY_NUMBERS, validity=2), None).outcome == "NOT_CONFIRMED"


def test_nothing_found_leaves_the_certificate_and_is_asked_again_later() -> None:
    nothing = Qualification("numbers", validity=4)
    shown = by_paper(CERTIFICATE, nothing, None)
    assert (shown.outcome, shown.queue) == ("OK_CERTIFICATE", "recheck")
    assert (shown.insurer_number, shown.symbol, shown.number, shown.branch, shown.birthdate) == (
        "01139997",
        "21700023",
        "1155",
        "00",
        date(1985, 6, 15),
    ), "what was typed stays: it is what will be asked again"
    assert shown.name == ""


def test_a_notice_counts_only_with_the_card() -> None:
    assert short(by_paper(NOTICE, BY_NUMBERS, in_hand(Trouble.CARD_UNREADABLE))) == (
        "OK_MANUAL_NOTICE",
        10,
        "ratio:30",
    )
    assert short(by_paper(NOTICE, BY_NUMBERS, None)) == ("NOT_CONFIRMED", 13, "full")


def test_a_notice_alone_was_treated_leniently_until_the_end_of_march_2026() -> None:
    march = decider(now=datetime(2026, 3, 31, 23, 59, tzinfo=JST))
    assert by_paper(NOTICE, BY_NUMBERS, rules=march).outcome == "OK_LENIENT"
    april = decider(now=datetime(2026, 4, 1, tzinfo=JST))
    assert by_paper(NOTICE, BY_NUMBERS, rules=april).outcome == "NOT_CONFIRMED"


@pytest.mark.parametrize("trouble", [None, *(trouble for trouble in Trouble if trouble not in PHONE_TROUBLES)])
def test_whatever_stopped_the_card_a_notice_beside_it_is_decided(trouble: Trouble | None) -> None:
    expected = "OFFER_REGISTRATION" if trouble is Trouble.NOT_REGISTERED else "OK_MANUAL_NOTICE"
    assert by_paper(NOTICE, BY_NUMBERS, in_hand(trouble)).outcome == expected


@pytest.mark.parametrize(
    ("trouble", "advice"),
    [
        (Trouble.PIN_LOCKED, "pin_reset_at_city_office"),
        (Trouble.PIN_UNKNOWN, "pin_reset_at_city_office"),
        (Trouble.CERTIFICATE_REFUSED, "renew_certificate"),
    ],
)
def test_what_is_known_of_the_card_becomes_advice(trouble: Trouble, advice: str) -> None:
    assert advice in by_paper(NOTICE, BY_NUMBERS, in_hand(trouble)).tell
    assert advice not in by_paper(NOTICE, BY_NUMBERS, in_hand(Trouble.CARD_UNREADABLE)).tell


def test_an_unregistered_card_beside_a_certificate_is_offered_registration_and_the_certificate_counts() -> None:
    shown = by_paper(CERTIFICATE, BY_NUMBERS, in_hand(Trouble.NOT_REGISTERED))
    assert shown.outcome == "OK_CERTIFICATE"
    assert "register_here" in shown.tell


def test_without_the_service_the_rules_decide_on_the_paper_alone() -> None:
    outage = [
        by_paper(CERTIFICATE, None),
        by_paper(NOTICE, None, in_hand(Trouble.SERVER_DOWN)),
        by_paper(NOTICE, None),
    ]
    assert [(shown.outcome, shown.queue) for shown in outage] == [
        ("OK_CERTIFICATE", "recheck"),
        ("PENDING_4INFO", "four_items"),
        ("NOT_CONFIRMED", None),
    ]
    assert {(shown.by, shown.validity) for shown in outage} == {("", None)}
    assert outage[1].insurer_number == "01139997"


def test_the_ratio_on_the_paper_counts_where_the_service_names_none() -> None:
    seventy_two = date(1954, 5, 2)
    paper = replace(CERTIFICATE, birthdate=seventy_two, burden_ratio=20)
    answer = replace(BY_NUMBERS, birthdate=seventy_two)
    assert by_paper(paper, answer, None).charge == "ratio:20"
    assert by_paper(paper, replace(answer, elderly_burden_ratio=30), None).charge == "ratio:30"


def test_a_record_with_another_date_of_birth_is_asked_again_and_charges_nobody() -> None:
    shown = by_paper(CERTIFICATE, replace(BY_NUMBERS, birthdate=date(1985, 6, 16)), None)
    assert short(shown) == ("REQUERY", 3, "")


# --- a card that the desk goes on without --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("trouble", "said"),
    [
        (Trouble.CALLED_STAFF, False),
        (Trouble.CARD_PULLED, False),
        (Trouble.PIN_UNKNOWN, False),
        (Trouble.SERVER_DOWN, False),
        (Trouble.CARD_UNREADABLE, True),
        (Trouble.READER_LOST, True),
    ],
)
@pytest.mark.parametrize("paper", [NOTICE, None], ids=["notice", "word of mouth"])
def test_only_a_card_that_could_not_be_read_is_said_to_be_so(trouble: Trouble, said: bool, paper: Paper | None) -> None:
    """Staff, patient and the journal's entry: the chip of a card that was read is in order."""
    gone_on = given_up(VisitFacts(device_of(CARD, trouble, None)))
    facts = (
        replace(gone_on, visit=Visit.RETURN, known_patient=True)
        if paper is None
        else replace(gone_on, papers=(paper,), by_numbers=BY_NUMBERS)
    )
    shown = decider().decide(facts)
    assert shown.outcome == ("OK_VERBAL" if paper is None else "OK_MANUAL_NOTICE")
    lines = {line.message_id for line in (*shown.staff, *shown.patient)}
    assert ("chip_unreadable" in shown.reasons) is said
    assert any(line.endswith("reason.chip_unreadable") for line in lines) is said
