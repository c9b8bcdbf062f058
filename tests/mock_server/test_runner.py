"""A listener of its own: loopback only, ready when it says so, and ended by SIGTERM with success."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2
import pytest

from mock_server.app import create_app
from mock_server.errors import SetupError
from mock_server.runner import loopback_address, run_server
from mock_server.service import QualificationService

SERVE = """
import os, sys
from datetime import datetime
from pathlib import Path
from eligibility.calendar import JST
from mock_server.composition import build_app, open_service
from mock_server.runner import run_server
now = lambda: datetime(2026, 11, 20, 9, tzinfo=JST)
service = open_service(Path(sys.argv[1]), now=now, random_bytes=os.urandom)
run_server(build_app(service, sys.argv[2]), sys.argv[2], 0, lambda host, port: print(host, port, flush=True))
service.close()
"""


def no_one(host: str, port: int) -> None:
    raise AssertionError(f"{host}:{port} must not be served")


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


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "example.com", "", "127.0.0.1.example"])
def test_it_does_not_listen_beyond_loopback(service: QualificationService, host: str) -> None:
    with pytest.raises(SetupError) as refusal:
        run_server(create_app(service), host, 0, no_one)
    assert (refusal.value.code, refusal.value.params["host"]) == ("setup.host.not_loopback", host)


@pytest.mark.parametrize(("host", "address"), [("localhost", "127.0.0.1"), ("127.1.2.3", "127.1.2.3"), ("::1", "::1")])
def test_loopback_addresses(host: str, address: str) -> None:
    assert loopback_address(host) == address


def test_a_port_in_use_is_named(service: QualificationService) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(SetupError) as refusal:
            run_server(create_app(service), "127.0.0.1", port, no_one)
    assert (refusal.value.code, refusal.value.params["port"]) == ("setup.port.in_use", str(port))


def test_a_port_that_does_not_exist_is_named(service: QualificationService) -> None:
    with pytest.raises(SetupError) as refusal:
        run_server(create_app(service), "127.0.0.1", 70_000, no_one)
    assert refusal.value.code == "setup.listener.unusable"


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
            program.communicate()
            assert program.returncode == 0
