"""What the presented papers are worth on that day, in the sentences of design.md §5.

Owns every question about one paper: in date, ended, enough by itself, its ratio in effect, to be sent back. Knows no
row. If it is wrong, a paper counts in one policy and not in the other.
"""

from __future__ import annotations

from datetime import date

from tests.independent_policy.reading import (
    Json,
    day,
    has_reached_70,
    has_reached_75,
    is_elderly_insurer,
    is_national_insurer,
    named,
    says,
    shown,
)


def is_in_date(paper: Json, on: date) -> bool:
    """The printed limit is inclusive; what prints none, ends never."""
    return paper["expires_on"] is None or on <= day(paper["expires_on"])


def answer_2_names_its_insurer(case: Json, paper: Json) -> bool:
    """“Paper of an insurer that answer 2 names as ended.”"""
    return says(case, 2) and paper["insurer_number"] is not None and named(case) == paper["insurer_number"]


def taken_away(case: Json, paper: Json) -> bool:
    """“Taken away by an answer 2 that names its insurer, or names none. Not by answer 4.”"""
    return says(case, 2) and (named(case) is None or answer_2_names_its_insurer(case, paper))


def certificate_is_enough(case: Json, paper: Json) -> bool:
    """“資格確認書 in date, original, membership not left, and …”

    “… from the 75th birthday on only one of a 後期高齢 insurer (39…)”: who names no insurer names none of these.
    """
    on = day(case["on"])
    return (
        is_in_date(paper, on)
        and paper["original"]
        and case["membership"] != "left"
        and (not has_reached_75(case) or is_elderly_insurer(paper["insurer_number"]))
        and not taken_away(case, paper)
    )


def old_card_is_enough(case: Json, paper: Json) -> bool:
    """“健康保険証 to the earlier of its printed limit and 2025-12-01, not left.”"""
    on = day(case["on"])
    return (
        is_in_date(paper, on)
        and on <= date(2025, 12, 1)
        and case["membership"] != "left"
        and not taken_away(case, paper)
    )


def leniency_covers(case: Json, paper: Json) -> bool:
    """“2025-12-02…2026-03-31 expired 健康保険証 or お知らせ alone of any insurer; …”

    “… 2025-06-27…2025-12-01 the same of 国保 and 後期高齢 only”.
    """
    on = day(case["on"])
    lapsed = not is_in_date(paper, on) or on > date(2025, 12, 1)
    if paper["document"] == "insurance_card" and not lapsed:
        return False
    if date(2025, 12, 2) <= on <= date(2026, 3, 31):
        return True
    number = paper["insurer_number"]
    first_to_have_it = is_national_insurer(number) or is_elderly_insurer(number)
    return date(2025, 6, 27) <= on <= date(2025, 12, 1) and first_to_have_it


def ratio_is_in_effect(case: Json, paper: Json) -> bool:
    """“A ratio paper is not in effect before its `valid_from`, nor before the holder's 70-years rule starts.”

    An insurer 39… has a ratio for everybody it holds, at 65 too (reception.md §13b), but issues no 高齢受給者証. Who
    issued a paper that names nobody, the answer 1 says.
    """
    on = day(case["on"])
    if paper.get("valid_from") is not None and on < day(paper["valid_from"]):
        return False
    if not is_in_date({"expires_on": None} | paper, on):
        return False
    if case["birthdate"] is None or has_reached_70(case):
        return True
    if paper["document"] == "elderly_recipient_certificate":
        return False
    return is_elderly_insurer(paper["insurer_number"] or (named(case) if says(case, 1) else None))


def returns(case: Json) -> set[str]:
    """“The documents that go back to the insurer, by their words. Never お知らせ.”"""
    back: set[str] = set()
    certificates = shown(case, "eligibility_certificate")
    if one_is_the_older_of_two(case, certificates) or any(in_date_but_ended(case, paper) for paper in certificates):
        back.add("eligibility_certificate")
    if any(old_card_ended_by_its_last_day(case, paper) for paper in shown(case, "insurance_card")):
        back.add("insurance_card")
    return back


def one_is_the_older_of_two(case: Json, certificates: list[Json]) -> bool:
    """“The older of two 資格確認書”: of the two the newer is used (reception.md §2.8), so it must be in date.

    A photocopy is no 資格確認書, and without 交付年月日 none is the older.
    """
    on = day(case["on"])
    dated = [paper for paper in certificates if paper["original"] and paper["issued_on"] is not None]
    return any(is_in_date(newer, on) and older["issued_on"] < newer["issued_on"] for older in dated for newer in dated)


def in_date_but_ended(case: Json, paper: Json) -> bool:
    """“One still in date whose membership ended.”"""
    ended = case["membership"] == "left" or taken_away(case, paper) or ended_on_the_75th_birthday(case, paper)
    return ended and paper["original"] and is_in_date(paper, day(case["on"]))


def ended_on_the_75th_birthday(case: Json, paper: Json) -> bool:
    """“A 資格確認書 of a non-後期 insurer ends **on** the 75th birthday” (reception.md §13b)."""
    number = paper["insurer_number"]
    return has_reached_75(case) and number is not None and not is_elderly_insurer(number)


def old_card_ended_by_its_last_day(case: Json, paper: Json) -> bool:
    """“A 健康保険証 whose membership ended by 2025-12-01”: known to have ended, on a day up to then."""
    ended = case["membership"] == "left" or taken_away(case, paper)
    return ended and day(case["on"]) <= date(2025, 12, 1)
