"""The controls and `/v1` over one store, both in this process."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx2
import pytest
from fastapi import FastAPI

from mock_server.admin.app import create_admin_app
from mock_server.composition import Backend, build_app
from tests.mock_server.conftest import counting_bytes
from tests.mock_server.scenarios.visits import HttpCounter

URL = "http://127.0.0.1:8766"


@pytest.fixture
def admin_app(backend: Backend) -> FastAPI:
    return create_admin_app(backend, random_bytes=counting_bytes())


@pytest.fixture
async def admin(admin_app: FastAPI) -> AsyncIterator[httpx2.AsyncClient]:
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app=admin_app), base_url=URL) as http:
        yield http


@pytest.fixture
async def counter(backend: Backend) -> AsyncIterator[HttpCounter]:
    transport = httpx2.ASGITransport(app=build_app(backend))
    async with httpx2.AsyncClient(transport=transport, base_url="http://127.0.0.1:8765") as http:
        yield HttpCounter(http, backend.ledger, backend.authority)
