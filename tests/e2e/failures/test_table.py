"""The catalogue is complete, and every failure in it has its tests."""

from __future__ import annotations

import ast
import re
from collections import Counter
from pathlib import Path

from tests.e2e.failures.table import CATALOGUE

HERE = Path(__file__).parent


def played() -> Counter[str]:
    """How many tests name each failure."""
    names = (
        node.name
        for file in HERE.glob("test_f*.py")
        for node in ast.parse(file.read_text(encoding="utf-8")).body
        if isinstance(node, ast.AsyncFunctionDef)
    )
    return Counter(found[1].upper() for name in names if (found := re.match(r"test_(f\d\d)_", name)))


def test_the_catalogue_has_every_failure_from_f01_to_f32() -> None:
    assert list(CATALOGUE) == [f"F{number:02}" for number in range(1, 33)]


def test_every_failure_is_played_as_often_as_the_table_says() -> None:
    assert played() == {number: tests for number, (_, tests) in CATALOGUE.items()}
