"""What can be armed: every value checked, every trouble described, nothing refused with the value in the sentence."""

from __future__ import annotations

from typing import Any

import pytest

from mock_server.errors import QualificationError, Refusal
from mock_server.registry.ledger import Ledger
from mock_server.scenarios.arming import Order, arm, disarm, every_armed
from mock_server.scenarios.delivery import AS_IT_IS, FACE, Delivery, Trouble
from mock_server.scenarios.parameters import Kind, Parameter, read_parameters
from mock_server.scenarios.table import CALLS, SCENARIOS, Level
from mock_server.words import LANGUAGES, knows


def refused(ledger: Ledger, scenario: str = "latency", **order: Any) -> QualificationError:
    with pytest.raises(QualificationError) as error:
        ledger.run_sync(lambda tx: arm(tx, Order(scenario, **order)))
    assert ledger.run_sync(every_armed, reads=True) == []
    return error.value


def test_what_is_left_out_has_its_default(ledger: Ledger) -> None:
    armed = ledger.run_sync(lambda tx: arm(tx, Order("latency")))
    assert dict(armed.params) == {"mean_ms": 2000, "jitter_ms": 0, "chance": 100}
    assert (armed.remaining, armed.fired, armed.run, armed.persona) == (1, 0, "", "")
    assert ledger.run_sync(every_armed, reads=True) == [armed]


def test_numbers_may_come_as_text_or_as_numbers(ledger: Ledger) -> None:
    for value in ("250", 250):
        armed = ledger.run_sync(lambda tx, value=value: arm(tx, Order("latency", {"mean_ms": value})))  # type: ignore[misc]
        assert armed.params["mean_ms"] == 250


@pytest.mark.parametrize(
    ("scenario", "params", "name", "range_"),
    [
        ("latency", {"mean_ms": -1}, "mean_ms", "0–600000"),
        ("latency", {"mean_ms": "1.5"}, "mean_ms", "0–600000"),
        ("latency", {"mean_ms": True}, "mean_ms", "0–600000"),
        ("latency", {"mean_ms": None}, "mean_ms", "0–600000"),
        ("latency", {"mean_ms": "9" * 400}, "mean_ms", "0–600000"),
        ("latency", {"chance": 0}, "chance", "1–100"),
        ("truncated", {"percent": 100}, "percent", "0–99"),
        ("reset_connection", {"at": "end"}, "at", "start, headers, middle"),
        ("night_closure", {"from": "24:00"}, "from", "HH:MM"),
        ("maintenance", {"until": "tomorrow"}, "until", "YYYY-MM-DDTHH:MM"),
        ("maintenance", {"until": "0001-01-01T00:00+14:00"}, "until", "YYYY-MM-DDTHH:MM"),
        ("wrong_person", {"other": "'; drop"}, "other", "persona"),
    ],
)
def test_a_value_out_of_range_is_refused_with_the_range(
    ledger: Ledger, scenario: str, params: dict[str, Any], name: str, range_: str
) -> None:
    error = refused(ledger, scenario, params=params)
    assert error.refusal is Refusal.SCENARIO_PARAMETER
    assert dict(error.params) == {"name": name, "range": range_}


def test_what_does_not_exist_is_refused_with_what_does(ledger: Ledger) -> None:
    unknown = refused(ledger, "slow")
    assert unknown.refusal is Refusal.SCENARIO_UNKNOWN
    assert unknown.params["names"].split(", ") == list(SCENARIOS)
    parameter = refused(ledger, "latency", params={"mean": 5})
    assert parameter.refusal is Refusal.SCENARIO_PARAMETER_UNKNOWN
    assert parameter.params["names"] == "mean_ms, jitter_ms, chance"
    assert refused(ledger, persona="nobody").refusal is Refusal.SCENARIO_PERSONA
    assert refused(ledger, "wrong_person", params={"other": "nobody"}).refusal is Refusal.SCENARIO_PERSONA
    assert refused(ledger, "processing", call="challenge").refusal is Refusal.SCENARIO_CALL
    assert refused(ledger, call="qualification.").refusal is Refusal.SCENARIO_CALL


