"""Lines asked and answered while a command serves: over a socket that is this user's alone, and on standard input."""

from __future__ import annotations

import contextlib
import os
import pty
import queue
import shutil
import socket
import stat
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TextIO

import pytest

from kiosk.cli.control_lines import ControlLines, ControlSocket
from kiosk.cli.errors import CommandError
from reader.transports.card_control import ControlMistakeError

WAIT_S = 30.0


def echo(line: str | ControlMistakeError) -> str:
    """An answer that tells what arrived."""
    return f"error {line.code}" if isinstance(line, ControlMistakeError) else f"ok {line}"


@pytest.fixture
def path() -> Iterator[Path]:
    """A name for a socket; short, because a socket's name has at most 108 bytes."""
    folder = Path(tempfile.mkdtemp(prefix="madoguchi-"))
    yield folder / "control"
    shutil.rmtree(folder)


class Stdin:
    """Standard input and what is said to it, in place of this process's own."""

    def __init__(self, file: TextIO) -> None:
        self.file = file
        self.said = queue.Queue[str]()


@pytest.fixture
def stdin_from(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[int], Stdin]]:
    """Makes a descriptor the standard input; closed when nobody reads from it any more."""
    made = list[Stdin]()

    def use(fd: int) -> Stdin:
        made.append(Stdin(os.fdopen(fd)))
        monkeypatch.setattr("sys.stdin", made[-1].file)
        return made[-1]

    yield use
    for stdin in made:
        stdin.file.close()


StdinFrom = Callable[[int], Stdin]


@pytest.fixture
def no_stdin(monkeypatch: pytest.MonkeyPatch) -> None:
    """A program without standard input."""
    monkeypatch.setattr("sys.stdin", None)


@pytest.fixture
def out() -> Iterator[int]:
    """A descriptor that can always be written to."""
    with open(os.devnull, "wb") as file:  # noqa: PTH123 - a descriptor is wanted
        yield file.fileno()


Serve = Callable[..., ControlLines]


@pytest.fixture
def serve(out: int, stdin_from: object) -> Iterator[Serve]:
    """Starts ControlLines; ended and gone afterwards."""
    running = list[tuple[ControlLines, ControlSocket | None]]()

    def start(
        path: Path | None = None, *, answer: object = echo, say: object = None, say_fd: int | None = None
    ) -> ControlLines:
        door = ControlSocket(path) if path is not None else None
        lines = ControlLines(
            answer,  # type: ignore[arg-type]
            door=door,
            say=say or (lambda line: None),  # type: ignore[arg-type]
            say_fd=out if say_fd is None else say_fd,
        )
        running.append((lines, door))
        return lines

    yield start
    for lines, door in running:
        lines.close()
        if door is not None:
            door.close()
    assert not any(thread.name == "madoguchi-control" for thread in threading.enumerate())


def connect(path: Path) -> socket.socket:
    client = socket.socket(socket.AF_UNIX)
    client.settimeout(WAIT_S)
    client.connect(str(path))
    return client


def fill(fd: int, piece: bytes) -> None:
    """Write until no more is taken: nobody reads at the other end."""
    with contextlib.suppress(BlockingIOError):
        while True:
            os.write(fd, piece)


def ask(path: Path, sent: bytes) -> list[str]:
    """Everything that is answered to what one client sends before it stops asking."""
    with connect(path) as client:
        client.sendall(sent)
        client.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: client.recv(4_096), b"")).decode().splitlines()


