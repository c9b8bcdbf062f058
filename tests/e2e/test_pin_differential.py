"""The PIN leaves no trace (design.md §2): the same seeded run with two PINs leaves identical artefacts.

The real counter runs in a real terminal with a frozen clock and seeded randomness, twice in the same folder, and only
the PIN on the card and under the fingers differs. Compared are every file it leaves (but the card images), every
screen, and the kind of its ending; and neither run's output holds its digits. Then once more for every function that
ever holds the PIN or its handle, with an exception raised inside it.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from mock_server.personas import find_persona
from tests.e2e.seeded_counter import MOMENT
from tests.e2e.terminal import TerminalProgram

ROOT = Path(__file__).resolve().parents[2]
pytestmark = [pytest.mark.daemon, pytest.mark.timeout(900)]


@dataclass(frozen=True)
class Pins:
    """What is typed: once wrong, once right. No digit pair of these appears in dates, numbers or screens by chance."""

    wrong: str
    right: str


FIRST = Pins(wrong="8057", right="5738")
SECOND = Pins(wrong="6947", right="7586")
LONG_ENOUGH_S = 150.0
"""For one screen: most of a busy machine's time goes into loading the program."""
UNLIKE_AT_MOST = 20
SHARDS = 6
"""The functions are shared out: the first share in every run, all of them in make soak."""
HOLD_IT_LONGEST = ("PinPad._take", "PinHandle.spend", "JpkiSession.verify", "SlotCardDesk.verify_and_sign")
SEALED = re.compile(r"[0-9a-f]{64,}")
"""What is sealed, or a sum: any four digits stand in it by chance. That it is the same for two PINs says more."""


def screen(*parts: str) -> re.Pattern[str]:
    """A whole screen from its top to the line of keys: none that passes has all its parts."""
    return re.compile(".*".join(("使えます", *parts, r"\n  \S+  [^\n]*F2  引き出し")), re.DOTALL)


CHOICE = screen("【２ 本人確認】", "本人確認の方法を 選んでください", "1  ＞ 暗証番号", "0     係を呼ぶ")
PAD = screen("【２ 本人確認】", "4けたの暗証番号を 押してください", "あと 3回", "＿   ＿   ＿   ＿", "/     係を呼ぶ")
WRONG = screen("【２ 本人確認】", "番号が ちがいました", "あと 2回", "＿   ＿   ＿   ＿", "/     係を呼ぶ")
CONSENT = screen("【３ 同意】", "見せてもよいですか", "3     同意しない", "0     係を呼ぶ")
RECEIVED = screen("【４ 完了】", "受付できました", "カードを 受け取る", "0     係を呼ぶ")
FAREWELL = screen("【４ 完了】", "カードを お取りください", "受付できました", "0  ＞ 係を呼ぶ")
"""What a whole visit comes to."""
FAULT = screen("この受付の機械に 問題が起きました", "0 +＞? *係を呼ぶ")
UNREAD = screen("カードが 読み取れませんでした", "0 +＞? *係を呼ぶ")
STOPPED = re.compile(r"カウンターが止まりました.*\.\s*t\s*x\s*t", re.DOTALL)
"""What a visit struck by an exception comes to, if not to `CONSENT`; the report's path may go over several lines."""
VERIFYING = screen("【２ 本人確認】", "暗証番号を 確かめています")
"""Stays only where the exception ended what was to tell the screens how it went: see `left_alone`."""


