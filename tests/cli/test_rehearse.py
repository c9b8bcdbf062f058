"""`madoguchi rehearse`: listing and checking scripts, and what stops it before a day begins."""

from __future__ import annotations

from datetime import date, time
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from kiosk.cli import rehearse
from kiosk.cli.context import Context
from kiosk.cli.rehearse_script import people
from kiosk.cli.words import Words
from kiosk.rehearsal.included import INCLUDED, included_text
from kiosk.rehearsal.notes import Decision, Notes
from kiosk.rehearsal.right import UnplayableError
from kiosk.rehearsal.script import Script, Visit
from tests.cli.command import Madoguchi

OWN = """
title = "一日"
date = 2026-11-24

[[visit]]
at = "9:05"
who = "taro"
card = "taro"
says = "おはようございます"
expected = { outcome = "OK_ONLINE", charge = "ratio:30", queue = "none" }
"""


@pytest.fixture
def own(tmp_path: Path) -> Path:
    path = tmp_path / "own.toml"
    path.write_text(OWN, encoding="utf-8")
    return path


def test_the_included_scripts_are_listed(madoguchi: Madoguchi) -> None:
    listed = madoguchi.run("rehearse", "--list", "--json")
    assert listed.code == 0, listed.err
    assert [one["name"] for one in listed.document("rehearse-list")["scripts"]] == list(INCLUDED)
    told = madoguchi.run("rehearse", "--list", "--lang", "en")
    assert "A quiet morning" in told.out


def test_a_script_that_can_be_played_is_said_to_be_with_what_is_right(madoguchi: Madoguchi, own: Path) -> None:
    checked = madoguchi.run("rehearse", own, "--check", "--json")
    assert checked.code == 0, checked.out + checked.err
    assert checked.document("rehearse-check")["right"] == [
        {"outcome": "OK_ONLINE", "row": 4, "charge": "ratio:30", "queue": None}
    ]
    assert not (madoguchi.data_dir / "rehearsal").exists()
    assert not (madoguchi.data_dir / "journal").exists()


def test_what_the_author_expects_is_held_against_the_rules(madoguchi: Madoguchi, own: Path) -> None:
    own.write_text(OWN.replace("ratio:30", "full"), encoding="utf-8")
    checked = madoguchi.run("rehearse", own, "--check", "--json", "--lang", "en")
    assert checked.code == 1
    (fault,) = checked.document("rehearse-check")["faults"]
    assert fault["path"] == "visit[0].expected.charge"
    assert "ratio:30" in fault["message"]


def test_every_fault_is_told_with_its_place(madoguchi: Madoguchi, own: Path) -> None:
    own.write_text(OWN.replace('"9:05"', '"late"').replace('"taro"', '"nobody"', 1), encoding="utf-8")
    checked = madoguchi.run("rehearse", own, "--check", "--lang", "en")
    assert checked.code == 1
    assert "visit[0].at (person 1): Needs a time of day" in checked.out
    assert "visit[0].who (person 1): There is no such persona" in checked.out
    played = madoguchi.run("rehearse", own, "--json")
    assert played.code == 2
    assert played.error() == "script_faults"
    assert "visit[0].at" in played.err


@pytest.mark.parametrize(
    ("wrong", "right", "said"),
    [
        ('"taro"', '"tarou"', "visit[0].who (person 1): Did you mean taro? There is no such persona"),
        ('says = "おはようございます"', 'says = "おはようございます', "Not readable as TOML (line 9)"),
        ('at = "9:05"', 'at = "9:05', "Not readable as TOML (line 6)"),
    ],
)
def test_a_slip_is_answered_with_what_is_meant(
    madoguchi: Madoguchi, own: Path, wrong: str, right: str, said: str
) -> None:
    own.write_text(OWN.replace(wrong, right, 1), encoding="utf-8")
    checked = madoguchi.run("rehearse", own, "--check", "--lang", "en")
    assert checked.code == 1
    assert said in checked.out.replace("\n  ", " ")


def test_people_come_in_the_order_of_the_day(madoguchi: Madoguchi, own: Path) -> None:
    own.write_text(OWN + OWN[OWN.index("[[visit]]") :].replace("9:05", "8:50"), encoding="utf-8")
    checked = madoguchi.run("rehearse", own, "--check", "--lang", "en")
    assert checked.code == 1
    assert "visit[1].at (person 2): Earlier than the person before. Must be 09:05 or" in checked.out


