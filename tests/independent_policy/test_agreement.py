"""Two policies by two authors, asked the same case: they say the same, or one of them departs from design.md §5.

At random over every case that can be constructed, at random where rows are rare, and over the fixed sweep. What
breaks if this is wrong: our policy agrees with our own tests only, and a patient finds out first.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from eligibility.case import Case
from eligibility.documents import Declaration, Document, Identity, MynaCard
from eligibility.policy import decide
from tests.eligibility.cases import ADULT, TODAY
from tests.eligibility.strategies import cases, sweep
from tests.independent_policy import policy as second
from tests.independent_policy import strategies as aim
from tests.thoroughness import examples

pytestmark = pytest.mark.broad

EXACT = ("outcome", "row", "charge", "consent", "queue", "registration")
REASONS = ("confirmed_by_numbers", "ratio_differs", "declared_ratio_ignored")
"""What the text calls a reason, under the word that both policies use for it."""
WAYS = frozenset(Identity)
anywhere = settings(max_examples=examples(2000), deadline=None)
aimed = settings(max_examples=examples(500), deadline=None, suppress_health_check=[HealthCheck.too_slow])


def differences(first: dict[str, Any], other: dict[str, Any]) -> Iterator[str]:
    """Where the real policy's outcome is not what the second policy says of the same case."""
    asked = set(first["ask_for"])
    yield from (key for key in EXACT if key not in other["silent"] and first[key] != other[key])
    if set(first["returns"]) != other["returns"]:
        yield "returns"
    if other["ask_for"] - asked:
        yield "ask_for: something is missing"
    if asked & other["never_ask_for"]:
        yield "ask_for: something must not be asked for"
    if other["outcome"] == "IDENTIFY" and asked & WAYS - other["ask_for"]:
        yield "ask_for: a way that is not open"
    if other["outcome"] == "OK_DECLARATION" and "declaration" in asked - other["ask_for"]:
        yield "ask_for: the declaration is there"
    if other["asks_for_the_share"] and not asked:
        yield "ask_for: nothing that tells the share"
    for word in REASONS:
        if word not in other["silent"] and (word in first["reasons"]) != other[word]:
            yield f"reasons: {word}"


def hold_against_each_other(case: Case) -> None:
    told = case.as_dict()
    first = decide(case).as_dict()
    other = second.decide(told)
    found = list(differences(first, other))
    assert not found, "\n".join(
        [f"they differ in {', '.join(found)}", _line(told), f"real:   {_line(first)}", f"second: {_line(other)}"]
    )


def _line(value: dict[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, default=sorted)


@given(cases())
@anywhere
def test_they_agree_on_any_case(case: Case) -> None:
    hold_against_each_other(case)


@given(aim.online)
@aimed
def test_they_agree_on_what_the_service_answered(case: Case) -> None:
    hold_against_each_other(case)


@given(aim.on_the_ladder)
@aimed
def test_they_agree_on_cards_that_cannot_be_asked_with(case: Case) -> None:
    hold_against_each_other(case)


@given(aim.ended)
@aimed
def test_they_agree_on_papers_of_an_ended_membership(case: Case) -> None:
    hold_against_each_other(case)


@given(aim.by_paper)
@aimed
def test_they_agree_on_papers_and_on_days_around_their_limits(case: Case) -> None:
    hold_against_each_other(case)


@given(aim.two_certificates)
@aimed
def test_they_agree_on_several_certificates(case: Case) -> None:
    hold_against_each_other(case)


@given(aim.in_leniency)
@aimed
def test_they_agree_on_the_days_of_leniency(case: Case) -> None:
    hold_against_each_other(case)


@given(aim.by_phone)
@aimed
def test_they_agree_on_phones(case: Case) -> None:
    hold_against_each_other(case)


def test_they_agree_on_the_sweep_which_reaches_every_row() -> None:
    rows: Counter[int] = Counter()
    for case in sweep():
        hold_against_each_other(case)
        rows[second.decide(case.as_dict())["row"]] += 1
    assert set(rows) == set(range(1, 14))


def test_they_agree_on_every_day_around_an_age() -> None:
    for case in aim.every_day_around_an_age():
        hold_against_each_other(case)


BROKEN = MynaCard(readable=False, face_only=True)


@pytest.mark.parametrize(
    ("presented", "change"),
    [
        ((BROKEN,), {"outcome": "OK_VERBAL"}),
        ((BROKEN,), {"row": 11}),
        ((BROKEN,), {"charge": {"kind": "full"}}),
        ((BROKEN,), {"consent": "ask"}),
        ((BROKEN,), {"queue": None}),
        ((BROKEN,), {"registration": "offer"}),
        ((BROKEN,), {"returns": ["eligibility_notice"]}),
        ((BROKEN,), {"ask_for": []}),
        ((BROKEN,), {"ask_for": ["portal", "declaration"]}),
        ((BROKEN,), {"reasons": ["confirmed_by_numbers"]}),
        ((BROKEN, Declaration(10)), {"ask_for": ["declaration"]}),
        ((BROKEN, Declaration(10)), {"reasons": []}),
        ((MynaCard(),), {"ask_for": ["face", "visual"]}),
        ((MynaCard(face_only=True),), {"ask_for": ["pin", "face", "visual"]}),
    ],
    ids=str,
)
def test_a_change_in_anything_that_is_compared_is_a_difference(
    presented: tuple[Document, ...], change: dict[str, Any]
) -> None:
    case = Case(on=TODAY, birthdate=ADULT, presented=presented)
    first, other = decide(case).as_dict(), second.decide(case.as_dict())
    assert not list(differences(first, other))
    assert list(differences(first | change, other))


def test_the_second_policy_imports_nothing_of_the_first() -> None:
    script = (
        "import sys, tests.independent_policy.policy; print(*(m for m in sys.modules if m.startswith('eligibility')))"
    )
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert run.stdout.split() == []
