"""A disk that is really full: told, nothing half-written, everything written once there is room again."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from kiosk.cli.composition import journal_key_path
from kiosk.journal import JournalFile, read, verify
from kiosk.journal.files import DISK
from kiosk.journal.head_file import usual_head_file
from tests.cli.command import Madoguchi, command_line
from tests.durability.counter_days import FIRST_MORNING, HANAKO, Counter
from tests.e2e.terminal import TerminalProgram
from tests.eventually import eventually
from tests.kiosk.journal.conftest import a_visit

WAITS = "! 記録待ち"
LOSES = "未保存の記録"
F4, CTRL_Q = "\x1bOS", "\x11"
PROJECT = Path(__file__).resolve().parents[2]


@contextmanager
def disk_of(folder: Path, size: str) -> Iterator[Path]:
    """A small file system of its own in the place of a folder; skips where this user may not mount one."""
    folder.mkdir(parents=True)
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size},mode=700", "tmpfs", str(folder)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("this user may not mount a small disk")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk with room for a few receptions, where the counter's journal will be."""
    with disk_of(tmp_path / "data" / "journal", "96k") as folder:
        yield folder


@pytest.fixture
def small_data_dir(tmp_path: Path) -> Iterator[Path]:
    """A disk with room for a small data folder, which it is."""
    with disk_of(tmp_path / "data", "3m") as folder:
        yield folder


def fill_up(ballast: Path) -> None:
    """Write until the disk takes no more."""
    with suppress(OSError), ballast.open("wb", buffering=0) as file:
        while True:
            file.write(b"x" * 4096)


@pytest.mark.daemon
def test_a_small_disk_fills_up_and_gets_room_again(small_disk: Path) -> None:
    ballast = small_disk / "ballast"
    ballast.write_bytes(b"x" * 40_000)
    counter = Counter(small_disk, DISK, 1)
    written, refused = 0, []
    for visit in range(1, 60):
        try:
            counter.journal.record(a_visit(visit))
            written += 1
        except OSError as error:
            refused.append(os.strerror(error.errno or 0))
    with pytest.raises(OSError, match="space"):
        counter.queue.put("four_items", 60, run=counter.journal.run, items=HANAKO)
    assert written > 3
    assert set(refused) == {"No space left on device"}
    assert counter.journal.waiting == len(refused) == 59 - written
    kept = verify(counter.folder, counter.key_file, head_file=usual_head_file(counter.folder))
    assert kept.whole
    assert [entry.visit for entry in kept.entries] == list(range(1, written + 1)), "every one it was told of is there"

    ballast.unlink()
    subprocess.run(["mount", "-o", "remount,size=1m", str(small_disk)], check=True)
    assert counter.journal.flush() == 0
    counter.queue.flush()
    found = verify(counter.folder, counter.key_file, head_file=usual_head_file(counter.folder))
    assert found.whole
    assert found.kept_head == found.head
    assert [entry.visit for entry in found.entries] == list(range(1, 60))
    assert [queued.visit for queued in counter.queue.pending()] == [60]
    assert counter.journal.close() == 0


@pytest.mark.daemon
def test_the_counter_says_so_goes_on_and_writes_the_visit_as_soon_as_there_is_room(
    small_disk: Path, tmp_path: Path
) -> None:
    ballast = small_disk / "ballast"
    fill_up(ballast)
    madoguchi = Madoguchi(tmp_path)
    command = command_line("kiosk", "--persona", "taro", "--date", "2026-11-20")
    with TerminalProgram(command, env=madoguchi.environment(), cwd=tmp_path) as screen:
        screen.wait_for("本人確認の方法")
        screen.press("1")
        screen.wait_for("暗証番号を")
        screen.press("4093")
        screen.wait_for("見せてもよいですか")
        screen.press("3")
        assert "空き容量" not in screen.wait_for("まだ保存できていません"), "advice is for the desk"
        screen.press(F4)
        screen.wait_for(WAITS)
        assert list(small_disk.glob("*.journal")) == []
        ballast.unlink()
        written = small_disk / "0000000001-2026-11-20.journal"
        assert eventually(lambda: written.exists() and written.stat().st_size > 2000)
        screen.wait_until(lambda text: WAITS not in text, "nothing waits")
        screen.press(CTRL_Q)
        assert screen.wait_for_end() == 0
    entries = madoguchi.run("journal", "list", "--json").document("journal-list")["entries"]
    assert [(entry["kind"], entry["outcome"]) for entry in entries][:1] == [("visit", "OK_ONLINE")]
    assert madoguchi.run("journal", "verify").code == 0
    assert not (madoguchi.data_dir / "crash").exists()


