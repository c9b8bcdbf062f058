"""What the service says in place of what it knows: one test for each trouble of that kind, over HTTP."""

from __future__ import annotations

from datetime import timedelta

import pytest

from eligibility.oqs.codec import from_json
from eligibility.oqs.messages import QualificationResult
from mock_server.errors import Refusal
from mock_server.personas import find_persona
from mock_server.scenarios.answering import OPTIONAL_ITEMS
from mock_server.scenarios.table import SCENARIOS, Level
from tests.mock_server.conftest import TODAY, Clock
from tests.mock_server.scenarios.visits import (
    HttpCounter,
    body_of,
    code_of,
    header_of,
    result_of,
    validity_of,
)

ASKERS = ("card", "numbers")


@pytest.mark.parametrize("ask", ASKERS)
@pytest.mark.parametrize(
    ("name", "segment", "refusal"),
    [("processing", "2", Refusal.SERVICE_PROCESSING), ("failed", "9", Refusal.SERVICE_FAILED)],
)
async def test_a_message_says_that_the_service_works_or_failed_and_nothing_about_anybody(
    counter: HttpCounter, ask: str, name: str, segment: str, refusal: Refusal
) -> None:
    counter.arm(name)
    answer = await getattr(counter, ask)("taro")
    header = header_of(answer)
    assert (header["SegmentOfResult"], header["ErrorCode"]) == (segment, refusal.value)
    assert header["ErrorMessage"]
    message = from_json(QualificationResult, answer.json()["message"])
    assert message.results == ()
    assert message.validity is None
    assert not message.is_valid
    assert find_persona("taro").person.name not in answer.text


async def test_processing_comes_so_often_for_each_person_and_then_the_answer(counter: HttpCounter) -> None:
    counter.arm("processing", times=None, params={"asks": 2})
    said = [header_of(await counter.numbers("taro"))["SegmentOfResult"] for _ in range(3)]
    assert said == ["2", "2", "1"]
    assert header_of(await counter.numbers("hanako"))["SegmentOfResult"] == "2"
    assert [header_of(await counter.numbers("taro"))["SegmentOfResult"] for _ in range(3)] == ["2", "2", "1"]


@pytest.mark.parametrize(("name", "status"), [("processing", 503), ("failed", 503)])
async def test_a_call_without_such_a_message_is_refused_instead(counter: HttpCounter, name: str, status: int) -> None:
    counter.arm(name, call="registration")
    refused = await counter.register("taro")
    assert (refused.status_code, code_of(refused)) == (status, f"MOCK-SERVICE-{name.upper()}")
    assert (refused.headers.get("retry-after") is not None) == (name == "processing")


@pytest.mark.parametrize("ask", ASKERS)
async def test_the_wrong_persons_record_is_complete_and_somebody_elses(counter: HttpCounter, ask: str) -> None:
    counter.arm("wrong_person", params={"other": "hanako"})
    said = result_of(await getattr(counter, ask)("taro"))
    assert said["Name"] == find_persona("hanako").person.name
    assert result_of(await getattr(counter, ask)("taro"))["Name"] == find_persona("taro").person.name


async def test_the_wrong_person_is_never_the_right_one(counter: HttpCounter) -> None:
    counter.arm("wrong_person", params={"other": "hanako"})
    said = body_of(await counter.card("hanako"))
    names = [one["ResultOfQualificationConfirmation"]["Name"] for one in said.get("ResultList", ())]
    assert find_persona("hanako").person.name not in names


async def test_an_old_answer_about_the_first_day_there_is_says_an_older_one(counter: HttpCounter) -> None:
    counter.arm("stale_answer", params={"days": 3650})
    assert header_of(await counter.numbers("taro", on="19260101"))["QualificationConfirmationDate"] == "19160104"


@pytest.mark.parametrize("ask", ASKERS)
async def test_nobody_is_found(counter: HttpCounter, ask: str) -> None:
    counter.arm("no_such_person")
    answer = await getattr(counter, ask)("taro")
    assert validity_of(answer) == "4"
    assert "ResultList" not in body_of(answer)


