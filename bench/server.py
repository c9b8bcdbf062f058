"""The full card check against a floor in the same server, on SQLite and on PostgreSQL.

A check is a challenge, then a signed question: everything verified, recorded durably, answered; different people in
turn. The floor does what cannot be avoided (`bench.server_app`). The server is a process of its own on loopback, the
load another one; both sides are measured in turn within one run. Goal: at least half the floor's request rate, so a
check may take twice the floor's time.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import urlopen

import psutil

from bench.report import Figure, ratio_line
from bench.server_app import FLOOR, SECTIONS
from tests.daemons.private_postgresql import PrivatePostgresql, shared_postgresql
from tests.mock_server.deck import make_deck

PROJECT = Path(__file__).resolve().parents[1]
GOAL = 2.0
"""A check may take twice as long as the floor: half its request rate."""
CARDS = 400
CHECKS = 800
"""Of one turn; the floor is asked twice as often, so that both turns are about as long."""
CONNECTIONS = 64


class Bench:
    """One server and one load on one database."""

    def __init__(self, data_dir: Path, database_url: str, postgresql: PrivatePostgresql | None, *more: str) -> None:
        self._postgresql = postgresql
        self._server = subprocess.Popen(
            [sys.executable, "-m", "bench.server_app", str(data_dir), database_url, *more],
            cwd=PROJECT,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._server.stdout is not None
        self.url = self._server.stdout.readline().strip()
        place = urlsplit(self.url)
        self._load = subprocess.Popen(
            [sys.executable, "-m", "tests.mock_server.crowd", str(data_dir), str(place.hostname), str(place.port)],
            cwd=PROJECT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def order(self, do: str, **more: object) -> dict[str, Any]:
        """Have the load do something; its result."""
        assert self._load.stdin is not None
        assert self._load.stdout is not None
        self._load.stdin.write(json.dumps({"do": do, **more}) + "\n")
        self._load.stdin.flush()
        line = self._load.stdout.readline()
        if not line:
            raise RuntimeError("the load ended")
        result: dict[str, Any] = json.loads(line)
        return result

    def cpu(self) -> tuple[float, float]:
        """Seconds of CPU so far: of the server, of PostgreSQL."""
        times = psutil.Process(self._server.pid).cpu_times()
        database = 0.0
        if self._postgresql is not None:
            postmaster = psutil.Process(self._postgresql.pid)
            for process in (postmaster, *postmaster.children(recursive=True)):
                own = process.cpu_times()
                database += own.user + own.system
        return times.user + times.system, database

    def memory(self) -> int:
        """Bytes of the server that are its own (PSS)."""
        return int(psutil.Process(self._server.pid).memory_full_info().pss)

    def close(self) -> None:
        """End both."""
        assert self._load.stdin is not None
        self._load.stdin.close()
        self._load.wait()
        self._server.terminate()
        self._server.wait()
        for process in (self._load, self._server):
            assert process.stdout is not None
            process.stdout.close()


@contextmanager
def bench_on(kind: str, *more: str, cards: int = CARDS) -> Iterator[Bench | str]:
    """A server over a fresh database of that kind; or the sentence why there is none."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        postgresql: PrivatePostgresql | None = None
        url = f"sqlite:///{folder}/registry.sqlite"
        if kind == "PostgreSQL":
            found = shared_postgresql()
            if isinstance(found, str):
                yield found
                return
            postgresql = found
            url = found.new_database()
        make_deck(folder, url, cards)
        bench = Bench(folder, url, postgresql, *more)
        stack.callback(bench.close)
        yield bench


def on_each(measure: Callable[[str, Bench], list[Figure]], *more: str) -> list[Figure]:
    """Measure on SQLite and on PostgreSQL; what cannot be measured here is said."""
    figures = []
    for kind in ("SQLite", "PostgreSQL"):
        with bench_on(kind, *more) as bench:
            if isinstance(bench, str):
                print(f"server on {kind}: not measured: {bench}")
            else:
                figures += measure(kind, bench)
    return figures


def run(runs: int) -> list[Figure]:
    """`runs` turns of each side on each database, and where the CPU time of a check goes."""
    return on_each(lambda kind, bench: _ratio(kind, bench, runs)) + on_each(_sections, "--sections")


def _ratio(kind: str, bench: Bench, runs: int) -> list[Figure]:
    checks: list[float] = []
    floors: list[float] = []
    cpu = {"check": (0.0, 0.0), "floor": (0.0, 0.0)}
    for turn in range(runs + 1):
        for name, times, count in (("floor", floors, 2 * CHECKS), ("check", checks, CHECKS)):
            if name == "check":
                bench.order("prepare", count=count, connections=CONNECTIONS)
            order = {"do": "check"} if name == "check" else {"do": "ask", "path": FLOOR}
            before = bench.cpu()
            seconds = bench.order(**order, count=count, connections=CONNECTIONS)["seconds"]
            spent = bench.cpu()
            if turn:  # the first turn fills memories and caches
                times.append(seconds / count)
                cpu[name] = tuple(c + (s - b) / count for c, s, b in zip(cpu[name], spent, before, strict=True))  # type: ignore[assignment]
    for name in ("check", "floor"):
        server, database = (1000 * seconds / runs for seconds in cpu[name])
        rate = len(checks) / sum(checks if name == "check" else floors)
        of_database = f", PostgreSQL {database:.2f} ms" if kind == "PostgreSQL" else ""
        print(f"  {kind}, {name}: {rate:.0f} a second; CPU of each: server {server:.2f} ms{of_database}")
    return [ratio_line(f"full card check against the floor, {kind}", checks, floors, GOAL)]


def _sections(kind: str, bench: Bench) -> list[Figure]:
    before = 0.0
    for _ in range(2):  # once to fill memories
        bench.order("prepare", count=CHECKS, connections=CONNECTIONS)
        _sections_so_far(bench)
        before = bench.cpu()[0]
        bench.order("check", count=CHECKS, connections=CONNECTIONS)
    spent = bench.cpu()[0] - before
    sections = _sections_so_far(bench)
    sections["framework: uvicorn, FastAPI, web guard, event loop"] = max(0.0, spent - sum(sections.values()))
    print(f"  {kind}: where {1000 * spent / CHECKS:.2f} ms of the server's CPU go in a check (looking costs time too):")
    for name, seconds in sorted(sections.items(), key=lambda item: -item[1]):
        print(f"    {name}: {1000 * seconds / CHECKS:.3f} ms ({100 * seconds / spent:.0f} %)")
    return []


def _sections_so_far(bench: Bench) -> dict[str, float]:
    with urlopen(bench.url + SECTIONS) as answer:
        sections: dict[str, float] = json.load(answer)
    return sections