@pytest.mark.parametrize(
    ("order", "refusal"),
    [
        ({"times": 0}, Refusal.SCENARIO_TIMES),
        ({"times": 1_000_001}, Refusal.SCENARIO_TIMES),
        ({"seed": -1}, Refusal.SCENARIO_SEED),
        ({"seed": 2**31}, Refusal.SCENARIO_SEED),
        ({"institution": "123"}, Refusal.REQUEST_INSTITUTION),
        ({"run": "a b"}, Refusal.REQUEST_RUN),
    ],
)
def test_limits_of_an_order(ledger: Ledger, order: dict[str, Any], refusal: Refusal) -> None:
    assert refused(ledger, **order).refusal is refusal


def test_what_was_armed_is_taken_away_one_by_one_by_run_by_name_or_altogether(ledger: Ledger) -> None:
    def armed(*orders: Order) -> list[int]:
        ledger.run_sync(disarm)
        return [ledger.run_sync(lambda tx, order=order: arm(tx, order)).id for order in orders]  # type: ignore[misc]

    def left() -> list[int]:
        return [one.id for one in ledger.run_sync(every_armed, reads=True)]

    first, second, third = armed(Order("latency"), Order("failed", run="mine"), Order("failed"))
    assert ledger.run_sync(lambda tx: disarm(tx, one=first)) == 1
    assert left() == [second, third]
    assert ledger.run_sync(lambda tx: disarm(tx, one=first)) == 0
    first, second, third = armed(Order("latency"), Order("failed", run="mine"), Order("failed"))
    assert ledger.run_sync(lambda tx: disarm(tx, run="mine")) == 1
    assert left() == [first, third]
    assert [one.id for one in ledger.run_sync(lambda tx: every_armed(tx, "mine"), reads=True)] == []
    assert ledger.run_sync(lambda tx: disarm(tx, scenario="failed")) == 1
    assert left() == [first]


@pytest.mark.parametrize("name", SCENARIOS)
def test_every_trouble_is_described_and_can_be_armed_with_its_defaults(ledger: Ledger, name: str) -> None:
    scenario = SCENARIOS[name]
    ids = [f"scenario.{name}.title", f"scenario.{name}.what"]
    ids += [f"scenario.param.{parameter.name}" for parameter in scenario.parameters]
    assert [(lang, one) for lang in LANGUAGES for one in ids if not knows(lang, one)] == []
    assert ledger.run_sync(lambda tx: arm(tx, Order(name))).scenario is scenario
    assert set(scenario.calls) <= set(CALLS)
    assert set(scenario.transports) <= {"http", "folder", "face"}
    defaults = read_parameters(scenario.parameters, {})
    given = {parameter.name: defaults[parameter.name] for parameter in scenario.parameters}
    readable = {key: value for key, value in given.items() if value is not None}
    assert read_parameters(scenario.parameters, readable) == defaults


def test_what_changes_an_answer_strikes_no_call_without_one() -> None:
    changing = [one for one in SCENARIOS.values() if one.level is Level.SAID]
    assert changing
    assert all("challenge" not in one.calls for one in changing)


def test_the_failures_that_a_server_can_produce_are_all_played() -> None:
    """reception.md §12: those of the line and of the record; the others are the card's or the paper's."""
    played = {failure for scenario in SCENARIOS.values() for failure in scenario.plays}
    assert {"F01", "F03", "F04", "F05", "F06", "F16", "F23", "F24"} <= played


def test_a_delivery_survives_as_text() -> None:
    delivery = Delivery((Trouble("latency", {"delay_ms": 5}), Trouble("doubled", {"copies": 2, "pause_ms": 0}, FACE)))
    again = Delivery.from_json(delivery.to_json())
    assert again == delivery
    assert [one.name for one in again.answer.troubles] == ["latency"]
    assert [one.name for one in again.face.troubles] == ["doubled"]
    assert Delivery.from_json("") is AS_IT_IS is Delivery.from_json(AS_IT_IS.to_json()).face


def test_a_word_s_range_is_its_words() -> None:
    assert Parameter("p", Kind.WORD, "a", choices=("a", "b")).range == "a, b"
