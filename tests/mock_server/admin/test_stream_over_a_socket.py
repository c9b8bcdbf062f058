"""The stream of exchanges as a browser reads it: over a socket, behind the guards, until the reader goes away."""

from __future__ import annotations

import http.client
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager

import pytest
from fastapi import FastAPI

from mock_server.composition import Backend
from mock_server.listeners import LOOPBACK_NAMES, address_of, listen
from mock_server.runner import Surface, serve
from mock_server.token_guard import TokenGuard
from mock_server.web_guard import WebGuard
from tests.mock_server.scenarios.visits import HttpCounter

pytestmark = pytest.mark.daemon
PATIENCE_S = 60
TOKEN = "a-token-of-this-test"


@pytest.fixture
def port(admin_app: FastAPI) -> Iterator[int]:
    ready = threading.Event()
    ends: list[Callable[[], None]] = []

    def on_ready(end: Callable[[], None]) -> None:
        ends.append(end)
        ready.set()

    app = WebGuard(TokenGuard(admin_app, TOKEN), LOOPBACK_NAMES)
    listener = listen(address_of("127.0.0.1"), 0)
    thread = threading.Thread(target=serve, args=([Surface(app, listener)], on_ready))
    thread.start()
    try:
        assert ready.wait(PATIENCE_S)
        yield listener.getsockname()[1]
    finally:
        ends[0]()
        thread.join()
        listener.close()


@contextmanager
def opened(port: int, token: str = TOKEN) -> Iterator[http.client.HTTPResponse]:
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_S)) as connection:
        connection.request("GET", "/admin/exchanges/stream", headers={"authorization": f"Bearer {token}"})
        with connection.getresponse() as answer:
            yield answer


def test_without_the_token_nothing_is_streamed(port: int) -> None:
    with opened(port, "another") as answer:
        assert answer.status == 401


async def test_a_page_that_stays_open_sees_a_visit(port: int, counter: HttpCounter, backend: Backend) -> None:
    with opened(port) as answer:
        assert (answer.status, answer.headers["content-type"]) == (200, "text/event-stream; charset=utf-8")
        assert answer.headers["cache-control"] == "no-store"
        assert answer.readline() == b": madoguchi\n"
        await counter.numbers("taro")
        data = next(line for line in iter(answer.readline, b"") if line.startswith(b"data: "))
        assert json.loads(data.removeprefix(b"data: "))["person"] == "taro"
    await counter.numbers("hanako")
    assert len(backend.ledger.run_sync(lambda tx: tx.connection.exec_driver_sql("SELECT id FROM exchange").all())) == 2
