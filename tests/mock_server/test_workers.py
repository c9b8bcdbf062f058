"""Several worker processes on one socket and one database: all answer, a dead one is replaced, all end together."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import httpx2
import psutil
import pytest

from eligibility.calendar import JST
from eligibility.oqs.codec import to_json
from mock_server.errors import SetupError
from mock_server.workers import WorkerOrder
from tests.eventually import eventually
from tests.mock_server.databases import database_url, postgresql  # noqa: F401 - fixtures
from tests.mock_server.paper_queries import numbers_of
from tests.processes import is_gone, living_children

SERVE = """
import json, os, sys
from datetime import datetime
from pathlib import Path
from eligibility.calendar import JST
from mock_server.serving import ServerPlan, run
now = lambda: datetime.now(JST)
plan = ServerPlan(Path(sys.argv[1]), now, os.urandom, port=0, admin_port=0, database_url=sys.argv[2], workers=2)
run(plan, lambda started: print(json.dumps([started.url, started.admin_url, started.admin_token]), flush=True))
"""
PAUSE_S = 0.01
"""Between two questions of one client: without it they leave a new worker little time to start."""
ASKING = {"institution": "1312345678", "purpose": "qualification"}


class Running:
    """The parent process, and its workers as the system sees them."""

    def __init__(self, program: subprocess.Popen[str], url: str) -> None:
        self.program = program
        self.url = url

    def workers(self) -> list[psutil.Process]:
        return living_children(self.program.pid)

    def has_two(self) -> bool:
        return len(self.workers()) == 2


@contextmanager
def served(data: Path, url: str) -> Iterator[Running]:
    command = [sys.executable, "-c", SERVE, str(data), url]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as program:
        try:
            assert program.stdout is not None
            line = program.stdout.readline()
            assert line, program.communicate()[1]
            yield Running(program, json.loads(line)[0])
        finally:
            program.kill()


def ask(client: httpx2.Client, path: str, body: Any) -> httpx2.Response:
    """Ask again where a worker died over the question: it was not acknowledged."""
    for _ in range(20):
        try:
            return client.post(path, json=body)
        except httpx2.TransportError:
            continue
    raise AssertionError("nobody answers")


def test_an_order_travels_whole() -> None:
    order = WorkerOrder(
        "/d", "sqlite://", ("a", "b"), -3, ("1312345678",), ("localhost",), True, 5.0, ("c", "k", None), 7
    )
    assert WorkerOrder.from_line(order.to_line()) == order
    bare = WorkerOrder("/d", None, (), 0, (), (), False, None, None, 7)
    assert WorkerOrder.from_line(bare.to_line()) == bare


@pytest.mark.daemon
def test_two_workers_answer_share_challenges_and_end_together(tmp_path: Path, database_url: str) -> None:  # noqa: F811
    with served(tmp_path / "data", database_url) as running:
        workers = running.workers()
        assert len(workers) == 2
        with httpx2.Client(base_url=running.url, trust_env=False) as client:
            assert client.get("/v1/health").json()["status"] == "ok"
            query = {"message": to_json(numbers_of("taro"))}

            def visit(_: int) -> int:
                return client.post("/v1/qualification/numbers", json=query).status_code

            with ThreadPoolExecutor(16) as threads:
                assert set(threads.map(visit, range(200))) == {200}
        running.program.send_signal(signal.SIGTERM)
        _, errors = running.program.communicate()
        assert (running.program.returncode, errors) == (0, "")
        assert all(is_gone(worker) for worker in workers)


@pytest.mark.daemon
def test_a_killed_worker_is_replaced_and_nothing_acknowledged_is_lost(
    tmp_path: Path,
    database_url: str,  # noqa: F811
) -> None:
    with served(tmp_path / "data", database_url) as running:
        acknowledged = 0
        stop = threading.Event()
        lock = threading.Lock()
        query = {"message": to_json(numbers_of("taro"))}

        def load() -> None:
            nonlocal acknowledged
            with httpx2.Client(base_url=running.url, trust_env=False) as client:
                while not stop.wait(PAUSE_S):
                    try:
                        answer = client.post("/v1/qualification/numbers", json=query)
                    except httpx2.TransportError:
                        continue
                    assert answer.status_code == 200
                    with lock:
                        acknowledged += 1

        with ThreadPoolExecutor(4) as threads:
            loads = [threads.submit(load) for _ in range(4)]
            for _ in range(3):
                assert eventually(running.has_two)
                victim = running.workers()[0]
                victim.kill()
                assert eventually(partial(is_gone, victim))
            assert eventually(running.has_two), "the dead ones were replaced"
            stop.set()
            for one in loads:
                one.result()
        with httpx2.Client(base_url=running.url, trust_env=False) as client:
            assert ask(client, "/v1/challenge", ASKING).status_code == 200
        running.program.send_signal(signal.SIGTERM)
        running.program.communicate()
        assert running.program.returncode == 0
    from sqlalchemy import create_engine

    engine = create_engine(database_url)
    with engine.connect() as connection:
        kept = connection.exec_driver_sql("SELECT count(*) FROM exchange").scalar_one()
    engine.dispose()
    assert acknowledged > 0
    assert kept >= acknowledged


@pytest.mark.daemon
def test_workers_do_not_outlive_a_parent_that_was_killed(tmp_path: Path) -> None:
    with served(tmp_path / "data", f"sqlite:///{tmp_path}/store.sqlite") as running:
        workers = running.workers()
        running.program.kill()
        running.program.wait()
        for worker in workers:
            assert eventually(partial(is_gone, worker)), "it noticed"


@pytest.mark.daemon
def test_a_worker_that_cannot_start_is_a_sentence_and_no_endless_attempt(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from mock_server import serving, workers

    monkeypatch.setattr(workers, "_PROGRAM", "raise SystemExit(1)")
    plan = serving.ServerPlan(tmp_path, lambda: datetime.now(JST), os.urandom, port=0, admin_port=0, workers=2)
    with pytest.raises(SetupError) as failure:
        serving.run(plan, lambda _: None)
    assert failure.value.code == "setup.worker.failed"
