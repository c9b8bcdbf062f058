"""100 000 appointments: server and command in one process stay below 300 MB, and every one is answered once."""

from __future__ import annotations

import json
import subprocess
import threading
from pathlib import Path

import psutil
import pytest

from tests.cli.command import Madoguchi, command_line

pytestmark = [pytest.mark.soak, pytest.mark.daemon]

PEOPLE = 100_000
MOST_BYTES = 300 * 1_000_000


def test_a_hundred_thousand_people_stay_below_300_mb(tmp_path: Path) -> None:
    madoguchi = Madoguchi(tmp_path)
    path = tmp_path / "list.csv"
    made = madoguchi.run(
        "server", "personas", "generate", str(PEOPLE), "--seed", "7", "--out", path, "--load", "--date", "2026-11-20"
    )
    assert made.code == 0, made.err
    process = subprocess.Popen(
        command_line("batch", str(path), "--date", "2026-11-20", "--json"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=madoguchi.environment(),
    )
    most = 0
    ended = threading.Event()

    def watch() -> None:
        nonlocal most
        own = psutil.Process(process.pid)
        while not ended.wait(0.1):
            try:
                most = max(most, own.memory_info().rss)
            except psutil.Error:
                return

    watching = threading.Thread(target=watch)
    watching.start()
    out, err = process.communicate()
    ended.set()
    watching.join()
    assert process.returncode in (0, 1), err
    document = json.loads(out)
    assert document["total"] == PEOPLE
    assert sum(document["counts"].values()) == PEOPLE
    assert document["counts"]["failed"] == 0
    print(f"{PEOPLE} people: at most {most / 1e6:.0f} MB; {document['counts']}")
    assert most < MOST_BYTES
