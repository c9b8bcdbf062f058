"""Assertions on what was received: what, how often, in which order, and what came near where nothing fits."""

from __future__ import annotations

from typing import Any

import pytest

from mock_server.received import Exchange, Received, Wanted, check_order, check_times, near_misses


def exchange(number: int, **values: Any) -> Exchange:
    return {
        "id": number,
        "at": f"2026-11-20T09:00:{number:02d}+09:00",
        "call": "qualification.card",
        "person": "taro",
        "outcome": "validity:1",
        "institution": "1312345678",
        "via": "http",
        "scenario": "",
        "request": {"XmlMsg": {"MessageHeader": {"MedicalInstitutionCode": "1312345678"}}},
        "answer": None,
        **values,
    }


MORNING = [
    exchange(1),
    exchange(2, call="qualification.numbers", person="hanako", outcome="validity:2"),
    exchange(3, call="consent", outcome="consent:kept"),
    exchange(4, scenario="latency, truncated"),
]


def received(exchanges: list[Exchange] | None = None, lang: str = "en") -> Received:
    return Received(lambda: MORNING if exchanges is None else exchanges, lang)


def test_what_came_is_counted_and_given_back() -> None:
    assert [one["id"] for one in received().assert_called(call="qualification.card", persona="taro", times=2)] == [1, 4]
    assert received().count(call="qualification") == 3
    assert received().last(call="qualification")["id"] == 4
    assert [one["id"] for one in received().all()] == [1, 2, 3, 4]


@pytest.mark.parametrize(
    ("wanted", "ids"),
    [
        ({"outcome": "validity"}, [1, 2, 4]),
        ({"outcome": "validity:2"}, [2]),
        ({"outcome": "valid"}, []),
        ({"scenario": "truncated"}, [4]),
        ({"scenario": "late"}, []),
        ({"via": "folder"}, []),
        ({"institution": "1312345678", "call": "consent"}, [3]),
        ({"request": {"XmlMsg": {"MessageHeader": {"MedicalInstitutionCode": "1312345678"}}}}, [1, 2, 3, 4]),
        ({"request": {"XmlMsg": {"MessageHeader": {"MedicalInstitutionCode": "9"}}}}, []),
        ({"request": {"XmlMsg": {"Nothing": {"At": "all"}}}}, []),
        ({"answer": {"XmlMsg": {}}}, [1, 2, 3, 4]),
        ({"answer": {"XmlMsg": {"MessageBody": "x"}}}, []),
    ],
)
def test_what_is_looked_for_fits_or_does_not(wanted: dict[str, Any], ids: list[int]) -> None:
    assert [one["id"] for one in received().all(**wanted)] == ids


@pytest.mark.parametrize(
    ("limits", "holds"),
    [
        ({}, True),
        ({"times": 2}, True),
        ({"times": 1}, False),
        ({"at_least": 2}, True),
        ({"at_least": 3}, False),
        ({"at_most": 2}, True),
        ({"at_most": 1}, False),
        ({"at_least": 1, "at_most": 2}, True),
    ],
)
def test_how_often_it_came(limits: dict[str, int], holds: bool) -> None:
    verdict = check_times(MORNING, Wanted(call="qualification.card"), **limits)  # type: ignore[arg-type]
    assert verdict.ok is holds
    assert bool(verdict.complaint) is not holds


def test_an_exact_number_and_a_range_exclude_each_other() -> None:
    with pytest.raises(TypeError):
        check_times(MORNING, Wanted(), times=1, at_most=2)


def test_what_must_not_come_did_not() -> None:
    received().assert_not_called(call="registration")
    with pytest.raises(AssertionError, match="expected 0, found 1"):
        received().assert_not_called(call="consent")


def test_a_misspelt_criterion_is_no_criterion() -> None:
    with pytest.raises(TypeError):
        received().assert_called(person="taro")


def test_what_did_not_come_is_told_with_what_came_near() -> None:
    with pytest.raises(AssertionError) as failed:
        received().assert_called(call="qualification.card", persona="hanako", outcome="validity:1", times=1)
    lines = str(failed.value).splitlines()
    assert lines[0] == (
        "received requests do not fit: call=qualification.card, persona=hanako, outcome=validity:1; expected 1, found 0"
    )
    assert lines[1] == "what came near:"
    assert "persona: expected hanako, was taro" in lines[3]
    assert sum(line.startswith("  #") for line in lines) == 3


def test_the_nearest_comes_first() -> None:
    wanted = Wanted(call="qualification.card", persona="hanako", outcome="validity:2")
    assert [one["id"] for one in near_misses(MORNING, wanted)] == [2, 1, 4]


def test_where_nothing_came_that_is_said() -> None:
    with pytest.raises(AssertionError, match="nothing was received"):
        received([]).assert_called()


def test_too_many_are_all_shown() -> None:
    with pytest.raises(AssertionError) as failed:
        received().assert_called(call="qualification", times=1)
    assert str(failed.value).count("  #") == 3


def test_they_came_in_that_order_with_others_between() -> None:
    found = received().assert_in_order({"call": "qualification.card"}, Wanted(call="consent"), {"scenario": "latency"})
    assert [one["id"] for one in found] == [1, 3, 4]


def test_the_order_is_an_order() -> None:
    with pytest.raises(AssertionError) as failed:
        received().assert_in_order({"call": "consent"}, {"call": "qualification.numbers"})
    assert "request 2 did not come in that order: call=qualification.numbers" in str(failed.value)
    assert str(failed.value).count("  #") == 4
    assert not check_order([], [Wanted()]).ok
    assert check_order([], []).ok


def test_one_exchange_counts_once_in_an_order() -> None:
    with pytest.raises(AssertionError):
        received().assert_in_order({"call": "consent"}, {"call": "consent"})


def test_it_complains_in_japanese_too() -> None:
    with pytest.raises(AssertionError, match="期待 1 以上 回、実際 0 回"):
        received(lang="ja").assert_called(call="registration")


def test_a_long_list_is_cut_and_says_so() -> None:
    many = [exchange(number) for number in range(1, 60)]
    for verdict in (check_times(many, Wanted(), times=0, lang="en"), check_order(many, [Wanted(call="x")], lang="en")):
        lines = verdict.complaint.splitlines()
        assert (len(lines), lines[-1]) == (52, "  and 9 more")
