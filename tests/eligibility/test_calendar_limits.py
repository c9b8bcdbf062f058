"""Eras as they are abbreviated, ages and certificates where the calendar ends, and where a refused date was typed."""

from __future__ import annotations

from datetime import date

import pytest

from eligibility.calendar import (
    JST,
    CertificateState,
    certificate_state,
    eighteen_until,
    elderly_from,
    parse_birthdate,
    parse_date,
    preschool_until,
    seventy_rule_from,
)
from eligibility.errors import FieldError

LAST = date.max


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("M45.7.29", date(1912, 7, 29)),
        ("T15.12.24", date(1926, 12, 24)),
        ("S64.1.7", date(1989, 1, 7)),
        ("H31.4.30", date(2019, 4, 30)),
        ("R8.11.20", date(2026, 11, 20)),
        ("㍾45年7月29日", date(1912, 7, 29)),
        ("㍽15年12月24日", date(1926, 12, 24)),
        ("㍼64年1月7日", date(1989, 1, 7)),
        ("㍻31年4月30日", date(2019, 4, 30)),
        ("㋿8年11月20日", date(2026, 11, 20)),
    ],
)
def test_every_era_has_its_letter_and_its_square_sign(typed: str, day: date) -> None:
    assert parse_date(typed, field="birthdate") == day


def test_japans_time_has_its_name() -> None:
    assert JST.tzname(None) == "JST"


class TestTheEndOfTheCalendar:
    """No age and no certificate lies so far away; a slip of the pen may, and still has an outcome."""

    def test_a_75th_birthday_in_the_last_year_is_itself_and_beyond_it_the_last_day(self) -> None:
        assert elderly_from(date(9924, 5, 2)) == date(9999, 5, 2)
        assert elderly_from(date(9925, 5, 2)) == LAST

    def test_the_rules_of_70_start_in_the_last_month_or_on_the_last_day(self) -> None:
        assert seventy_rule_from(date(9929, 11, 2)) == date(9999, 12, 1)
        assert seventy_rule_from(date(9929, 12, 2)) == LAST

    def test_a_school_year_ends_on_the_last_31_march_or_on_the_last_day(self) -> None:
        assert preschool_until(date(9993, 4, 1)) == date(9999, 3, 31)
        assert preschool_until(date(9993, 4, 2)) == LAST
        assert eighteen_until(date(9981, 4, 2)) == LAST

    @pytest.mark.parametrize(
        ("not_after", "on", "state"),
        [
            (date(9999, 5, 10), date(9999, 8, 31), "grace"),
            (date(9999, 5, 10), date(9999, 9, 1), "expired"),
            (date(9999, 11, 30), LAST, "grace"),
            (date(1, 5, 10), date(1, 2, 9), "valid"),
            (date(1, 5, 10), date(1, 2, 10), "expiring"),
            (date(1, 2, 10), date.min, "expiring"),
        ],
    )
    def test_a_certificate_lives_as_everywhere_else(self, not_after: date, on: date, state: str) -> None:
        assert certificate_state(not_after, on) == CertificateState(state)


class TestTheFieldOfARefusedDate:
    @pytest.mark.parametrize(
        ("typed", "code"),
        [("", "field.date.empty"), ("六月", "field.date.form"), ("1981-02-29", "field.date.no_such_day")],
    )
    def test_the_refusal_names_it(self, typed: str, code: str) -> None:
        with pytest.raises(FieldError) as refused:
            parse_date(typed, field="issued_on")
        assert (refused.value.code, refused.value.params) == (code, {"field": "issued_on"})

    def test_a_birthdate_is_always_in_the_field_of_that_name(self) -> None:
        with pytest.raises(FieldError) as refused:
            parse_birthdate("", date(2026, 11, 20))
        assert refused.value.params == {"field": "birthdate"}
        with pytest.raises(FieldError) as refused:
            parse_birthdate("令8.11.21", date(2026, 11, 20))
        assert refused.value.params == {"field": "birthdate", "today": "令和8年11月20日"}