@pytest.mark.daemon
def test_an_end_that_loses_entries_is_asked_about_and_told(small_disk: Path, tmp_path: Path) -> None:
    fill_up(small_disk / "ballast")
    madoguchi = Madoguchi(tmp_path)
    command = command_line("kiosk", "--persona", "taro", "--date", "2026-11-20")
    with TerminalProgram(command, env=madoguchi.environment(), cwd=tmp_path) as screen:
        screen.wait_for("本人確認の方法")
        screen.press(F4)
        screen.wait_for(f"{WAITS} 1件")
        screen.press(CTRL_Q)
        screen.wait_for(f"{LOSES} 1件")
        screen.press(CTRL_Q)
        assert screen.wait_for_end() == 2
        told = screen.raw.decode("utf-8", "replace")
    assert "madoguchi: ディスクに書けないまま終わり、2件の記録がなくなりました。" in told, (
        "the visit that was cut short too"
    )
    assert "空きを作って" in told


@pytest.mark.daemon
def test_whoever_ends_it_by_a_signal_reads_it_too(small_disk: Path, tmp_path: Path) -> None:
    fill_up(small_disk / "ballast")
    madoguchi = Madoguchi(tmp_path)
    command = command_line("kiosk", "--persona", "taro", "--date", "2026-11-20")
    with TerminalProgram(command, env=madoguchi.environment(), cwd=tmp_path) as screen:
        screen.wait_for("本人確認の方法")
        screen.signal(signal.SIGTERM)
        assert screen.wait_for_end() == 0, "a signal ends with 0 (design.md §4)"
        assert "1件の記録がなくなりました。" in screen.raw.decode("utf-8", "replace")


@pytest.mark.daemon
def test_a_journal_on_a_full_disk_can_be_read(small_data_dir: Path, tmp_path: Path) -> None:
    madoguchi = Madoguchi(tmp_path)
    journal = JournalFile(
        small_data_dir / "journal",
        journal_key_path(small_data_dir),
        now=lambda: FIRST_MORNING,
        random_bytes=os.urandom,
        kiosk="counter-1",
    )
    for visit in (1, 2):
        journal.record(a_visit(visit))
    fill_up(small_data_dir / "ballast")
    assert len(madoguchi.run("journal", "list", "--json").document("journal-list")["entries"]) == 2
    assert madoguchi.run("journal", "verify", "--expect", str(journal.head)).code == 0
    output = tmp_path / "elsewhere.csv"
    assert madoguchi.run("journal", "export", "--output", output).code == 0
    assert len(output.read_text("utf-8-sig").splitlines()) == 3
    noted = madoguchi.run("journal", "list", "--reveal", "--json")
    assert (noted.code, noted.error()) == (2, "journal_unusable"), "names are shown only where that is noted"
    other = madoguchi.run("check", "--persona", "taro", "--pin-stdin", "--json", stdin=b"4093\n")
    assert (other.code, other.error()) == (2, "data_dir_full")
    assert "空きを作り" in other.document("error")["error"]["remedy"]
    assert "--data-dir" not in other.document("error")["error"]["remedy"]


WRITER = """
import json, resource, signal, sys
from pathlib import Path
from kiosk.journal.files import DISK
from tests.durability.counter_days import Counter
from tests.kiosk.journal.conftest import a_visit

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
counter = Counter(Path(sys.argv[1]), DISK, 1)
resource.setrlimit(resource.RLIMIT_FSIZE, (9_000, resource.RLIM_INFINITY))
written = []
for visit in range(1, 12):
    try:
        counter.journal.record(a_visit(visit))
        written.append(visit)
    except OSError:
        pass
waiting = counter.journal.waiting
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
print(json.dumps({"written": written, "waiting": waiting, "lost": counter.journal.close()}))
"""


@pytest.mark.daemon
def test_a_file_that_may_not_grow_is_the_same(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", WRITER, str(tmp_path)], capture_output=True, cwd=PROJECT, check=True, text=True
    )
    told = json.loads(done.stdout)
    assert 1 <= len(told["written"]) < 11
    assert told["waiting"] == 11 - len(told["written"])
    assert told["lost"] == 0
    key_file = tmp_path / "keys" / "journal.key"
    assert [entry.visit for entry in read(tmp_path / "journal", key_file)] == list(range(1, 12))
