"""What the fixture promises: an ordinary user's daemon, one per process, gone with the process however that ends."""

from __future__ import annotations

import os
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.daemons.fixtures import pcscd_or_skip, private_pcscd
from tests.daemons.private_pcscd import PROJECT, PrivatePcscd
from tests.daemons.unprivileged import ordinary_user, start_unprivileged
from tests.daemons.virtual_card import LONG_ENOUGH_S

__all__ = ["private_pcscd"]

pytestmark = pytest.mark.daemon

OTHER_PROCESS = """
import sys
from tests.daemons.private_pcscd import shared_daemon
daemon = shared_daemon()
from reader.transports import pcsc
print(daemon.pid, *daemon.ports, sep="|", end="|")
print(*pcsc.list_readers(), sep="|", flush=True)
sys.stdin.read()
"""


@contextmanager
def another_worker() -> Iterator[tuple[subprocess.Popen[str], list[str]]]:
    """Another test process with a daemon of its own: the process, and daemon's pid, ports and readers."""
    with subprocess.Popen(
        [sys.executable, "-c", OTHER_PROCESS], cwd=PROJECT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        try:
            yield process, process.stdout.readline().strip().split("|")
        finally:
            if process.poll() is None:
                process.communicate()


def ended(pid: int) -> bool:
    """Whether a process of somebody else's ends in time."""
    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([descriptor], [], [], LONG_ENOUGH_S)[0])
    finally:
        os.close(descriptor)


@pytest.mark.pcsc
def test_it_runs_as_an_ordinary_user(private_pcscd: PrivatePcscd) -> None:
    assert Path(f"/proc/{private_pcscd.pid}").stat().st_uid == ordinary_user()[0] != 0


@pytest.mark.pcsc
def test_two_workers_do_not_see_each_other(private_pcscd: PrivatePcscd) -> None:
    with another_worker() as (_, (pid, first_port, second_port, *readers)):
        assert int(pid) != private_pcscd.pid
        assert len(readers) == 2
        assert not set(readers) & set(private_pcscd.readers)
        assert not {int(first_port), int(second_port)} & set(private_pcscd.ports)


def folders_of(process: subprocess.Popen[str]) -> list[Path]:
    return list(Path("/tmp").glob(f"madoguchi-pcscd-{process.pid}-*"))


@pytest.mark.pcsc
def test_it_dies_with_a_test_process_that_was_killed_and_the_next_one_tidies_up() -> None:
    pcscd_or_skip()
    with another_worker() as (killed, (pid, *_)):
        killed.send_signal(signal.SIGKILL)
        killed.wait()
        assert ended(int(pid))
    assert len(folders_of(killed)) == 1
    with another_worker():
        assert folders_of(killed) == []


@pytest.mark.pcsc
def test_it_dies_with_a_test_process_that_ended_and_leaves_nothing() -> None:
    pcscd_or_skip()
    with another_worker() as (process, (pid, *_)):
        assert len(folders_of(process)) == 1
        process.communicate()
        assert ended(int(pid))
    assert folders_of(process) == []


def test_a_program_is_started_as_an_ordinary_user_with_the_socket_as_descriptor_3(tmp_path: Path) -> None:
    output = tmp_path / "output"
    script = (
        "import os, socket; s = socket.socket(fileno=3); c, _ = s.accept(); "
        'c.sendall(f\'{os.getuid()} {os.environ["LISTEN_FDS"]} {os.environ["LISTEN_PID"] == str(os.getpid())}\''
        ".encode())"
    )
    with socket.create_server(("127.0.0.1", 0)) as listening:
        address = listening.getsockname()
        process = start_unprivileged(["python3", "-S", "-c", script], listening=listening, output=output)
    with socket.create_connection(address, timeout=LONG_ENOUGH_S) as client:
        said = client.recv(100).decode()
    assert process.wait(LONG_ENOUGH_S) == 0, output.read_text()
    assert said == f"{ordinary_user()[0]} 1 True"
