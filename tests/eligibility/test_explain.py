"""The way through the rows: what does not fit says why, and the one that fits is the one decided by."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from hypothesis import given, settings

from eligibility.case import Case, Flag
from eligibility.documents import Certificate, Identity, MynaCard, Smartphone
from eligibility.policy import Step, decide, explain
from eligibility.rule_dates import STANDARD_RULES
from tests.eligibility.cases import (
    BY_NUMBERS,
    CARD,
    CERTIFICATE,
    DECLINED,
    EXPIRED_CHIP,
    KOKUHO_NOTICE,
    NOTICE,
    PHONE,
    PIN_CARD,
    PORTAL,
    UNREGISTERED,
    by_card,
    by_numbers,
    case,
)
from tests.eligibility.strategies import cases
from tests.thoroughness import examples

P2 = date(2026, 1, 15)


def way(*presented: object, **changes: object) -> dict[int, tuple[str, ...]]:
    """Of the rows that do not fit: number → why."""
    return {step.row: step.why for step in explain(case(*presented, **changes)) if not step.fits}


@settings(max_examples=examples(500), deadline=None)
@given(cases())
def test_every_way_goes_row_by_row_to_the_one_decided_by(case: Case) -> None:
    steps = explain(case)
    outcome = decide(case)
    assert [step.row for step in steps] == list(range(1, outcome.row + 1))
    assert [step.fits for step in steps] == [False] * (outcome.row - 1) + [True]
    assert all(step.why for step in steps), "no row is passed without saying why"
    assert outcome.reasons[: len(steps[-1].why)] == steps[-1].why


def test_it_goes_by_the_same_days_as_the_decision() -> None:
    rules = STANDARD_RULES.moved("leniency_until", date(2026, 12, 31))
    assert explain(case(NOTICE, answer=BY_NUMBERS), rules)[-1] == Step(
        11, True, ("lenient_period", "confirmed_by_numbers")
    )
    assert way(NOTICE, answer=BY_NUMBERS)[11] == ("no_leniency_today",)


def test_a_step_is_what_json_carries() -> None:
    assert Step(7, False, ("no_outage",)).as_dict() == {"row": 7, "fits": False, "why": ["no_outage"]}


def test_with_nothing_at_all_every_row_is_passed_for_want_of_something() -> None:
    assert way() == {
        1: ("no_disaster",),
        2: ("self_info_open",),
        3: ("person_not_in_doubt",),
        4: ("not_asked",),
        5: ("not_asked",),
        6: ("no_certifying_paper",),
        7: ("no_outage",),
        8: ("no_unregistered_card",),
        9: ("no_registered_card",),
        10: ("no_registered_card",),
        11: ("no_leniency_today",),
        12: ("no_phone_without_path",),
    }


def test_an_answer_that_does_not_fit_is_named() -> None:
    assert way(PIN_CARD, answer=by_card(2))[4] == ("answer_not_1",)
    assert way(CARD, answer=BY_NUMBERS)[4] == ("asked_by_numbers",)
    assert way(CARD, answer=BY_NUMBERS)[5] == ("answer_not_3_or_5",)
    assert way(PIN_CARD, answer=by_card(4))[9] == ("answered_by_card",)


def test_a_paper_that_does_not_count_says_why() -> None:
    copy = replace(CERTIFICATE, original=False)
    old = replace(CERTIFICATE, issued_on=date(2024, 12, 2), expires_on=date(2025, 12, 1))
    assert way(copy, old)[6] == ("paper_copy", "paper_out_of_date")


def test_a_card_that_cannot_be_registered_says_why() -> None:
    assert way(DECLINED)[8] == ("registration_was_declined",)
    assert way(MynaCard(registered=False, readable=False))[8] == ("chip_unreadable",)
    assert way(replace(PHONE, registered=False))[8] == ("phone_not_equipped",)
    both = way(DECLINED, replace(PHONE, registered=False), DECLINED)
    assert both[8] == ("registration_was_declined", "phone_not_equipped")


def test_a_card_that_cannot_be_asked_with_says_why() -> None:
    assert way(EXPIRED_CHIP)[9] == ("chip_certificate_expired",)
    phone = Smartphone(certificate=Certificate.REVOKED)
    assert way(EXPIRED_CHIP, phone, equipped_for_smartphone=True)[9] == (
        "chip_certificate_expired",
        "chip_certificate_revoked",
    )


def test_a_card_without_photo_whose_pin_is_lost_leaves_no_way_to_identify() -> None:
    under_one = date(2026, 5, 2)
    assert way(replace(CARD, identity=Identity.PIN_LOCKED), birthdate=under_one)[9] == ("no_way_to_identify",)


def test_the_leniency_says_what_it_lacks() -> None:
    assert way(on=P2)[11] == ("no_lenient_paper",)
    assert way(NOTICE, on=date(2025, 7, 1))[11] == ("no_lenient_paper",)
    assert way(KOKUHO_NOTICE, on=P2, answer=by_numbers(4))[11] == ("answer_not_1",)
    assert way(NOTICE, PHONE, PORTAL, on=P2)[11] == ("portal_beside_phone",)


def test_protection_ends_the_way_at_row_2() -> None:
    steps = explain(case(UNREGISTERED, flags=frozenset({Flag.SELF_INFO_REFUSED})))
    assert [(step.row, step.fits) for step in steps] == [(1, False), (2, True)]
