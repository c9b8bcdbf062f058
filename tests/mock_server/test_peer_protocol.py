"""Connections as bytes: what is no HTTP, requests that never get whole, upgrades, and who may break a connection."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest

from mock_server import peer_protocol
from mock_server.composition import Backend, build_app
from mock_server.listeners import address_of, listen
from mock_server.runner import Surface
from mock_server.web_guard import WebGuard
from tests.mock_server.served_here import served_here

Address = tuple[str, int]


@contextmanager
def served(app: Any) -> Iterator[Address]:
    listener = listen(address_of("127.0.0.1"), 0)
    address: Address = listener.getsockname()
    with served_here(Surface(app, listener)):
        yield address


@pytest.fixture
def server(backend: Backend) -> Iterator[Address]:
    with served(build_app(backend)) as address:
        yield address


def exchange(address: Address, *pieces: bytes) -> bytes:
    """Send, and read to the end of the connection."""
    with socket.create_connection(address) as client:
        for piece in pieces:
            client.sendall(piece)
        answer = bytearray()
        try:
            while piece := client.recv(65_536):
                answer += piece
        except ConnectionResetError:  # it closed without reading everything we sent; the answer came before
            pass
        return bytes(answer)


def body_of(answer: bytes) -> Any:
    return json.loads(answer.partition(b"\r\n\r\n")[2])


POST = b"POST /v1/challenge HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
HEAD = b"GET /v1/health HTTP/1.1\r\nHost: 127.0.0.1\r\n"


@pytest.mark.parametrize(
    "rubbish",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"GET\r\n\r\n",
        b"\r\n\x00\r\n\r\n",
        b"GET /v1/health HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        b"GET /v1/health HTTP/1.1\r\n\r\n",
        b"POST /v1/challenge HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX: " + b"x" * 200_000 + b"\r\n\r\n",
    ],
)
def test_what_is_no_http_is_refused_in_the_one_shape(server: Address, rubbish: bytes) -> None:
    answer = exchange(server, rubbish)
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert body_of(answer)["error"]["code"] == "MOCK-REQUEST-MALFORMED"
    assert exchange(server, HEAD + b"Connection: close\r\n\r\n").startswith(b"HTTP/1.1 200 ")


def test_rubbish_after_an_answer_ends_the_connection_and_nothing_more(
    server: Address, caplog: pytest.LogCaptureFixture
) -> None:
    wrong = POST.replace(b"application/json", b"text/plain") + b"Transfer-Encoding: chunked\r\n\r\n"
    with socket.create_connection(server) as client:
        client.sendall(wrong)
        answer = client.recv(65_536)
        client.sendall(b"zz\r\n")
        try:
            while client.recv(65_536):
                pass
        except ConnectionResetError:
            pass
    assert answer.startswith(b"HTTP/1.1 415 ")
    assert exchange(server, HEAD + b"Connection: close\r\n\r\n").startswith(b"HTTP/1.1 200 ")
    assert [record.message for record in caplog.records if record.name == "asyncio"] == []


def test_a_length_and_chunks_at_once_are_not_both_believed(server: Address) -> None:
    """Request smuggling: two servers in a row would cut at different places."""
    smuggled = b"GET /v1/nowhere HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
    both = POST + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + smuggled
    codes = [part.split()[0] for part in exchange(server, both).split(b"HTTP/1.1 ")[1:]]
    assert codes[0] == b"400", "either way the first is refused"
    assert b"200" not in codes


def test_no_upgrade_is_answered(server: Address) -> None:
    upgrade = (
        b"Connection: Upgrade, close\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
        b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    )
    answer = exchange(server, HEAD + upgrade)
    assert not answer.startswith(b"HTTP/1.1 101 ")
    h2c = b"Connection: Upgrade, HTTP2-Settings, close\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n"
    assert not exchange(server, HEAD + h2c).startswith(b"HTTP/1.1 101 ")


@pytest.mark.parametrize(
    "begun",
    [
        b"",
        b"GET /v1/health HTTP/1.1\r\nHost: 127.",
        POST + b"Content-Length: 50\r\n\r\n{",
    ],
)
def test_a_request_that_never_gets_whole_is_cut_off(
    backend: Backend, monkeypatch: pytest.MonkeyPatch, begun: bytes
) -> None:
    monkeypatch.setattr(peer_protocol, "REQUEST_PATIENCE_S", 0.2)
    with served(build_app(backend)) as address, socket.create_connection(address) as client:
        client.sendall(begun)
        with suppress(ConnectionError):  # cut off so hard that even the end of the stream is lost
            assert client.makefile("rb").read() == b""


def test_a_patient_answer_is_not_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only what the client still owes is limited: an answer may take its time (latency, the console's feed)."""
    import asyncio

    monkeypatch.setattr(peer_protocol, "REQUEST_PATIENCE_S", 0.1)

    async def slow(_scope: Any, _receive: Any, send: Any) -> None:
        await asyncio.sleep(0.5)
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
        await send({"type": "http.response.body", "body": b"ok"})

    with served(WebGuard(slow, ("127.0.0.1",))) as address:
        answer = exchange(address, HEAD + b"Connection: close\r\n\r\n")
        assert answer.endswith(b"\r\n\r\nok")


def test_the_application_can_break_its_connection() -> None:
    async def breaks(scope: Any, _receive: Any, _send: Any) -> None:
        scope["extensions"]["madoguchi"]["transport"].abort()

    with served(breaks) as address, socket.create_connection(address) as client:
        client.sendall(HEAD + b"\r\n")
        with suppress(ConnectionResetError):
            assert client.makefile("rb").read() == b""
