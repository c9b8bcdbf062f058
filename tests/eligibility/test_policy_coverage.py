"""Every line and branch of the rules is run by the tests of the rules alone, without any random case.

What the random walks happen to reach proves nothing: they assert what holds for every case, never what this one comes
to. The tests of the rules are listed in pyproject.toml, for mutation testing and for this.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
RULES = sorted([*ROOT.glob("eligibility/policy*.py"), ROOT / "eligibility/regimes.py"])

pytestmark = pytest.mark.daemon


def run(*arguments: str, data: Path) -> subprocess.CompletedProcess[str]:
    """Python at the root, apart from the tests that are running, and without a file written into the tree."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("PYTEST_", "COV"))}
    environment |= {"COVERAGE_FILE": str(data), "PYTHONDONTWRITEBYTECODE": "1"}
    environment["HYPOTHESIS_STORAGE_DIRECTORY"] = str(data.with_name("hypothesis"))
    return subprocess.run(
        [sys.executable, "-m", *arguments], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )


def not_run(report: dict[str, Any]) -> list[str]:
    """Lines, also those that a pragma hides, and branches as "from->to"; a negative line leaves the function."""
    branches = [f"{start}->{end}" for start, end in report["missing_branches"]]
    return [*map(str, sorted(report["missing_lines"] + report["excluded_lines"])), *branches]


def test_the_tests_of_the_rules_run_every_line_and_branch_of_the_rules(tmp_path: Path) -> None:
    mutmut = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["mutmut"]
    options = [*mutmut["pytest_add_cli_args"], "-q", f"--basetemp={tmp_path / 'base'}"]
    data, written = tmp_path / "data", tmp_path / "coverage.json"
    tests = mutmut["pytest_add_cli_args_test_selection"]
    tested = run("coverage", "run", "-m", "pytest", *options, *tests, data=data)
    # 1: a test of a rule failed, which that test tells better than this one; it ran its lines all the same.
    assert tested.returncode in (0, 1), tested.stdout + tested.stderr
    reported = run("coverage", "json", "-q", "-o", str(written), data=data)
    assert reported.returncode == 0, reported.stdout + reported.stderr
    files = json.loads(written.read_text(encoding="utf-8"))["files"]
    assert sorted(files) == [path.relative_to(ROOT).as_posix() for path in RULES]
    missed = [f"{name}: {', '.join(missing)}" for name, file in files.items() if (missing := not_run(file))]
    assert not missed, "\n".join(["no test of the rules runs these lines and branches:", *missed])
