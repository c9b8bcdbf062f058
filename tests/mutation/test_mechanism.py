"""The mechanism itself: which mutants of a table there are, and how survivors and explanations are held together."""

from __future__ import annotations

import ast
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from tests.mutation.explained import KINDS, Explanation, differences, explanations
from tests.mutation.mutant import Mutant, mutant
from tests.mutation.table_mutants import mutants

pytestmark = pytest.mark.broad

ROOT = Path(__file__).parents[2]
FOUND = Mutant("eligibility.policy", "_tell", "validity in (2, 3)", "validity in (2, 4)")
KNOWN = Explanation(FOUND, "nobody can tell", 1)


def changed(text: str) -> list[str]:
    """What each mutant of the source has instead of the line that it changes."""
    return [found.becomes for found, _ in mutants("some.module", text)]


class TestTables:
    def test_each_element_is_left_out_and_neighbours_are_exchanged(self) -> None:
        assert changed("ROWS = (first, second)") == ["ROWS = (second,)", "ROWS = (first,)", "ROWS = (second, first)"]
        assert changed("ROWS = [first, second,]") == ["ROWS = [second,]", "ROWS = [first, ]", "ROWS = [second, first,]"]
        assert changed("ONE = (only,)") == ["ONE = ()"]
        assert changed("NAMES = {one, other}") == ["NAMES = {other}", "NAMES = {one, }"]
        assert changed("NAME = frozenset({one})") == ["NAME = frozenset(set())"]

    def test_in_a_long_table_only_the_line_that_differs_is_shown(self) -> None:
        ((left_out, _), *_) = mutants("some.module", "ROWS = (\n    first,\n    second,\n    third,\n)")
        assert left_out == Mutant("some.module", "ROWS", "first,", "")

    def test_two_lines_that_are_exchanged_are_both_shown(self) -> None:
        *_, (exchanged, _) = mutants("some.module", "ROWS = (\n    first,\n    second,\n    third,\n)")
        assert exchanged == Mutant("some.module", "ROWS", "second, third,", "third, second,")

    def test_plain_numbers_stand_in_no_order(self) -> None:
        assert changed("SHARES = (10, 20)") == [
            "SHARES = (20,)",
            "SHARES = (10,)",
            "SHARES = (11, 20)",
            "SHARES = (10, 21)",
        ]

    def test_an_entry_is_left_out_and_its_value_changed(self) -> None:
        assert changed("SHARES = {child: 20, adult: full}") == [
            "SHARES = {adult: full}",
            "SHARES = {child: 20, }",
            "SHARES = {child: 21, adult: full}",
        ]
        assert changed("SHARES = {child: 20}") == ["SHARES = {}", "SHARES = {child: 21}"]

    def test_numbers_words_and_yes_or_no(self) -> None:
        assert changed("LAST: date = date(2025, 12, 1)") == [
            "LAST: date = date(2026, 12, 1)",
            "LAST: date = date(2025, 13, 1)",
            "LAST: date = date(2025, 12, 2)",
        ]
        assert changed('WORD = "pin"') == ['WORD = "pinX"']
        assert changed("class Card:\n    readable: bool = True") == ["readable: bool = False"]

    def test_sentences_types_and_docstrings_are_no_rule(self) -> None:
        assert (
            changed(
                '"""A module."""\nSOURCE = "a notice of 2025"\nKind = Callable[[One, Other], None]\n__all__ = ["Kind"]'
            )
            == []
        )

    def test_a_decorated_function_is_changed_too_and_no_other(self) -> None:
        assert changed("@property\ndef usable(self):\n    '''Usable.'''\n    return self in {VALID}") == [
            "return self in set()"
        ]
        assert changed("def usable(self):\n    return self in {VALID}") == []

    def test_the_place_is_the_name_with_its_class(self) -> None:
        ((found, text),) = mutants("some.module", "class Rules:\n    # 一日\n    day = 1\n    '''Sunday.'''\n")
        assert found == Mutant("some.module", "Rules.day", "day = 1", "day = 2")
        assert ast.unparse(ast.parse(text)) == "class Rules:\n    day = 2\n    'Sunday.'"

    def test_another_text_in_the_line_stays(self) -> None:
        assert changed("老 = 20 # 割合 20") == ["老 = 21 # 割合 20"]


