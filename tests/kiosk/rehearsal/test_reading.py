"""A script is read whole or refused whole: every fault at once, with its path, what would be right, and no value."""

from __future__ import annotations

import re
import tomllib
from datetime import date, time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some

from eligibility.papers.paper import Shown
from kiosk.rehearsal.included import INCLUDED, included_text
from kiosk.rehearsal.reading import parse_script
from kiosk.rehearsal.reading_values import Fault, ScriptError
from kiosk.rehearsal.script import Pin, Record, Script, What, When

PEOPLE = ("taro", "hanako")
SCENARIOS = ("maintenance", "validity")
HANDBOOK = Path(__file__).parents[3] / "docs" / "rehearse.md"
LEAST = """
title = "一日"
date = 2026-11-24

[[visit]]
at = "9:05"
who = "taro"
says = "おはようございます"
"""
VISIT = LEAST.partition("[[visit]]")[2]


def read(text: str) -> Script:
    return parse_script("own", text, PEOPLE, SCENARIOS)


def faults(text: str) -> list[tuple[str, str]]:
    with pytest.raises(ScriptError) as refusal:
        read(text)
    return [(fault.path, fault.field or fault.word) for fault in refusal.value.faults]


def script_or_faults(text: str) -> Script | tuple[Fault, ...]:
    try:
        return read(text)
    except ScriptError as error:
        return error.faults


def test_the_least_script_has_everything_else_as_it_comes() -> None:
    script = read(LEAST)
    visit = script.visits[0]
    assert (script.on, script.site, script.equipped, script.minutes) == (date(2026, 11, 24), "clinic", False, 30)
    assert (visit.at, visit.who, visit.card, visit.pin, visit.record) == (time(9, 5), "taro", "", Pin.KNOWN, Record.OWN)
    assert visit.consents
    assert not visit.registers
    assert not visit.card_in_hand
    assert script.said(visit.says, "en") == "おはようございます"


def test_everything_that_can_be_said_of_a_visit() -> None:
    visit = read(
        LEAST.replace("says = ", 'card = "hanako"\npin = "mistyped"\nface = "differs"\nrecord = "other"\nsays = ')
        + """
consents = false
registers = true
known_patient = true
plays = ["F16", "F31"]
expected = { outcome = "PENDING_4INFO", charge = "ask:", queue = "four_items" }
four_items = { name = "協会　太郎", birthdate = 1985-06-15, sex = "male", address = "東京都架空市1-2" }

[[visit.goes_wrong]]
what = "arm"
when = "asking"
scenario = "validity"
params = { value = 3 }
call = "qualification.card"
times = 2

[[visit.paper]]
form = "certificate_kyokai"
shown = "photocopy"
values = { insurer_number = "01139997", number = "1155", birthdate = "1988-02-11", expires_on = "2027-11-30" }
"""
    ).visits[0]
    assert visit.card_in_hand
    assert (visit.pin, visit.face_is_the_cards, visit.record) == (Pin.MISTYPED, False, Record.OTHER)
    assert (visit.expected.outcome, visit.expected.charge, visit.expected.queue) == (
        "PENDING_4INFO",
        "ask:",
        "four_items",
    )
    (trouble,) = visit.troubles
    assert (trouble.what, trouble.when, trouble.params, trouble.times) == (What.ARM, When.ASKING, (("value", 3),), 2)
    (paper,) = visit.papers
    assert (paper.shown, paper.number) == (Shown.PHOTOCOPY, "1155")
    assert visit.four_items is not None
    assert "太郎" not in repr(visit)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (("date = 2026-11-24", 'date = "2026-11-24"'), [("date", "date")]),
        (('title = "一日"', ""), [("title", "texts")]),
        (('title = "一日"', 'title = { en = "A day" }'), [("title", "texts")]),
        (('"9:05"', '"25:00"'), [("visit[0].at", "time")]),
        (('who = "taro"', 'who = "nobody"'), [("visit[0].who", "person")]),
        (('who = "taro"', ""), [("visit[0].who", "person")]),
        (("says =", "sais ="), [("visit[0].sais", "unknown_key"), ("visit[0].says", "texts")]),
        (("says =", 'pin = "guessed"\nsays ='), [("visit[0].pin", "choice")]),
        (("says =", 'registers = "yes"\nsays ='), [("visit[0].registers", "switch")]),
        (("says =", 'plays = ["F33"]\nsays ='), [("visit[0].plays", "plays")]),
        (("says =", "plays = 1\nsays ="), [("visit[0].plays", "plays")]),
        (("says =", "paper = 1\nsays ="), [("visit[0].paper", "tables")]),
        (
            ("says =", 'expected = { outcome = "OK", charge = "40" }\nsays ='),
            [
                ("visit[0].expected.outcome", "choice"),
                ("visit[0].expected.charge", "choice"),
            ],
        ),
        (("says =", "expected = 1\nsays ="), [("visit[0].expected", "table")]),
        (("says =", "four_items = 1\nsays ="), [("visit[0].four_items", "table")]),
        (
            ("says =", 'four_items = { name = "x", birthdate = 2030-01-01, sex = "male", address = "y" }\nsays ='),
            [
                ("visit[0].four_items.birthdate", "date"),
            ],
        ),
        (("says =", 'goes_wrong = [{ what = "explode" }]\nsays ='), [("visit[0].goes_wrong[0].what", "choice")]),
        (("says =", 'goes_wrong = [{ what = "arm" }]\nsays ='), [("visit[0].goes_wrong[0].scenario", "choice")]),
        (
            ("says =", 'goes_wrong = [{ what = "pull_card", times = 1 }]\nsays ='),
            [
                ("visit[0].goes_wrong[0]", "only_arm"),
            ],
        ),
        (
            ("says =", 'goes_wrong = [{ what = "arm", scenario = "validity", times = 0 }]\nsays ='),
            [
                ("visit[0].goes_wrong[0].times", "whole"),
            ],
        ),
        (("says =", 'paper = [{ form = "notice_other" }]\nsays ='), [("visit[0].paper[0].values", "values")]),
        (
            ("says =", 'paper = [{ form = "pass", values = { name = "x" } }]\nsays ='),
            [
                ("visit[0].paper[0].form", "choice"),
            ],
        ),
        (
            (
                "says =",
                'paper = [{ form = "notice_other", values = { insurer_number = "01139998", number = "1" } }]\nsays =',
            ),
            [
                ("visit[0].paper[0].values.insurer_number", "field.insurer_number.check_digit"),
            ],
        ),
        (("[[visit]]", "minutes = 0\n[[visit]]"), [("minutes", "whole")]),
        (("[[visit]]", 'site = "hospital"\n[[visit]]'), [("site", "choice")]),
        ((VISIT, ""), [("visit[0].who", "person"), ("visit[0].at", "time"), ("visit[0].says", "texts")]),
        (("[[visit]]" + VISIT, ""), [("visit", "visits")]),
    ],
)
def test_every_fault_has_its_place(change: tuple[str, str], expected: list[tuple[str, str]]) -> None:
    assert change[0] in LEAST
    found = faults(LEAST.replace(*change))
    assert sorted(found) == sorted(expected)


