"""Eras, ages and certificates (validation.md §3, §4; reception.md §4)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eligibility.calendar import (
    ERAS,
    JST,
    CertificateState,
    age_on,
    birthdate_needs_confirmation,
    certificate_state,
    eighteen_until,
    elderly_from,
    era_text,
    parse_birthdate,
    parse_date,
    preschool_until,
    seventy_rule_from,
)
from eligibility.errors import FieldError

D = date.fromisoformat
ONE_DAY = timedelta(days=1)


def refusal(text: str) -> FieldError:
    with pytest.raises(FieldError) as error:
        parse_date(text, field="issued_on")
    return error.value


@pytest.mark.parametrize(
    "typed",
    [
        "昭55.6.15",
        "昭和55年6月15日",
        "昭和 55 年 6 月 15 日",
        "S55/6/15",
        "s55.6.15",
        "S55-06-15",
        "S550615",
        "Ｓ５５／６／１５",
        "㍼55年6月15日",
        "昭和５５年６月１５日",
        "1980-06-15",
        "1980/6/15",
        "1980.6.15",
        "1980年6月15日",
        "１９８０年６月１５日",
        "19800615",
        "１９８００６１５",
        " 1980-06-15　",
        "1980ー6ー15",
        "昭55 6 15",
        "昭５５．６．１５",
        "昭５５。６。１５",
    ],
)
def test_a_day_is_read_however_it_is_written(typed: str) -> None:
    assert parse_date(typed, field="birthdate") == date(1980, 6, 15)


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("令和元年5月1日", "2019-05-01"),
        ("令和元.5.1", "2019-05-01"),
        ("R1.5.1", "2019-05-01"),
        ("平成元年1月8日", "1989-01-08"),
        ("平成31年4月30日", "2019-04-30"),
        ("昭和64年1月7日", "1989-01-07"),
        ("昭和元年12月25日", "1926-12-25"),
        ("大正15年12月24日", "1926-12-24"),
        ("大正元年7月30日", "1912-07-30"),
        ("明治45年7月29日", "1912-07-29"),
        ("明治元年1月23日", "1868-01-23"),
        ("M33.1.1", "1900-01-01"),
        ("T9.2.29", "1920-02-29"),
    ],
)
def test_the_first_and_last_days_of_the_eras(typed: str, day: str) -> None:
    assert parse_date(typed, field="birthdate") == D(day)


@pytest.mark.parametrize(
    "typed",
    [
        "昭和64年1月8日",
        "昭和65年1月1日",
        "平成31-05-01",
        "平成元年1月7日",
        "令和元-04-30",
        "大正15-12-25",
        "大正元年7月29日",
        "明治45年7月30日",
        "明治元年1月22日",
        "昭和0年1月1日",
    ],
)
def test_a_day_the_era_never_had_is_refused(typed: str) -> None:
    assert refusal(typed).code == "field.date.outside_era"


def test_the_refusal_says_when_the_era_was() -> None:
    assert refusal("昭和65.1.1").params == {
        "field": "issued_on",
        "era": "昭和",
        "first": "昭和元年12月25日",
        "last": "昭和64年1月7日",
    }
    assert refusal("令和元.4.30").params["last"] == ""


@pytest.mark.parametrize("typed", ["", " ", "　"])
def test_nothing_is_no_date(typed: str) -> None:
    assert refusal(typed).code == "field.date.empty"


@pytest.mark.parametrize(
    "typed",
    ["昭和", "昭和55年6月", "X55.6.15", "55.6.15", "80-06-15", "1980-006-15", "1980", "六月", "昭和五五年六月一日"],
)
def test_what_is_no_date_is_refused(typed: str) -> None:
    assert refusal(typed).code == "field.date.form"


@pytest.mark.parametrize("typed", ["1981-02-29", "昭56.2.29", "1980-13-01", "19800600", "R6.4.31", "0000-01-01"])
def test_a_day_no_calendar_has_is_refused(typed: str) -> None:
    assert refusal(typed).code == "field.date.no_such_day"


def test_an_individual_number_in_a_date_field_is_refused_as_such() -> None:
    assert refusal("123456789018").code == "field.individual_number"


def test_a_birthdate_may_be_today_but_not_tomorrow() -> None:
    assert parse_birthdate("令8.11.20", date(2026, 11, 20)) == date(2026, 11, 20)
    with pytest.raises(FieldError) as error:
        parse_birthdate("令8.11.21", date(2026, 11, 20))
    assert error.value.code == "field.birthdate.future"
    assert error.value.params["today"] == "令和8年11月20日"


def test_above_120_a_birthdate_is_confirmed_not_refused() -> None:
    on = date(2026, 11, 20)
    assert not birthdate_needs_confirmation(date(1906, 11, 20), on)
    assert not birthdate_needs_confirmation(date(1905, 11, 21), on)
    assert birthdate_needs_confirmation(date(1905, 11, 20), on)


def test_the_eras_leave_no_gap() -> None:
    assert [era.last and era.last + ONE_DAY for era in ERAS[:-1]] == [era.first for era in ERAS[1:]]
    assert ERAS[-1].last is None


@given(st.dates(min_value=date(1868, 1, 23), max_value=date(2117, 12, 31)))
def test_every_day_written_in_its_era_is_read_back(day: date) -> None:
    assert parse_date(era_text(day), field="x") == day


def test_a_day_before_the_eras_is_written_western() -> None:
    assert era_text(date(1867, 11, 9)) == "1867年11月9日"


def test_year_one_is_written_gannen() -> None:
    assert era_text(date(2019, 5, 1)) == "令和元年5月1日"


def test_japan_is_nine_hours_ahead() -> None:
    assert JST.utcoffset(None) == timedelta(hours=9)


@pytest.mark.parametrize(
    ("born", "last"),
    [
        ("2020-04-01", "2026-03-31"),
        ("2020-04-02", "2027-03-31"),
        ("2020-02-29", "2026-03-31"),
        ("2020-03-31", "2026-03-31"),
        ("2020-12-31", "2027-03-31"),
        ("2021-01-01", "2027-03-31"),
    ],
)
def test_before_school_ends_on_31_march(born: str, last: str) -> None:
    assert preschool_until(D(born)) == D(last)


@pytest.mark.parametrize(
    ("born", "first"),
    [
        ("1956-11-01", "2026-11-01"),
        ("1956-11-02", "2026-12-01"),
        ("1956-12-01", "2026-12-01"),
        ("1956-12-02", "2027-01-01"),
        ("1956-02-29", "2026-03-01"),
        ("1956-01-01", "2026-01-01"),
    ],
)
def test_the_rules_of_70_start_on_a_first_of_the_month(born: str, first: str) -> None:
    assert seventy_rule_from(D(born)) == D(first)


@pytest.mark.parametrize(
    ("born", "first"),
    [("1951-11-20", "2026-11-20"), ("1952-02-29", "2027-03-01"), ("1949-02-28", "2024-02-28")],
)
def test_medical_care_for_the_elderly_starts_on_the_75th_birthday(born: str, first: str) -> None:
    assert elderly_from(D(born)) == D(first)


@pytest.mark.parametrize(("born", "last"), [("2008-04-01", "2026-03-31"), ("2008-04-02", "2027-03-31")])
def test_special_treatment_spares_those_up_to_the_31_march_after_18(born: str, last: str) -> None:
    assert eighteen_until(D(born)) == D(last)


@pytest.mark.parametrize(
    ("born", "on", "age"),
    [
        ("1980-06-15", "2026-06-14", 45),
        ("1980-06-15", "2026-06-15", 46),
        ("2000-02-29", "2026-02-28", 25),
        ("2000-02-29", "2026-03-01", 26),
        ("2026-11-20", "2026-11-20", 0),
    ],
)
def test_an_age_in_everyday_words_grows_on_the_birthday(born: str, on: str, age: int) -> None:
    assert age_on(D(born), D(on)) == age


@given(st.dates(min_value=date(1930, 1, 1), max_value=date(2030, 1, 1)))
def test_the_rules_of_age_follow_each_other(born: date) -> None:
    assert born < preschool_until(born) < eighteen_until(born) < seventy_rule_from(born) < elderly_from(born)
    assert preschool_until(born).month == eighteen_until(born).month == 3
    assert age_on(born, preschool_until(born)) in (5, 6), "on 31 March of the last year; born on 1 April: still 5"
    assert age_on(born, elderly_from(born)) == 75
    assert age_on(born, elderly_from(born) - ONE_DAY) == 74
    assert seventy_rule_from(born).day == 1


@pytest.mark.parametrize(
    ("not_after", "on", "state"),
    [
        ("2026-05-10", "2026-02-09", "valid"),
        ("2026-05-10", "2026-02-10", "expiring"),
        ("2026-05-10", "2026-05-10", "expiring"),
        ("2026-05-10", "2026-05-11", "grace"),
        ("2026-05-10", "2026-08-31", "grace"),
        ("2026-05-10", "2026-09-01", "expired"),
        ("2026-05-31", "2026-02-27", "valid"),
        ("2026-05-31", "2026-02-28", "expiring"),
        ("2026-11-30", "2027-02-28", "grace"),
        ("2026-11-30", "2027-03-01", "expired"),
        ("2027-01-15", "2026-10-14", "valid"),
        ("2027-01-15", "2026-10-15", "expiring"),
    ],
)
def test_the_life_of_a_certificate(not_after: str, on: str, state: str) -> None:
    assert certificate_state(D(not_after), D(on)) == CertificateState(state)


@pytest.mark.parametrize(
    ("on", "state"), [("2026-05-10", "expiring"), ("2026-05-11", "expired"), ("2026-08-31", "expired")]
)
def test_a_certificate_on_a_phone_has_no_grace(on: str, state: str) -> None:
    assert certificate_state(D("2026-05-10"), D(on), phone=True) == CertificateState(state)