@dataclass
class Artefacts:
    """What a run left."""

    screens: list[str]
    files: dict[str, str]
    exit_code: int
    raw: bytes
    struck: bool = False
    """Whether the exception asked for was raised: a widget need not be painted while the PIN is in it."""


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder in which taro was received once: no run makes a key, of authority, card or OCSP responder."""
    folder = tmp_path_factory.mktemp("prepared") / "data"
    env = {key: value for key, value in os.environ.items() if not key.startswith("MADOGUCHI")}
    script = Path(sys.executable).with_name("madoguchi")
    day = MOMENT.partition("T")[0]
    made = subprocess.run(
        [script, "check", "--data-dir", folder, "--date", day, "--persona", "taro", "--pin-stdin", "--json"],
        input=find_persona("taro").pin.encode(),
        capture_output=True,
        env=env,
    )
    assert made.returncode == 0, made.stdout + made.stderr
    shutil.rmtree(folder / "server", ignore_errors=True)
    return folder


def with_pin(prepared: Path, data: Path, pin: str) -> None:
    """A fresh copy of the folder whose card has `pin` and all its tries."""
    shutil.rmtree(data, ignore_errors=True)
    shutil.copytree(prepared, data)
    image = data / "keystore" / "cards" / "taro.json"
    card = json.loads(image.read_text())
    records = [one for one in card["applications"][card["aid"]]["pins"].values() if one["limit"] == 3]
    assert len(records) == 1
    records[0]["value"], records[0]["tries_left"] = pin_like(records[0]["value"], pin), 3
    image.write_text(json.dumps(card))


def pin_like(old: str, pin: str) -> str:
    """The PIN in the form the image keeps it: plain text or hexadecimal."""
    return pin if len(old) == len(pin) else pin.encode().hex()


class Watch:
    """Takes screens: a first run waits for one that is to come, a second until it shows the very same.

    That a screen stands still says nothing alone: on a busy machine one that passes does so too.
    """

    def __init__(self, counter: TerminalProgram, expected: list[str] | None) -> None:
        self._counter = counter
        self._expected = expected
        self.screens: list[str] = []

    def take(
        self,
        *wanted: re.Pattern[str],
        or_when: Callable[[str], bool] = lambda text: False,
        is_unlike: Callable[[], bool] = lambda: False,
    ) -> None:
        """The next screen: one of `wanted`, or one for which `or_when` holds.

        AssertionError where the second run never shows the first's; but where `is_unlike` says that one of the two was
        struck and the other was not, whatever it shows is taken.
        """

        def is_there(text: str) -> bool:
            return any(one.search(text) for one in wanted) or or_when(text)

        self._counter.wait_until(is_there, "any of\n" + "\n".join(one.pattern for one in wanted))
        if self._expected is None:
            self.screens.append(self._counter.settle(0.5))
            return
        same = self._expected[len(self.screens)]
        told = f"the first run's screen:\n{same}"
        self._counter.wait_until(lambda text: text == same or (is_unlike() and is_there(text)), told)
        if is_unlike() and (other := self._counter.settle(2.0)) != same and is_unlike():
            self.screens.append(other)
            return
        self.screens.append(self._counter.wait_until(lambda text: text == same, told))


def left_alone(data: Path) -> bool:
    """Whether an exception ended what ran in the loop behind the screens, so that nobody tells them to go on."""
    return any(report.read_text().startswith("madoguchi loop\n") for report in data.glob("crash/crash-*.txt"))


def run_counter(data: Path, pins: Pins, *options: str, whole_visit: bool, like: Artefacts | None = None) -> Artefacts:
    """One run: a visit with a wrong and the right PIN, or as far as an injected exception lets it come."""
    env = {key: value for key, value in os.environ.items() if not key.startswith(("TEXTUAL", "MADOGUCHI"))}
    argv = [sys.executable, "-m", "tests.e2e.seeded_counter", str(data), *options]
    mark = mark_of(data)
    mark.unlink(missing_ok=True)
    with TerminalProgram(
        argv,
        env={**env, "TEXTUAL_ANIMATIONS": "none", "PYTHONHASHSEED": "0"},
        cwd=ROOT,
        columns=100,
        rows=30,
        timeout=LONG_ENOUGH_S,
    ) as counter:
        watch = Watch(counter, None if like is None else like.screens)
        watch.take(CHOICE)
        counter.press("1")
        watch.take(PAD)
        if whole_visit:
            counter.press(pins.wrong)
            watch.take(WRONG)
        counter.press(pins.right)
        if whole_visit:
            watch.take(CONSENT)
            counter.press("3")
            watch.take(RECEIVED)
            counter.press("1")
            watch.take(FAREWELL)
        else:
            watch.take(
                *(CONSENT, FAULT, UNREAD, STOPPED),
                or_when=lambda text: VERIFYING.search(text) is not None and left_alone(data),
                is_unlike=lambda: like is not None and mark.exists() != like.struck,
            )
        counter.press("\x11")
        exit_code = counter.wait_for_end()
        last = counter.text()
    return Artefacts([*watch.screens, last], read_files(data), exit_code, bytes(counter.raw), mark.exists())


def mark_of(data: Path) -> Path:
    """What the counter makes beside its folder when it is struck."""
    return data.with_name("struck")


def read_files(data: Path) -> dict[str, str]:
    """Every file as text that can be compared; card images and lock files apart, databases as their statements."""
    files = {}
    for path in sorted(data.rglob("*")):
        name = str(path.relative_to(data))
        if not path.is_file() or name.startswith("keystore/cards/") or path.suffix == ".lock":
            continue
        if name.endswith(("-wal", "-shm")):
            continue  # part of the database, read through it
        if path.suffix == ".sqlite":
            files[name] = statements(path)
        else:
            files[name] = path.read_bytes().decode("utf-8", "backslashreplace")
    return files


def statements(path: Path) -> str:
    """A database as its statements, but for how long each exchange took: no two runs take the same time."""
    with closing(sqlite3.connect(path)) as on_disk, closing(sqlite3.connect(":memory:")) as copy:
        on_disk.backup(copy)
        copy.execute("UPDATE exchange SET took_us = 0")
        return "\n".join(sorted(copy.iterdump()))


def assert_no_trace(first: Artefacts, second: Artefacts) -> None:
    """Identical artefacts, and no digits of either PIN in anything that was written."""
    assert_no_digits(first, second)
    assert first.screens == second.screens
    assert first.files.keys() == second.files.keys()
    for name, content in first.files.items():
        assert content == second.files[name], name
    assert first.exit_code == second.exit_code


def assert_no_digits(first: Artefacts, second: Artefacts) -> None:
    """Neither run wrote its PINs, as text or as hexadecimal digits."""
    for pins, run in ((FIRST, first), (SECOND, second)):
        for pin in (pins.wrong, pins.right):
            assert pin.encode() not in run.raw
            assert pin.encode().hex().encode() not in run.raw.lower()
            for name, written in run.files.items():
                content = SEALED.sub("", written)
                assert pin not in content, name
                assert pin.encode().hex() not in content.lower(), name


def run_twice(prepared: Path, data: Path, raise_in: str | None = None) -> tuple[Artefacts, Artefacts]:
    """The same run with either pair of PINs, in the same folder: a whole visit, or one struck by an exception."""

    def options(pins: Pins) -> list[str]:
        return [] if raise_in is None else ["--raise-in", pins.right.encode().hex(), raise_in, str(mark_of(data))]

    whole = raise_in is None
    for _ in range(UNLIKE_AT_MOST):
        with_pin(prepared, data, FIRST.right)
        first = run_counter(data, FIRST, *options(FIRST), whole_visit=whole)
        with_pin(prepared, data, SECOND.right)
        second = run_counter(data, SECOND, *options(SECOND), whole_visit=whole, like=first)
        if first.struck == second.struck:
            return first, second
        assert_no_digits(first, second)  # the rest cannot be compared, and says nothing of the PIN
    raise AssertionError(f"of two runs one was struck and the other was not, {UNLIKE_AT_MOST} times in a row")


def test_a_whole_visit_with_two_pins_leaves_identical_artefacts(prepared: Path, tmp_path: Path) -> None:
    runs = run_twice(prepared, tmp_path / "data")
    assert runs[0].exit_code == 0
    assert any(name.startswith("journal/") for name in runs[0].files), "the visit left no journal entry"
    assert "server/registry.sqlite" in runs[0].files
    assert_no_trace(*runs)


def test_no_private_key_lies_outside_the_key_store(prepared: Path, tmp_path: Path) -> None:
    with_pin(prepared, tmp_path / "data", FIRST.right)
    run_counter(tmp_path / "data", FIRST, whole_visit=True)
    key_store = tmp_path / "data" / "keystore"
    assert key_store.stat().st_mode & 0o777 == 0o700
    with_keys = [
        path for path in (tmp_path / "data").rglob("*") if path.is_file() and b"PRIVATE KEY" in path.read_bytes()
    ]
    assert with_keys
    for path in with_keys:
        assert path.is_relative_to(key_store), path
        assert path.stat().st_mode & 0o777 == 0o600, path


@pytest.fixture(scope="module")
def places(prepared: Path) -> list[str]:
    """Every function of this project that holds the PIN in a variable during a visit, found by looking."""
    data, out = prepared.with_name("looked"), prepared.with_name("places.txt")
    with_pin(prepared, data, FIRST.right)
    run_counter(data, FIRST, "--find", FIRST.right.encode().hex(), str(out), whole_visit=True)
    return sorted(out.read_text().split())


def struck_at(place: str, prepared: Path, data: Path) -> tuple[Artefacts, Artefacts]:
    """Two runs struck at `place` that left the same, and no digits in any attempt.

    What is under way in other threads when the exception strikes may end in either order, so a difference counts when
    it is there three times in a row: a difference that the PIN makes is there every time.
    """
    for attempt in range(3):
        runs = None
        try:
            runs = run_twice(prepared, data, place)
            assert_no_trace(*runs)
        except AssertionError as difference:
            if runs is not None:
                assert_no_digits(*runs)
            if attempt == 2:
                raise AssertionError(f"an exception inside {place}: {difference}") from difference
        else:
            return runs
    raise AssertionError("unreachable")


def shares(places: list[str]) -> list[list[str]]:
    """All places in SHARDS shares; the first has those that hold the PIN longest, the others what is left, in turn."""
    longest = [place for place in places if place.endswith(HOLD_IT_LONGEST)]
    others = [place for place in places if place not in longest]
    return [longest + others[::SHARDS], *(others[share::SHARDS] for share in range(1, SHARDS))]


@pytest.mark.long
@pytest.mark.parametrize("share", [0, *(pytest.param(share, marks=pytest.mark.soak) for share in range(1, SHARDS))])
def test_an_exception_inside_any_function_of_the_pin_path_leaves_no_trace(
    prepared: Path, places: list[str], tmp_path: Path, share: int
) -> None:
    data = tmp_path / "data"
    for expected in HOLD_IT_LONGEST:
        assert any(place.endswith(expected) for place in places), f"{expected} was not seen holding the PIN: {places}"
    print(*places, sep="\n")
    crashed = 0
    for place in shares(places)[share]:
        runs = struck_at(place, prepared, data)
        crashed += any(name.startswith("crash/") for name in runs[0].files)
    assert crashed, "no injected exception was ever felt"