def test_a_scenario_the_server_does_not_know_so_is_a_fault(madoguchi: Madoguchi, own: Path) -> None:
    own.write_text(
        OWN + '\n[[visit.goes_wrong]]\nwhat = "arm"\nscenario = "validity"\nparams = { value = 9 }\n', encoding="utf-8"
    )
    checked = madoguchi.run("rehearse", own, "--check", "--json")
    assert checked.code == 1
    (fault,) = checked.document("rehearse-check")["faults"]
    assert fault["path"] == "visit[0].goes_wrong[0]"
    assert "MOCK-SCENARIO-PARAMETER" in fault["message"]
    played = madoguchi.run("rehearse", own, "--json")
    assert (played.code, played.error()) == (2, "script_faults")  # before a day begins that could not be scored


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("rehearse",), "script_needed"),
        (("rehearse", "quiet"), "script_unknown"),
        (("rehearse", "missing.toml"), "script_unreadable"),
        (("rehearse", "quiet_morning", "--from", "9"), "rehearse_from"),
        (("rehearse", "quiet_morning", "--from", "0"), "rehearse_from"),
        (("rehearse", "quiet_morning", "--speed", "0"), "rehearse_speed"),
        (("rehearse", "quiet_morning", "--speed", "fast"), "rehearse_speed"),
        (("rehearse", "quiet_morning", "--report", "out.txt"), "report_ending"),
        (("rehearse", "quiet_morning", "--report", "nowhere/out.html"), "report_failed"),
        (("rehearse", "quiet_morning"), "no_terminal"),
    ],
)
def test_what_cannot_be_played_is_said_before_the_day_begins(
    madoguchi: Madoguchi, arguments: tuple[str, ...], code: str
) -> None:
    refused = madoguchi.run(*arguments, "--json")
    assert refused.code == 2
    assert refused.error() == code


def test_a_script_nearly_named_is_answered_with_the_one_that_is_meant(madoguchi: Madoguchi) -> None:
    refused = madoguchi.run("rehearse", "quiet_mornin", "--lang", "en")
    assert "quiet_morning" in refused.err


def test_a_report_that_is_there_already_is_not_written_over(madoguchi: Madoguchi, tmp_path: Path) -> None:
    kept = tmp_path / "out.html"
    kept.write_text("mine", encoding="utf-8")
    refused = madoguchi.run("rehearse", "quiet_morning", "--report", kept, "--json")
    assert refused.error() == "report_exists"
    assert kept.read_text(encoding="utf-8") == "mine"


def test_a_script_of_other_letters_is_refused(madoguchi: Madoguchi, own: Path) -> None:
    own.write_bytes(OWN.encode("cp932"))
    assert madoguchi.run("rehearse", own, "--json").error() == "script_encoding"


def test_an_individual_number_in_a_script_is_refused_for_safety(madoguchi: Madoguchi, own: Path) -> None:
    own.write_text(OWN.replace("おはようございます", "123456789018"), encoding="utf-8")
    refused = madoguchi.run("rehearse", own, "--check", "--json")
    assert (refused.code, refused.error()) == (5, "individual_number")
    assert "123456789018" not in refused.out + refused.err


@pytest.mark.parametrize("name", INCLUDED)
def test_an_included_script_is_a_file_that_can_be_changed_and_played(
    madoguchi: Madoguchi, tmp_path: Path, name: str
) -> None:
    copy = tmp_path / "copy.toml"
    copy.write_text(included_text(name), encoding="utf-8")
    checked = madoguchi.run("rehearse", copy, "--check", "--json")
    assert checked.code == 0, checked.out + checked.err
    assert checked.document("rehearse-check")["faults"] == []


def test_a_visit_without_an_end_costs_nobody_the_score_of_those_before_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    came = Notes(Decision("OK_ONLINE", 4, "ratio:30", ""))
    visits = tuple(Visit(time(9, minute), "taro", {"ja": "はい"}, card="taro") for minute in (5, 15, 25))
    script = Script("own", {"ja": "一日"}, {"ja": ""}, date(2026, 11, 24), visits)
    told: list[str] = []

    def stopped(*_: object) -> object:
        raise UnplayableError("ShowingAnswer", [came])

    monkeypatch.setattr(rehearse, "_played_right", stopped)
    context = SimpleNamespace(output=SimpleNamespace(note=told.append), words=Words("en"))
    report = rehearse._scored(
        cast("Context", context), script, [(0, came), (1, came), (2, came)], tmp_path / "right", people()
    )
    assert [row.number for row in report.rows] == [1]
    assert report.percent == 100
    assert "The visit of person 2 comes to no end" in told[-1]
