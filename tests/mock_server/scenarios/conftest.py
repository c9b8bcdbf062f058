"""A server in this process with every route, and a counter that asks it over HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx2
import pytest

from mock_server.composition import Backend, build_app
from tests.mock_server.scenarios.visits import HttpCounter


@pytest.fixture
async def counter(backend: Backend) -> AsyncIterator[HttpCounter]:
    transport = httpx2.ASGITransport(app=build_app(backend))
    async with httpx2.AsyncClient(transport=transport, base_url="http://127.0.0.1:8765") as http:
        yield HttpCounter(http, backend.ledger, backend.authority)
