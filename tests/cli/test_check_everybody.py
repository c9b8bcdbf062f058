"""What `server personas --json` says that `madoguchi check` comes to, held against that command for every persona.

As a CI of somebody else would: the list is read from the command, and the command is run with each PIN. All runs are
made one after the other in one process, because starting it fifty times takes most of a minute.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any, Final

import pytest

from eligibility.outcome import OutcomeWord
from mock_server.personas import PersonaError, load_personas, parse_persona
from mock_server.personas.values import ExpectedByCheck
from tests.cli.command import SCHEMAS, Madoguchi, validator

ON: Final = "2026-11-20"
EVERYBODY: Final = load_personas()
PERSONAS: Final = Path(__file__).parents[2] / "mock_server" / "personas"

RUNS: Final = """
import contextlib, io, json, os, sys
from kiosk.cli.main import main

def run(arguments, typed):
    reading, writing = os.pipe()
    os.write(writing, typed.encode())
    os.close(writing)
    out = io.StringIO()
    with open(reading) as sys.stdin, contextlib.redirect_stdout(out):
        code = main(arguments)
    return [code, out.getvalue()]

orders = json.loads(sys.stdin.buffer.read())
json.dump([run(*order) for order in orders], sys.stdout)
"""
"""The command once for each [arguments, what is typed]; writes [exit code, standard output] of each."""


def listed(madoguchi: Madoguchi) -> list[dict[str, Any]]:
    return list(madoguchi.run("server", "personas", "--json").document("server-personas")["personas"])


def order(who: dict[str, Any], *options: str) -> tuple[list[str], str]:
    arguments = ["check", "--persona", who["name"], "--pin-stdin", "--date", ON, "--json", *options]
    return arguments, f"{who['pin']}\n"


def came_of(madoguchi: Madoguchi, orders: list[tuple[list[str], str]]) -> list[dict[str, Any]]:
    """What each run of the command came to, in the shape of `check` in the list but for the options."""
    done = madoguchi.run(start=[sys.executable, "-c", RUNS], stdin=json.dumps(orders).encode())
    assert (done.code, done.err) == (0, "")
    names = [arguments[arguments.index("--persona") + 1] for arguments, _ in orders]
    return [result(name, code, json.loads(out)) for name, (code, out) in zip(names, json.loads(done.out), strict=True)]


def result(name: str, code: int, document: dict[str, Any]) -> dict[str, Any]:
    if "error" in document:
        validator("error").validate(document)
        return {"exit_code": code, "outcome": None, "error": document["error"]["code"], "percent": None}
    validator("check").validate(document)
    assert document["outcome"] == document["decision"]["outcome"]
    assert document["answer"]["validity"] == EVERYBODY[name].expected.validity
    percent = (document["decision"]["charge"] or {}).get("percent")
    return {"exit_code": code, "outcome": document["outcome"], "error": None, "percent": percent}


@pytest.mark.broad
def test_check_comes_for_everybody_to_what_the_list_says(lived_in: Madoguchi) -> None:
    everybody = listed(lived_in)
    came = came_of(lived_in, [order(who) for who in everybody])
    said = [{key: value for key, value in who["check"].items() if key != "options"} for who in everybody]
    names = [who["name"] for who in everybody]
    assert dict(zip(names, came, strict=True)) == dict(zip(names, said, strict=True))


def test_with_the_options_named_check_comes_to_what_the_whole_counter_would(madoguchi: Madoguchi) -> None:
    """In a data folder of its own: it may change the card."""
    some = [who for who in listed(madoguchi) if who["check"]["options"]]
    assert [who["name"] for who in some] == ["rokuro"]
    for who, came in zip(some, came_of(madoguchi, [order(who, *who["check"]["options"]) for who in some]), strict=True):
        expected = who["expected"]
        assert (came["outcome"], came["percent"], came["error"]) == (expected["outcome"], expected["percent"], None)


def test_where_a_file_says_nothing_of_check_it_comes_to_what_the_counter_does() -> None:
    for who in load_personas().values():
        expected = who.expected
        if who.by_check is None:
            accepted = expected.outcome is not None and expected.outcome.startswith("OK_")
            assert who.check == ExpectedByCheck(0 if accepted else 1, expected.outcome, None, expected.percent)
        else:
            assert (who.by_check.outcome, who.by_check.percent) != (expected.outcome, expected.percent) or (
                who.by_check.error is not None
            ), f"{who.name} says again what is expected anyway"


def test_what_files_say_of_check_names_its_source_and_uses_words_there_are() -> None:
    outcomes = {word.value for word in OutcomeWord}
    for path in PERSONAS.glob("*.toml"):
        above, stands_there, _ = path.read_text(encoding="utf-8").partition("\n[by_check]\n")
        if stands_there:
            assert above.split("\n\n")[-1].startswith(("# reception.md §", "# design.md §")), path.name
    assert {who.check.outcome for who in load_personas().values()} - {None} <= outcomes
    persona = json.loads((SCHEMAS / "server-personas.json").read_text(encoding="utf-8"))
    wanted = persona["properties"]["personas"]["items"]["properties"]["check"]["properties"]["outcome"]["enum"]
    assert set(wanted) == outcomes | {None}


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_the_table_says_it_of_those_who_end_otherwise(madoguchi: Madoguchi, lang: str) -> None:
    lines = madoguchi.run("server", "personas", "--lang", lang).out.splitlines()[1:]
    exit_word = {"ja": "終了コード", "en": "exit"}[lang]
    for line, who in zip(lines, load_personas().values(), strict=True):
        found = who.by_check
        assert (exit_word in line.partition(who.what_happens[lang])[0]) == (found is not None)
        if found is not None:
            assert f"{exit_word} {found.exit_code} {found.error or found.outcome}" in line


GORO: Final = (PERSONAS / "goro.toml").read_text(encoding="utf-8")
OWN: Final = 'exit_code = 3\nerror = "pin_locked"'


@pytest.mark.parametrize(
    ("change", "where", "problem"),
    [
        ("exit_code = 3", "by_check", "an outcome or an error"),
        (f'{OWN}\noutcome = "IDENTIFY"', "by_check", "and not both"),
        (f"{OWN}\npercent = 30", "by_check: percent", "not with an error"),
        ('exit_code = 0\nerror = "pin_locked"', "by_check: exit_code", "must be one of 1, 2, 3, 4, 5"),
        ('exit_code = 0\noutcome = "IDENTIFY"', "by_check: exit_code", "must be one of 1"),
        ('exit_code = 3\noutcome = "OK_ONLINE"', "by_check: exit_code", "must be one of 0"),
        (f'{OWN}\noptions = ["allow-last-try"]', "by_check: options", "must begin with --"),
        (f"{OWN}\noption = []", "by_check", "knows no key option"),
    ],
)
def test_a_file_that_says_what_check_cannot_do_says_where(change: str, where: str, problem: str) -> None:
    assert GORO.count(OWN) == 1
    with pytest.raises(PersonaError) as refusal:
        parse_persona("goro", GORO.replace(OWN, change))
    assert refusal.value.where == f"goro.toml: {where}"
    assert problem in refusal.value.problem


def test_whoever_is_not_decided_has_to_say_what_check_comes_to() -> None:
    undecided = (PERSONAS / "mitoroku.toml").read_text(encoding="utf-8")
    with pytest.raises(PersonaError, match=r"needs \[by_check\]"):
        parse_persona("mitoroku", undecided.partition("\n[by_check]\n")[0])
