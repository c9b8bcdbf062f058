"""A try that was told of is spent, whatever ends the process: SIGKILL gives nothing back and breaks no file."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from kiosk.settings.passcode_file import read_records
from kiosk.settings.passcodes import PasscodeKind, PasscodeStore, passcode_path

KILLS = 8
GUESS = """
import sys, time
from pathlib import Path
from kiosk.settings import passcodes
from kiosk.settings.passcode_file import Work

clock = iter(range(1_800_000_000, 2_000_000_000, 1000))  # every wait is over at the next try
store = passcodes.PasscodeStore(Path(sys.argv[1]), lambda: next(clock) + float(sys.argv[2]))
while True:
    assert not store.check(passcodes.PasscodeKind.STAFF, bytearray(b"580214")).accepted
    print("told", flush=True)
"""


@pytest.mark.daemon
def test_a_killed_process_gives_no_try_back(tmp_path: Path) -> None:
    path = passcode_path(tmp_path)
    PasscodeStore(path, time.time).put(PasscodeKind.STAFF, bytearray(b"580213"))
    dice = random.Random(20261120)
    told = 0
    for turn in range(KILLS):
        command = [sys.executable, "-c", GUESS, str(path), str(turn * 10_000_000)]
        guessing = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert guessing.stdout is not None
        with guessing.stdout:
            for _ in range(dice.randint(1, 3)):
                assert guessing.stdout.readline() == "told\n"
                told += 1
            time.sleep(dice.uniform(0, 0.15))  # somewhere in the next tries
            guessing.kill()
            told += guessing.stdout.read().count("told\n")
        guessing.wait()
        spent = read_records(path)[PasscodeKind.STAFF.value].tries.wrong
        assert told <= spent <= told + turn + 1  # at most one was under way each time
    assert PasscodeStore(path, lambda: 3e9).check(PasscodeKind.STAFF, bytearray(b"580213")).accepted
