"""What was refused before it was an exchange is on record as well, without anything that stood in it."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest
from sqlalchemy import select

from mock_server.app import create_app
from mock_server.institutions import Admission
from mock_server.registry import tables
from mock_server.registry.ledger import Ledger
from mock_server.routes.common import FrontDesk
from mock_server.routes.qualification import qualification_router
from mock_server.routes.refused_calls import CALLS
from mock_server.service import QualificationService
from tests.mock_server.conftest import INSTITUTION

SECRET = "5d41402abc4b2a76"
ASKING = {"institution": INSTITUTION, "purpose": "qualification"}


@pytest.fixture
async def client(ledger: Ledger, service: QualificationService) -> AsyncIterator[httpx2.AsyncClient]:
    async with _client(FrontDesk(ledger), service) as opened:
        yield opened


def _client(desk: FrontDesk, service: QualificationService) -> httpx2.AsyncClient:
    app = create_app(desk, [qualification_router(desk, service)], tokens_required=desk.admission.tokens_required)
    return httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url="http://127.0.0.1:8765")


def kept(ledger: Ledger) -> list[tuple[str, str, str, str | None]]:
    own = tables.exchange.c
    query = select(own.call, own.institution, own.outcome, own.nonce).order_by(own.id)
    return [tuple(row) for row in ledger.run_sync(lambda tx: tx.connection.execute(query).all(), reads=True)]


@pytest.mark.parametrize(
    ("path", "body", "call", "institution", "code"),
    [
        (
            "card",
            {**ASKING, "nonce": SECRET, "certificate": "AA==", "signature": "AA=="},
            "card",
            INSTITUTION,
            "CHALLENGE",
        ),
        ("card", {**ASKING, "nonce": SECRET, "certificate": "!", "signature": "AA=="}, "card", INSTITUTION, "REQUEST"),
        ("card", {"institution": SECRET}, "card", "", "REQUEST"),
        ("card", None, "card", "", "REQUEST"),
        ("numbers", {"message": {"XmlMsg": {SECRET: SECRET}}}, "numbers", "", "REQUEST"),
    ],
)
async def test_a_refused_call_is_written_down_by_its_code(
    client: httpx2.AsyncClient, ledger: Ledger, path: str, body: Any, call: str, institution: str, code: str
) -> None:
    sent = b"{" if body is None else json.dumps(body).encode()
    said = await client.post(f"/v1/qualification/{path}", content=sent, headers={"content-type": "application/json"})
    assert 400 <= said.status_code < 500
    [(own_call, own_institution, outcome, nonce)] = kept(ledger)
    assert (own_call, own_institution, nonce) == (f"qualification.{call}", institution, None)
    assert outcome == said.json()["error"]["code"]
    assert outcome.startswith(f"MOCK-{code}-")
    stored = ledger.run_sync(lambda tx: tx.connection.execute(select(tables.exchange)).all(), reads=True)
    assert SECRET not in repr(stored)


async def test_beyond_this_machine_a_stranger_leaves_no_trace(ledger: Ledger, service: QualificationService) -> None:
    desk = FrontDesk(ledger, Admission(tokens_required=True))
    async with _client(desk, service) as client:
        for headers in ({}, {"authorization": f"Bearer {SECRET}"}):
            said = await client.post("/v1/challenge", json=ASKING, headers=headers)
            assert said.status_code == 401
            broken = await client.post(
                "/v1/challenge", content=b"{", headers={**headers, "content-type": "application/json"}
            )
            assert broken.status_code in (400, 401)
    assert kept(ledger) == []


async def test_paths_nobody_has_are_not_written_down(client: httpx2.AsyncClient, ledger: Ledger) -> None:
    assert (await client.post(f"/v1/{SECRET}", json={})).status_code == 404
    assert kept(ledger) == []


def test_every_call_of_v1_has_its_name(live_paths: set[str]) -> None:
    assert {path for path in live_paths if path not in {"/v1/health", "/v1/docs"}} == set(CALLS)


@pytest.fixture
def live_paths(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    import os

    from mock_server.composition import build_app, open_backend
    from tests.mock_server.conftest import TODAY

    backend = open_backend(tmp_path_factory.mktemp("data"), now=lambda: TODAY, random_bytes=os.urandom)
    try:
        return set(build_app(backend).openapi()["paths"])
    finally:
        backend.close()
