"""The PIN's way in: bytes into one buffer that is wiped, and nothing on the screen."""

from __future__ import annotations

import os
import pty
import select
import termios
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from kiosk.cli import pin_input
from kiosk.cli.errors import CommandError, ExitCode
from kiosk.cli.pin_input import read_pin
from reader.pin import wipe


@contextmanager
def piped(*chunks: bytes) -> Iterator[int]:
    """A pipe that gives these chunks one by one, then its end."""
    reading, writing = os.pipe()

    def feed() -> None:
        for chunk in chunks:
            os.write(writing, chunk)
        os.close(writing)

    thread = threading.Thread(target=feed)
    thread.start()
    try:
        yield reading
    finally:
        thread.join()
        os.close(reading)


@pytest.mark.parametrize(
    "chunks",
    [(b"4093",), (b"4093\n",), (b"4093\r\n",), (b"40", b"93", b"\n"), (b"4", b"0", b"9", b"3"), (b"4093\nrest",)],
)
def test_the_pin_is_the_first_line_however_it_arrives(chunks: tuple[bytes, ...]) -> None:
    with piped(*chunks) as number, read_pin(number).spend() as digits:
        assert digits == b"4093"


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        (b"", "pin_missing"),
        (b"\n", "pin_missing"),
        (b"409", "pin_form"),
        (b"40933", "pin_form"),
        (b" 4093", "pin_form"),
        (b"4093 ", "pin_form"),
        (b"40a3", "pin_form"),
        (b"\xff\xff\xff\xff", "pin_form"),
        (b"4" * 64, "pin_form"),
        (b"4" * 1000, "pin_form"),
    ],
)
def test_anything_else_is_refused(typed: bytes, code: str) -> None:
    with piped(typed) as number, pytest.raises(CommandError) as refused:
        read_pin(number)
    assert (refused.value.code, refused.value.exit_code) == (code, ExitCode.USAGE)
    assert typed.decode("latin-1") not in repr(refused.value.params) or not typed.strip()


@pytest.fixture
def wiped(monkeypatch: pytest.MonkeyPatch) -> list[bytearray]:
    """The buffers that were wiped, as they are now."""
    buffers: list[bytearray] = []

    def remember(buffer: bytearray) -> None:
        wipe(buffer)
        buffers.append(buffer)

    monkeypatch.setattr("kiosk.cli.pin_input.wipe", remember)
    return buffers


def test_the_buffer_is_wiped_whether_the_pin_is_good_or_not(wiped: list[bytearray]) -> None:
    with piped(b"4093\n") as number:
        read_pin(number).discard()
    with piped(b"wrong\n") as number, pytest.raises(CommandError):
        read_pin(number)
    assert [bytes(buffer) for buffer in wiped] == [bytes(pin_input.LONGEST)] * 2


def test_a_terminal_does_not_show_the_pin_and_is_as_before_afterwards() -> None:
    ours, theirs = pty.openpty()
    try:
        before = termios.tcgetattr(theirs)
        shown: list[bool] = []
        real = os.readv

        def look(number: int, buffers: list[memoryview]) -> int:
            shown.append(bool(termios.tcgetattr(number)[3] & termios.ECHO))
            return real(number, buffers)

        os.write(ours, b"")
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(os, "readv", look)
            threading.Timer(0.0, lambda: os.write(ours, b"4093\n")).start()
            with read_pin(theirs).spend() as digits:
                assert digits == b"4093"
        assert shown == [False]
        assert termios.tcgetattr(theirs) == before
    finally:
        os.close(ours)
        os.close(theirs)


def test_an_input_that_only_takes_is_no_pin(tmp_path: Path, wiped: list[bytearray]) -> None:
    with (tmp_path / "written").open("wb") as file, pytest.raises(CommandError) as refused:
        read_pin(file.fileno())
    assert (refused.value.code, refused.value.exit_code) == ("pin_missing", ExitCode.USAGE)
    assert [bytes(buffer) for buffer in wiped] == [bytes(pin_input.LONGEST)]


def test_an_input_that_fails_in_the_middle_is_no_pin(wiped: list[bytearray], monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.readv

    def fail_after_two(number: int, buffers: list[memoryview]) -> int:
        if wanted == [b"40"]:
            return real(number, [buffers[0][: len(wanted.pop())]])
        raise OSError

    wanted = [b"40"]
    monkeypatch.setattr(os, "readv", fail_after_two)
    with piped(b"4093\n") as number, pytest.raises(CommandError) as refused:
        read_pin(number)
    assert (refused.value.code, wanted) == ("pin_missing", [])
    assert [bytes(buffer) for buffer in wiped] == [bytes(pin_input.LONGEST)]


def test_an_input_that_does_not_block_is_waited_for(wiped: list[bytearray], monkeypatch: pytest.MonkeyPatch) -> None:
    reading, writing = os.pipe()
    os.set_blocking(reading, False)
    chunks, real = [b"40", b"93", b"\n"], select.select

    def write_when_waited_for(inputs: list[int], outputs: list[int], others: list[int]) -> object:
        os.write(writing, chunks.pop(0))
        return real(inputs, outputs, others)

    monkeypatch.setattr(select, "select", write_when_waited_for)
    try:
        with read_pin(reading).spend() as digits:
            assert digits == b"4093"
            assert not chunks
    finally:
        os.close(reading)
        os.close(writing)
    assert bytes(pin_input.LONGEST) in map(bytes, wiped)


def test_a_terminal_that_hangs_up_while_it_is_waited_for_is_no_pin(
    wiped: list[bytearray], monkeypatch: pytest.MonkeyPatch
) -> None:
    ours, theirs = pty.openpty()
    real = os.readv

    def hang_up(number: int, buffers: list[memoryview]) -> int:
        os.close(ours)
        return real(number, buffers)

    monkeypatch.setattr(os, "readv", hang_up)
    try:
        with pytest.raises(CommandError) as refused:
            read_pin(theirs)
    finally:
        os.close(theirs)
    assert refused.value.code == "pin_missing"
    assert [bytes(buffer) for buffer in wiped] == [bytes(pin_input.LONGEST)]


def test_a_terminal_that_would_show_the_pin_is_not_read(
    wiped: list[bytearray], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise termios.error(5, "Input/output error")

    def read(*_: object) -> int:
        raise AssertionError("read with the echo on")

    ours, theirs = pty.openpty()
    monkeypatch.setattr(termios, "tcsetattr", refuse)
    monkeypatch.setattr(os, "readv", read)
    try:
        with pytest.raises(CommandError) as refused:
            read_pin(theirs)
    finally:
        os.close(ours)
        os.close(theirs)
    assert refused.value.code == "pin_missing"
    assert [bytes(buffer) for buffer in wiped] == [bytes(pin_input.LONGEST)]


def test_the_handle_says_nothing() -> None:
    with piped(b"4093\n") as number:
        handle = read_pin(number)
    assert "4093" not in repr(handle)
    handle.discard()
