"""Troubles that only a real connection can have: reset, silence, half an answer, one that trickles."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from eligibility.oqs.codec import to_json
from mock_server.composition import Backend, build_app
from mock_server.listeners import address_of, listen
from mock_server.runner import Surface, serve
from mock_server.scenarios.arming import Order, arm
from tests.mock_server.paper_queries import numbers_of

pytestmark = pytest.mark.daemon
PATIENCE_S = 60


@pytest.fixture
def port(backend: Backend) -> Iterator[int]:
    """A server on a real socket, on a thread of its own."""
    ready = threading.Event()
    ends: list[Callable[[], None]] = []

    def on_ready(end: Callable[[], None]) -> None:
        ends.append(end)
        ready.set()

    listener = listen(address_of("127.0.0.1"), 0)
    thread = threading.Thread(target=serve, args=([Surface(build_app(backend), listener)], on_ready))
    thread.start()
    try:
        assert ready.wait(PATIENCE_S)
        yield listener.getsockname()[1]
    finally:
        ends[0]()
        thread.join()
        listener.close()


def armed(backend: Backend, name: str, **params: Any) -> None:
    backend.ledger.run_sync(lambda tx: arm(tx, Order(name, params)))


def asked(port: int) -> socket.socket:
    """A connection on which a query by numbers was sent."""
    body = json.dumps({"message": to_json(numbers_of("taro"))}).encode()
    head = (
        f"POST /v1/qualification/numbers HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    )
    connection = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S)
    connection.sendall(head.encode() + body)
    return connection


def read_all(connection: socket.socket) -> tuple[bytes, bool]:
    """What came, and whether the connection was reset in place of being closed."""
    received = bytearray()
    with connection:
        while True:
            try:
                chunk = connection.recv(65_536)
            except ConnectionResetError:
                return bytes(received), True
            if not chunk:
                return bytes(received), False
            received += chunk


def split(answer: bytes) -> tuple[bytes, bytes]:
    head, _, body = answer.partition(b"\r\n\r\n")
    return head, body


def announced(head: bytes) -> int:
    return next(int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:"))


def test_without_trouble_the_answer_is_whole(port: int) -> None:
    answer, was_reset = read_all(asked(port))
    head, body = split(answer)
    assert (announced(head), was_reset) == (len(body), False)


def test_a_connection_is_reset_before_any_byte(backend: Backend, port: int) -> None:
    armed(backend, "reset_connection")
    assert read_all(asked(port)) == (b"", True)
    assert read_all(asked(port))[0].startswith(b"HTTP/1.1 200")


@pytest.mark.parametrize("at", ["headers", "middle"])
def test_a_connection_is_reset_after_it_began_to_answer(backend: Backend, port: int, at: str) -> None:
    armed(backend, "reset_connection", at=at)
    answer, was_reset = read_all(asked(port))
    assert was_reset
    if answer:  # the reset may overtake what was sent before it
        head, body = split(answer)
        assert head.startswith(b"HTTP/1.1 200")
        assert len(body) == (0 if at == "headers" else announced(head) // 2)


def test_half_an_answer_ends_before_its_announced_length(backend: Backend, port: int) -> None:
    armed(backend, "half_written", percent=40, pause_ms=200)
    head, body = split(read_all(asked(port))[0])
    assert head.startswith(b"HTTP/1.1 200")
    assert len(body) == announced(head) * 40 // 100


def test_a_silent_service_closes_without_an_answer(backend: Backend, port: int) -> None:
    armed(backend, "timeout", hold_s=1)
    begun = time.monotonic()
    assert read_all(asked(port))[0] == b""
    assert time.monotonic() - begun >= 1


def test_whoever_gives_up_on_a_silent_service_can_ask_again(backend: Backend, port: int) -> None:
    armed(backend, "timeout", hold_s=3600)
    impatient = asked(port)
    impatient.settimeout(0.3)
    with pytest.raises(TimeoutError):
        impatient.recv(1)
    impatient.close()
    assert read_all(asked(port))[0].startswith(b"HTTP/1.1 200")


def test_a_slow_body_comes_piece_by_piece(backend: Backend, port: int) -> None:
    armed(backend, "slow_body", pieces=4, pause_ms=200)
    begun, connection, moments, received = time.monotonic(), asked(port), [], bytearray()
    with connection:
        while chunk := connection.recv(65_536):
            moments.append(time.monotonic() - begun)
            received += chunk
    head, body = split(bytes(received))
    assert len(body) == announced(head)
    assert moments[-1] >= 0.6
    assert len(moments) >= 3
