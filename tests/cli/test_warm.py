"""A run of the command from a process that has its modules loaded is the run that a new process makes."""

from __future__ import annotations

import signal
import subprocess
from pathlib import Path

import pytest

from tests.cli.command import READ_LATE, Madoguchi, command_line, warm_start
from tests.cli.warm import Program, WarmStart

pytestmark = pytest.mark.daemon


@pytest.fixture
def warm() -> WarmStart:
    start = warm_start()
    if start is None:
        pytest.skip("the command is not installed beside this Python, so every run is started anew")
    return start


@pytest.mark.parametrize(
    "arguments",
    [("--version",), ("card", "lst"), ("check", "--persona", "taro", "--pin-stdin", "--date", "x"), ("ask", "10")],
    ids=" ".join,
)
def test_code_and_words_are_the_same(lived_in: Madoguchi, warm: WarmStart, arguments: tuple[str, ...]) -> None:
    assert warm.fits(lived_in.environment(), READ_LATE)
    here = lived_in.run(*arguments, stdin=b"4093")
    anew = lived_in.run(*arguments, stdin=b"4093", start=command_line())
    assert here == anew


TELL = """
import json, os, sys
os.environ["OWN"] = "1"
print(json.dumps([sys.argv, sorted(os.environ), os.getcwd(), sys.stdin.read(), os.getsid(0), os.getpid()]))
print("said", file=sys.stderr)
raise SystemExit(7)
"""


def test_a_run_has_what_it_was_given_and_nothing_of_the_run_before(madoguchi: Madoguchi, tmp_path: Path) -> None:
    def run(**env: str) -> list[str]:
        program = Program(TELL, "first")
        done = madoguchi.run("second", start=program, stdin="入力".encode(), env=env, cwd=tmp_path)
        assert (done.code, done.err) == (7, "said\n")
        return done.out.splitlines()

    one, other = run(MADOGUCHI_LANG="en"), run()
    assert '["-c", "first", "second"]' in one[0]
    assert f'"{tmp_path}", "\\u5165\\u529b"' in one[0]
    assert ("MADOGUCHI_LANG" in one[0], "MADOGUCHI_LANG" in other[0]) == (True, False)
    assert one[0].rsplit(",", 1) != other[0].rsplit(",", 1), "each is a process of its own"


def test_much_goes_in_and_comes_out_and_a_signal_is_told(madoguchi: Madoguchi) -> None:
    much = b"0123456789abcdef" * 20_000
    copy = "import shutil, sys; shutil.copyfileobj(sys.stdin.buffer, sys.stdout.buffer)"
    copied = madoguchi.run(start=Program(copy), stdin=much)
    assert (copied.code, copied.out.encode(), copied.err) == (0, much, "")
    deaf = madoguchi.run(start=Program("import sys; sys.stdin.close()"), stdin=much)
    assert (deaf.code, deaf.out, deaf.err) == (0, "", "")
    killed = madoguchi.run(start=Program("import os, signal; os.kill(os.getpid(), signal.SIGKILL)"))
    assert killed.code == -signal.SIGKILL


def test_a_run_that_hangs_is_ended_and_the_next_one_goes(madoguchi: Madoguchi, warm: WarmStart) -> None:
    hangs = Program("import time; time.sleep(600)")
    with pytest.raises(subprocess.TimeoutExpired):
        warm.run((), b"", madoguchi.environment(), madoguchi.home, 0.2, hangs)
    assert madoguchi.run("--version").code == 0


@pytest.mark.parametrize(
    ("changed", "fits"), [("MADOGUCHI_LANG", True), ("HOME", True), ("PYTHONIOENCODING", False), ("LC_ALL", False)]
)
def test_what_the_interpreter_looks_at_when_it_starts_makes_a_run_one_that_is_started_anew(
    madoguchi: Madoguchi, warm: WarmStart, changed: str, fits: bool
) -> None:
    assert warm.fits(madoguchi.environment({changed: "x"}), READ_LATE) is fits
    assert warm.fits(madoguchi.environment({changed: None}), READ_LATE) is (fits or changed == "PYTHONIOENCODING")
