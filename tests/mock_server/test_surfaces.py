"""Every route of every surface, held against the protections of design.md §3: foreign Origin, Host, no token."""

from __future__ import annotations

import asyncio
import json
import os
import re
from pathlib import Path
from typing import Any, NamedTuple

import httpx2
import pytest
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts

from mock_server import institutions, serving
from mock_server.composition import Backend, Exposure, build_app
from mock_server.serving import PUBLIC_PATHS, ServerPlan, Started, admin_surface
from mock_server.token_guard import TokenGuard
from tests.mock_server.conftest import INSTITUTION, TODAY
from tests.mock_server.minimal_bodies import minimal_body

TOKEN = "a-token-for-this-test-that-nobody-else-knows"
HOST = "127.0.0.1:8765"


class Route(NamedTuple):
    method: str
    path: str


class Surface(NamedTuple):
    """One listener: what answers, and the token that opens it."""

    app: Any
    routes: list[Route]
    token: str


def routes_of(app: FastAPI) -> list[Route]:
    """Every route there is, with something in the place of parameters."""
    found = []
    for route in iter_route_contexts(app.routes):
        path = re.sub(r"\{[^}]*\}", "x", str(route.path))
        assert route.methods, f"{path} is no route of HTTP: it needs a test of its own"
        found += [Route(method, path) for method in sorted(route.methods)]
    return found


@pytest.fixture
def public(backend: Backend) -> Surface:
    """`/v1` as it is served beyond this machine."""
    app = build_app(backend, Exposure(tokens_required=True))
    token = backend.ledger.run_sync(lambda tx: institutions.add(tx, INSTITUTION, os.urandom))
    return Surface(app, routes_of(app), token)


@pytest.fixture
def admin(backend: Backend, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Surface:
    """Admin, console and mock J-LIS, guarded as `server run` guards them."""
    inside: list[FastAPI] = []

    def seen(app: FastAPI, *more: Any) -> TokenGuard:
        inside.append(app)
        return TokenGuard(app, *more)

    monkeypatch.setattr(serving, "TokenGuard", seen)
    plan = ServerPlan(tmp_path, lambda: TODAY, os.urandom)
    app = admin_surface(backend, plan, Started("http://127.0.0.1:1", "http://127.0.0.1:2", TOKEN, None, False))
    return Surface(app, routes_of(inside[0]), TOKEN)


@pytest.fixture(params=["public", "admin"])
def surface(request: pytest.FixtureRequest) -> Surface:
    found: Surface = request.getfixturevalue(request.param)
    assert len(found.routes) > 10, "no route was found: this test would prove nothing"
    return found


def client_of(surface: Surface, **headers: str) -> httpx2.AsyncClient:
    transport = httpx2.ASGITransport(app=surface.app, raise_app_exceptions=True)
    return httpx2.AsyncClient(transport=transport, base_url=f"http://{HOST}", headers=headers)


def bearer(surface: Surface) -> dict[str, str]:
    return {"authorization": f"Bearer {surface.token}"}


async def ask(client: httpx2.AsyncClient, route: Route) -> httpx2.Response:
    if route.method in ("GET", "HEAD", "OPTIONS"):
        return await client.request(route.method, route.path)
    return await client.request(route.method, route.path, json={})


def code_of(response: httpx2.Response, route: Route) -> str:
    if route.method == "HEAD":
        return "" if response.status_code < 400 else f"HTTP-{response.status_code}"
    return str(response.json()["error"]["code"])


# ── HTTP ──


@pytest.mark.parametrize(
    "origin",
    ["https://evil.example", "null", "http://localhost:8765", "http://127.0.0.1:1", "https://127.0.0.1:8765", ""],
)
async def test_a_foreign_page_is_refused_on_every_route(surface: Surface, origin: str) -> None:
    async with client_of(surface, **bearer(surface), origin=origin) as client:
        for route in surface.routes:
            answer = await ask(client, route)
            assert answer.status_code == 403, route
            assert route.method == "HEAD" or code_of(answer, route) == "MOCK-REQUEST-ORIGIN", route


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example:8765", "", "127.0.0.1@evil.example"])
async def test_a_rebound_name_is_refused_on_every_route(surface: Surface, host: str) -> None:
    async with client_of(surface, **bearer(surface), host=host) as client:
        for route in surface.routes:
            answer = await ask(client, route)
            assert answer.status_code == 421, route


@pytest.mark.parametrize("authorization", [None, "Bearer wrong", "Bearer ", "Basic eDp4", TOKEN])
async def test_a_missing_or_wrong_token_is_refused_on_every_route(surface: Surface, authorization: str | None) -> None:
    headers = {} if authorization is None else {"authorization": authorization}
    async with client_of(surface, **headers) as client:
        for route in surface.routes:
            if route.path.startswith(PUBLIC_PATHS):
                continue
            answer = await ask(client, route)
            if surface.token != TOKEN and answer.status_code == 400:
                # The institution is named in the body: without a readable one nothing is done for anybody.
                assert route.method == "POST"
                assert code_of(answer, route) == "MOCK-REQUEST-FIELD"
            else:
                assert answer.status_code in (401, 405), (route, answer.status_code)


async def test_only_what_everybody_may_know_is_public(admin: Surface) -> None:
    async with client_of(admin) as client:
        for route in admin.routes:
            if route.path.startswith(PUBLIC_PATHS):
                assert route.path.startswith("/jlis/")
                assert (await ask(client, route)).status_code != 401, route


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"])
async def test_only_json_changes_anything_on_any_route(surface: Surface, kind: str) -> None:
    async with client_of(surface, **bearer(surface), **{"content-type": kind}) as client:
        for route in surface.routes:
            if route.method in ("GET", "HEAD", "OPTIONS"):
                continue
            answer = await client.request(route.method, route.path, content=b"{}")
            assert answer.status_code == 415, route


async def test_every_answer_of_every_route_has_the_security_headers(surface: Surface) -> None:
    async with client_of(surface, **bearer(surface)) as client:
        for route in surface.routes:
            if route.path.endswith("/stream"):
                continue  # never ends; it is an answer like the others
            headers = (await ask(client, route)).headers
            policy = headers["content-security-policy"]
            assert policy.startswith("default-src 'none'"), route
            assert "frame-ancestors 'none'" in policy, route
            assert not re.search(r"https?:|\*|unsafe-eval|script-src[^;]*unsafe-inline", policy), route
            assert headers["x-content-type-options"] == "nosniff"
            assert headers["referrer-policy"] == "no-referrer"
            assert headers["cache-control"] == "no-store"
            assert "access-control-allow-origin" not in headers


@pytest.mark.parametrize("header", ["host", "origin", "authorization", "content-length"])
async def test_a_header_that_comes_twice_is_refused(surface: Surface, header: str) -> None:
    """One of the two could be meant for a proxy, the other for us."""
    values = {"host": HOST, "origin": f"http://{HOST}", "authorization": f"Bearer {surface.token}"}
    raw = [(b"host", HOST.encode()), *[(header.encode(), values.get(header, "0").encode())] * 2]
    if header == "host":
        raw = raw[1:]
    answer = await asgi(surface.app, surface.routes[0].path, raw)
    assert (answer.status, answer.code) == (400, "MOCK-REQUEST-MALFORMED")


# ── WebSocket ──


@pytest.mark.parametrize(
    "headers",
    [
        [(b"host", HOST.encode())],
        [(b"host", HOST.encode()), (b"origin", f"http://{HOST}".encode())],
        [(b"host", HOST.encode()), (b"origin", b"https://evil.example")],
        [(b"host", b"evil.example"), (b"origin", b"http://evil.example")],
    ],
)
async def test_no_surface_opens_a_websocket_on_any_path(surface: Surface, headers: list[tuple[bytes, bytes]]) -> None:
    token = (b"authorization", f"Bearer {surface.token}".encode())
    for path in {route.path for route in surface.routes} | {"/", "/ws", "/console/ws"}:
        for more in ([], [token]):
            answer = await asgi(surface.app, path, [*headers, *more], kind="websocket")
            assert answer.sent == [{"type": "websocket.close", "code": 1008}], path


# ── the application itself, where no client would go ──


class Answer(NamedTuple):
    sent: list[Any]

    @property
    def status(self) -> int:
        return int(self.sent[0]["status"])

    @property
    def code(self) -> str:
        return str(json.loads(self.sent[1]["body"])["error"]["code"])


async def asgi(app: Any, path: str, headers: list[tuple[bytes, bytes]], kind: str = "http") -> Answer:
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        if kind == "websocket":
            return {"type": "websocket.connect"}
        return {"type": "http.request", "body": b"", "more_body": False}

    scope = {
        "type": kind,
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "ws" if kind == "websocket" else "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": headers,
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 8765),
        "subprotocols": [],
        "extensions": {},
    }
    async with asyncio.timeout(60):
        await app(scope, receive, send)
    return Answer(sent)


