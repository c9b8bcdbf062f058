"""`kill -9` of a counter at any moment: the chain verifies, every acknowledged visit is there, nobody is asked twice.

A process lives through days at a counter and tells on a pipe what it was promised; it is killed at a moment that a seed
decides, the folder looked at, and the next process goes on in it.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
import threading
import time
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.durability.counter_days import FIRST_MORNING, look_after
from tests.eventually import LONG_ENOUGH_S

PROJECT = Path(__file__).resolve().parents[2]
SEED = int(os.environ.get("MADOGUCHI_SEED", "1"))
KILLS = [
    pytest.param(4, id="a few times"),
    pytest.param(200, id="often", marks=[pytest.mark.soak, pytest.mark.timeout(3600)]),
]
DAYS = ("begun", "visit", "purging", "purged", "consent", "taken_back")

pytestmark = pytest.mark.daemon


def lived(root: Path, seed: int, told: list[tuple[Any, ...]], chance: random.Random) -> list[tuple[Any, ...]]:
    """What one process told until it was killed."""
    newest = max([FIRST_MORNING.date(), *(day for word, *rest in told for day in rest if isinstance(day, date))])
    morning = datetime.combine(newest + timedelta(days=1), FIRST_MORNING.timetz())
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.durability.counter_days", str(root), str(seed),
         str(seed * 1000 + 1), morning.isoformat()],
        stdout=subprocess.PIPE,
        cwd=PROJECT,
        text=True,
    )  # fmt: skip
    watchdog = threading.Timer(LONG_ENOUGH_S, process.kill)
    watchdog.start()
    assert process.stdout is not None
    try:
        lines = [process.stdout.readline() for _ in range(chance.randint(0, 40))]
        time.sleep(chance.random() * 0.02)
    finally:
        process.kill()
        rest, _ = process.communicate()
        watchdog.cancel()
    assert process.returncode == -9, "it did not end by itself"
    lines += rest.splitlines(keepends=True)
    return [_note(line) for line in lines if line.endswith("\n")]


def _note(line: str) -> tuple[Any, ...]:
    word, *rest = json.loads(line)
    return (word, *(date.fromisoformat(part) if word in DAYS and _is_day(part) else part for part in rest))


def _is_day(part: object) -> bool:
    return isinstance(part, str) and len(part) == 10 and part[4] == "-"


@pytest.mark.parametrize("kills", KILLS)
def test_of_a_counter(tmp_path: Path, kills: int) -> None:
    chance = random.Random(SEED)
    told: list[tuple[Any, ...]] = []
    root = tmp_path / "live"
    root.mkdir()
    for number in range(kills):
        told += lived(root, SEED * 1000 + number, told, chance)
        left = tmp_path / "left"
        shutil.copytree(root, left)
        try:
            look_after(left, told)
        except AssertionError as error:
            raise AssertionError(f"seed {SEED}, kill {number}") from error
        shutil.rmtree(left)
    assert sum(1 for word, *_ in told if word == "visit") > kills
