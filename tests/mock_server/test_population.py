"""A generated population: the same for the same seed, of any size, and of people who could exist."""

from __future__ import annotations

import tracemalloc
from collections import Counter, deque
from datetime import date, datetime
from itertools import islice

import pytest

from eligibility.calendar import JST, elderly_from, seventy_rule_from
from eligibility.insurers import parse_insurer_number
from eligibility.oqs.codec import from_json, to_json
from eligibility.oqs.codes import ReferenceClassification
from eligibility.oqs.messages import QualificationResult
from eligibility.text import looks_like_individual_number
from mock_server.answers import Asked, found
from mock_server.findings import find_by_numbers
from mock_server.people import Person, fold_number
from mock_server.people_json import person_from_json, person_to_json
from mock_server.personas import load_personas
from mock_server.population import LARGEST, generate

ON = date(2026, 11, 20)
FIXTURE_INSURERS = {"01139997", "06129993", "06139992", "139998", "39139993"}
MANY = 20_000


@pytest.fixture(scope="module")
def people() -> list[Person]:
    return list(generate(MANY, 7, ON))


def numbers_of(person: Person) -> list[tuple[str, str, str, str]]:
    return [
        (own.insurer_number, fold_number(own.symbol), fold_number(own.number), own.branch) for own in person.memberships
    ]


def test_the_same_seed_makes_the_same_people_and_another_seed_others(people: list[Person]) -> None:
    assert list(generate(500, 7, ON)) == people[:500], "a smaller population is the beginning of the larger"
    others = list(generate(500, 8, ON))
    assert {who.key for who in others} & {who.key for who in people} == set()
    assert [who.birthdate for who in others] != [who.birthdate for who in people[:500]]


@pytest.mark.parametrize("n", [0, 1, 2, 777])
def test_there_are_as_many_as_were_asked_for(n: int) -> None:
    assert len(list(generate(n, 1, ON))) == n


@pytest.mark.parametrize("n", [-1, LARGEST + 1])
def test_a_size_beyond_the_limits_is_refused_at_once(n: int) -> None:
    with pytest.raises(ValueError, match="between"):
        generate(n, 1, ON)


def test_keys_and_numbers_are_nobody_elses(people: list[Person]) -> None:
    assert len({who.key for who in people}) == MANY
    numbers = [number for who in people for number in numbers_of(who)]
    assert len(set(numbers)) == len(numbers)
    personas = {numbers for who in load_personas().values() for numbers in numbers_of(who.person)}
    assert personas & set(numbers) == set()


def test_insurers_are_the_invented_ones_and_numbers_look_as_theirs(people: list[Person]) -> None:
    memberships = [own for who in people for own in who.memberships]
    assert {own.insurer_number for own in memberships} == FIXTURE_INSURERS
    assert all(parse_insurer_number(number) for number in FIXTURE_INSURERS)
    for own in memberships:
        assert not looks_like_individual_number(own.symbol)
        assert not looks_like_individual_number(own.number)
        if own.insurer_number == "39139993":
            assert (own.symbol, own.branch, len(own.number)) == ("", "", 8)
        else:
            assert own.symbol.isascii() == own.number.isascii(), "all half-width or all full-width (validation.md §2)"
            assert len(own.branch) == 2


def test_ages_insurers_and_shares_fit_each_other(people: list[Person]) -> None:
    for who in people:
        assert who.birthdate <= ON
        for own in who.memberships:
            assert who.birthdate <= own.qualified_on <= ON
            assert own.lost_on is None or own.qualified_on < own.lost_on <= ON
            is_elderly = elderly_from(who.birthdate) <= ON
            assert (own.insurer_number == "39139993") is is_elderly
            assert (own.burden_ratio in (10, 20, 30)) is is_elderly
            in_seventies = not is_elderly and seventy_rule_from(who.birthdate) <= ON
            assert (own.elderly_ratio in (20, 30)) is in_seventies


def test_there_is_somebody_of_every_kind(people: list[Person]) -> None:
    ages = Counter((ON - who.birthdate).days // 3652 for who in people)
    assert set(range(9)) <= ages.keys(), "every decade up to the eighties"
    current = Counter(sum(own.is_current(ON) for own in who.memberships) for who in people)
    assert current[1] > 0.9 * MANY
    assert 0 < current[2] < 0.05 * MANY
    assert 0 < current[0] < 0.1 * MANY
    branches = Counter(own.branch for who in people for own in who.memberships)
    assert branches["00"] > branches["01"] > branches["04"] > 0
    assert any(own.diseases for who in people for own in who.memberships)
    assert any(own.limit for who in people for own in who.memberships)
    assert {who.sex for who in people} == {"1", "2"}


def test_names_are_those_of_sample_forms(people: list[Person]) -> None:
    assert {who.name.split("　")[0] for who in people} >= {"見本", "架空", "例文"}
    assert all(len(who.name.split("　")) == len(who.kana.split(" ")) == 2 for who in people)


def test_a_query_by_numbers_finds_that_person_and_nobody_else(people: list[Person]) -> None:
    asked = Asked(datetime(2026, 11, 20, 9, tzinfo=JST), ON, "1312345678", ReferenceClassification.INSURED_DATA)
    for who in people[:300]:
        assert person_from_json(person_to_json(who)) == who
        for own in who.memberships:
            message = found(asked, find_by_numbers([(who, own)], ON))
            assert from_json(QualificationResult, to_json(message)) == message


def test_memory_stays_flat() -> None:
    def peak(n: int) -> int:
        tracemalloc.start()
        try:
            deque(generate(n, 3, ON), maxlen=0)
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    peak(10)  # what is made once
    assert peak(5_000) < 2 * peak(500) + 50_000


def test_a_large_population_starts_at_once() -> None:
    assert len(list(islice(generate(LARGEST, 5, ON), 3))) == 3


@pytest.mark.parametrize("on", [date(2024, 2, 29), date(2027, 1, 1), date(2030, 12, 31)], ids=str)
def test_on_any_day_nobody_is_of_the_wrong_age(on: date) -> None:
    for who in generate(2_000, 11, on):
        for own in who.memberships:
            assert who.birthdate <= own.qualified_on <= on
            assert (own.insurer_number == "39139993") is (elderly_from(who.birthdate) <= on)
