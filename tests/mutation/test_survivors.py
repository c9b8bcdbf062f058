"""No small wrong change of the rules stays unnoticed, unless it is explained (`explained.toml`)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import pytest

from tests.mutation import function_mutants, table_mutants
from tests.mutation.explained import differences, explanations
from tests.mutation.function_mutants import Tried
from tests.mutation.mutant import Fate
from tests.mutation.workplace import Workplace

pytestmark = [pytest.mark.soak, pytest.mark.timeout(3600)]


def assert_killed_or_explained(kind: str, workplace: Workplace, tried: Iterable[Tried]) -> None:
    found = list(tried)
    survivors = [one.mutant for one in found if one.fate is not Fate.KILLED]
    wrong = differences(survivors, explanations(kind))
    figures = [f"{len(found)} mutants", *(f"{times} {fate}" for fate, times in Counter(o.fate for o in found).items())]
    report = "\n".join([", ".join(figures), *wrong, ""])
    (workplace.folder / "report.txt").write_text(report, encoding="utf-8")
    assert found
    assert not wrong, report


def test_every_mutant_of_a_function_is_killed_or_explained() -> None:
    workplace = Workplace.new("functions")
    assert_killed_or_explained("function", workplace, function_mutants.tried(workplace))


def test_every_mutant_of_a_table_is_killed_or_explained() -> None:
    workplace = Workplace.new("tables")
    assert_killed_or_explained("table", workplace, table_mutants.tried(workplace))
