"""記号・番号・枝番 (validation.md §2)."""

from __future__ import annotations

import pytest

from eligibility.errors import FieldError
from eligibility.insured_numbers import (
    insured_number_warnings,
    parse_branch,
    parse_number,
    parse_symbol,
    same_number,
)
from tests.eligibility.fixture_insurers import ELDERLY, KYOKAI


@pytest.mark.parametrize(
    ("typed", "canonical"),
    [
        ("12345678", "12345678"),
        ("０１２３", "0123"),
        (" 0123 ", "0123"),
        ("ａｂ12", "ab12"),
        ("あいう", "あいう"),
        ("公立12", "公立１２"),
        ("12-34", "１２－３４"),
        ("ｶﾞ1", "ガ１"),
        ("", ""),
        ("　", ""),
    ],
)
def test_a_symbol_is_all_half_width_or_all_full_width(typed: str, canonical: str) -> None:
    assert parse_symbol(typed) == canonical


def test_leading_zeros_stay() -> None:
    assert parse_number("００１２") == "0012"


@pytest.mark.parametrize(
    ("typed", "code"),
    [("12 34", "blank"), ("１２　３４", "blank"), ("12\ue000", "private_use"), ("1" * 21, "too_long")],
)
@pytest.mark.parametrize(("parse", "field"), [(parse_symbol, "field.symbol"), (parse_number, "field.number")])
def test_what_would_make_a_claim_bounce_is_refused(parse, field, typed, code) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(FieldError) as error:
        parse(typed)
    assert error.value.code == f"{field}.{code}"


def test_control_characters_are_refused() -> None:
    with pytest.raises(FieldError, match=r"field\.symbol\.private_use"):
        parse_symbol("12\x0034")


def test_twenty_characters_are_the_most() -> None:
    assert parse_symbol("1" * 20) == "1" * 20


@pytest.mark.parametrize("typed", ["", " ", "　"])
def test_a_number_is_required(typed: str) -> None:
    with pytest.raises(FieldError, match=r"field\.number\.empty"):
        parse_number(typed)


@pytest.mark.parametrize(("typed", "branch"), [("00", "00"), ("０１", "01"), (" 99 ", "99"), ("", ""), ("　", "")])
def test_a_branch_is_two_digits_or_absent_and_absent_is_not_00(typed: str, branch: str) -> None:
    assert parse_branch(typed) == branch


@pytest.mark.parametrize("typed", ["1", "001", "0a", "0 1", "一二"])
def test_any_other_branch_is_refused(typed: str) -> None:
    with pytest.raises(FieldError, match=r"field\.branch\.form"):
        parse_branch(typed)


@pytest.mark.parametrize("parse", [parse_symbol, parse_number, parse_branch])
def test_an_individual_number_is_never_taken(parse) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(FieldError, match=r"field\.individual_number"):
        parse("1234-5678-9018")


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("１８７", "187", True),
        ("１２－３４", "12-34", True),
        ("ｶﾞ１", "ガ1", True),
        ("12 34", "1234", True),
        ("0187", "187", False),
        ("", "00", False),
    ],
)
def test_numbers_are_compared_half_width_with_their_zeros(one: str, other: str, same: bool) -> None:
    assert same_number(one, other) is same


def test_of_the_elderly_a_symbol_a_branch_and_another_length_are_looked_at_again() -> None:
    assert insured_number_warnings(ELDERLY, "", "12345678", "") == ()
    assert insured_number_warnings(ELDERLY, "1", "1234567", "01") == (
        "warning.elderly_symbol",
        "warning.elderly_number",
        "warning.elderly_branch",
    )
    assert insured_number_warnings(KYOKAI, "1", "1234567", "01") == ()