def test_people_come_in_the_order_of_their_times() -> None:
    later = LEAST + '\n[[visit]]\nat = "09:04"\nwho = "hanako"\nsays = "…"\n'
    with pytest.raises(ScriptError) as refusal:
        read(later)
    assert refusal.value.faults == (Fault("visit[1].at", "order", "09:05"),)


def test_all_faults_are_told_at_once_and_without_values() -> None:
    text = LEAST.replace('"9:05"', '"SECRET"').replace('"taro"', '"SECRET"').replace("date =", "day =")
    with pytest.raises(ScriptError) as refusal:
        read(text)
    assert {fault.path for fault in refusal.value.faults} == {"day", "date", "visit[0].at", "visit[0].who"}
    assert "SECRET" not in repr(refusal.value.faults) + str(refusal.value)


def test_what_is_no_toml_says_the_line() -> None:
    with pytest.raises(ScriptError) as refusal:
        read('title = "一日"\ndate = \n')
    assert refusal.value.faults == (Fault("", "toml", "2"),)


def test_an_individual_number_is_refused_wherever_it_stands() -> None:
    assert faults(LEAST.replace("おはようございます", "123456789018")) == [("", "field.individual_number")]


def test_a_script_that_is_too_long_is_not_read() -> None:
    assert faults(LEAST + "#" * 200_001) == [("", "too_long")]


@given(some.text(max_size=300))
def test_any_text_is_a_script_or_has_faults(text: str) -> None:
    assert script_or_faults(text)


_LEAVES = some.one_of(some.booleans(), some.integers(), some.text(max_size=5), some.dates(), some.none())
_TREES = some.recursive(
    _LEAVES, lambda kids: some.lists(kids, max_size=3) | some.dictionaries(some.text(max_size=8), kids, max_size=3)
)
_KEYS = some.sampled_from(["title", "date", "visit", "site", "equipped", "minutes", "about"])
_VISIT_KEYS = some.sampled_from(
    ["at", "who", "says", "card", "pin", "paper", "goes_wrong", "four_items", "expected", "plays", "record", "face"]
)


@given(some.dictionaries(_KEYS, _TREES, max_size=7), some.dictionaries(_VISIT_KEYS, _TREES, max_size=12))
def test_any_table_is_a_script_or_has_faults(top: dict[str, object], visit: dict[str, object]) -> None:
    table = {**top, "visit": [visit]} if visit else top
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tomllib, "loads", lambda _: table)
        assert script_or_faults("-")


@pytest.mark.parametrize("name", INCLUDED)
def test_every_included_script_is_in_both_languages_and_plays_failures(name: str) -> None:
    table = tomllib.loads(included_text(name))
    texts = [table["title"], table["about"], *(visit["says"] for visit in table["visit"])]
    assert [text for text in texts if not (text["ja"] and text["en"])] == []
    assert 6 <= len(table["visit"]) <= 14
    assert table["minutes"] <= 30


def test_the_included_scripts_play_most_failures() -> None:
    played = {
        failure for name in INCLUDED for visit in tomllib.loads(included_text(name))["visit"] for failure in
        visit.get("plays", [])
    }  # fmt: skip
    assert len(played) >= 20


def test_a_paper_that_the_form_at_the_desk_would_not_take_is_a_fault() -> None:
    paper = (
        '\n[[visit.paper]]\nform = "certificate_kyokai"\nvalues = { insurer_number = "01139997", birthdate = " " }\n'
    )
    with pytest.raises(ScriptError) as refused:
        read(LEAST + paper)
    lacking = {fault.path.rpartition(".")[2] for fault in refused.value.faults if fault.word == "lacking"}
    assert lacking == {"number", "birthdate", "expires_on"}


def test_the_scripts_in_the_handbook_can_be_read() -> None:
    blocks = re.findall(r"```toml\n(.*?)```", HANDBOOK.read_text(encoding="utf-8"), re.DOTALL)
    assert [len(read(block).visits) for block in blocks] == [1, 1]
