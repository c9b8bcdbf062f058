"""`coverage_of_the_texts.toml` leaves nothing out and names only tests that exist.

The texts themselves are not in the repository; how many rows and bullets they have is written here.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.eligibility.named_tests import exists, names_in
from tests.eligibility.test_scenarios import ELSEWHERE

pytestmark = pytest.mark.broad

MAP: dict[str, list[dict[str, Any]]] = tomllib.loads(
    (Path(__file__).parent / "coverage_of_the_texts.toml").read_text(encoding="utf-8")
)
GROUPS = {
    "design_case",
    "design_rows",
    "design_bullets",
    "reception_table",
    "reception_table_lines",
    "reception_fallback",
    "reception_places",
    "reception_corrections",
    "scenarios",
}
OF_EVERY_ENTRY = {"id", "rule", "tests"}
OF_SOME_ENTRIES = {"row", "bullet", "section", "p1", "p2", "p3", "not_a_decision", "departs"}
READ_OUT = ("test_reception_table.py", "test_corrections.py", "test_scenarios.py", "test_bullets.py")
"""Files that are nothing but the texts: each of their tests belongs to a sentence."""
ABOUT_THE_MAP_ITSELF = {
    "tests/eligibility/test_scenarios.py::test_every_scenario_is_a_named_test_here_or_has_its_place_elsewhere",
    "tests/eligibility/test_scenarios.py::test_the_place_that_is_named_elsewhere_exists",
}


def entries() -> Iterator[dict[str, Any]]:
    for group in MAP.values():
        yield from group


def values(group: str, key: str) -> list[Any]:
    return [entry[key] for entry in MAP[group] if key in entry]


def test_every_group_is_there_and_no_other() -> None:
    assert set(MAP) == GROUPS


@pytest.mark.parametrize("entry", list(entries()), ids=lambda entry: entry["id"])
class TestEntry:
    def test_every_test_it_names_exists(self, entry: dict[str, Any]) -> None:
        assert [node for node in entry["tests"] if not exists(node)] == []
        assert len(entry["tests"]) == len(set(entry["tests"]))

    def test_it_is_shown_by_a_test_of_the_rules_or_says_why_none_can(self, entry: dict[str, Any]) -> None:
        of_the_rules = [node for node in entry["tests"] if node.startswith("tests/eligibility/")]
        assert of_the_rules or len(entry["not_a_decision"]) > 20

    def test_it_is_one_plain_sentence_with_the_keys_that_a_reader_knows(self, entry: dict[str, Any]) -> None:
        assert set(entry) >= OF_EVERY_ENTRY
        assert set(entry) <= OF_EVERY_ENTRY | OF_SOME_ENTRIES
        assert entry["rule"].endswith(".")
        assert entry["rule"].isprintable()


def test_every_id_stands_once() -> None:
    ids = [entry["id"] for entry in entries()]
    assert len(ids) == len(set(ids))


def test_every_row_of_the_decision_is_there_and_the_order_of_the_rows() -> None:
    assert set(values("design_rows", "row")) == set(range(14)), "0 is the order itself"
    assert len(values("design_rows", "row")) == len(MAP["design_rows"])


def test_every_bullet_below_the_rows_is_there() -> None:
    bullets = {"charge", "share", "consent", "ask_for", "queue", "registration", "returns"}
    assert set(values("design_bullets", "bullet")) == bullets
    assert len(values("design_bullets", "bullet")) == len(MAP["design_bullets"])


def test_every_row_of_the_table_of_papers_is_there_with_its_three_periods() -> None:
    assert values("reception_table", "row") == list(range(1, 15))
    for entry in MAP["reception_table"]:
        for period in ("p1", "p2", "p3"):
            assert entry[period][0] in "✓△✗–", entry["id"]
            assert any(f"::test_{period.upper()}_" in node for node in entry["tests"]), (entry["id"], period)


def test_every_section_on_an_answer_that_is_not_plain_is_there() -> None:
    assert set(values("reception_fallback", "section")) == {f"6.{number}" for number in range(1, 8)}


def test_every_bullet_of_the_corrections_is_there() -> None:
    assert set(values("reception_corrections", "bullet")) == set(range(1, 19))


def test_every_scenario_is_there_once() -> None:
    assert [entry["id"] for entry in MAP["scenarios"]] == [f"F{number:02}" for number in range(1, 33)]


def test_scenarios_that_are_no_decision_have_the_same_place_here_and_there() -> None:
    no_decision = {entry["id"]: tuple(entry["tests"]) for entry in MAP["scenarios"] if "not_a_decision" in entry}
    assert no_decision == ELSEWHERE


@pytest.mark.parametrize(
    "entry", [one for one in MAP["scenarios"] if "not_a_decision" not in one], ids=lambda e: e["id"]
)
def test_a_scenario_that_is_a_decision_is_a_test_of_that_name(entry: dict[str, Any]) -> None:
    assert any(f"::test_{entry['id']}_" in node for node in entry["tests"])


@pytest.mark.parametrize("file", READ_OUT)
def test_every_test_that_reads_out_the_texts_belongs_to_a_sentence(file: str) -> None:
    path = f"tests/eligibility/{file}"
    named = {node for entry in entries() for node in entry["tests"]}
    assert names_in(path), "the file is there"
    assert {f"{path}::{test}" for test in names_in(path)} - named <= ABOUT_THE_MAP_ITSELF


@pytest.mark.parametrize(
    "node",
    [
        "tests/eligibility/test_scenarios.py",
        "tests/eligibility/test_scenarios.py::test_nobody_wrote",
        "tests/eligibility/test_scenarios.py::TestPapers",
        "tests/eligibility/test_scenarios.py::test_F19_of_two_certificates_the_newer_is_used_and_the_older_goes_back",
        "tests/eligibility/nowhere.py::test_every_scenario_is_there_once",
    ],
)
def test_a_name_that_leads_nowhere_is_seen(node: str) -> None:
    assert not exists(node)
