"""The guards around every surface, by themselves: body limits, slow bodies, WebSockets, and the token of the tester."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest

from mock_server.rate_limits import RateLimit
from mock_server.token_guard import TokenGuard
from mock_server.web_guard import MAX_BODY_BYTES, PAGE_POLICY, SurfaceRules, WebGuard

TOKEN = "correct-horse-battery-staple-of-this-run"
BASE = "http://127.0.0.1:8766"


class Echo:
    """Tells what reached it."""

    def __init__(self) -> None:
        self.seen: list[Any] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.seen.append(scope)
        if scope["type"] == "websocket":
            await send({"type": "websocket.accept"})
            return
        body = (await receive())["body"]
        headers = [(b"content-type", b"text/plain"), (b"content-security-policy", b"default-src *")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": str(len(body)).encode()})


def client_of(app: Any, **headers: str) -> httpx2.AsyncClient:
    return httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url=BASE, headers=headers)


def guarded(rules: SurfaceRules | None = None, **more: Any) -> tuple[WebGuard, Echo]:
    echo = Echo()
    return WebGuard(echo, ("127.0.0.1",), rules or SurfaceRules(), **more), echo


def code_of(response: httpx2.Response) -> str:
    return str(response.json()["error"]["code"])


JSON = {"content-type": "application/json"}


# ── bodies ──


async def test_a_path_may_have_a_larger_body_and_its_neighbours_not() -> None:
    guard, _ = guarded(SurfaceRules(body_limits={"/v1/batch": 3 * MAX_BODY_BYTES}))
    body = b"x" * (2 * MAX_BODY_BYTES)
    async with client_of(guard) as client:
        assert (await client.post("/v1/batch", content=body, headers=JSON)).text == str(len(body))
        for path in ("/v1/batch/", "/v1/batch/result", "/v1/card", "//v1/batch", "/v1/Batch"):
            assert code_of(await client.post(path, content=body, headers=JSON)) == "MOCK-REQUEST-TOO-LARGE", path
        too_large = await client.post("/v1/batch", content=body + body, headers=JSON)
        assert code_of(too_large) == "MOCK-REQUEST-TOO-LARGE"
        assert str(3 * MAX_BODY_BYTES) in too_large.text


async def test_the_limit_itself_is_allowed() -> None:
    guard, _ = guarded()
    async with client_of(guard) as client:
        assert (await client.post("/", content=b"x" * MAX_BODY_BYTES, headers=JSON)).status_code == 200
        assert (await client.post("/", content=b"x" * (MAX_BODY_BYTES + 1), headers=JSON)).status_code == 413


@pytest.mark.parametrize("length", ["-1", "1e3", "x", "0x10", "１", "1" * 30])
async def test_a_length_that_is_none_is_refused(length: str) -> None:
    guard, echo = guarded()
    sent = await asgi(guard, "/", [(b"content-length", length.encode()), (b"content-type", b"application/json")])
    assert sent[0]["status"] == 413
    assert echo.seen == []


async def test_a_body_that_does_not_come_is_not_waited_for() -> None:
    guard, echo = guarded(SurfaceRules(body_patience_s=0.05))

    async def dripping() -> AsyncIterator[bytes]:
        while True:
            yield b" "
            await asyncio.sleep(0.01)

    async with client_of(guard) as client:
        answer = await client.post("/", content=dripping(), headers=JSON)
    assert (answer.status_code, code_of(answer)) == (408, "MOCK-REQUEST-TOO-SLOW")
    assert answer.headers["connection"] == "close"
    assert echo.seen == []


async def test_a_surface_may_take_another_type_on_one_path() -> None:
    guard, _ = guarded(SurfaceRules(body_types={"/jlis/ocsp": "application/ocsp-request"}))
    ocsp = {"content-type": "application/ocsp-request"}
    async with client_of(guard) as client:
        assert (await client.post("/jlis/ocsp", content=b"0", headers=ocsp)).status_code == 200
        assert code_of(await client.post("/jlis/ocsp", content=b"0", headers=JSON)) == "MOCK-REQUEST-NOT-JSON"
        assert code_of(await client.post("/other", content=b"0", headers=ocsp)) == "MOCK-REQUEST-NOT-JSON"


# ── pages ──


async def test_only_pages_may_use_what_this_server_sends() -> None:
    guard, _ = guarded(SurfaceRules(pages={"/console": PAGE_POLICY}))
    async with client_of(guard) as client:
        for path, policy in (("/console/x.js", PAGE_POLICY), ("/admin", "default-src 'none'; frame-ancestors 'none'")):
            headers = (await client.get(path)).headers
            assert headers.get_list("content-security-policy") == [policy], "the application's own does not count"
    assert "unsafe" not in PAGE_POLICY
    assert not re.search(r"https?:|\*", PAGE_POLICY)


# ── who sends ──


async def test_one_address_is_limited_before_its_body_is_read() -> None:
    guard, echo = guarded(peers=RateLimit(1))
    async with client_of(guard) as client:
        codes = [(await client.get("/")).status_code for _ in range(5)]
    assert codes[:2] == [200, 200]
    assert codes[-1] == 429
    assert len(echo.seen) == codes.count(200)


@pytest.mark.parametrize("authorization", ["", "Bearer", "Basic abc", "Token abc"])
async def test_beyond_this_machine_nothing_is_read_without_a_token(authorization: str) -> None:
    guard, echo = guarded(SurfaceRules(bearer=True))
    async with client_of(guard, authorization=authorization) as client:
        assert code_of(await client.post("/", content=b"x" * 10, headers=JSON)) == "MOCK-INSTITUTION-TOKEN-MISSING"
    assert echo.seen == []


@pytest.mark.parametrize(
    ("scheme", "origin", "status"),
    [("http", BASE, 200), ("http", "https://127.0.0.1:8766", 403), ("https", "https://127.0.0.1:8766", 200)],
)
async def test_an_origin_has_the_scheme_of_the_surface(scheme: str, origin: str, status: int) -> None:
    guard, _ = guarded()
    headers = [(b"origin", origin.encode())]
    sent = await asgi(guard, "/", headers, method="GET", scheme=scheme)
    assert sent[0]["status"] == status


# ── WebSocket ──


@pytest.mark.parametrize(
    ("path", "host", "origin", "is_open"),
    [
        ("/console/live", "127.0.0.1:8766", BASE, True),
        ("/console/live", "127.0.0.1:8766", None, True),
        ("/console/live", "127.0.0.1:8766", "http://evil.example", False),
        ("/console/live", "127.0.0.1:8766", "ws://127.0.0.1:8766", False),
        ("/console/live", "evil.example", "http://evil.example", False),
        ("/console/other", "127.0.0.1:8766", BASE, False),
    ],
)
async def test_a_websocket_is_opened_only_where_there_is_one_and_for_its_own_page(
    path: str, host: str, origin: str | None, is_open: bool
) -> None:
    echo = Echo()
    rules = SurfaceRules(websockets=frozenset({"/console/live"}))
    guard = WebGuard(TokenGuard(echo, TOKEN), ("127.0.0.1",), rules)
    headers = [(b"host", host.encode())] + ([] if origin is None else [(b"origin", origin.encode())])
    for token, wanted in ((TOKEN, is_open), ("wrong", False), (None, False)):
        with_token = [*headers, *([] if token is None else [(b"authorization", f"Bearer {token}".encode())])]
        sent = await asgi(guard, path, with_token, kind="websocket")
        assert [message["type"] for message in sent] == ["websocket.accept" if wanted else "websocket.close"]
    assert len(echo.seen) == is_open


# ── the tester's token ──


def behind_token(**more: Any) -> tuple[WebGuard, Echo]:
    echo = Echo()
    return WebGuard(TokenGuard(echo, TOKEN, **more), ("127.0.0.1",)), echo


@pytest.mark.parametrize("wrong", [None, "", "wrong", TOKEN[:-1], TOKEN + "x", TOKEN.upper()])
async def test_nobody_gets_past_without_the_token(wrong: str | None) -> None:
    guard, echo = behind_token()
    headers = {} if wrong is None else {"authorization": f"Bearer {wrong}"}
    async with client_of(guard) as client:
        for ask in (client.get("/admin", headers=headers), client.post("/admin", json={}, headers=headers)):
            answer = await ask
            assert (answer.status_code, code_of(answer)) == (401, "MOCK-ACCESS-TOKEN")
            assert TOKEN not in answer.text
        if wrong is not None:
            assert (await client.get("/admin", params={"token": wrong})).status_code == 401
            client.cookies.set(cookie_name(guard), wrong or '""')
            assert (await client.get("/admin")).status_code == 401
    assert echo.seen == []


async def test_a_script_sends_it_as_bearer() -> None:
    guard, echo = behind_token()
    async with client_of(guard, authorization=f"Bearer {TOKEN}") as client:
        assert (await client.post("/admin", json={})).status_code == 200
    assert len(echo.seen) == 1


def cookie_name(guard: WebGuard) -> str:
    inner: Any = guard._app
    return str(inner._cookie)


async def test_a_browser_brings_it_once_in_the_address_and_then_as_a_cookie() -> None:
    guard, echo = behind_token()
    async with client_of(guard) as client:
        page = await client.get("/console", params={"lang": "en", "token": TOKEN})
        cookie = page.headers["set-cookie"]
        assert {"HttpOnly", "SameSite=Strict", "Path=/"} <= {part.strip() for part in cookie.split(";")}
        assert echo.seen == [], "the address with the token in it is left before anything is loaded"
        [target] = re.findall(r"url=([^\"]+)", page.text)
        assert target == "/console?lang=en"
        assert TOKEN not in page.text
        assert page.headers["referrer-policy"] == "no-referrer"
        assert (await client.get(target)).status_code == 200, "the client kept the cookie"
        assert (await client.post("/admin", json={})).status_code == 200
    assert [scope["path"] for scope in echo.seen] == ["/console", "/admin"]


@pytest.mark.parametrize("path", ["//evil.example/console", "/%2f%2fevil.example", "/\\evil.example", '/"><script>'])
async def test_the_way_on_stays_on_this_server(path: str) -> None:
    guard, _ = behind_token()
    sent = await asgi(guard, path, [], method="GET", query=f"token={TOKEN}&x=<script>".encode())
    page = sent[1]["body"].decode()
    [target] = re.findall(r'content="0;url=([^"]*)"', page)
    assert re.match(r"/[^/\\]", target), target
    assert "<script>" not in page


async def test_two_servers_on_one_machine_do_not_take_each_others_cookie() -> None:
    one, other = (
        WebGuard(TokenGuard(Echo(), "one"), ("127.0.0.1",)),
        WebGuard(TokenGuard(Echo(), "two"), ("127.0.0.1",)),
    )
    assert cookie_name(one) != cookie_name(other)
    assert "one" not in cookie_name(one)


async def test_a_mutation_does_not_take_the_token_from_its_address() -> None:
    guard, echo = behind_token()
    async with client_of(guard) as client:
        assert (await client.post("/admin", params={"token": TOKEN}, json={})).status_code == 401
    assert echo.seen == []


async def test_what_is_public_needs_none_and_what_only_looks_so_does() -> None:
    guard, echo = behind_token(open_paths=("/jlis/",))
    async with client_of(guard) as client:
        assert (await client.get("/jlis/crl/auth-001.crl")).status_code == 200
        for path in ("/jlis", "/jlisx", "/JLIS/crl", "/admin/jlis/"):
            assert (await client.get(path)).status_code == 401, path
    assert len(echo.seen) == 1


def test_an_empty_token_opens_nothing() -> None:
    with pytest.raises(ValueError, match="token"):
        TokenGuard(Echo(), "")


# ── the application itself, where no client would go ──


async def asgi(
    app: Any,
    path: str,
    headers: list[tuple[bytes, bytes]],
    *,
    kind: str = "http",
    method: str = "POST",
    scheme: str = "http",
    query: bytes = b"",
) -> list[Any]:
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        return {"type": "http.request", "body": b"", "more_body": False}

    if not any(name == b"host" for name, _ in headers):
        headers = [(b"host", b"127.0.0.1:8766"), *headers]
    scope = {
        "type": kind,
        "method": method,
        "scheme": {"websocket": "ws"}.get(kind, scheme),
        "path": path,
        "query_string": query,
        "headers": headers,
        "client": ("127.0.0.1", 1),
    }
    await app(scope, receive, send)
    return sent
