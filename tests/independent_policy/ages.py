"""On which day a person is how old before the law, worked out again from validation.md §4.

Owns the four limits that a decision asks for. Knows days and nothing else. An age is reached on the day before the
birthday, who is born on 29 February has the birthday of a common year on 1 March, and 75 alone starts on the
birthday itself. If it is wrong, the two policies differ on the days around a birthday, and only there.
"""

from __future__ import annotations

from datetime import date, timedelta


def birthday(birthdate: date, age: int) -> date:
    """The day on which `age` years are celebrated: 1 March for 29 February in a year without one."""
    year = birthdate.year + age
    leap_day_missing = (birthdate.month, birthdate.day) == (2, 29) and (year % 4 or (not year % 100 and year % 400))
    return date(year, 3, 1) if leap_day_missing else date(year, birthdate.month, birthdate.day)


def day_age_is_reached(birthdate: date, age: int) -> date:
    """“An age is reached on the day before the birthday.”"""
    return birthday(birthdate, age) - timedelta(days=1)


def first_31_march_from(day: date) -> date:
    """“The first 31 March on or after the day.”"""
    return date(day.year if (day.month, day.day) <= (3, 31) else day.year + 1, 3, 31)


def is_under_one(birthdate: date, on: date) -> bool:
    """“Under-one card without photo” (reception.md §13b): until the day age 1 is reached."""
    return on < day_age_is_reached(birthdate, 1)


def is_before_school(birthdate: date, on: date) -> bool:
    """“Up to the first 31 March on or after the day age 6 is reached.”"""
    return on <= first_31_march_from(day_age_is_reached(birthdate, 6))


def is_past_the_school_years(birthdate: date, on: date) -> bool:
    """“Past the first 31 March on or after the 18th birthday's age.”"""
    return on > first_31_march_from(day_age_is_reached(birthdate, 18))


def seventy_years_rule_starts(birthdate: date) -> date:
    """“1st of the month after the month in which 70 is reached; so born on the 1st → that same month.”"""
    reached = day_age_is_reached(birthdate, 70)
    return date(reached.year + reached.month // 12, reached.month % 12 + 1, 1)


def is_under_the_seventy_years_rule(birthdate: date, on: date) -> bool:
    """Whether the rule for 70 has started; it has for everybody older, too."""
    return on >= seventy_years_rule_starts(birthdate)


def is_75(birthdate: date, on: date) -> bool:
    """“後期高齢 starts: **on** the 75th birthday, not the day before.”"""
    return on >= birthday(birthdate, 75)