@pytest.mark.parametrize("value", [2, 3, 4, 5])
@pytest.mark.parametrize("ask", ASKERS)
async def test_a_chosen_validity_names_the_membership_where_one_of_its_kind_does(
    counter: HttpCounter, ask: str, value: int
) -> None:
    counter.arm("validity", params={"value": value})
    answer = await getattr(counter, ask)("taro")
    assert validity_of(answer) == str(value)
    assert ("ResultList" in body_of(answer)) == (value in (2, 3))


async def test_an_answer_of_an_earlier_day_says_that_day(counter: HttpCounter) -> None:
    counter.arm("stale_answer", params={"days": 40})
    header = header_of(await counter.card("taro"))
    before = TODAY - timedelta(days=40)
    assert header["QualificationConfirmationDate"] == before.strftime("%Y%m%d")
    assert header["ProcessExecutionTime"].startswith(before.strftime("%Y%m%d"))


async def test_an_old_answer_still_says_what_was_true_then(counter: HttpCounter, clock: Clock) -> None:
    """Somebody whose membership began after that day had none then."""
    persona = find_persona("taro")
    (membership, *_) = persona.person.memberships
    began = membership.qualified_on
    assert began is not None
    days = (TODAY.date() - began).days + 1
    if days > 3_650:
        clock.at = TODAY.replace(year=began.year, month=began.month, day=began.day) + timedelta(days=10)
        days = 11
    counter.arm("stale_answer", params={"days": days})
    on = clock.at.strftime("%Y%m%d")
    assert validity_of(await counter.numbers("taro", on=on)) == "4"
    assert validity_of(await counter.numbers("taro", on=on)) == "1"


async def test_the_previous_answer_of_this_counter_comes_again_for_somebody_else(counter: HttpCounter) -> None:
    counter.arm("stale_answer", params={"of": "previous"}, times=2)
    assert result_of(await counter.card("hanako"))["Name"] == find_persona("hanako").person.name
    assert result_of(await counter.card("taro"))["Name"] == find_persona("hanako").person.name


async def test_a_name_that_could_not_be_told_has_a_black_circle(counter: HttpCounter) -> None:
    whole = result_of(await counter.card("taro"))
    counter.arm("garbled_name")
    said = result_of(await counter.card("taro"))
    assert said["Name"] == "●" + whole["Name"][1:]
    assert said["Address"] == "●" + whole["Address"][1:]
    assert said["NameKana"] == whole["NameKana"]


async def test_missing_items_are_absent_and_the_answer_is_understood_all_the_same(counter: HttpCounter) -> None:
    whole = await counter.card("taro")
    counter.arm("missing_items")
    answer = await counter.card("taro")
    assert set(result_of(answer)) < set(result_of(whole))
    message = from_json(QualificationResult, answer.json()["message"])
    assert message.is_valid
    assert message.only_result is not None
    assert [item for item in OPTIONAL_ITEMS if getattr(message.only_result, item) is not None] == []


async def test_an_item_that_no_layout_has_does_not_hinder_reading(counter: HttpCounter) -> None:
    counter.arm("unknown_items")
    answer = await counter.card("taro")
    assert header_of(answer)["MockUnknownItem"] == result_of(answer)["MockUnknownItem"] == "MOCK"
    message = from_json(QualificationResult, answer.json()["message"])
    assert message.is_valid
    assert [one.xml for one in message.message_header.unknown_elements]


async def test_changes_of_an_answer_come_together_with_another_persons(counter: HttpCounter) -> None:
    counter.arm("wrong_person", params={"other": "hanako"})
    counter.arm("garbled_name")
    counter.arm("missing_items")
    said = result_of(await counter.card("taro"))
    assert said["Name"] == "●" + find_persona("hanako").person.name[1:]
    assert "Address" not in said


def test_every_trouble_of_this_kind_is_played_here() -> None:
    played = {
        "processing",
        "failed",
        "wrong_person",
        "no_such_person",
        "validity",
        "stale_answer",
        "garbled_name",
        "missing_items",
        "unknown_items",
    }
    assert {name for name, one in SCENARIOS.items() if one.level is Level.SAID} == played
