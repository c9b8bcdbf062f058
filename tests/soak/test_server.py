"""A hundred thousand visits at one server process: it holds no more in memory than after the first twenty thousand."""

from __future__ import annotations

import asyncio
from pathlib import Path
from urllib.parse import urlsplit

import psutil
import pytest

from tests.durability.served import Served, to_be_served
from tests.mock_server.crowd import Crowd
from tests.mock_server.deck import make_deck, read_deck

VISITS, WARM_UP, AT_ONCE = 100_000, 20_000, 2_000
CONNECTIONS = 24
CARDS = 400
GROWTH = 1.05
"""Most that memory may grow by."""

pytestmark = [pytest.mark.soak, pytest.mark.daemon, pytest.mark.timeout(3600)]


def memory(served: Served) -> int:
    """Bytes that belong to the server alone."""
    return int(psutil.Process(served.pid).memory_full_info().uss)


async def visits(served: Served, count: int) -> None:
    """So many card checks, each with a challenge of its own."""
    place = urlsplit(served.url)
    crowd = Crowd(str(place.hostname), place.port or 0, read_deck(served.data_dir))
    for _ in range(count // AT_ONCE):
        await crowd.prepare(AT_ONCE, CONNECTIONS)
        await crowd.check(AT_ONCE, CONNECTIONS)
    crowd.close()


def test_memory_is_flat_over_a_hundred_thousand_visits(tmp_path: Path, database_url: str) -> None:
    with to_be_served(tmp_path, database_url, workers=1) as served:
        make_deck(served.data_dir, database_url, CARDS)
        served.start()
        asyncio.run(visits(served, WARM_UP))
        before = memory(served)
        asyncio.run(visits(served, VISITS - WARM_UP))
        assert memory(served) <= before * GROWTH
