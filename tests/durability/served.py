"""`madoguchi server run` as a process of its own that can be killed, whole or one worker, and started again."""

from __future__ import annotations

import json
import random
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psutil

from tests.cli.command import Madoguchi, command_line
from tests.eventually import eventually
from tests.processes import kill_hard, living_children


class Served:
    """A server over a data folder and a database, always at the same address."""

    def __init__(self, home: Path, database_url: str, workers: int) -> None:
        self._madoguchi = Madoguchi(home)
        self.data_dir = self._madoguchi.data_dir
        self._database_url = database_url
        self._workers = workers
        self._process: subprocess.Popen[bytes] | None = None
        self._port = 0
        self.url = ""

    def start(self) -> None:
        """Start it and wait until it answers; a second time at the same port."""
        options = ("--database", self._database_url, "--workers", str(self._workers), "--rate-limit", "0", "--json")
        self._process = subprocess.Popen(
            command_line("server", "run", "--port", str(self._port), "--admin-port", "0", *options),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            env=self._madoguchi.environment(),
            cwd=self._madoguchi.home,
        )
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert b'"url"' in line, f"the server does not answer: {line!r}"
        self.url = json.loads(line)["url"]
        self._port = urlsplit(self.url).port or 0

    @property
    def pid(self) -> int:
        """The process that was started."""
        assert self._process is not None
        return self._process.pid

    @property
    def workers(self) -> list[psutil.Process]:
        """Its worker processes that live."""
        assert self._process is not None
        return living_children(self._process.pid)

    def kill_a_worker(self, chance: random.Random) -> None:
        """`kill -9` of one of them, once all are there."""
        assert eventually(lambda: len(self.workers) >= self._workers)
        chance.choice(self.workers).kill()  # one that ended by itself meanwhile is a fault

    def kill(self) -> None:
        """`kill -9` of everything."""
        assert self._process is not None
        kill_hard(*self.workers, psutil.Process(self._process.pid))
        self._reap()

    def stop(self) -> None:
        """End it as an administrator does. Safe to call twice."""
        if self._process is not None:
            self._process.terminate()
            self._reap()

    def _reap(self) -> None:
        assert self._process is not None
        assert self._process.stdout is not None
        self._process.stdout.close()
        self._process.wait()
        self._process = None


@contextmanager
def to_be_served(home: Path, database_url: str, workers: int) -> Iterator[Served]:
    """A server that is not started yet; gone at the end."""
    served = Served(home, database_url, workers)
    try:
        yield served
    finally:
        served.stop()
