"""A copy of the rules and their tests in which mutants live, and the tests run in it in a process of their own.

This module alone copies and starts. The copy lies in .cache, so that whoever wants to know more about a survivor finds
everything there; each run begins with a new one.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.mutation.mutant import Fate

ROOT = Path(__file__).parents[2]
NEEDED = ("pyproject.toml", "eligibility", "tests", "docs")
WIDER_TESTS = (
    "tests/eligibility/test_decision_table.py",
    "tests/eligibility/test_bullets.py",
    "tests/eligibility/test_scenarios.py",
    "tests/eligibility/test_reception_table.py",
    "tests/eligibility/test_corrections.py",
)
"""Together with the quick tests that pyproject.toml lists: all that know the rules. None tries a random case."""
LONG_ENOUGH_S = 120
"""For tests that take a few seconds. Whoever has not ended by then does not end."""
_FAILED, _BROKEN_WHILE_READ, _BROKEN_INSIDE, _PASSED = 1, 2, 3, 0
"""How pytest ends. A mutant may break a module so that its tests cannot be read, or pytest with it."""


class WorkplaceError(Exception):
    """The tests could not be run, or fail without any mutant; `str()` is what they printed."""


@dataclass(frozen=True, slots=True)
class Workplace:
    """The copy below `folder`."""

    folder: Path

    @classmethod
    def new(cls, name: str) -> Workplace:
        """A fresh copy in .cache/mutation/`name`."""
        folder = ROOT / ".cache" / "mutation" / name
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        for needed in NEEDED:
            source = ROOT / needed
            if source.is_dir():
                shutil.copytree(source, folder / needed, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy2(source, folder / needed)
        return cls(folder)

    @property
    def settings(self) -> dict[str, Any]:
        """[tool.mutmut] of the copy."""
        found = tomllib.loads((self.folder / "pyproject.toml").read_text(encoding="utf-8"))
        settings: dict[str, Any] = found["tool"]["mutmut"]
        return settings

    def run(self, *arguments: str, below: str = ".", timeout: float | None = None, **more: str) -> tuple[int, str]:
        """Python in the copy (or a folder `below` it), without what the running tests put into the environment.

        Returns:
            How it ended, and all that it printed.

        Raises:
            subprocess.TimeoutExpired: It did not end in `timeout` seconds and was killed.
        """
        # The copy may keep what Python and pytest compiled, whatever is right for the tree.
        left_out = ("PYTEST_", "MUTANT_", "COV", "PYTHONDONTWRITEBYTECODE")
        kept = {key: value for key, value in os.environ.items() if not key.startswith(left_out)}
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=self.folder / below,
            env=kept | more,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
            timeout=timeout,
            check=False,
        )
        return done.returncode, done.stdout

    def check(self, *, below: str = ".", **more: str) -> None:
        """Raises WorkplaceError where the tests do not all pass as they are."""
        for tests in self._in_turn():
            ended, printed = self._run_tests(tests, (), below, more, timeout=None)
            if ended != _PASSED:
                raise WorkplaceError(printed)

    def fate(self, *options: str, below: str = ".", **more: str) -> Fate:
        """What the tests do with the mutant that `options` of pytest or `more` environment switch on.

        Raises:
            WorkplaceError: They ended in no way that says anything.
        """
        for tests in self._in_turn():
            try:
                ended, printed = self._run_tests(tests, options, below, more, timeout=LONG_ENOUGH_S)
            except subprocess.TimeoutExpired:
                return Fate.ENDLESS
            if ended in (_FAILED, _BROKEN_WHILE_READ, _BROKEN_INSIDE):
                return Fate.KILLED
            if ended != _PASSED:
                raise WorkplaceError(printed)
        return Fate.SURVIVED

    def _in_turn(self) -> tuple[tuple[str, ...], ...]:
        """The quick tests, which kill nearly everything, and then the others."""
        return (tuple(self.settings["pytest_add_cli_args_test_selection"]), WIDER_TESTS)

    def _run_tests(
        self,
        tests: tuple[str, ...],
        options: tuple[str, ...],
        below: str,
        more: Mapping[str, str],
        timeout: float | None,
    ) -> tuple[int, str]:
        how = [*self.settings["pytest_add_cli_args"], "-q", "-x", "--tb=short"]
        return self.run("-m", "pytest", *how, *options, *tests, below=below, timeout=timeout, **more)
