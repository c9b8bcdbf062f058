"""`madoguchi server personas`: the list as scripts read it, and populations as files and in the store."""

from __future__ import annotations

import csv
import json
import sqlite3
import stat
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import make_url

from kiosk.cli.batch_file import Appointment, read_rows, read_text
from mock_server.people_json import person_from_json
from mock_server.personas import load_personas
from mock_server.population import generate
from tests.cli.command import Madoguchi
from tests.mock_server.databases import postgresql

__all__ = ["postgresql"]

ON = date(2026, 11, 20)
GENERATE = ("server", "personas", "generate")


@pytest.fixture
def listed(madoguchi: Madoguchi) -> list[dict[str, Any]]:
    document = madoguchi.run("server", "personas", "--json").document("server-personas")
    return list(document["personas"])


def test_everybody_is_listed_with_what_to_type_and_what_to_expect(
    listed: list[dict[str, Any]], madoguchi: Madoguchi
) -> None:
    assert [who["name"] for who in listed] == list(load_personas())
    taro = listed[0]
    assert (taro["name"], taro["pin"]) == ("taro", "4093")
    assert taro["numbers"]["insurer_number"] == "01139997"
    assert (taro["expected"]["outcome"], taro["expected"]["percent"]) == ("OK_ONLINE", 30)
    assert taro["by_numbers"]["outcome"] == "OK_CERTIFICATE"
    assert not madoguchi.data_dir.exists(), "listing writes nothing"


def test_what_changes_on_a_day_and_what_is_not_decided_is_told(listed: list[dict[str, Any]]) -> None:
    by_name = {who["name"]: who for who in listed}
    assert by_name["nanasoji"]["expected"]["holds_until"] == "2026-11-30"
    assert [later["percent"] for later in by_name["nanasoji"]["later"]] == [20]
    assert by_name["mitoroku"]["expected"]["outcome"] is None
    assert by_name["mitoroku"]["expected"]["validity"] == 6
    assert by_name["yoshino"]["by_phone"] == {"outcome": "OK_ONLINE", "percent": 30, "unequipped": "NOT_CONFIRMED"}
    assert by_name["sokujitsu"]["card"]["certificate"] == "revoked_ocsp"
    assert by_name["jiro"]["scenarios"] == ["F06"]


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_the_table_has_a_line_for_each_with_name_pin_numbers_outcome_and_what_happens(
    madoguchi: Madoguchi, lang: str
) -> None:
    head, *lines = madoguchi.run("server", "personas", "--lang", lang).out.splitlines()
    assert len(lines) == len(load_personas())
    assert head.split()[-1] == {"ja": "起きること", "en": "happens"}[lang]
    for line, who in zip(lines, load_personas().values(), strict=True):
        pin = {"ja": "なし", "en": "none"}[lang] if who.card.kind == "face-only" else who.pin
        shown = (who.name, f"  {pin} ", who.title, who.paper.insurer_number, who.paper.number, who.what_happens[lang])
        assert all(text in line for text in shown)
        assert (who.expected.outcome or "-") in line
        assert who.card.kind != "face-only" or who.pin not in line, "a card without a PIN"


