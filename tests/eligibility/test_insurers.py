"""保険者番号: shape, check digit and kind (validation.md §1). Real numbers appear here only."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eligibility.check_digits import insurer_digit
from eligibility.errors import FieldError
from eligibility.insurers import InsurerKind, InsurerNumber, insurer_title, parse_insurer_number
from tests.eligibility.fixture_insurers import ALL, KYOKAI

KYOKAI_BRANCHES = [
    "01010016",
    "01020015",
    "01030014",
    "01040013",
    "01050012",
    "01060011",
    "01070010",
    "01080019",
    "01090018",
    "01100015",
    "01110014",
    "01120013",
    "01130012",
    "01140011",
    "01150010",
    "01160019",
    "01170018",
    "01180017",
    "01190016",
    "01200013",
    "01210012",
    "01220011",
    "01230010",
    "01240019",
    "01250018",
    "01260017",
    "01270016",
    "01280015",
    "01290014",
    "01300011",
    "01310010",
    "01320019",
    "01330018",
    "01340017",
    "01350016",
    "01360015",
    "01370014",
    "01380013",
    "01390012",
    "01400019",
    "01410018",
    "01420017",
    "01430016",
    "01440015",
    "01450014",
    "01460013",
    "01470012",
]
ELDERLY_UNIONS = [
    "39010004",
    "39020003",
    "39030002",
    "39040001",
    "39050000",
    "39060009",
    "39070008",
    "39080007",
    "39090006",
    "39100003",
    "39110002",
    "39120001",
    "39130000",
    "39140009",
    "39150008",
    "39160007",
    "39170006",
    "39180005",
    "39190004",
    "39200001",
    "39210000",
    "39220009",
    "39230008",
    "39240007",
    "39250006",
    "39260005",
    "39270004",
    "39280003",
    "39290002",
    "39300009",
    "39310008",
    "39320007",
    "39330006",
    "39340005",
    "39350004",
    "39360003",
    "39370002",
    "39380001",
    "39390000",
    "39400007",
    "39410006",
    "39420005",
    "39430004",
    "39440003",
    "39450002",
    "39460001",
    "39470000",
]
"""The headline numbers of the 47 広域連合, worked out apart from the validator (validation.md §1.5)."""
OTHERS = [
    "06130488",
    "06630016",
    "06139463",
    "06137384",
    "33120015",
    "39342027",
    "010017",
    "124016",
    "144014",
    "145011",
    "234013",
    "264010",
    "274019",
    "284018",
    "344010",
    "404012",
    "405019",
    "253013",
    "01139997",
    "06139992",
    "39139993",
    "31139991",
    "139998",
    "133991",
    "06129993",
    "274001",
    "06639991",
]
EVERY_NUMBER = KYOKAI_BRANCHES + ELDERLY_UNIONS + OTHERS


def refusal(text: str) -> FieldError:
    with pytest.raises(FieldError) as error:
        parse_insurer_number(text)
    return error.value


def test_there_are_47_branches_of_kyokai_and_47_unions_of_the_elderly() -> None:
    assert len(set(KYOKAI_BRANCHES)) == len(set(ELDERLY_UNIONS)) == 47
    assert [digits[2:4] for digits in ELDERLY_UNIONS] == [digits[2:4] for digits in KYOKAI_BRANCHES]


@pytest.mark.parametrize("digits", EVERY_NUMBER)
def test_a_number_that_is_in_use_passes(digits: str) -> None:
    assert parse_insurer_number(digits).digits == digits


@pytest.mark.parametrize("digits", EVERY_NUMBER)
def test_every_single_wrong_digit_is_caught(digits: str) -> None:
    for place, right in enumerate(digits):
        for wrong in set("0123456789") - {right}:
            typed = digits[:place] + wrong + digits[place + 1 :]
            assert refusal(typed).code == "field.insurer_number.check_digit", typed


@pytest.mark.parametrize("digits", EVERY_NUMBER)
def test_every_swap_of_neighbours_is_caught_but_0_and_9(digits: str) -> None:
    for place in range(len(digits) - 1):
        left, right = digits[place], digits[place + 1]
        swapped = digits[:place] + right + left + digits[place + 2 :]
        if swapped != digits and {left, right} != {"0", "9"}:
            assert refusal(swapped).code == "field.insurer_number.check_digit", swapped


@pytest.mark.parametrize(
    ("body", "digit"), [("0613048", "8"), ("3312001", "5"), ("0123456", "6"), ("13800", "8"), ("12300", "0")]
)
def test_the_check_digits_worked_in_the_sources(body: str, digit: str) -> None:
    assert insurer_digit(body) == digit


@pytest.mark.parametrize("digits", KYOKAI_BRANCHES)
def test_a_wrong_last_digit_of_a_branch_is_suggested(digits: str) -> None:
    wrong = str((int(digits[-1]) + 1) % 10)
    assert refusal(digits[:-1] + wrong).params == {"suggestion": digits[-1]}


def test_the_last_digit_is_suggested_for_other_insurers_and_the_invented_ones() -> None:
    assert refusal("139997").params == {"suggestion": "8"}
    assert refusal("06139999").params == {"suggestion": "2"}
    assert refusal("01139990").params == {"suggestion": "7"}


def test_no_last_digit_is_suggested_where_it_does_not_explain_the_number() -> None:
    assert refusal("01130021").params == {}, "協会けんぽ has no office 002"
    assert refusal("51130010").params == {}, "51 is no scheme of health insurance"


@pytest.mark.parametrize(
    "typed", ["０１１３９９９７", " 01139997 ", "01-13-999-7", "01 13 999 7", "０１１３　９９９７"]
)
def test_width_blanks_and_dashes_do_not_matter(typed: str) -> None:
    assert parse_insurer_number(typed) == KYOKAI


@pytest.mark.parametrize("typed", ["  139998", "00139998", "１３９９９８"])
def test_the_padding_of_a_six_digit_number_is_taken_off(typed: str) -> None:
    number = parse_insurer_number(typed)
    assert (number.digits, number.wire, number.scheme) == ("139998", "  139998", "")


def test_an_eight_digit_number_is_its_own_wire_form() -> None:
    assert KYOKAI.wire == str(KYOKAI) == "01139997"


def test_the_prefecture_field_is_not_limited_to_47() -> None:
    assert parse_insurer_number("06630016").kind is InsurerKind.SOCIETY


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "empty"),
        ("　", "empty"),
        ("0113999A", "not_digits"),
        ("協会けんぽ", "not_digits"),
        ("1234", "four_digits"),
        ("12345", "length"),
        ("0139998", "length"),
        ("011399970", "length"),
        ("01139990", "check_digit"),
    ],
)
def test_a_wrong_shape_says_which(typed: str, code: str) -> None:
    assert refusal(typed).code == f"field.insurer_number.{code}"


def test_a_wrong_length_says_how_many_there_are() -> None:
    assert refusal("12345").params == {"length": "5"}


@pytest.mark.parametrize("scheme", ["10", "12", "25", "28", "38", "51", "54", "66", "79"])
def test_a_public_expense_number_is_no_insurer(scheme: str) -> None:
    body = f"{scheme}13001"
    error = refusal(body + insurer_digit(body))
    assert (error.code, error.params) == ("field.insurer_number.scheme", {"scheme": scheme})


def test_an_individual_number_is_refused_as_such() -> None:
    error = refusal("1234 5678 9018")
    assert (error.code, error.params) == ("field.individual_number", {})


@pytest.mark.parametrize(
    ("scheme", "kind"),
    [
        ("01", "kyokai"),
        ("02", "seamen"),
        ("03", "day_labour"),
        ("04", "day_labour"),
        ("06", "society"),
        ("07", "sdf"),
        ("31", "mutual"),
        ("32", "mutual"),
        ("33", "mutual"),
        ("34", "mutual"),
        ("39", "elderly"),
        ("63", "special_retired"),
        ("67", "national"),
        ("72", "special_retired"),
        ("73", "special_retired"),
        ("74", "special_retired"),
        ("75", "special_retired"),
    ],
)
def test_the_scheme_names_the_kind(scheme: str, kind: str) -> None:
    body = f"{scheme}13999"
    number = parse_insurer_number(body + insurer_digit(body))
    assert (number.scheme, number.kind.value) == (scheme, kind)


def test_six_digits_are_national_and_anything_else_is_other() -> None:
    assert InsurerNumber("139998").kind is InsurerKind.NATIONAL
    assert InsurerNumber("51139990").kind is InsurerKind.OTHER


@pytest.mark.parametrize(
    ("digits", "title"),
    [
        ("01130012", "insurer.kyokai.13"),
        ("01470012", "insurer.kyokai.47"),
        ("01139997", "insurer.kyokai"),
        ("139998", "insurer.national"),
        ("253013", "insurer.national_union"),
        ("39139993", "insurer.elderly"),
        ("06129993", "insurer.society"),
    ],
)
def test_a_number_has_a_title(digits: str, title: str) -> None:
    assert insurer_title(InsurerNumber(digits)) == (title, {})


def test_numbers_are_the_same_by_all_their_digits() -> None:
    assert all(one.same_as(InsurerNumber(one.digits)) for one in ALL)
    assert not any(one.same_as(other) for one in ALL for other in ALL if one is not other)
    assert not KYOKAI.same_as(None)


@given(st.from_regex("[0-9]{8}|[0-9]{6}", fullmatch=True))
def test_a_number_passes_only_with_its_check_digit(digits: str) -> None:
    try:
        number = parse_insurer_number(digits)
    except FieldError:
        return
    assert number.digits[-1] == insurer_digit(number.digits[:-1])
