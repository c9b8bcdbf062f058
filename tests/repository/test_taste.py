"""What `make quick` takes: something of every table and every file, and not much."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from tests.taste import CASES, WHOLE, taste


def item(nodeid: str, *fixtures: str) -> Any:
    return SimpleNamespace(nodeid=nodeid, fixturenames=fixtures)


def names(items: list[Any]) -> list[str]:
    return [one.nodeid for one in items]


def test_of_each_table_the_first_cases_are_taken() -> None:
    table = [item(f"a.py::test_x[{number}]") for number in range(5)]
    other = [item("a.py::test_y"), item("b.py::test_x[0]")]
    taken, left = taste([*table, *other])
    assert names(taken) == [*names(table[:CASES]), "a.py::test_y", "b.py::test_x[0]"]
    assert names(left) == names(table[CASES:])


def test_of_each_file_one_test_with_a_whole_service_is_taken() -> None:
    whole = sorted(WHOLE)[0]
    items = [
        item("a.py::test_1", whole),
        item("a.py::test_2", whole),
        item("a.py::test_3"),
        item("b.py::test_1", whole),
    ]
    taken, left = taste(items)
    assert names(taken) == ["a.py::test_1", "a.py::test_3", "b.py::test_1"]
    assert names(left) == ["a.py::test_2"]
