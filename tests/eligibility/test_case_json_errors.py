"""What a case file may say, and what an error tells besides its place: enough to put it right, never the value."""

from __future__ import annotations

import pytest

from eligibility.case_json import case_from_dict, parse_case
from eligibility.errors import CaseError

DAY = "2026-11-20"


def refusal(raw: dict[str, object]) -> CaseError:
    with pytest.raises(CaseError) as refused:
        case_from_dict({"on": DAY} | raw)
    return refused.value


def test_an_unknown_key_is_answered_with_the_keys_there_are() -> None:
    refused = refusal({"presented": [{"document": "portal", "numbers": ""}]})
    assert refused.code == "case.unknown_key"
    assert refused.params == {"path": "presented[0].numbers", "known": "document, form, insurer_number, burden_ratio"}


def test_an_insurer_number_with_a_slip_is_answered_with_the_right_last_digit() -> None:
    refused = refusal({"presented": [{"document": "portal", "insurer_number": "01139990"}]})
    assert refused.code == "field.insurer_number.check_digit"
    assert refused.params == {"path": "presented[0].insurer_number", "suggestion": "7"}


def test_of_a_key_given_twice_it_is_that_key_that_is_named() -> None:
    with pytest.raises(CaseError) as refused:
        parse_case('{"on": "2026-11-20", "visit": "first", "visit": "return"}')
    assert (refused.value.code, refused.value.path) == ("case.duplicate_key", "visit")


def test_an_individual_number_is_found_behind_a_key_given_twice() -> None:
    with pytest.raises(CaseError) as refused:
        parse_case('{"on": "2026-11-20", "visit": "123456789018", "visit": "first"}')
    assert (refused.value.code, refused.value.path) == ("field.individual_number", "visit")


@pytest.mark.parametrize("number", [12345.6789018, -123456789018])
def test_a_fraction_or_a_negative_number_is_nobodys_individual_number(number: float) -> None:
    """Their digits would be one: 123456789018 has the right check digit."""
    assert refusal({"answer": {"by": "numbers", "validity": 123456789018}}).code == "field.individual_number"
    assert refusal({"answer": {"by": "numbers", "validity": number}}).code == "case.validity"


@pytest.mark.parametrize("card_class", ["01", "02", "03", "04", "05", "06", "07", "A1"])
def test_every_class_of_a_card_is_known(card_class: str) -> None:
    case = case_from_dict({"on": DAY, "answer": {"by": "numbers", "validity": 1, "card_class": card_class}})
    assert case.answer is not None
    assert case.answer.card_class == card_class
