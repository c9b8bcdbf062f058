"""`kill -9` of the whole counter in a terminal, at random moments of a visit: what it showed as received is on disk.

One data folder lives through all of it. The consent screen comes only after the entry is durable, so whoever saw it was
acknowledged. The seed (MADOGUCHI_SEED) decides the moments.
"""

from __future__ import annotations

import os
import random
import signal
from pathlib import Path

import pytest

from kiosk.cli.composition import journal_key_path
from kiosk.journal import Entry, verify
from kiosk.journal.head_file import usual_head_file
from tests.cli.command import Madoguchi, command_line
from tests.e2e.terminal import TerminalProgram

pytestmark = pytest.mark.daemon

SEED = int(os.environ.get("MADOGUCHI_SEED", "1"))
KILLS = [
    pytest.param(3, id="a few times"),
    pytest.param(200, id="often", marks=[pytest.mark.soak, pytest.mark.timeout(7200)]),
]
STEPS = (("本人確認の方法", "1"), ("暗証番号を", "40"), ("暗証番号を", "93"), ("包括同意", "1"), ("受付できました", ""))
"""What is waited for, and the keys pressed then."""
ACKNOWLEDGED = ("包括同意", "受付できました")
LONGEST_PAUSE_S = 0.6


def killed_somewhere(madoguchi: Madoguchi, chance: random.Random) -> bool:
    """A visit up to a random step and a random moment after it; whether it had been shown as received."""
    command = command_line("kiosk", "--persona", "taro", "--date", "2026-11-20")
    with TerminalProgram(command, env=madoguchi.environment(), cwd=madoguchi.home) as screen:
        for text, keys in STEPS[: chance.randint(0, len(STEPS))]:
            screen.wait_for(text)
            screen.press(keys)
        screen._read(chance.random() * LONGEST_PAUSE_S)
        os.kill(screen._child.pid, signal.SIGKILL)
        screen.wait_for_end()
        shown = screen.raw.decode("utf-8", "replace")
    return any(text in shown for text in ACKNOWLEDGED)


def entries(madoguchi: Madoguchi) -> list[Entry]:
    """What is in the journal, which has to be whole and to reach the head kept apart."""
    folder, key_file = madoguchi.data_dir / "journal", journal_key_path(madoguchi.data_dir)
    if not key_file.exists():
        return []
    found = verify(folder, key_file, head_file=usual_head_file(folder))
    assert found.whole, found.faults
    return list(found.entries)


def received(found: list[Entry]) -> int:
    return sum(1 for entry in found if entry.kind == "visit")


@pytest.mark.parametrize("kills", KILLS)
def test_what_was_shown_as_received_is_there(tmp_path: Path, kills: int) -> None:
    madoguchi, chance = Madoguchi(tmp_path), random.Random(SEED)
    acknowledged = 0
    for number in range(kills):
        before = received(entries(madoguchi))
        shown = killed_somewhere(madoguchi, chance)
        acknowledged += shown
        gained = received(entries(madoguchi)) - before
        assert gained in ((1,) if shown else (0, 1)), f"seed {SEED}, kill {number}"
    with TerminalProgram(
        command_line("kiosk", "--persona", "taro", "--date", "2026-11-20"),
        env=madoguchi.environment(),
        cwd=madoguchi.home,
    ) as screen:
        screen.wait_for("本人確認の方法")
        screen.press("\x11")
        assert screen.wait_for_end() == 0
    found = entries(madoguchi)
    assert received(found) >= acknowledged
    assert not [entry for entry in found if entry.kind == "tail_lost"]
    assert not (madoguchi.data_dir / "crash").exists()
