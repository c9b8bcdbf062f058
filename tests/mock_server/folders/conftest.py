"""A set of folders with a worker whose rounds and clock the test turns by hand, and a レセコン's side of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from mock_server.batch.desk import BatchDesk
from mock_server.folders.troubles import Notice
from mock_server.folders.worker import FolderWorker
from mock_server.registry.ledger import Ledger
from mock_server.service import QualificationService
from mock_server.trust import Trust
from tests.mock_server.conftest import INSTITUTION, Clock, counting_bytes

SETTLED = 0.5
"""Longer than a file must look the same before it is taken."""


@dataclass
class Stand:
    """What a worker needs of a backend."""

    ledger: Ledger
    service: QualificationService
    batches: BatchDesk


@dataclass
class Ticks:
    """Seconds that pass when the test says so."""

    at: float = 1000.0

    def __call__(self) -> float:
        return self.at


@dataclass
class Folders:
    """The three folders, seen from the レセコン, and the worker at the other end."""

    root: Path
    worker: FolderWorker
    ticks: Ticks
    clock: Clock
    told: list[Notice] = field(default_factory=list)

    def put(self, name: str, content: bytes) -> Path:
        path = self.root / "req" / name
        path.write_bytes(content)
        return path

    def rounds(self, count: int = 1, apart: float = SETTLED) -> None:
        """Let the worker look, as often and as far apart."""
        for _ in range(count):
            self.worker.scan_once()
            self.ticks.at += apart

    def serve(self) -> None:
        """Enough rounds for everything that is there to be answered."""
        self.rounds(3)

    def names(self, place: str) -> list[str]:
        return sorted(path.name for path in (self.root / place).iterdir())

    def content(self, name: str, place: str = "res") -> bytes:
        return (self.root / place / name).read_bytes()

    def codes(self) -> set[str]:
        return {notice.code for notice in self.worker.troubles()}

    def error_code(self, name: str) -> str:
        """The first line of an `.err` file."""
        return self.content(name).splitlines()[0].decode()


Opener = Callable[..., Folders]


@pytest.fixture
def service(trust: Trust) -> QualificationService:
    return QualificationService(trust, counting_bytes(), faces=lambda _: True)


@pytest.fixture
def stand(ledger: Ledger, service: QualificationService) -> Iterator[Stand]:
    batches = BatchDesk(ledger, counting_bytes())
    yield Stand(ledger, service, batches)
    batches.close()


@pytest.fixture
def open_folders(stand: Stand, tmp_path: Path, clock: Clock) -> Iterator[Opener]:
    """Opens folders, again if wanted: after `stop` as after a restart."""
    opened: list[Folders] = []

    def open_one(institution: str = INSTITUTION, *, at: Path | None = None, run: str = "", **settings: Any) -> Folders:
        told: list[Notice] = []
        ticks = Ticks()
        root = at or tmp_path / "OQS"
        worker = FolderWorker(stand, root, institution, run=run, tell=told.append, ticks=ticks, **settings)
        worker.open()
        opened.append(Folders(root, worker, ticks, clock, told))
        return opened[-1]

    yield open_one
    for one in opened:
        one.worker.stop()


@pytest.fixture
def folders(open_folders: Opener) -> Folders:
    return open_folders()
