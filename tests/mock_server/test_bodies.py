"""Large bodies: only for whoever may send one, and only a few at a time."""

from __future__ import annotations

import asyncio
import json
import os
from typing import Any

import httpx2
import pytest

from mock_server import institutions
from mock_server.bodies import LARGE_AT_ONCE, MAX_BODY_BYTES, MOST_BRACKETS
from mock_server.composition import Backend, Exposure, build_app
from mock_server.errors import QualificationError, Refusal
from mock_server.web_guard import SurfaceRules, WebGuard
from tests.mock_server.conftest import INSTITUTION

LARGE = b"x" * (MAX_BODY_BYTES + 1)
RULES = SurfaceRules(body_limits={"/bulk": 20 * MAX_BODY_BYTES})
JSON = {"content-type": "application/json"}


class Holding:
    """An application that keeps a request until it is told to answer."""

    def __init__(self) -> None:
        self.going_on = asyncio.Event()
        self.held = 0

    async def __call__(self, _scope: Any, receive: Any, send: Any) -> None:
        await receive()
        self.held += 1
        await self.going_on.wait()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"ok"})


def client_of(app: Any, **headers: str) -> httpx2.AsyncClient:
    return httpx2.AsyncClient(
        transport=httpx2.ASGITransport(app=app), base_url="http://127.0.0.1", headers=JSON | headers
    )


def code_of(answer: httpx2.Response) -> str:
    return str(answer.json()["error"]["code"])


async def test_only_a_few_large_bodies_are_held_and_small_ones_go_on() -> None:
    app = Holding()
    async with client_of(WebGuard(app, ("127.0.0.1",), RULES)) as client:
        held = [asyncio.create_task(client.post("/bulk", content=LARGE)) for _ in range(LARGE_AT_ONCE)]
        while app.held < LARGE_AT_ONCE:
            await asyncio.sleep(0)
        refused = await client.post("/bulk", content=LARGE)
        assert (refused.status_code, code_of(refused)) == (429, "MOCK-RATE-LIMIT")
        assert int(refused.headers["retry-after"]) > 0
        small = asyncio.create_task(client.post("/bulk", content=b"{}"))
        while app.held == LARGE_AT_ONCE:
            await asyncio.sleep(0)
        app.going_on.set()
        assert {(await answer).status_code for answer in (*held, small)} == {200}
        assert (await client.post("/bulk", content=LARGE)).status_code == 200, "the places are free again"


async def test_refused_large_bodies_leave_their_place() -> None:
    """However they end: too large, refused by the one who vouches, or broken inside."""

    async def breaks(_scope: Any, _receive: Any, _send: Any) -> None:
        raise RuntimeError

    async with client_of(WebGuard(breaks, ("127.0.0.1",), RULES)) as client:
        for _ in range(LARGE_AT_ONCE + 1):
            assert (await client.post("/bulk", content=LARGE)).status_code == 500
            assert (await client.post("/bulk", content=LARGE * 25)).status_code == 413
            assert (await client.post("/bulk", content=b"[" * (MOST_BRACKETS + 1))).status_code == 413


async def test_a_large_body_needs_somebody_who_vouches() -> None:
    asked = []

    async def vouch(scope: Any) -> None:
        asked.append(scope["path"])
        raise QualificationError(Refusal.INSTITUTION_TOKEN_INVALID)

    app = Holding()
    app.going_on.set()
    read = 0

    async def stream() -> Any:
        nonlocal read
        for _ in range(20):
            read += 1
            yield b"x" * (MAX_BODY_BYTES // 2)

    guard = WebGuard(app, ("127.0.0.1",), RULES, vouch=vouch)
    async with client_of(guard) as client:
        assert (await client.post("/bulk", content=b"{}")).status_code == 200
        assert asked == [], "a small one is looked at by the application"
        assert code_of(await client.post("/bulk", content=stream())) == "MOCK-INSTITUTION-TOKEN-INVALID"
    assert asked == ["/bulk"]
    assert read < 10, "most of it was never read"


@pytest.mark.parametrize("path", ["/v1/batch", "/v1/reference-number/bulk"])
async def test_beyond_this_machine_a_made_up_token_opens_no_large_body(backend: Backend, path: str) -> None:
    token = backend.ledger.run_sync(lambda tx: institutions.add(tx, INSTITUTION, os.urandom))
    body = json.dumps({"message": {"XmlMsg": {"x": "y" * 200_000}}}).encode()
    app = build_app(backend, Exposure(tokens_required=True))
    async with client_of(app, authorization="Bearer made-up") as stranger:
        assert code_of(await stranger.post(path, content=body)) == "MOCK-INSTITUTION-TOKEN-INVALID"
    async with client_of(app, authorization=f"Bearer {token}") as known:
        assert code_of(await known.post(path, content=body)) == "MOCK-REQUEST-MESSAGE"
