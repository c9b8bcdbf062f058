"""資格有効性 from memberships and a day."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from eligibility.oqs.codes import QualificationValidity as Validity
from mock_server.findings import Finding, find_by_card, find_by_numbers
from mock_server.people import MedicalTicket, Membership, Person

ON = date(2026, 11, 20)
OLD = Membership("06139992", "見本商事", "1", date(2016, 4, 1), lost_on=date(2026, 4, 1))
NEW = Membership("01139997", "見本支部", "2", date(2026, 4, 1))


def person(*memberships: Membership, key: str = "someone") -> Person:
    return Person(key, "見本　一", "ﾐﾎﾝ ｲﾁ", date(1990, 1, 1), "1", "000-0000", "x", memberships)


def test_a_current_membership_is_valid() -> None:
    someone = person(NEW)
    assert find_by_card(someone, ON) == Finding(Validity.VALID, someone, NEW)


def test_membership_begins_on_its_first_day_and_has_ended_on_the_day_of_loss() -> None:
    assert find_by_card(person(NEW), date(2026, 4, 1)).validity is Validity.VALID
    assert find_by_card(person(NEW), date(2026, 3, 31)).validity is Validity.NONE_FOUND
    assert find_by_card(person(OLD), date(2026, 3, 31)).validity is Validity.VALID
    assert find_by_card(person(OLD), date(2026, 4, 1)).validity is Validity.INVALID


def test_of_several_ended_memberships_the_last_is_named() -> None:
    older = replace(OLD, insurer_number="139998", lost_on=date(2016, 4, 1))
    assert find_by_card(person(OLD, older), ON).membership == OLD


def test_two_current_memberships_are_several_and_name_nobody() -> None:
    assert find_by_card(person(NEW, replace(NEW, number="3")), ON) == Finding(Validity.SEVERAL_FOUND)


def test_old_numbers_of_someone_with_a_new_insurer() -> None:
    someone = person(NEW, OLD)
    assert find_by_numbers([(someone, OLD)], ON) == Finding(Validity.INVALID_NEWER_EXISTS, someone, OLD)


def test_old_numbers_of_someone_without_a_new_insurer() -> None:
    someone = person(OLD)
    assert find_by_numbers([(someone, OLD)], ON) == Finding(Validity.INVALID, someone, OLD)


def test_numbers_that_fit_two_people_name_neither() -> None:
    twins = [(person(NEW, key=key), NEW) for key in ("one", "other")]
    assert find_by_numbers(twins, ON) == Finding(Validity.SEVERAL_FOUND)


def test_numbers_that_come_into_force_later_are_not_on_file() -> None:
    later = replace(NEW, qualified_on=ON + timedelta(days=1))
    assert find_by_numbers([(person(later), later)], ON) == Finding(Validity.NONE_FOUND)


def test_numbers_nobody_has() -> None:
    assert find_by_numbers([], ON) == Finding(Validity.NONE_FOUND)


ASSISTANCE = Membership(
    "12139994", "見本市", "9", date(2026, 6, 1), card_class="A1", tickets=(MedicalTicket("01", "1", "02"),)
)


def test_medical_assistance_is_valid_with_a_ticket_and_unregistered_without() -> None:
    assert find_by_card(person(ASSISTANCE), ON).validity is Validity.VALID
    unfiled = person(replace(ASSISTANCE, tickets=()))
    assert find_by_card(unfiled, ON).validity is Validity.VALID_UNREGISTERED
    assert find_by_numbers([(unfiled, unfiled.memberships[0])], ON).validity is Validity.VALID_UNREGISTERED


def test_an_insurance_goes_before_medical_assistance() -> None:
    assert find_by_card(person(ASSISTANCE, NEW), ON).membership == NEW
    assert find_by_card(person(ASSISTANCE, NEW, replace(NEW, number="3")), ON).validity is Validity.SEVERAL_FOUND