def test_json_lines_hold_everything_about_everybody(madoguchi: Madoguchi, tmp_path: Path) -> None:
    out = tmp_path / "people.jsonl"
    done = madoguchi.run(*GENERATE, "250", "--seed", "7", "--date", str(ON), "--out", str(out), "--json")
    document = done.document("server-personas-generate")
    assert document == {"people": 250, "seed": 7, "on": str(ON), "out": str(out), "loaded": None, "live": None}
    people = [person_from_json(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert people == list(generate(250, 7, ON))
    assert not madoguchi.data_dir.exists()


def test_a_csv_is_a_list_that_batch_takes(madoguchi: Madoguchi, tmp_path: Path) -> None:
    out = tmp_path / "list.csv"
    done = madoguchi.run(*GENERATE, "400", "--date", str(ON), "--out", str(out), "--lang", "en")
    assert (done.code, done.err) == (0, "")
    assert "400" in done.out
    rows = list(read_rows(read_text(out), ON))
    assert len(rows) == 400
    assert all(isinstance(row, Appointment) for row in rows), "no number that a form would refuse"
    with out.open(encoding="utf-8-sig", newline="") as file:
        shown = [tuple(row.values()) for row in csv.DictReader(file)]
    assert len({row[1:] for row in shown}) == 400, "nobody stands there twice"


def test_loading_brings_them_into_the_store_once(madoguchi: Madoguchi) -> None:
    arguments = (*GENERATE, "120", "--seed", "3", "--date", str(ON), "--load", "--json")
    first = madoguchi.run(*arguments)
    document = first.document("server-personas-generate")
    assert (document["loaded"], document["live"], bool(first.err)) == (120, False, True)
    assert madoguchi.run(*arguments).document("server-personas-generate")["loaded"] == 0
    [store] = madoguchi.data_dir.rglob("registry.sqlite")
    with closing(sqlite3.connect(store)) as database:
        texts = dict(database.execute("SELECT key, data FROM person"))
    assert len(texts) == 120 + len(load_personas())
    for person in generate(120, 3, ON):
        assert person_from_json(texts[person.key]) == person


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_running_server_has_them_at_once_whatever_store_it_has(
    madoguchi: Madoguchi, request: pytest.FixtureRequest, kind: str
) -> None:
    if kind == "sqlite":
        database = "sqlite:///elsewhere.sqlite"
    else:
        database = str(request.getfixturevalue("postgresql").new_database())
    out = madoguchi.home / "list.csv"
    options = ("--port", "0", "--workers", "2", "--date", str(ON), "--database", database)
    with madoguchi.serving("server", "run", *options, "--json") as server:
        url = json.loads(server.first_line)["url"]
        done = madoguchi.run(*GENERATE, "40", "--date", str(ON), "--load", "--out", str(out), "--json")
        document = done.document("server-personas-generate")
        assert (document["loaded"], document["live"]) == (40, True)
        assert database.rpartition(":")[2] not in done.out + done.err
        asked = madoguchi.run("batch", str(out), "--server", url, "--date", str(ON), "--json").document("batch")
        [running] = madoguchi.data_dir.rglob("run.json")
        assert stat.S_IMODE(running.stat().st_mode) == 0o600
        store = make_url(json.loads(running.read_text(encoding="utf-8"))["database_url"])
        assert store.get_backend_name() == kind
        assert kind != "sqlite" or store.database == str(madoguchi.home / "elsewhere.sqlite")
    unknown = sum(not person.memberships for person in generate(40, 1, ON))
    assert (asked["total"], asked["counts"]["none"]) == (40, unknown)
    assert unknown < 40
    assert not list(madoguchi.data_dir.rglob("registry.sqlite"))


def test_a_file_that_is_there_is_replaced_whole_or_stays(madoguchi: Madoguchi, tmp_path: Path) -> None:
    out = tmp_path / "people.jsonl"
    out.write_text("before\n", encoding="utf-8")
    assert madoguchi.run(*GENERATE, "0", "--out", str(out), "--json").error() == "bad_count"
    assert out.read_text(encoding="utf-8") == "before\n"
    assert madoguchi.run(*GENERATE, "2", "--out", str(out)).code == 0
    assert len([json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]) == 2
    assert list(tmp_path.iterdir()) == [out]


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("generat", "5"), "unknown_action"),
        (("--seed", "5"), "option_for_generate"),
        (("--load",), "option_for_generate"),
        (("generate", "--load"), "bad_count"),
        (("generate", "-5", "--load"), "bad_count"),
        (("generate", "１０", "--load"), "bad_count"),
        (("generate", "10000001", "--load"), "bad_count"),
        (("generate", "5", "--seed", "x", "--load"), "bad_seed"),
        (("generate", "5"), "generate_where"),
        (("generate", "5", "--out", "people.xlsx"), "population_out"),
        (("generate", "5", "--out", "/nonexistent/people.csv"), "population_out_failed"),
        (("generate", "5", "--out", "p.csv", "--date", "yesterday"), "bad_date"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(madoguchi: Madoguchi, arguments: tuple[str, ...], code: str) -> None:
    done = madoguchi.run("server", "personas", *arguments, "--json")
    assert done.error() == code
    assert done.code == 2