class TestTheSocket:
    """Whose it is, and that it is gone afterwards."""

    def test_only_this_user_may_connect_and_nothing_is_left(self, path: Path) -> None:
        door = ControlSocket(path)
        assert stat.S_IMODE(path.lstat().st_mode) == 0o600
        door.close()
        door.close()
        assert not path.exists()

    def test_a_dead_socket_is_replaced(self, path: Path) -> None:
        with socket.socket(socket.AF_UNIX) as left:
            left.bind(str(path))
        door = ControlSocket(path)
        with connect(path):
            pass
        door.close()

    @pytest.mark.parametrize("kind", ["file", "folder", "link"])
    def test_something_else_is_left_alone(self, path: Path, kind: str) -> None:
        if kind == "file":
            path.write_text("mine")
        elif kind == "folder":
            path.mkdir()
        else:
            path.symlink_to("nowhere")
        with pytest.raises(CommandError) as refusal:
            ControlSocket(path)
        assert refusal.value.code == "control_taken"
        assert path.is_symlink() or path.exists()

    def test_a_socket_where_somebody_answers_is_left_alone(self, path: Path) -> None:
        door = ControlSocket(path)
        with pytest.raises(CommandError) as refusal:
            ControlSocket(path)
        assert refusal.value.code == "control_in_use"
        with connect(path):
            pass
        door.close()

    def test_a_name_that_cannot_be_a_socket(self, path: Path) -> None:
        for impossible in (path.parent / "no-folder" / "control", path.parent / ("x" * 120)):
            with pytest.raises(CommandError) as refusal:
                ControlSocket(impossible)
            assert refusal.value.code == "control_unusable"

    def test_the_socket_of_a_later_program_is_not_removed(self, path: Path) -> None:
        door = ControlSocket(path)
        path.unlink()
        later = ControlSocket(path)
        door.close()
        assert path.exists()
        later.close()


@pytest.mark.usefixtures("no_stdin")
class TestClients:
    """Who asks over the socket."""

    def test_every_line_has_one_answer_in_order(self, path: Path, serve: Serve) -> None:
        serve(path)
        assert ask(path, b"one\ntwo\r\n\nthree\n") == ["ok one", "ok two", "ok ", "ok three"]

    def test_the_last_line_needs_no_end(self, path: Path, serve: Serve) -> None:
        serve(path)
        assert ask(path, b"one\ntwo") == ["ok one", "ok two"]
        assert ask(path, b"") == []

    def test_answers_come_while_the_client_stays(self, path: Path, serve: Serve) -> None:
        serve(path)
        with connect(path) as client:
            for word in (b"one", b"two"):
                client.sendall(word[:1])
                client.sendall(word[1:] + b"\n")
                assert client.recv(100) == b"ok " + word + b"\n"

    def test_garbage_is_answered_and_ends_nothing(self, path: Path, serve: Serve) -> None:
        serve(path)
        assert ask(path, b"\xff\xfe\n" + b"x" * 5_000 + b"\nlast\n") == [
            "error not_text",
            "error line_too_long",
            "ok last",
        ]

    def test_who_asks_a_thousand_times_and_never_reads_stops_nobody(self, path: Path, serve: Serve) -> None:
        serve(path, answer=lambda line: "ok " + "x" * 200)
        with connect(path) as rude:
            rude.setblocking(False)
            fill(rude.fileno(), b"status\n" * 1_000)
            assert ask(path, b"one\n") == ["ok " + "x" * 200]

    def test_who_hangs_up_in_the_middle_stops_nobody(self, path: Path, serve: Serve) -> None:
        serve(path)
        for _ in range(5):
            with connect(path) as client:
                client.sendall(b"one\ntwo\nthr")
        assert ask(path, b"one\n") == ["ok one"]

    def test_many_at_once_are_all_answered(self, path: Path, serve: Serve) -> None:
        serve(path)
        clients = [connect(path) for _ in range(30)]
        for client in clients:
            client.sendall(b"one\n")
            client.shutdown(socket.SHUT_WR)
        for client in clients:
            with client:
                assert client.recv(100) == b"ok one\n"

    def test_the_answer_to_the_line_that_ends_it_still_goes_out(self, path: Path, serve: Serve) -> None:
        ended = threading.Event()

        def answer(line: str) -> str:
            ended.set()
            return "ok bye"

        lines = serve(path, answer=answer)
        with connect(path) as client:
            client.sendall(b"quit\n")
            assert ended.wait(WAIT_S)
            lines.close()
            assert client.recv(100) == b"ok bye\n"


