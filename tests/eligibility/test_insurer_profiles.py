"""Whose rules hold for an insurer (reception.md §2.4)."""

from __future__ import annotations

import pytest

from eligibility.check_digits import insurer_digit
from eligibility.insurer_profiles import BASES, CHIBA_MEDICAL_NUMBER, InsurerProfile, profile_of
from eligibility.insurers import InsurerKind, InsurerNumber, parse_insurer_number
from tests.eligibility.fixture_insurers import COMPANY, ELDERLY, KOKUHO, KYOKAI, UNION


@pytest.mark.parametrize(
    ("number", "profile"),
    [
        (KYOKAI, InsurerProfile.KYOKAI),
        (UNION, InsurerProfile.CHIBA_MEDICAL),
        (COMPANY, InsurerProfile.COMPANY),
        (KOKUHO, InsurerProfile.NATIONAL),
        (ELDERLY, InsurerProfile.ELDERLY),
        (None, InsurerProfile.OTHER),
    ],
)
def test_the_fixture_insurers_have_their_profiles(number: InsurerNumber | None, profile: InsurerProfile) -> None:
    assert profile_of(number) is profile


def test_every_branch_of_kyokai_has_the_same_rules() -> None:
    bodies = [f"01{prefecture:02}001" for prefecture in range(1, 48)]
    branches = [parse_insurer_number(body + insurer_digit(body)) for body in bodies]
    assert {profile_of(branch) for branch in branches} == {InsurerProfile.KYOKAI}


def test_a_national_union_is_national_too() -> None:
    assert profile_of(InsurerNumber("133991")) is InsurerProfile.NATIONAL


@pytest.mark.parametrize("scheme", ["02", "03", "04", "07", "31", "32", "33", "34", "63", "72", "73", "74", "75"])
def test_whoever_no_source_describes_is_other(scheme: str) -> None:
    body = f"{scheme}13999"
    number = InsurerNumber(body + insurer_digit(body))
    assert number.kind is not InsurerKind.OTHER
    assert profile_of(number) is InsurerProfile.OTHER


def test_only_the_one_number_is_the_society_of_chiba() -> None:
    assert UNION.digits == CHIBA_MEDICAL_NUMBER
    body = "0612998"
    assert profile_of(InsurerNumber(body + insurer_digit(body))) is InsurerProfile.COMPANY


def test_every_profile_names_its_sources_and_whether_it_is_a_model() -> None:
    assert set(BASES) == set(InsurerProfile)
    assert all(basis.sources for basis in BASES.values())
    described = {profile for profile, basis in BASES.items() if not basis.model}
    assert described == {InsurerProfile.KYOKAI, InsurerProfile.CHIBA_MEDICAL}
    assert BASES[InsurerProfile.COMPANY].sources == ("S4",)
