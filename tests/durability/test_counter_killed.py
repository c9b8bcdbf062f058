"""`kill -9` of the whole counter while staff type a paper or write four items down in an outage, in a real terminal.

What the staff side showed as decided is in the journal, and whoever it showed as noted for later is in the queue; a
visit that was open is closed by the next start, and that start is clean. By card: `test_journal_counter_killed`. The
seed (MADOGUCHI_SEED) decides the moments.
"""

from __future__ import annotations

import os
import random
import re
import signal
from dataclasses import dataclass
from pathlib import Path

import pytest

from kiosk.cli.composition import journal_key_path
from kiosk.journal.outage_queue import OutageQueue
from kiosk.words import Words
from tests.cli.command import Madoguchi, command_line
from tests.durability.test_journal_counter_killed import entries
from tests.e2e.terminal import TerminalProgram
from tests.kiosk.screens.fakes import TODAY

pytestmark = pytest.mark.daemon

SEED = int(os.environ.get("MADOGUCHI_SEED", "1"))
F6, F8 = "\x1b[17~", "\x1b[19~"
WORDS = Words("ja").text
LONGEST_PAUSE_S = 0.5
KILLS = [
    pytest.param(2, id="a few times"),
    pytest.param(100, id="often", marks=[pytest.mark.soak, pytest.mark.timeout(7200)]),
]
FOUR_ITEMS = WORDS("side.do.four_items")


@dataclass(frozen=True, slots=True)
class Script:
    """What is waited for on the screen, the keys pressed then, and the word that says that it is decided."""

    steps: tuple[tuple[str, str], ...]
    decided: str


PAPER = Script(
    (
        ("使えます", F8),
        ("1 .*資格確認書", "1"),
        ("保険者番号", "01139997"),
        ("01139997", "\r"),
        ("枝番", "12345678+123456+01++19800615+1+20250801+20290731++\r"),
        ("見くらべて", "1"),
        ("OK_CERTIFICATE", ""),
    ),
    "OK_CERTIFICATE",
)
OUTAGE = Script(
    (
        ("使えます", F6),
        (re.escape(WORDS("side-outage.on.yes")[:6]), "1"),
        (re.escape(FOUR_ITEMS[:6]), FOUR_ITEMS),
        ("住所", "窓口\r19530502\r2\r千葉市中央区\r\r"),
        ("PENDING_4INFO", ""),
    ),
    "PENDING_4INFO",
)
SCRIPTS = {"paper": PAPER, "outage": OUTAGE}


def press(screen: TerminalProgram, keys: str) -> None:
    """Keys; the words of a choice stand for the number before them."""
    if keys == FOUR_ITEMS:
        found = re.search(rf"(\d) [ ＞>]*{re.escape(FOUR_ITEMS[:6])}", screen.text())
        assert found is not None, screen.text()
        keys = found[1]
    screen.press(keys)


def killed_somewhere(madoguchi: Madoguchi, script: Script, chance: random.Random) -> bool:
    """A visit up to a random step and a random moment after it; whether it had been shown as decided."""
    with TerminalProgram(
        command_line("kiosk", "--date", "2026-11-20"), env=madoguchi.environment(), cwd=madoguchi.home
    ) as screen:
        for text, keys in script.steps[: chance.choice((*range(1, len(script.steps)), *[len(script.steps)] * 3))]:
            screen.wait_for(text)
            screen.settle(0.1)
            press(screen, keys)
        screen._read(chance.random() * LONGEST_PAUSE_S)
        os.kill(screen._child.pid, signal.SIGKILL)
        screen.wait_for_end()
        return script.decided in screen.raw.decode("utf-8", "replace")


def waiting(madoguchi: Madoguchi) -> int:
    """How many the queue on the disk knows, asked or not."""
    queue = OutageQueue(
        madoguchi.data_dir / "queue",
        journal_key_path(madoguchi.data_dir),
        now=lambda: TODAY,
        random_bytes=os.urandom,
    )
    return len(queue.standing()) if (madoguchi.data_dir / "queue").exists() else 0


@pytest.mark.parametrize("kills", KILLS)
@pytest.mark.parametrize("word", SCRIPTS)
def test_what_staff_saw_as_decided_is_there(tmp_path: Path, word: str, kills: int) -> None:
    madoguchi, chance, script = Madoguchi(tmp_path), random.Random(f"{SEED} {word}"), SCRIPTS[word]
    acknowledged = 0
    for number in range(kills):
        before = sum(entry.outcome == script.decided for entry in entries(madoguchi))
        shown = killed_somewhere(madoguchi, script, chance)
        acknowledged += shown
        gained = sum(entry.outcome == script.decided for entry in entries(madoguchi)) - before
        assert gained >= shown, f"seed {SEED}, kill {number}"
        if word == "outage":
            assert waiting(madoguchi) >= acknowledged, f"seed {SEED}, kill {number}: noted for later"
    with TerminalProgram(
        command_line("kiosk", "--date", "2026-11-20"), env=madoguchi.environment(), cwd=madoguchi.home
    ) as screen:
        screen.wait_for("リーダーの中央に")
        screen.press("\x11")
        assert screen.wait_for_end() == 0
    found = entries(madoguchi)
    assert sum(entry.outcome == script.decided for entry in found) >= acknowledged
    assert not [entry for entry in found if entry.kind == "tail_lost"]
    resumed = [entry.visit for entry in found if entry.kind == "resumed"]
    assert len(resumed) == len(set(resumed)), "an open visit is closed once"
    assert not (madoguchi.data_dir / "crash").exists()
