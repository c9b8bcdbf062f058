"""A listener of its own: ready when it says so, and ended by SIGTERM with success."""

from __future__ import annotations

import asyncio
import json
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest

from mock_server.errors import SetupError
from mock_server.listeners import address_of, listen, url_of
from mock_server.runner import Surface, run_server, serve
from tests.mock_server.served_here import served_here

SERVE = """
import os, sys
from datetime import datetime
from pathlib import Path
from eligibility.calendar import JST
from mock_server.composition import build_app, open_backend
from mock_server.runner import run_server
now = lambda: datetime(2026, 11, 20, 9, tzinfo=JST)
backend = open_backend(Path(sys.argv[1]), now=now, random_bytes=os.urandom)
run_server(build_app(backend), sys.argv[2], 0, lambda host, port: print(host, port, flush=True))
backend.close()
"""


async def hello(scope: Any, _receive: Any, send: Any) -> None:
    """Answers everybody with what it was told of the connection."""
    assert scope["type"] == "http"
    known = scope["extensions"]["madoguchi"]
    body = json.dumps({"certificate": known["client_certificate"], "closing": known["transport"].is_closing()})
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": body.encode()})


@contextmanager
def served(data: Path, host: str = "127.0.0.1") -> Iterator[tuple[subprocess.Popen[str], str]]:
    command = [sys.executable, "-c", SERVE, str(data), host]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as program:
        try:
            assert program.stdout is not None
            address, port = program.stdout.readline().split()
            yield program, f"http://[{address}]:{port}" if ":" in address else f"http://{address}:{port}"
        finally:
            program.kill()


# ── in this process ──


def test_several_surfaces_are_served_at_once_and_ended_together() -> None:
    listeners = [listen(address_of("127.0.0.1"), 0) for _ in range(2)]
    urls = [url_of(listener) for listener in listeners]
    surfaces = [Surface(hello, listener) for listener in listeners]
    with served_here(*surfaces), httpx2.Client(trust_env=False) as client:
        answers = [client.get(url).json() for url in urls]
    assert answers == [{"certificate": "", "closing": False}] * 2
    for url in urls:
        with pytest.raises(httpx2.ConnectError):
            httpx2.get(url, trust_env=False)


def test_what_runs_beside_a_server_ends_it_by_failing() -> None:
    async def fails() -> None:
        await asyncio.sleep(0)
        raise SetupError("setup.worker.failed")

    with closing(listen(address_of("127.0.0.1"), 0)) as listener, pytest.raises(SetupError) as failure:
        serve([Surface(hello, listener)], lambda _: None, fails)
    assert failure.value.code == "setup.worker.failed"


def test_a_failure_while_telling_that_it_is_ready_ends_the_server() -> None:
    def on_ready(_: Any) -> None:
        raise SetupError("setup.data_folder.unusable")

    with closing(listen(address_of("127.0.0.1"), 0)) as listener, pytest.raises(SetupError):
        serve([Surface(hello, listener)], on_ready)


def test_a_port_in_use_is_named() -> None:
    with closing(listen(address_of("127.0.0.1"), 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(SetupError) as refusal:
            run_server(hello, "127.0.0.1", port, lambda *_: None)
    assert (refusal.value.code, refusal.value.params["port"]) == ("setup.port.in_use", str(port))


# ── as a program ──


@pytest.mark.daemon
@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGINT])
def test_it_answers_when_it_says_so_and_ends_with_success(tmp_path: Path, end: signal.Signals) -> None:
    with served(tmp_path) as (program, url):
        with httpx2.Client(base_url=url, trust_env=False) as client:
            assert client.get("/v1/health").json()["status"] == "ok"
            assert client.post(
                "/v1/challenge", json={"institution": "1312345678", "purpose": "qualification"}
            ).is_success
            assert client.get("/v1/health", headers={"host": "evil.example"}).status_code == 421
        program.send_signal(end)
        _, errors = program.communicate()
        assert (program.returncode, errors) == (0, "")


@pytest.mark.daemon
def test_a_body_without_an_end_is_cut_off_at_the_limit(tmp_path: Path) -> None:
    with served(tmp_path) as (_, url):
        host, port = url.removeprefix("http://").split(":")
        with socket.create_connection((host, int(port))) as client:
            head = f"POST /v1/challenge HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\n"
            client.sendall(head.encode() + b"Transfer-Encoding: chunked\r\n\r\n")
            for _ in range(80):
                client.sendall(b"400\r\n" + b"x" * 1024 + b"\r\n")
            assert b" 413 " in client.makefile("rb").readline()


@pytest.mark.daemon
def test_a_client_that_never_finishes_does_not_keep_it_alive(tmp_path: Path) -> None:
    with served(tmp_path) as (program, url):
        host, port = url.removeprefix("http://").split(":")
        with socket.create_connection((host, int(port))) as client:
            head = f"POST /v1/challenge HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\n"
            client.sendall(head.encode() + b"Expect: 100-continue\r\nContent-Length: 10\r\n\r\n")
            assert b" 100 " in client.makefile("rb").readline(), "the server has begun to read the body"
            program.send_signal(signal.SIGTERM)
            _, errors = program.communicate()
            assert (program.returncode, errors) == (0, "")
