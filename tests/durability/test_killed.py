"""`kill -9` under load: of a worker, of the whole server, of PostgreSQL. Nothing acknowledged is lost or doubled.

Registrations, consents, 照会番号, card checks and lists of people, all at once, while things are killed at moments that
a seed decides. After each kill work goes on, or the test fails.
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.daemons.private_postgresql import PrivatePostgresql
from tests.durability.rush import Rush, assert_kept
from tests.durability.served import Served, to_be_served
from tests.mock_server.deck import make_deck, read_deck

pytestmark = pytest.mark.daemon

SEED = int(os.environ.get("MADOGUCHI_SEED", "1"))
CARDS, UNREGISTERED = 300, 75
"""For the short run; the long one has ten times as many."""
KILLS = [pytest.param(2, id="twice"), pytest.param(25, id="often", marks=[pytest.mark.soak, pytest.mark.timeout(3600)])]
FEWEST, MOST = 10, 40
"""Things acknowledged between two kills."""


def survive(served: Served, database_url: str, kills: int, kill: Callable[[random.Random], None]) -> None:
    """Kill that often while everybody works."""
    many = 1 if kills < 10 else 10
    make_deck(served.data_dir, database_url, many * CARDS, many * UNREGISTERED)
    served.start()
    chance = random.Random(SEED)
    rush = Rush(served.url, read_deck(served.data_dir), many * UNREGISTERED)
    with rush.going() as done:
        for _ in range(kills):
            assert done.wait_for(done.count + chance.randint(FEWEST, MOST))
            kill(chance)
        assert done.wait_for(done.count + MOST), "nobody works any more after the last kill"
    served.stop()
    kinds = (rush.done.nonces, rush.done.registrations, rush.done.consents, rush.done.reference_numbers)
    assert all((*kinds, rush.done.batches)), "something was never acknowledged at all"
    assert_kept(database_url, rush.done, rush.cards)


@pytest.mark.parametrize("kills", KILLS)
def test_of_a_worker_process(tmp_path: Path, database_url: str, kills: int) -> None:
    with to_be_served(tmp_path, database_url, workers=2) as served:
        survive(served, database_url, kills, served.kill_a_worker)


@pytest.mark.parametrize("kills", KILLS)
def test_of_the_whole_server(tmp_path: Path, database_url: str, kills: int) -> None:
    with to_be_served(tmp_path, database_url, workers=1) as served:

        def kill(_: random.Random) -> None:
            served.kill()
            served.start()

        survive(served, database_url, kills, kill)


@pytest.mark.parametrize("kills", KILLS)
def test_of_postgresql(tmp_path: Path, postgresql: PrivatePostgresql, kills: int) -> None:
    database_url = postgresql.new_database()

    def kill(_: random.Random) -> None:
        assert postgresql.ask("SHOW fsync") == "on"
        postgresql.kill()
        postgresql.start()

    with to_be_served(tmp_path, database_url, workers=2) as served:
        survive(served, database_url, kills, kill)
    postgresql.drop_database(database_url)