class TestStandardInput:
    """Whoever started the program asks there."""

    def test_lines_are_answered_and_its_end_is_not_the_end(
        self, path: Path, serve: Serve, stdin_from: StdinFrom
    ) -> None:
        read_end, write_end = os.pipe()
        stdin = stdin_from(read_end)
        serve(path, say=stdin.said.put)
        os.write(write_end, b"one\ntw")
        assert stdin.said.get(timeout=WAIT_S) == "ok one"
        os.write(write_end, b"o\nthree")
        os.close(write_end)
        assert [stdin.said.get(timeout=WAIT_S) for _ in range(2)] == ["ok two", "ok three"]
        assert ask(path, b"four\n") == ["ok four"]

    @pytest.mark.parametrize("kind", ["/dev/null", "file"])
    def test_nothing_or_a_file_as_standard_input(
        self, kind: str, path: Path, serve: Serve, stdin_from: StdinFrom
    ) -> None:
        script = path.with_name("script")
        script.write_text("one\ntwo\n")
        stdin = stdin_from(os.open(script if kind == "file" else kind, os.O_RDONLY))
        serve(path, say=stdin.said.put)
        expected = ["ok one", "ok two"] if kind == "file" else []
        assert [stdin.said.get(timeout=WAIT_S) for _ in expected] == expected
        assert ask(path, b"four\n") == ["ok four"]

    def test_answers_wait_until_somebody_reads_them_and_the_socket_goes_on(
        self, path: Path, serve: Serve, stdin_from: StdinFrom
    ) -> None:
        read_end, write_end = os.pipe()
        unread, full = os.pipe()
        os.set_blocking(full, False)
        fill(full, b"x" * 4_096)
        stdin = stdin_from(read_end)
        serve(path, say=stdin.said.put, say_fd=full)
        os.write(write_end, b"one\n")
        assert ask(path, b"two\n") == ["ok two"]
        assert stdin.said.empty()
        while stdin.said.empty():
            os.read(unread, 65_536)
            assert ask(path, b"three\n") == ["ok three"]
        assert stdin.said.get() == "ok one"
        for fd in (write_end, unread, full):
            os.close(fd)

    def test_a_terminal_is_read_too(self, serve: Serve, stdin_from: StdinFrom) -> None:
        ours, theirs = pty.openpty()
        stdin = stdin_from(theirs)
        serve(say=stdin.said.put)
        os.write(ours, b"one\n")
        assert stdin.said.get(timeout=WAIT_S) == "ok one"
        os.close(ours)

    def test_a_terminal_that_belongs_to_another_job_is_not_read(
        self, path: Path, serve: Serve, stdin_from: StdinFrom, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        ours, theirs = pty.openpty()
        stdin = stdin_from(theirs)
        foreground = [os.getpgrp() + 1]
        asked = queue.Queue[int]()

        def whose(fd: int) -> int:
            asked.put(fd)
            return foreground[0]

        monkeypatch.setattr("os.tcgetpgrp", whose)
        monkeypatch.setattr("kiosk.cli.control_lines._LOOK_AGAIN_S", 0.01)
        serve(path, say=stdin.said.put)
        os.write(ours, b"typed to the shell\n")
        for _ in range(3):
            assert asked.get(timeout=WAIT_S) == theirs
        assert stdin.said.empty()
        foreground[0] = os.getpgrp()
        assert stdin.said.get(timeout=WAIT_S) == "ok typed to the shell"
        os.close(ours)

    def test_answers_that_cannot_be_written_end_nothing(self, path: Path, serve: Serve, stdin_from: StdinFrom) -> None:
        read_end, write_end = os.pipe()
        stdin = stdin_from(read_end)

        def say(line: str) -> None:
            stdin.said.put(line)
            raise CommandError("output_failed", reason=OSError(28, "full"))

        serve(path, say=say)
        os.write(write_end, b"one\ntwo\n")
        assert stdin.said.get(timeout=WAIT_S) == "ok one"
        assert ask(path, b"three\n") == ["ok three"]
        os.close(write_end)
