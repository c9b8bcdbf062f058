"""Points to yen, and the shares that an age leaves open."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eligibility.calendar import age_on, elderly_from, preschool_until, seventy_rule_from
from eligibility.charges import (
    ELDERLY,
    FULL,
    MAY_BE_PRESCHOOL,
    MOST_POINTS,
    PRESCHOOL,
    SEVENTIES,
    SHARES,
    UNDER_SEVENTY,
    UNKNOWN,
    Payment,
    parse_points,
    parse_share,
    payments,
    shares_by_age,
    shares_by_birthdate,
    yen,
)
from eligibility.errors import FieldError
from tests.eligibility.fixture_insurers import ELDERLY as ELDERLY_INSURER
from tests.eligibility.fixture_insurers import KYOKAI

ONE_DAY = timedelta(days=1)
BORN = date(1953, 5, 2)


@pytest.mark.parametrize(
    ("points", "percent", "expected"),
    [
        (0, 30, 0),
        (1, 10, 0),  # 1円: cut off
        (4, 10, 0),  # 4円: cut off
        (5, 10, 10),  # 5円: raised
        (420, 30, 1260),
        (421, 30, 1260),  # 1,263円
        (425, 30, 1280),  # 1,275円: half up, not to even
        (415, 30, 1250),  # 1,245円
        (288, 30, 860),  # 864円
        (288, 20, 580),  # 576円
        (288, 10, 290),  # 288円
        (288, 100, 2880),
        (MOST_POINTS, 30, 30_000_000),
        (MOST_POINTS, 100, 99_999_990),
    ],
)
def test_a_part_of_the_cost_is_rounded_to_ten_yen_half_up(points: int, percent: int, expected: int) -> None:
    """健康保険法第75条."""
    assert yen(points, percent) == expected


@given(st.integers(0, MOST_POINTS), st.sampled_from((*SHARES, FULL)))
def test_no_amount_is_further_than_five_yen_from_the_exact_one(points: int, percent: int) -> None:
    exact = Fraction(points * 10 * percent, 100)
    assert yen(points, percent) % 10 == 0
    assert -5 < yen(points, percent) - exact <= 5  # a half is raised, never cut off


@pytest.mark.parametrize("points", [-1, MOST_POINTS + 1])
def test_points_that_no_visit_has_are_refused(points: int) -> None:
    with pytest.raises(FieldError) as refused:
        yen(points, 30)
    assert (refused.value.code, refused.value.params) == ("yen.points", {"most": "9,999,999"})


@pytest.mark.parametrize("percent", [0, 5, 15, 25, 40, 70, 90, 99, 101])
def test_a_share_that_nobody_pays_is_refused(percent: int) -> None:
    with pytest.raises(FieldError, match=r"yen\.percent"):
        yen(100, percent)


def test_a_table_has_one_line_for_each_share_in_their_order() -> None:
    assert payments(420, (20, 30)) == (Payment(20, 840), Payment(30, 1260))
    assert Payment(30, 1260).as_dict() == {"percent": 30, "yen": 1260}


def test_the_birthdate_decides_by_the_rules_of_the_counter_on_both_sides_of_each_limit() -> None:
    child = date(2020, 4, 2)
    last = preschool_until(child)
    assert shares_by_birthdate(child, last) == PRESCHOOL
    assert shares_by_birthdate(child, last + ONE_DAY) == UNDER_SEVENTY
    seventy, seventy_five = seventy_rule_from(BORN), elderly_from(BORN)
    assert shares_by_birthdate(BORN, seventy - ONE_DAY) == UNDER_SEVENTY
    assert shares_by_birthdate(BORN, seventy) == SEVENTIES
    assert shares_by_birthdate(BORN, seventy_five - ONE_DAY) == SEVENTIES
    assert shares_by_birthdate(BORN, seventy_five) == ELDERLY
    assert shares_by_birthdate(None, seventy) == UNKNOWN


def test_the_shares_are_those_of_the_law() -> None:
    """validation.md §4.1."""
    assert PRESCHOOL.shares == (20,)
    assert UNDER_SEVENTY.shares == (30,)
    assert SEVENTIES.shares == (20, 30)
    assert ELDERLY.shares == UNKNOWN.shares == (10, 20, 30)


def test_age_decides_nothing_for_members_of_an_insurer_of_the_elderly() -> None:
    """65–74 with 障害認定 (reception.md §13b)."""
    at_67 = date(1959, 5, 2)
    assert shares_by_birthdate(at_67, date(2026, 11, 20), ELDERLY_INSURER) == ELDERLY
    assert shares_by_birthdate(at_67, date(2026, 11, 20), KYOKAI) == UNDER_SEVENTY


@pytest.mark.parametrize(
    ("age", "expected"),
    [
        (0, PRESCHOOL),
        (5, PRESCHOOL),
        (6, MAY_BE_PRESCHOOL),
        (7, UNDER_SEVENTY),
        (69, UNDER_SEVENTY),
        (70, SEVENTIES),
        (74, SEVENTIES),
        (75, ELDERLY),
        (150, ELDERLY),
    ],
)
def test_an_age_alone_leaves_open_what_a_birthdate_would_decide(age: int, expected: object) -> None:
    assert shares_by_age(age) == expected


@given(st.dates(date(1930, 1, 1), date(2026, 1, 1)), st.integers(0, 36_000))
def test_an_age_never_excludes_the_share_of_its_birthdate(born: date, days: int) -> None:
    on = born + timedelta(days=days)
    assert set(shares_by_birthdate(born, on).shares) <= set(shares_by_age(age_on(born, on)).shares)


@pytest.mark.parametrize("age", [-1, 151])
def test_an_age_that_nobody_has_is_refused(age: int) -> None:
    with pytest.raises(FieldError) as refused:
        shares_by_age(age)
    assert (refused.value.code, refused.value.params) == ("yen.age", {"most": "150"})


@pytest.mark.parametrize("typed", ["420", "４２０", " 420 ", "420点", "４２０点", "420 点", "0,420", "0000420"])
def test_points_are_read_as_people_type_them(typed: str) -> None:
    assert parse_points(typed) == 420


@pytest.mark.parametrize("typed", ["", "点", "-1", "4.5", "abc", "10000000", "4 2 0", "四百", "٤٢٠", "1e3", "420円"])
def test_what_is_no_number_of_points_is_refused(typed: str) -> None:
    with pytest.raises(FieldError) as refused:
        parse_points(typed)
    assert refused.value.code == "yen.points"
    assert typed not in str(refused.value.params.values()) or typed == ""


@pytest.mark.parametrize(
    ("typed", "percent"),
    [
        ("3割", 30),
        ("３割", 30),
        ("三割", 30),
        ("30%", 30),
        ("３０％", 30),
        ("30", 30),
        ("1割", 10),
        ("2 割", 20),
        ("10%", 10),
        ("10割", 100),
        ("十割", 100),
        ("100", 100),
        ("100 %", 100),
    ],
)
def test_a_share_is_read_as_people_type_it(typed: str, percent: int) -> None:
    assert parse_share(typed) == percent


@pytest.mark.parametrize("typed", ["", "割", "%", "4割", "7割", "25%", "3", "0", "-30", "30割", "3割引"])
def test_what_is_no_share_is_refused(typed: str) -> None:
    with pytest.raises(FieldError, match=r"yen\.percent"):
        parse_share(typed)


@pytest.mark.parametrize("age", [5, 66, 72, 80])
def test_with_an_insurer_of_the_elderly_an_age_in_years_decides_nothing_either(age: int) -> None:
    """65–74 with 障害認定 (reception.md §13b)."""
    assert shares_by_age(age, ELDERLY_INSURER) is ELDERLY
    assert shares_by_age(age, KYOKAI) is shares_by_age(age)
