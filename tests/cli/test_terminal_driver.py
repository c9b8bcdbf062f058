"""Writing to a terminal never waits for whoever reads it, and loses nothing while somebody does."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator

import pytest

from kiosk.cli.terminal_driver import TerminalWriter
from tests.eventually import eventually

A_PIPE_FULL = 1 << 20
"""Bytes, far more than a pipe holds."""
LONG_ENOUGH_S = 60.0


class Pipe:
    """In the place of a terminal."""

    def __init__(self) -> None:
        self.out, self.into = os.pipe()

    def close(self, fileno: int) -> None:
        os.close(fileno)
        self.out, self.into = (-1 if one == fileno else one for one in (self.out, self.into))


@pytest.fixture
def pipe() -> Iterator[Pipe]:
    made = Pipe()
    yield made
    if made.out != -1:
        os.close(made.out)
    # The other end stays open: a writer that is still at it would write into whatever gets its number next.


def test_everything_arrives_in_order_however_late_it_is_read(pipe: Pipe) -> None:
    writer = TerminalWriter(pipe.into, most=10 * A_PIPE_FULL)
    writer.start()
    parts = [f"{number}:".encode() + b"x" * (A_PIPE_FULL // 10) for number in range(20)]
    for part in parts:
        writer.put(part)  # would hang here if it waited
    found = b""
    while len(found) < sum(map(len, parts)):
        found += os.read(pipe.out, A_PIPE_FULL)
    assert hashlib.sha256(found).digest() == hashlib.sha256(b"".join(parts)).digest()  # two megabytes are no message
    assert writer.end(LONG_ENOUGH_S)
    assert not writer.dropped


def test_what_nobody_reads_is_dropped_whole_and_told(pipe: Pipe) -> None:
    writer = TerminalWriter(pipe.into, most=A_PIPE_FULL)
    writer.start()
    first = b"a" * A_PIPE_FULL
    writer.put(first)
    assert eventually(lambda: not writer.waiting), "it never began"
    for _ in range(3):
        writer.put(b"b" * A_PIPE_FULL)
    assert writer.dropped
    writer.put(b"last")
    found = b""
    while not found.endswith(b"last"):
        found += os.read(pipe.out, A_PIPE_FULL)
    assert found.startswith(first), "what was begun is finished, so that no sequence is cut"
    assert found.count(b"b") % A_PIPE_FULL == 0
    assert found.count(b"b") < 3 * A_PIPE_FULL
    assert writer.end(LONG_ENOUGH_S)


def test_the_end_waits_for_a_reader_only_so_long(pipe: Pipe) -> None:
    writer = TerminalWriter(pipe.into)
    writer.start()
    writer.put(b"x" * A_PIPE_FULL)
    assert not writer.end(0.0)


def test_a_terminal_that_is_gone_is_told_and_kept_nothing_for(pipe: Pipe) -> None:
    writer = TerminalWriter(pipe.into)
    writer.start()
    pipe.close(pipe.out)
    writer.put(b"x")
    assert eventually(lambda: writer.broken)
    writer.put(b"y")
    assert not writer.waiting
    assert not writer.end(LONG_ENOUGH_S)