class TestExplanations:
    def test_a_survivor_and_its_explanation_leave_nothing_to_say(self) -> None:
        assert differences([FOUND], [KNOWN]) == []

    def test_a_survivor_that_nobody_explained_is_told(self) -> None:
        (told,) = differences([FOUND], [])
        assert told.startswith("not killed and not explained (1): eligibility.policy._tell")
        assert "- validity in (2, 3)\n" in told

    def test_an_explanation_of_what_is_gone_is_told(self) -> None:
        (told,) = differences([], [KNOWN])
        assert told.startswith("explained, but gone (1): eligibility.policy._tell")

    def test_two_that_look_the_same_need_an_explanation_that_says_two(self) -> None:
        assert differences([FOUND, FOUND], [KNOWN])[0].startswith("not killed and not explained (1)")
        assert differences([FOUND, FOUND], [replace(KNOWN, times=2)]) == []
        assert differences([FOUND], [replace(KNOWN, times=2)])[0].startswith("explained, but gone (1)")

    def test_a_mutant_is_known_by_what_changed_however_it_is_laid_out(self) -> None:
        before, after = ["def f():", "return (", "    1", ")"], ["def f():", "return (", "    2", ")"]
        assert mutant("m", "f", before, after) == Mutant("m", "f", "1", "2")

    @pytest.mark.parametrize(
        "text",
        [
            '[[function]]\nmodule = "m"\nplace = "f"\nwas = "a"\nbecomes = "b"',
            '[[function]]\nmodule = "m"\nplace = "f"\nwas = "a"\nbecomes = "b"\nwhy = " "',
            '[[other]]\nmodule = "m"\nplace = "f"\nwas = "a"\nbecomes = "b"\nwhy = "so"',
            '[[function]]\nmodule = "m"\nplace = "f"\nwas = "a"\nbecomes = "b"\nwhy = "so"\n' * 2,
        ],
        ids=["no reason", "an empty reason", "another kind", "twice"],
    )
    def test_an_incomplete_explanation_is_refused(self, tmp_path: Path, text: str) -> None:
        file = tmp_path / "explained.toml"
        file.write_text(text, encoding="utf-8")
        with pytest.raises(ValueError, match=r"needs|unknown|twice"):
            explanations("function", file)

    @pytest.mark.parametrize("kind", KINDS)
    def test_each_one_names_a_line_that_is_there(self, kind: str) -> None:
        for explanation in explanations(kind):
            found = explanation.mutant
            source = (ROOT / f"{found.module.replace('.', '/')}.py").read_text(encoding="utf-8")
            assert found.place.rpartition(".")[2] in source, found
            assert "".join(found.was.split()) in "".join(source.split()), found


def test_a_module_is_read_from_the_file_that_stands_in_for_it(tmp_path: Path) -> None:
    (tmp_path / "other.py").write_text("PRESCHOOL_SHARE = 21\n", encoding="utf-8")
    (tmp_path / "test_it.py").write_text(
        "from eligibility.policy_share import PRESCHOOL_SHARE\n\ndef test_it():\n    assert PRESCHOOL_SHARE == 21\n",
        encoding="utf-8",
    )
    options = ["-q", "-p", "no:cacheprovider", "-p", "tests.mutation.stand_in", f"--rootdir={tmp_path}"]
    command = [sys.executable, "-m", "pytest", *options, str(tmp_path / "test_it.py")]
    switch = {"STAND_IN_MODULE": "eligibility.policy_share", "STAND_IN_FILE": str(tmp_path / "other.py")}
    done = subprocess.run(command, cwd=ROOT, env=switch, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
