"""Nothing of a command's memory goes to the disk when it breaks: the journal's key and a PIN are in it."""

from __future__ import annotations

import json
import subprocess
import sys

from tests.cli.command import PROJECT

AT_WORK = """
import json, resource, subprocess, sys
from kiosk.cli import main

def at_work(argv):
    child = subprocess.run([sys.executable, "-c", "import resource; print(resource.getrlimit(resource.RLIMIT_CORE))"],
                           capture_output=True, text=True, check=True)
    print(json.dumps([resource.getrlimit(resource.RLIMIT_CORE), child.stdout.strip()]))
    return 0

main.main = at_work
from kiosk.cli import run
run()
"""


def test_no_command_and_nothing_it_starts_may_leave_a_core_file() -> None:
    ended = subprocess.run(
        [sys.executable, "-c", AT_WORK],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=True,
        stdin=subprocess.DEVNULL,
    )
    assert json.loads(ended.stdout) == [[0, 0], "(0, 0)"]
