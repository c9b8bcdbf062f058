"""Nothing is imported beside something else: after loading, only the thread that connects to the service imports.

Python's import locks can report a deadlock where two threads import packages that share parts.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from tests.e2e.terminal import TerminalProgram

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.daemon

THE_SERVICE = ("service", "asyncio-portal", "Thread-")
"""The service's threads wait for each other while they connect, so they import one after the other."""


def test_a_visit_by_card_and_a_typed_paper_import_nothing_beside_the_service(tmp_path: Path) -> None:
    out = tmp_path / "imports.txt"
    out.touch()
    argv = [sys.executable, "-m", "tests.e2e.seeded_counter", str(tmp_path / "data"), "--imports", str(out)]
    env = {key: value for key, value in os.environ.items() if not key.startswith(("TEXTUAL", "MADOGUCHI"))}
    with TerminalProgram(argv, env=env, cwd=ROOT, columns=100, rows=30) as counter:
        counter.wait_for("1.*暗証番号")
        counter.press("1")
        counter.wait_for("訂正")
        counter.press("4093")
        counter.wait_for("3 .*同意しない")
        counter.press("1")
        counter.wait_for("受付できました")
        counter.press("\x1bOS")  # F4
        counter.wait_for("OK_ONLINE")
        counter.press("\x1bOS")
        counter.wait_for("カードを 受け取る")
        counter.press("1")
        counter.wait_for("お取りください")
        counter.press("\x1bOQ")  # F2
        counter.wait_for("引き出し")
        counter.press("2")
        counter.wait_for("リーダーの中央に")
        counter.press("\x1b[19~")  # F8
        counter.wait_for("1.*資格確認書")
        counter.press("1")
        counter.wait_for("保険者番号")
        counter.press("01139997\r")
        counter.wait_for("見本|協会けんぽ|全国健康保険協会")
        counter.press("\x11")
        assert counter.wait_for_end() == 0
    imports = [line.split() for line in out.read_text().splitlines()]
    assert any(thread.startswith("service") for thread, _ in imports), "the watcher saw nothing at all"
    assert [(thread, name) for thread, name in imports if not thread.startswith(THE_SERVICE)] == []
