"""Width of what people type, and the number that is never accepted (validation.md §2, §5; design.md §2)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eligibility.errors import CaseError, FieldError
from eligibility.text import (
    fold_digits,
    has_private_use,
    holds_individual_number,
    looks_like_individual_number,
    narrow,
    widen,
)

# The check digit of the individual number, worked by hand: 123456789018 is the ministry's own well-known specimen.
SPECIMEN = "123456789018"


@pytest.mark.parametrize(
    ("typed", "folded"),
    [
        ("０１２３４５６７８９", "0123456789"),
        ("１２－３４", "12-34"),
        ("12ー34", "12-34"),
        ("12−34–56", "12-34-56"),
        ("１２　３４", "12 34"),
    ],
)
def test_digits_dashes_and_blanks_become_half_width(typed: str, folded: str) -> None:
    assert fold_digits(typed) == folded


def test_a_long_mark_between_letters_is_no_dash() -> None:
    assert fold_digits("カード") == "カード"


@pytest.mark.parametrize("name", ["塚晴猪神福都隆", "﨑髙", "葛\U000e0100"])
def test_compatibility_kanji_are_never_normalised(name: str) -> None:
    assert narrow(name) == widen(name) == fold_digits(name) == name


def test_widening_joins_a_sonant_mark_with_its_kana() -> None:
    assert widen("ｶﾞ12-a") == "ガ１２－ａ"


@pytest.mark.parametrize(
    "typed", [SPECIMEN, "１２３４５６７８９０１８", "1234-5678-9018", "1234 5678 9018", "１２３４　５６７８　９０１８"]
)
def test_an_individual_number_is_recognised_however_it_is_written(typed: str) -> None:
    assert looks_like_individual_number(typed)


@pytest.mark.parametrize("wrong", list("012345679"))
def test_twelve_digits_with_another_check_digit_are_not_one(wrong: str) -> None:
    assert not looks_like_individual_number(SPECIMEN[:-1] + wrong)


@pytest.mark.parametrize("typed", ["", SPECIMEN[:-1], SPECIMEN + "0", "12345678901a"])
def test_other_lengths_and_letters_are_not_one(typed: str) -> None:
    assert not looks_like_individual_number(typed)


@given(st.text(alphabet="0123456789", min_size=11, max_size=11))
def test_exactly_one_check_digit_fits_any_eleven_digits(body: str) -> None:
    assert sum(looks_like_individual_number(body + digit) for digit in "0123456789") == 1


def test_private_use_characters_are_seen() -> None:
    assert has_private_use("\ue000")
    assert not has_private_use("髙𠮷")


def test_an_error_is_its_code_and_carries_parameters() -> None:
    error = FieldError("field.date.form", field="birthdate")
    assert (str(error), error.code, error.params) == ("field.date.form", "field.date.form", {"field": "birthdate"})


def test_a_case_error_names_the_path_as_parameter_too() -> None:
    error = CaseError("case.validity", "answer.validity")
    assert (error.path, error.params) == ("answer.validity", {"path": "answer.validity"})


@pytest.mark.parametrize(
    "text",
    [
        "123456789018",
        "番号は123456789018です",
        "zzzz 1234・5678・9018",
        "1234、5678、9018",
        "1234 ~ 5678 ~ 9018",
        "(1234)(5678)(9018)",
        "123-456-789-018",
        "12 34 56 78 90 18",
        "１２３４\u200b５６７８\u00ad９０１８",
    ],
)
def test_an_individual_number_is_found_inside_other_words(text: str) -> None:
    assert holds_individual_number(text)


@pytest.mark.parametrize(
    "text",
    [
        "420点 1953-05-02",
        "2026-11-20 1234点",
        "123456789012",
        "1234567890189",
        "01139997 1234 5678",
        "電話 0570-015-369",
    ],
)
def test_what_is_none_is_not_taken_for_one(text: str) -> None:
    assert not holds_individual_number(text)
