"""From a key to the change on the screen, on a pty: the PIN pad, a field of a form, the staff side.

Peer: a bare Textual Input on another pty, whose turn comes after each of our keys. Time runs from the key written to
the terminal until what it has to change is printed, for programs that are at rest before the key. Each place is
measured at rest, while a card is read beside it, and while the server is slow (`bench.keys_counter`).
Goal: 95 of 100 keys within 1.5 times what 95 of 100 take at the peer. Beside it, without a goal: the CPU time of the
event loop's thread for one key of each (which a busy machine does not lengthen as it does the wait), and of ours the
CPU time of the loop's callbacks.
"""

from __future__ import annotations

import json
import os
import signal
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pexpect

from bench.keys_counter import CALLBACKS
from bench.report import Figure
from bench.start import environment
from kiosk.words import Words

GOAL = 1.5
KEYS_PER_RUN = 20
FEWEST_KEYS = 200
"""Fewer do not tell how long 95 of 100 take."""
WARM_UP_KEYS = 10
CALLBACK_KEYS = 40
"""Keys after the timed ones whose callbacks are noted."""
COLUMNS, ROWS = 100, 30
LIMIT_S = 60.0
SETTLED_S = 0.3
F4, F8, DOWN, UP, BACKSPACE = "\x1bOS", "\x1b[19~", "\x1b[B", "\x1b[A", "\x7f"
SIGN = "あ"
"""No control sequence and no word of the screens around the fields has it where it is typed."""
MASK = "＊"
BESIDE = ("idle", "card", "server")
BESIDE_WORDS = {"idle": "at rest", "card": "while a card is read", "server": "while the server is slow"}


class Terminal:
    """One program on a pty of its own."""

    def __init__(self, argv: Sequence[str], env: dict[str, str]) -> None:
        self._child = pexpect.spawn(argv[0], list(argv[1:]), env=env, dimensions=(ROWS, COLUMNS), timeout=LIMIT_S)
        self._child.delaybeforesend = None
        self.printed = b""

    def close(self) -> None:
        """End it, whatever it is doing."""
        self._child.kill(signal.SIGKILL)
        self._child.wait()
        self._child.close()

    def cpu_seconds(self) -> float:
        """CPU time of the thread that runs the event loop, since the program began; 0 where the system tells none."""
        pid = self._child.pid
        try:
            return int(Path(f"/proc/{pid}/task/{pid}/schedstat").read_text().split()[0]) / 1e9
        except FileNotFoundError:
            return 0.0

    def tell(self, number: signal.Signals) -> None:
        """Send it a signal."""
        os.kill(self._child.pid, number)

    def wait_for(self, text: str) -> None:
        """Until the text was printed, in anything since the last key."""
        wanted, ends = text.encode(), time.monotonic() + LIMIT_S
        while wanted not in self.printed:
            if time.monotonic() > ends or not self._take(1.0):
                raise RuntimeError(f"never printed: {text}\n{self.printed[-2000:].decode(errors='replace')}")

    def _take(self, wait: float) -> bool:
        try:
            self.printed += self._child.read_nonblocking(65_536, timeout=wait)
        except pexpect.TIMEOUT:
            return True
        except pexpect.EOF:
            return False
        return True

    def rest(self, quiet: float = 0.02) -> None:
        """Until nothing is printed for a moment."""
        while True:
            self.printed = b""
            self._take(quiet)
            if not self.printed:
                return

    def press(self, keys: str, then: str = "") -> None:
        """Type; wait for a text, and for rest."""
        self.printed = b""
        self._child.send(keys)
        if then:
            self.wait_for(then)
            self.rest(SETTLED_S)  # another screen: what is pressed before it is drawn would be another's
        self.rest()

    def seconds_of(self, key: str, changes: Sequence[str]) -> float:
        """From the key to the first of these texts."""
        self.rest()
        wanted = [change.encode() for change in changes]
        self.printed, begun = b"", time.perf_counter()
        self._child.send(key)
        while not any(change in self.printed for change in wanted):
            if time.perf_counter() - begun > LIMIT_S or not self._take(1.0):
                raise RuntimeError(f"{key!r} changed nothing\n{self.printed[-2000:].decode(errors='replace')}")
        return time.perf_counter() - begun


@dataclass(frozen=True, slots=True)
class Place:
    """Where keys go: how to come there, the keys in turn with what each changes, and how to begin again."""

    what: str
    open: Callable[[Terminal], None]
    keys: tuple[tuple[str, tuple[str, ...]], ...]
    again: str = ""


def _to_pad(counter: Terminal) -> None:
    counter.wait_for("暗証番号")
    counter.rest(SETTLED_S)
    counter.press("1", "訂正")


def _to_form(counter: Terminal) -> None:
    counter.wait_for("暗証番号")
    counter.rest(SETTLED_S)
    counter.press(F8, "資格確認書")
    counter.press("1", "保険者番号")
    for digit in "01139997":
        counter.press(digit, digit)
    counter.press("\r", "枝番")


def _to_staff(counter: Terminal) -> None:
    counter.wait_for("暗証番号")
    counter.rest(SETTLED_S)
    counter.press(F4, _ON_STAFF[0])


