"""A server in a process of its own for the length of some tests: on free ports, with a data folder of their own.

The same command that a person starts. What breaks if wrong: a test run that leaves a server behind, or hangs because
one did not start.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from mock_server.running import find
from mock_server.testing.client import ControlsClient
from mock_server.testing.rehearsal import INSTITUTION, Rehearsal
from mock_server.words import LANGUAGES, text

PATIENCE_S: Final = 120.0
"""How long a server may take to start or to end; the first one makes its test CA."""


class ServerNotStartedError(Exception):
    """The server did not start, or there is none; the sentence says why, in its own words."""


class TestServer:
    """A running server, and runs on it."""

    __test__ = False  # not a class of tests, whatever its name

    def __init__(self, url: str, admin_url: str, token: str, folders_in: Path, lang: str) -> None:
        self.url = url
        """Where `/v1` is."""
        self.admin_url = admin_url
        self.controls = ControlsClient(admin_url, token, lang)
        self._folders_in = folders_in
        self._lang = lang

    def rehearsal(self) -> Rehearsal:
        """A run of its own; use it as a context manager, or end it."""
        return Rehearsal(self.url, self.controls, self._lang, self._folders_in)


def language_of_environment() -> str:
    """English where the environment speaks it (LC_ALL, LC_MESSAGES, LANG), else Japanese."""
    spoken = next((os.environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(name)), "")
    return "en" if spoken.lower().startswith("en") else LANGUAGES[0]


@contextmanager
def started_server(folder: Path, options: Sequence[str] = (), lang: str = LANGUAGES[0]) -> Iterator[TestServer]:
    """Start a server whose data lies below `folder`, with further options of `madoguchi server run`.

    Raises:
        ServerNotStartedError: It did not start.
    """
    data_dir, face = folder / "data", folder / "everybody"
    command = [sys.executable, "-m", "kiosk", "server", "run", "--json", "--lang", lang, "--data-dir", str(data_dir)]
    # Face files are made for institutions that have folders: so that every run can have some, this one has.
    command += ["--port", "0", "--folders", f"{INSTITUTION}={face}", *options]
    folder.mkdir(parents=True, exist_ok=True)
    with (
        (folder / "server.log").open("w+", encoding="utf-8") as log,
        subprocess.Popen(  # noqa: S603 - our own command, nothing of it from elsewhere
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log, text=True, cwd=folder
        ) as process,
    ):
        watchdog = threading.Timer(PATIENCE_S, process.kill)
        watchdog.start()
        try:
            told = _first_line(process)
            watchdog.cancel()
            if "url" not in told:
                error = told.get("error") or {"message": text(lang, "testing.silent", path=str(log.name)), "remedy": ""}
                raise ServerNotStartedError(f"{error['message']} {error['remedy']}".strip())
            yield TestServer(told["url"], told["admin_url"], told["admin_token"], folder / "runs", lang)
        finally:
            watchdog.cancel()
            _end(process)


def running_server(data_dir: Path, folders_in: Path, lang: str = LANGUAGES[0]) -> TestServer:
    """The server that runs over a data folder, started by somebody else.

    Raises:
        ServerNotStartedError: None does.
    """
    running = find(data_dir)
    if running is None:
        raise ServerNotStartedError(text(lang, "testing.none", path=str(data_dir)))
    return TestServer(running.url, running.admin_url, running.admin_token, folders_in, lang)


def _first_line(process: subprocess.Popen[str]) -> dict[str, Any]:
    """What the command says when it is ready, or why it is not; nothing where it said neither."""
    assert process.stdout is not None
    try:
        told: dict[str, Any] = json.loads(process.stdout.readline())
    except ValueError:
        return {}
    return told


def _end(process: subprocess.Popen[str]) -> None:
    process.terminate()
    try:
        process.wait(PATIENCE_S)
    except subprocess.TimeoutExpired:
        process.kill()
