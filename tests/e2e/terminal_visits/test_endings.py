"""The counter ends, whatever its terminal, its server or its reader does: in order, with the visit in its journal.

Each is the installed command on a pty. What breaks if it is wrong: a counter that nobody sees keeps the reader.
"""

from __future__ import annotations

import json
import re
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from kiosk.words import Words
from mock_server.personas import find_persona
from tests.cli.command import PROJECT, Madoguchi, command_line
from tests.cli.test_card_emulate import running
from tests.daemons.fixtures import private_pcscd  # noqa: F401 - a fixture
from tests.daemons.private_pcscd import PrivatePcscd
from tests.e2e.terminal import TerminalProgram

pytestmark = [pytest.mark.daemon, pytest.mark.timeout(300)]

ON = ("--date", "2026-11-20")
PIN = find_persona("taro").pin
_JA = Words("ja")
End = Callable[[TerminalProgram], int]


def hang_up(terminal: TerminalProgram) -> int:
    """Its window is closed."""
    terminal.hang_up()
    return terminal.wait_for_end_unseen()


def terminate(terminal: TerminalProgram) -> int:
    """SIGTERM, in a terminal that goes on."""
    terminal.signal(signal.SIGTERM)
    return terminal.wait_for_end()


@pytest.fixture
def madoguchi(tmp_path: Path) -> Madoguchi:
    """A fresh home and data folder."""
    return Madoguchi(tmp_path)


ENDS = pytest.mark.parametrize("end", [hang_up, terminate])


def sees(terminal: TerminalProgram, message_id: str) -> None:
    """Until these words are on the screen, wherever its lines are broken."""
    words = re.sub(r"\s", "", _JA.text(message_id).split("{")[0].split("\n")[0])
    terminal.wait_until(lambda text: words in re.sub(r"[\s│]", "", text), words)


def counter(madoguchi: Madoguchi, *options: str) -> TerminalProgram:
    """The counter, not begun yet."""
    return TerminalProgram(command_line("kiosk", *ON, *options), env=madoguchi.environment(), cwd=madoguchi.home)


def types_pin(terminal: TerminalProgram) -> None:
    """From the choice of a way to the last digit."""
    sees(terminal, "method.title")
    terminal.settle()
    terminal.press("1")
    sees(terminal, "pin.title")
    terminal.settle()
    terminal.press(PIN)


def ended_visits(madoguchi: Madoguchi) -> list[object]:
    """The outcome of every visit in the journal, which is whole."""
    told = madoguchi.run("journal", "list", "--json")
    assert told.code == 0, told.err
    return [entry["outcome"] for entry in json.loads(told.out)["entries"] if entry["kind"] in ("visit", "abandoned")]


def was_forced(madoguchi: Madoguchi) -> bool:
    """Whether the end had to be forced, as the notes beside the fault reports have it."""
    notes = madoguchi.data_dir / "crash" / "notes.log"
    return notes.exists() and "ended by force" in notes.read_text()


@ENDS
def test_while_the_server_hangs(madoguchi: Madoguchi, end: End) -> None:
    with socket.socket() as mute:  # takes connections, as the system does for it, and never answers
        mute.bind(("127.0.0.1", 0))
        mute.listen(50)
        url = f"http://127.0.0.1:{mute.getsockname()[1]}"
        with counter(madoguchi, "--persona", "taro", "--server", url) as terminal:
            types_pin(terminal)
            terminal.settle()
            assert end(terminal) == 0
    assert ended_visits(madoguchi) == ["ABANDONED"]
    assert not was_forced(madoguchi)


@pytest.fixture
def thawing(private_pcscd: PrivatePcscd) -> Iterator[PrivatePcscd]:  # noqa: F811 - the fixture
    """The daemon, not frozen any more afterwards."""
    yield private_pcscd
    private_pcscd.wake()


@pytest.mark.pcsc
@ENDS
def test_while_the_reader_hangs_with_a_card_in_use(madoguchi: Madoguchi, thawing: PrivatePcscd, end: End) -> None:
    madoguchi.env["PCSCLITE_CSOCK_NAME"] = str(thawing.socket)
    with running(madoguchi, "--control", "-", "--vpcd", f"127.0.0.1:{thawing.ports[0]}") as cards:
        assert cards.line().startswith("ready")
        with counter(madoguchi, "--reader", "0") as terminal:
            sees(terminal, "idle.title")
            cards.type("place taro")
            assert cards.line().startswith("ok")
            sees(terminal, "method.title")
            thawing.freeze()
            types_pin(terminal)
            terminal.settle()
            assert end(terminal) == 0
        thawing.wake()
    assert ended_visits(madoguchi) == ["ABANDONED"]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_on_a_terminal_that_nobody_reads(madoguchi: Madoguchi, number: signal.Signals) -> None:
    with counter(madoguchi, "--persona", "taro") as terminal:
        sees(terminal, "method.title")
        terminal.settle()
        terminal.stop_reading()
        for _ in range(40):  # far more drawings than any queue of the library takes
            terminal.press("\x1bOP")
            terminal.settle(0.02)
        terminal.signal(number)
        assert terminal.wait_for_end_unseen() == 0
    assert ended_visits(madoguchi) == ["ABANDONED"]
    assert not was_forced(madoguchi)


DEAF = """
import os, signal, sys
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGHUP])
os.execv(sys.argv[1], sys.argv[1:])
"""


def test_a_window_that_closes_without_a_signal(madoguchi: Madoguchi) -> None:
    """As under `nohup` or `setsid`: the terminal itself tells that it is gone."""
    command = [sys.executable, "-c", DEAF, *command_line("kiosk", *ON, "--persona", "taro")]
    with TerminalProgram(command, env=madoguchi.environment(), cwd=madoguchi.home) as terminal:
        sees(terminal, "method.title")
        terminal.settle()
        assert hang_up(terminal) == 0
    assert ended_visits(madoguchi) == ["ABANDONED"]


FAULTY = """
import sys
from kiosk.cli.main import main
from kiosk.flow.effects import VerifyPin
from kiosk.performer import Performer

at_card = Performer._at_card

def breaks(self, effect):
    if isinstance(effect, VerifyPin):
        raise RuntimeError
    at_card(self, effect)

Performer._at_card = breaks
sys.exit(main(sys.argv[1:]))
"""


@pytest.mark.parametrize("is_read", [True, False], ids=["read", "unread"])
def test_after_a_fault_of_its_own(madoguchi: Madoguchi, *, is_read: bool) -> None:
    """Nobody asks it to end, and its last sentence may find no reader."""
    command = [sys.executable, "-c", FAULTY, "kiosk", *ON, "--persona", "taro"]
    with TerminalProgram(command, env=madoguchi.environment(), cwd=PROJECT) as terminal:
        sees(terminal, "method.title")
        terminal.settle()
        terminal.press("1")
        sees(terminal, "pin.title")
        terminal.settle()
        if not is_read:
            terminal.stop_reading()
        terminal.press(PIN)
        assert (terminal.wait_for_end() if is_read else terminal.wait_for_end_unseen()) == 2
        assert not is_read or b"\x1b[?1049l" in terminal.raw, "the terminal was not given back"
    assert ended_visits(madoguchi) == ["ABANDONED"]
    assert not was_forced(madoguchi)
    assert len(list((madoguchi.data_dir / "crash").glob("crash-*.txt"))) == 1