# ── questions that could be answered, but for the token ──


async def test_no_question_is_answered_without_the_institutions_token(public: Surface) -> None:
    async with client_of(public) as stranger, client_of(public, **bearer(public)) as known:
        description = (await known.get("/v1/openapi.json")).json()
        questions = [path for path, methods in description["paths"].items() if "post" in methods]
        assert {route.path for route in public.routes if route.method == "POST"} == set(questions)
        for path in questions:
            body = minimal_body(description, path)
            refused = await stranger.post(path, json=body)
            assert refused.json()["error"]["code"] == "MOCK-INSTITUTION-TOKEN-MISSING", path
            assert (await known.post(path, json=body)).status_code not in (401, 500), path


async def test_no_question_is_answered_in_anothers_name(public: Surface, backend: Backend) -> None:
    token = backend.ledger.run_sync(lambda tx: institutions.add(tx, "1312345679", os.urandom))
    async with client_of(public, authorization=f"Bearer {token}") as other:
        description = (await other.get("/v1/openapi.json")).json()
        for path, methods in description["paths"].items():
            if "post" in methods:
                refused = await other.post(path, json=minimal_body(description, path))
                assert refused.json()["error"]["code"] == "MOCK-INSTITUTION-OTHER", path


async def test_no_refusal_repeats_a_name_the_client_made_up(surface: Surface) -> None:
    marker = "SECRETMARKER"
    bodies: tuple[dict[str, Any], ...] = (
        {marker: 1},
        {"params": {marker: []}},
        {"items": {marker: "given"}},
        {"message": {marker: {marker: 1}}},
    )
    async with client_of(surface, **bearer(surface)) as client:
        for route in surface.routes:
            if route.method not in ("POST", "PUT"):
                continue
            for body in bodies:
                whole = {"scenario": "latency", "institution": INSTITUTION, **body}
                answer = await client.request(route.method, route.path, json=whole)
                assert marker not in answer.text, (route, body)
