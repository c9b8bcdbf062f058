"""The client when nobody answers: every such failure is a service that is down, and nothing hangs."""

from __future__ import annotations

import threading

import anyio
import httpx2
import pytest

from kiosk.flow.states import Trouble
from kiosk.services.http_asker import LARGEST_ANSWER
from kiosk.services.qualification_client import HttpQualificationClient
from tests.kiosk.services.samples import INSTITUTION, TODAY
from tests.kiosk.services.small_server import (
    CHALLENGE,
    SmallServer,
    a_challenge,
    client_of,
    stopped,
)


class Failing(httpx2.AsyncBaseTransport):
    def __init__(self, error: Exception) -> None:
        self._error = error

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        raise self._error


@pytest.mark.parametrize(
    ("error", "detail"),
    [
        (httpx2.ConnectError("refused"), "connect"),
        (httpx2.ConnectTimeout("slow"), "timeout"),
        (httpx2.ReadTimeout("slow"), "timeout"),
        (httpx2.PoolTimeout("busy"), "timeout"),
        (httpx2.ReadError("reset"), "protocol"),
        (httpx2.RemoteProtocolError("garbage"), "protocol"),
        (RuntimeError("the server in process has a bug"), "crashed"),
    ],
)
def test_a_line_that_is_down(error: Exception, detail: str) -> None:
    with client_of(Failing(error)) as client:
        assert stopped(client.challenge) == (Trouble.SERVER_DOWN, detail)
        assert stopped(client.challenge) == (Trouble.SERVER_DOWN, detail), "and it can be asked again"


def test_nobody_listens() -> None:
    import socket

    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{unused.getsockname()[1]}"
        client = HttpQualificationClient(address, INSTITUTION, on=lambda: TODAY)
        try:
            assert stopped(client.challenge) == (Trouble.SERVER_DOWN, "connect")
        finally:
            client.close()


def test_an_answer_that_never_comes_is_a_time_out(server: SmallServer) -> None:
    server.before_answer = anyio.sleep_forever
    with client_of(server, timeout_s=0.05) as client:
        assert stopped(client.challenge) == (Trouble.SERVER_DOWN, "timeout")


def test_an_answer_without_end_is_cut_off(server: SmallServer) -> None:
    server.answers(b"x" * (LARGEST_ANSWER + 1))
    with client_of(server) as client:
        assert stopped(client.challenge) == (Trouble.SERVER_DOWN, "too_large")


def test_a_slow_question_does_not_hold_up_another(server: SmallServer) -> None:
    waiting, go_on = threading.Event(), threading.Event()
    rest = iter([True])

    async def only_the_first_waits() -> None:
        if next(rest, False):
            waiting.set()
            await anyio.to_thread.run_sync(go_on.wait)

    server.answers(CHALLENGE)
    server.before_answer = only_the_first_waits
    with client_of(server) as client:
        first = threading.Thread(target=client.challenge)
        first.start()
        waiting.wait()
        assert client.challenge() == a_challenge()
        assert first.is_alive()
        go_on.set()
        first.join()


def test_closing_ends_a_question_under_way(server: SmallServer) -> None:
    waiting = threading.Event()

    async def wait_for_ever() -> None:
        waiting.set()
        await anyio.sleep_forever()

    server.before_answer = wait_for_ever
    with client_of(server) as client:
        outcome: list[tuple[Trouble, str]] = []
        asking = threading.Thread(target=lambda: outcome.append(stopped(client.challenge)))
        asking.start()
        waiting.wait()
        client.close()
        asking.join()
        client.close()
        assert outcome == [(Trouble.SERVER_DOWN, "closed")]
        assert stopped(client.challenge) == (Trouble.SERVER_DOWN, "closed")
