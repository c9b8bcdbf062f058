"""Two sets of folders of one institution, served by two processes over one store: each card has one file in all."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Row, select, update

from mock_server.batch.desk import BatchDesk
from mock_server.folders.worker import FolderWorker
from mock_server.issuer import TestAuthority
from mock_server.personas import find_persona
from mock_server.registry import tables
from mock_server.registry.ledger import Ledger
from mock_server.registry.seeding import seed_of
from mock_server.scenarios.arming import Order, arm
from mock_server.service import QualificationService
from mock_server.trust import Trust
from tests.eventually import eventually
from tests.mock_server.conftest import INSTITUTION, Clock, Counter, counting_bytes
from tests.mock_server.folders.conftest import Folders, Stand, Ticks

pytestmark = pytest.mark.broad

CARDS = 20


def void(_: object) -> None: ...


@dataclass
class Server:
    """One process: its own way to the store, its own counter, its own folders."""

    stand: Stand
    counter: Counter
    root: Path
    clock: Clock
    opened: list[FolderWorker]

    def open(self) -> Folders:
        """Serve its folders, again if wanted: after `stop` as after a restart."""
        ticks = Ticks()
        worker = FolderWorker(self.stand, self.root, INSTITUTION, ticks=ticks)
        self.opened.append(worker)
        worker.open()
        return Folders(self.root, worker, ticks, self.clock)

    def faces(self) -> list[str]:
        return sorted(path.name for path in (self.root / "face").iterdir())

    def name(self) -> str:
        """What its folders are called in the store."""
        return (self.root / ".madoguchi" / "name").read_text()

    def rows(self) -> list[Row[Any]]:
        query = select(tables.face_outbox).order_by(tables.face_outbox.c.id)
        return list(self.stand.ledger.run_sync(lambda tx: tx.connection.execute(query).all(), reads=True))


@pytest.fixture
def servers(
    database_url: str, trust: Trust, authority: TestAuthority, tmp_path: Path
) -> Iterator[tuple[Server, Server]]:
    random_bytes, clock = counting_bytes(), Clock()

    def start(name: str) -> Server:
        ledger = Ledger.open(database_url, clock, [seed_of(find_persona("taro"))])
        service = QualificationService(trust, random_bytes, faces=lambda _: True)
        stand = Stand(ledger, service, BatchDesk(ledger, random_bytes))
        return Server(stand, Counter(ledger, service, authority), tmp_path / name, clock, [])

    both = start("one"), start("two")
    yield both
    for server in both:
        for worker in server.opened:
            worker.stop()
        server.stand.batches.close()
        server.stand.ledger.close()


def check_that_each_card_has_one_file(*servers: Server) -> None:
    """Each row says in whose folder its file lies, and nobody else has it."""
    rows = servers[0].rows()
    assert [row.state for row in rows] == ["written"] * CARDS
    for server in servers:
        assert server.faces() == sorted(row.name for row in rows if row.folder == server.name())
    assert len({name for server in servers for name in server.faces()}) == CARDS


def read_cards(servers: tuple[Server, Server]) -> None:
    for number in range(CARDS):
        servers[number % 2].counter.ask("taro")


def test_each_card_has_one_file_where_both_look_before_either_has_written(servers: tuple[Server, Server]) -> None:
    one, two = (server.open() for server in servers)
    read_cards(servers)
    for part in ("_card_results", "_clear_up"):
        for folders in (one, two):
            getattr(folders.worker, part)()
    check_that_each_card_has_one_file(*servers)


def test_each_card_has_one_file_where_both_work_at_once(servers: tuple[Server, Server]) -> None:
    for server in servers:
        server.opened.append(FolderWorker(server.stand, server.root, INSTITUTION, poll_s=0.001))
        server.opened[-1].start()
    with ThreadPoolExecutor(2) as threads:
        list(threads.map(lambda number: servers[number % 2].counter.ask("taro"), range(CARDS)))
    assert eventually(lambda: [row.state for row in servers[0].rows()] == ["written"] * CARDS)
    for server in servers:
        server.opened[-1].stop()
    check_that_each_card_has_one_file(*servers)


def test_what_was_claimed_before_a_crash_is_written_by_the_same_folders_after_it(
    servers: tuple[Server, Server],
) -> None:
    read_cards(servers)
    first, beside = (server.open() for server in servers)
    first.worker._card_results()
    first.worker.stop()
    assert {(row.state, row.folder) for row in servers[0].rows()} == {("waiting", servers[0].name())}
    beside.rounds(3)
    assert servers[1].faces() == []
    servers[0].open().rounds(3)
    check_that_each_card_has_one_file(*servers)
    assert len(servers[0].faces()) == CARDS


def test_what_was_not_claimed_before_a_crash_is_written_by_the_others(servers: tuple[Server, Server]) -> None:
    first, beside = (server.open() for server in servers)
    first.worker.stop()
    read_cards(servers)
    beside.rounds(3)
    check_that_each_card_has_one_file(*servers)
    assert len(servers[1].faces()) == CARDS


def test_a_restart_leaves_the_files_of_others_alone(servers: tuple[Server, Server]) -> None:
    """They do not lie in its own folder, which does not mean that anybody collected them."""
    read_cards(servers)
    servers[0].open().rounds(3)
    for _ in range(2):
        beside = servers[1].open()
        beside.rounds(3)
        beside.worker.stop()
    check_that_each_card_has_one_file(*servers)


def test_files_of_an_earlier_version_are_taken_up_by_whoever_opens_first(servers: tuple[Server, Server]) -> None:
    """Nothing said then whose they were."""
    read_cards(servers)
    first = servers[0].open()
    first.rounds(3)
    first.worker.stop()
    forget = update(tables.face_outbox).values(folder=None)
    servers[0].stand.ledger.run_sync(lambda tx: void(tx.connection.execute(forget)))
    again, _ = (server.open() for server in servers)
    check_that_each_card_has_one_file(*servers)
    for path in (servers[0].root / "face").iterdir():
        path.unlink()
    again.rounds()
    assert [row.state for row in servers[0].rows()] == ["collected"] * CARDS


def test_a_late_file_comes_late_and_once(servers: tuple[Server, Server]) -> None:
    one, two = (server.open() for server in servers)
    servers[0].stand.ledger.run_sync(lambda tx: arm(tx, Order("late_file", {"delay_s": 30})))
    servers[0].counter.ask("taro")
    for folders in (one, two):
        folders.rounds(3)
    assert [server.faces() for server in servers] == [[], []]
    for folders in (two, one):
        folders.ticks.at += 31
        folders.rounds(2)
    assert sorted(len(server.faces()) for server in servers) == [0, 1]