_ON_STAFF = tuple(Words("ja").text(f"side.do.{word}") for word in ("patient", "visual", "paper", "end"))
"""What can be chosen there while the patient chooses; the focus moves up and down between them."""
_TYPED = (SIGN, (SIGN,))
PLACES = (
    Place("the PIN pad", _to_pad, tuple((digit, (MASK,)) for digit in "123"), again=BACKSPACE * 3),
    Place("a field of a form", _to_form, (_TYPED,) * 5, again=BACKSPACE * 5),
    # Each key is answered when the words that got the focus are drawn; those that lost it do not count.
    Place("the staff side", _to_staff, ((DOWN, _ON_STAFF[1:2]), (UP, _ON_STAFF[:1]))),
)


def _percentile(times: Sequence[float]) -> float:
    return statistics.quantiles(times, n=20)[-1]


def run(runs: int) -> list[Figure]:
    """Keys of ours and of the peer in turn, `runs` times twenty for each place and each thing beside it."""
    figures = []
    keys = max(FEWEST_KEYS, runs * KEYS_PER_RUN)
    with tempfile.TemporaryDirectory() as folder:
        env = environment(Path(folder))
        for beside in BESIDE:
            for place in PLACES:
                figures.append(_measured(place, beside, Path(folder), env, keys))
    return figures


@dataclass
class _Side:
    """One program, and what its keys took."""

    terminal: Terminal
    seconds: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)

    def press(self, key: str, changes: Sequence[str]) -> None:
        """One key, timed until it is answered; its CPU time goes on until the program is at rest again."""
        self.terminal.rest()
        before = self.terminal.cpu_seconds()
        self.seconds.append(self.terminal.seconds_of(key, changes))
        self.terminal.rest()
        self.cpu.append(self.terminal.cpu_seconds() - before)

    def forget(self) -> None:
        """Begin to count."""
        self.seconds.clear()
        self.cpu.clear()

    @property
    def p95(self) -> float:
        """What 95 of 100 keys take."""
        return statistics.quantiles(self.seconds, n=20)[-1]


def _measured(place: Place, beside: str, folder: Path, env: dict[str, str], keys: int) -> Figure:
    data = folder / "data"
    with ExitStack() as stack:
        ours = _Side(Terminal([sys.executable, "-m", "bench.keys_counter", str(data), beside], env))
        stack.callback(ours.terminal.close)
        bare = _Side(Terminal([sys.executable, "-m", "bench.bare_input"], env))
        stack.callback(bare.terminal.close)
        bare.terminal.wait_for("bare-input")
        place.open(ours.terminal)
        _type(place, ours, bare, WARM_UP_KEYS)
        ours.forget()
        bare.forget()
        _type(place, ours, bare, keys)
        callbacks = _callbacks(place, ours.terminal, data)
    pairs = [a / b for a, b in zip(ours.seconds, bare.seconds, strict=True)]
    spread = (min(pairs), max(pairs))
    what = f"a key at {place.what} {BESIDE_WORDS[beside]}"
    medians, cpus = ([statistics.median(one) * 1000 for one in both] for both in _both(ours, bare))
    aside = {
        "keys": len(pairs),
        "medians_ms": medians,
        "loop_cpu_ms": cpus,
        "callbacks": callbacks,
    }
    longest = callbacks[0]
    print(
        f"  {what}: medians {medians[0]:.2f} and {medians[1]:.2f} ms, CPU of the loop for a key {cpus[0]:.2f} and "
        f"{cpus[1]:.2f} ms; longest callback {longest['longest_ms']:.2f} ms CPU ({longest['name']})"
    )
    return Figure(what, ours.p95, bare.p95, ours.p95 / bare.p95, GOAL, spread, of="95 of 100 within", beside=aside)


def _both(ours: _Side, bare: _Side) -> tuple[tuple[list[float], list[float]], ...]:
    return (ours.seconds, bare.seconds), (ours.cpu, bare.cpu)


def _type(place: Place, ours: _Side, bare: _Side, keys: int) -> None:
    """So many keys of each, in turn."""
    wanted = len(ours.seconds) + keys
    while len(ours.seconds) < wanted:
        for key, changes in place.keys:
            ours.press(key, changes)
            bare.press(SIGN, (SIGN,))
        ours.terminal.press(place.again)
        bare.terminal.press(BACKSPACE * len(place.keys))


def _callbacks(place: Place, counter: Terminal, data: Path) -> list[dict[str, Any]]:
    """CPU time of the loop's callbacks while keys are typed, the longest first (`tests.kiosk.loop.callbacks`)."""
    written = data / CALLBACKS
    written.unlink(missing_ok=True)
    counter.tell(signal.SIGUSR1)
    typed = 0
    while typed < CALLBACK_KEYS:
        for key, changes in place.keys:
            counter.seconds_of(key, changes)
            typed += 1
        counter.press(place.again)
    counter.tell(signal.SIGUSR2)
    ends = time.monotonic() + LIMIT_S
    while not written.exists():
        if time.monotonic() > ends:
            raise RuntimeError(f"nothing written to {written}")
        time.sleep(0.05)
    found: list[dict[str, Any]] = json.loads(written.read_text())
    return found
