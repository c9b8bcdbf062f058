"""What the patient pays, in the sentences of design.md §5 after "`charge`:" and "Share:".

Owns those two bullets. Takes the case as plain JSON, the outcome's word and the document that was accepted. If it is
wrong, the two policies charge differently.
"""

from __future__ import annotations

from collections.abc import Callable

from tests.independent_policy.ages import is_before_school, is_past_the_school_years
from tests.independent_policy.papers import ratio_is_in_effect
from tests.independent_policy.reading import (
    Json,
    day,
    has_reached_70,
    has_reached_75,
    is_elderly_insurer,
    says,
    shown,
)


def charge(case: Json, outcome: str, accepted: Json | None) -> Json | None:
    """“Null for …; none at a checkup site or a booking; full for NOT_CONFIRMED and class 05; else ratio or ask.”"""
    if outcome in {"IDENTIFY", "REQUERY", "OFFER_REGISTRATION", "NEED_CERTIFICATE"}:
        return None
    if case["site"] == "checkup" or case["visit"] == "booking":
        return {"kind": "none"}
    if outcome == "NOT_CONFIRMED" or (is_special_treatment(case) and outcome not in FALLBACKS):
        return {"kind": "full"}
    percent = share(case, accepted)
    return provisional(case) if percent is None else {"kind": "ratio", "percent": percent}


FALLBACKS = {"OK_MANUAL_PORTAL", "OK_MANUAL_NOTICE", "OK_VERBAL", "OK_DECLARATION", "OK_LENIENT", "PENDING_4INFO"}
"""“Never in full for a person on the fallback ladder”: the task's own sentence, which wins over class 05."""


def is_special_treatment(case: Json) -> bool:
    """“`full` for `card_class` 05 (特別療養) past the first 31 March on or after the 18th birthday's age.”"""
    if not says(case, 1) or case["answer"]["card_class"] != "05":
        return False
    return case["birthdate"] is None or is_past_the_school_years(day(case["birthdate"]), day(case["on"]))


def share(case: Json, accepted: Json | None) -> int | None:
    """“An answer 1's > 高齢受給者証 in effect > the accepted document's > declared > by age.”"""
    steps: tuple[Callable[[Json, Json | None], int | None], ...] = (
        answered,
        by_recipient_certificate,
        printed,
        declared,
        by_age,
    )
    return next((percent for step in steps if (percent := step(case, accepted)) is not None), None)


def answered(case: Json, _: Json | None) -> int | None:
    """“An answer 1's (from 70 `elderly_burden_ratio`, else `burden_ratio`, each standing in for the other).”"""
    if not says(case, 1):
        return None
    ordinary, elderly = case["answer"]["burden_ratio"], case["answer"]["elderly_burden_ratio"]
    first, second = (elderly, ordinary) if has_reached_70(case) else (ordinary, elderly)
    percent: int | None = second if first is None else first
    return percent


def by_recipient_certificate(case: Json, _: Json | None) -> int | None:
    """“高齢受給者証 in effect”, and of two the one that has been so for the shorter time."""
    papers = [p for p in shown(case, "elderly_recipient_certificate") if ratio_is_in_effect(case, p)]
    newest_first = sorted(papers, key=lambda paper: paper["valid_from"] or "", reverse=True)
    return next((paper["burden_ratio"] for paper in newest_first if paper["burden_ratio"] is not None), None)


def printed(case: Json, accepted: Json | None) -> int | None:
    """“The accepted document's.”"""
    if accepted is None or "burden_ratio" not in accepted or not ratio_is_in_effect(case, accepted):
        return None
    percent: int | None = accepted["burden_ratio"]
    return percent


def declared(case: Json, accepted: Json | None) -> int | None:
    """“Declared”, but “a declared ratio that age forbids is ignored with a reason”."""
    ratios = [paper["burden_ratio"] for paper in shown(case, "declaration")]
    return next((r for r in ratios if r is not None and not age_forbids(case, accepted, r)), None)


def age_forbids(case: Json, accepted: Json | None, percent: int) -> bool:
    """The shares of validation.md §4.1 by age; an insurer 39… has all three, at 65 too (reception.md §13b)."""
    if case["birthdate"] is None or is_of_elderly_insurer(case, accepted) or has_reached_75(case):
        return False
    if has_reached_70(case):
        return percent == 10
    return percent != young_share(case)


def young_share(case: Json) -> int:
    """“20 before school, 30 under 70.”"""
    return 20 if is_before_school(day(case["birthdate"]), day(case["on"])) else 30


def is_of_elderly_insurer(case: Json, accepted: Json | None) -> bool:
    """Whether the answer 1 names an insurer 39…, or, where it names none, the accepted document does."""
    answered_by = case["answer"]["insurer_number"] if says(case, 1) else None
    printed_by = None if accepted is None else accepted.get("insurer_number")
    return is_elderly_insurer(printed_by if answered_by is None else answered_by)


def by_age(case: Json, accepted: Json | None) -> int | None:
    """“By age: 20 before school, 30 under 70. Never by age for an insurer 39… or from 70 on.”"""
    if case["birthdate"] is None or has_reached_70(case) or is_of_elderly_insurer(case, accepted):
        return None
    return young_share(case)


def provisional(case: Json) -> Json:
    """“{ask, provisional: 30} at 70–74, `provisional` null at 75+”, and where no age is known."""
    at_70_to_74 = has_reached_70(case) and not has_reached_75(case)
    return {"kind": "ask", "provisional": 30 if at_70_to_74 else None}


def answer_and_paper_differ(case: Json) -> bool:
    """“Answer and paper differing is a reason”, whichever paper it is, accepted or beside it."""
    return any(ratio_is_in_effect(case, paper) for paper in papers_unlike_the_answer(case))


def papers_unlike_the_answer(case: Json) -> list[Json]:
    """Papers that print another share than the answer 1 gives."""
    said = answered(case, None)
    papers = [paper for paper in case["presented"] if paper["document"] != "declaration"]
    return [paper for paper in papers if said is not None and paper.get("burden_ratio") not in (None, said)]


def a_declared_ratio_is_ignored(case: Json, accepted: Json | None) -> bool:
    """“A declared ratio that age forbids is ignored with a reason”, whoever else gives the share."""
    ratios = [paper["burden_ratio"] for paper in shown(case, "declaration")]
    return any(r is not None and age_forbids(case, accepted, r) for r in ratios)
