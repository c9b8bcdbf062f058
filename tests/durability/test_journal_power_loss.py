"""The power goes at any moment: the chain verifies, what was acknowledged is there, the next start is clean.

Days at a counter are recorded step by step; then, for many moments, what a disk may have left is built and started
from. The seed (MADOGUCHI_SEED) decides days, moments and what the disk left.
"""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest

from tests.durability.counter_days import Counter, live, look_after
from tests.durability.power_loss import RecordingDisk, left_after, notes

SEED = int(os.environ.get("MADOGUCHI_SEED", "1"))
VISITS = 40
MOMENTS = [
    pytest.param(50, id="a few moments"),
    pytest.param(200, id="many moments", marks=[pytest.mark.soak, pytest.mark.timeout(3600)]),
]


@pytest.mark.parametrize("moments", MOMENTS)
def test_at_any_moment(tmp_path: Path, moments: int) -> None:
    chance = random.Random(SEED)
    disk = RecordingDisk(tmp_path / "live")
    disk.root.mkdir()
    live(Counter(disk.root, disk, SEED), VISITS, disk.note, chance)
    words = {note[0] for note in notes(disk.steps)}
    assert {"visit", "queued", "answered", "draft", "purged", "consent", "taken_back"} <= words, (
        "the days were too quiet to show anything"
    )
    for number in range(moments):
        before = chance.randrange(1, len(disk.steps) + 1)
        left = tmp_path / f"left-{number}"
        left_after(disk.steps[:before], disk.root, left, chance)
        try:
            look_after(left, notes(disk.steps[:before]))
        except AssertionError as error:
            raise AssertionError(f"seed {SEED}, moment {number}, after step {before} of {len(disk.steps)}") from error


def test_the_layer_forgets_what_was_never_synced(tmp_path: Path) -> None:
    disk = RecordingDisk(tmp_path / "live")
    disk.root.mkdir()
    file = disk.root / "file"
    with disk.opened(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND) as descriptor:
        disk.write(descriptor, b"synced ")
        disk.sync(descriptor)
        disk.write(descriptor, b"not synced")
    unnamed, named = list(disk.steps), [*disk.steps, ("sync_folder", disk.root)]
    seen = set()
    for seed in range(60):
        for steps, name in ((unnamed, "unnamed"), (named, "named")):
            left = tmp_path / f"{name}-{seed}"
            left_after(steps, disk.root, left, random.Random(seed))
            found = (left / "file").read_bytes() if (left / "file").exists() else None
            assert name == "unnamed" or (found is not None and found.startswith(b"synced "))
            seen.add(found)
    assert {None, b"synced not synced"} <= seen
    assert any(found and b"\0" in found for found in seen)
    assert len(seen) > 6, "writes are torn at many places"


def test_the_look_finds_a_disk_that_lies(tmp_path: Path) -> None:
    class Lying(RecordingDisk):
        """Says that it has written, and has not."""

        def sync(self, descriptor: int) -> None:
            pass

    disk = Lying(tmp_path / "live")
    disk.root.mkdir()
    live(Counter(disk.root, disk, SEED), 10, disk.note, random.Random(SEED))
    failures = 0
    for number in range(10):
        left_after(disk.steps, disk.root, tmp_path / f"left-{number}", random.Random(number))
        try:
            look_after(tmp_path / f"left-{number}", notes(disk.steps))
        except (AssertionError, OSError):
            failures += 1
    assert failures > 5
