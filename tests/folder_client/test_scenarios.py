"""The independent レセコン meets every scenario of folders, and concludes what a careful program must."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import pytest

from mock_server.personas import load_personas
from mock_server.scenarios.table import FOLDER, SCENARIOS
from tests.eventually import eventually
from tests.folder_client.client import Answered, Outcome, Refused, Unanswered, Unreadable
from tests.folder_client.conftest import Clinic, OpenClinic
from tests.folder_client.reading import text

pytestmark = pytest.mark.broad

TARO = load_personas()["taro"].numbers()
NAME = "協会　太郎"
HASTY = {"gives_up_s": 0.5}
"""A reader that soon gives up what cannot be read."""


def asked(clinic: Clinic, scenario: str, params: dict[str, Any] | None = None) -> Outcome:
    clinic.arm(scenario, **(params or {}))
    return clinic.client.result(clinic.client.ask(TARO, "id-1"))


def struck(clinic: Clinic, scenario: str) -> bool:
    return scenario in clinic.struck()


def gone(path: Path) -> bool:
    return not path.exists()


def name_in(outcome: Outcome) -> str:
    assert isinstance(outcome, Answered), outcome
    assert outcome.reading.identifier == "id-1"
    return text(outcome.reading.results[0], "Name") if outcome.reading.results else ""


ENDS_WELL: dict[str, dict[str, Any]] = {
    "latency": {"mean_ms": 800},
    "slow_body": {"pieces": 5, "pause_ms": 100},
    "half_written": {"percent": 40, "pause_ms": 900},
    "doubled": {"copies": 2},
    "scrambled_order": {},
    "late_file": {"delay_s": 1},
    "out_of_order": {"hold_s": 1},
    "unknown_items": {},
    "missing_items": {},
}
NOT_NOW = {"processing": "2", "failed": "9", "maintenance": "9"}
NEVER_TRUE: dict[str, dict[str, Any]] = {"truncated": {"percent": 70}, "wrong_encoding": {"encoding": "euc_jp"}}


@pytest.mark.parametrize("encoding", ["utf-8", "cp932"])
@pytest.mark.parametrize("scenario", ENDS_WELL)
def test_a_patient_reader_ends_with_the_right_answer(open_clinic: OpenClinic, scenario: str, encoding: str) -> None:
    clinic = open_clinic({"encoding": encoding})
    outcome = asked(clinic, scenario, ENDS_WELL[scenario])
    assert name_in(outcome) == NAME
    assert isinstance(outcome, Answered)
    assert outcome.reading.is_valid


@pytest.mark.parametrize("scenario", NOT_NOW)
def test_not_now_is_said_in_the_header_and_asking_again_helps(open_clinic: OpenClinic, scenario: str) -> None:
    clinic = open_clinic()
    outcome = asked(clinic, scenario)
    assert isinstance(outcome, Answered)
    assert (outcome.reading.segment, outcome.reading.is_valid) == (NOT_NOW[scenario], False)
    assert outcome.reading.code.startswith("MOCK-SERVICE-")
    again = clinic.client.result(clinic.client.ask(TARO, "id-1"))
    assert name_in(again) == NAME


@pytest.mark.parametrize("scenario", NEVER_TRUE)
def test_a_spoiled_answer_is_never_taken_for_one(open_clinic: OpenClinic, scenario: str) -> None:
    clinic = open_clinic(HASTY)
    assert isinstance(asked(clinic, scenario, NEVER_TRUE[scenario]), Unreadable)


def test_bytes_of_the_other_encoding_are_noticed(open_clinic: OpenClinic) -> None:
    """The request was CP932; the answer holds UTF-8 and says Shift_JIS, or the reverse."""
    for encoding, sent in (("utf-8", "cp932"), ("cp932", "utf-8")):
        clinic = open_clinic({**HASTY, "encoding": sent})
        outcome = asked(clinic, "wrong_encoding", {"encoding": encoding})
        if isinstance(outcome, Answered):  # UTF-8 may happen to be possible CP932: then nobody is recognised
            assert name_in(outcome) != NAME
        else:
            assert isinstance(outcome, Unreadable)


def test_no_answer_is_noticed_as_such(open_clinic: OpenClinic) -> None:
    clinic = open_clinic()
    for scenario, stays in (("timeout", False), ("never_taken", True)):
        clinic.arm(scenario)
        request = clinic.client.ask(TARO)
        assert eventually(partial(struck, clinic, scenario))
        path = clinic.client.root / "req" / request
        assert eventually(path.exists if stays else partial(gone, path))
        clinic.client.patience_s = 1
        assert clinic.client.result(request) == Unanswered(stays)


def test_a_request_that_comes_back_says_why(open_clinic: OpenClinic) -> None:
    outcome = asked(open_clinic(), "err_file")
    assert isinstance(outcome, Refused)
    assert outcome.code == "MOCK-SERVICE-REJECTED-FILE"
    assert b"OQS" not in outcome.copy
    assert outcome.copy.startswith(b"<?xml")


def test_the_wrong_persons_answer_shows_in_the_name_only(open_clinic: OpenClinic) -> None:
    """Name of the file and identifier fit; a レセコン that does not compare the person books it on another."""
    assert name_in(asked(open_clinic(), "wrong_person", {"other": "hanako"})) == "協会　花子"


def test_a_stale_answer_shows_in_its_day(open_clinic: OpenClinic) -> None:
    outcome = asked(open_clinic(), "stale_answer", {"of": "day", "days": 31})
    assert isinstance(outcome, Answered)
    assert text(outcome.reading.header, "QualificationConfirmationDate") == "20261020"


@pytest.mark.parametrize("value", [2, 3, 4, 5])
def test_every_other_validity_is_not_valid(open_clinic: OpenClinic, value: int) -> None:
    outcome = asked(open_clinic(), "validity", {"value": value})
    assert isinstance(outcome, Answered)
    assert (text(outcome.reading.body, "QualificationValidity"), outcome.reading.is_valid) == (str(value), False)


def test_nobody_is_found_where_nobody_is(open_clinic: OpenClinic) -> None:
    outcome = asked(open_clinic(), "no_such_person")
    assert isinstance(outcome, Answered)
    assert (text(outcome.reading.body, "QualificationValidity"), outcome.reading.results) == ("4", [])


def test_a_lacking_character_is_a_black_circle(open_clinic: OpenClinic) -> None:
    assert name_in(asked(open_clinic(), "garbled_name")) == "●会　太郎"


def test_closed_at_night_by_the_servers_clock(open_clinic: OpenClinic) -> None:
    outcome = asked(open_clinic(), "night_closure", {"from": "08:00", "until": "10:00"})
    assert isinstance(outcome, Answered)
    assert outcome.reading.code == "MOCK-SERVICE-NIGHT-CLOSURE"


def test_two_cards_in_the_same_second_are_two_people(open_clinic: OpenClinic) -> None:
    clinic = open_clinic()
    clinic.arm("same_second", other="hanako")
    clinic.card("taro")
    outcomes = clinic.client.faces(2)
    assert {text(one.reading.results[0], "Name") for one in outcomes if isinstance(one, Answered)} == {
        NAME,
        "協会　花子",
    }


@pytest.mark.parametrize(
    ("scenario", "params"),
    [("half_written", {"pause_ms": 800}), ("slow_body", {"pause_ms": 50}), ("late_file", {"delay_s": 1})],
)
def test_a_troubled_face_file_is_whole_in_the_end(
    open_clinic: OpenClinic, scenario: str, params: dict[str, Any]
) -> None:
    clinic = open_clinic()
    clinic.arm(scenario, **(params if scenario == "late_file" else {**params, "on": "face"}))
    clinic.card("taro")
    [outcome] = clinic.client.faces(1)
    assert isinstance(outcome, Answered)
    assert outcome.reading.is_valid


def test_a_doubled_face_file_is_one_visit_by_its_identifier(open_clinic: OpenClinic) -> None:
    clinic = open_clinic()
    clinic.arm("doubled", on="face")
    clinic.card("taro")
    outcomes = clinic.client.faces(2)
    assert len({one.name for one in outcomes if isinstance(one, Answered)}) == 2
    assert len({one.reading.identifier for one in outcomes if isinstance(one, Answered)}) == 1


@pytest.mark.parametrize("scenario", ["truncated", "wrong_encoding"])
def test_a_spoiled_face_file_is_no_visit(open_clinic: OpenClinic, scenario: str) -> None:
    clinic = open_clinic(HASTY)
    params: dict[str, Any] = {"on": "face"}
    clinic.arm(scenario, **(params | {"encoding": "euc_jp"} if scenario == "wrong_encoding" else params))
    clinic.card("taro")
    assert [type(one) for one in clinic.client.faces(1)] == [Unreadable]


def test_every_scenario_of_folders_was_met() -> None:
    own = {
        *ENDS_WELL,
        *NOT_NOW,
        *NEVER_TRUE,
        *("timeout", "never_taken", "err_file", "wrong_person", "stale_answer", "validity", "no_such_person"),
        *("garbled_name", "night_closure"),
    }
    assert {name for name, one in SCENARIOS.items() if FOLDER in one.transports} == own
