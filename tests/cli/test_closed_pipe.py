"""Nobody reads any more (`| head -1`): what goes on only to tell ends, quietly and with 0."""

from __future__ import annotations

import os
import select
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from kiosk.cli.output import Output
from kiosk.cli.words import Words
from tests.cli.command import LONG_ENOUGH_S, Madoguchi, command_line


@contextmanager
def piped(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], None]]:
    """Standard output goes into a pipe; what is given closes its other end."""
    read_end, write_end = os.pipe()
    with os.fdopen(write_end, "w", encoding="utf-8") as stream, monkeypatch.context() as patched:
        patched.setattr(sys, "stdout", stream)
        yield lambda: os.close(read_end)


def has_gone(output: Output) -> bool:
    return output.reader_has_gone


def test_a_reader_who_has_gone_is_seen_without_writing(monkeypatch: pytest.MonkeyPatch) -> None:
    output = Output(Words("en"), as_json=False)
    with piped(monkeypatch) as hang_up:
        output.result({}, ["read"])
        assert not has_gone(output)
        hang_up()
        assert has_gone(output)


@pytest.mark.parametrize("as_json", [False, True])
def test_a_reader_who_has_gone_is_remembered(monkeypatch: pytest.MonkeyPatch, as_json: bool) -> None:
    monkeypatch.delattr(select, "poll")  # as on Windows
    output = Output(Words("en"), as_json=as_json)
    with piped(monkeypatch) as hang_up:
        hang_up()
        assert not has_gone(output)
        output.result({"any": "thing"}, ["nobody reads this"])
        assert has_gone(output)


@pytest.mark.parametrize("path", [os.devnull, "a file"])
def test_what_is_no_pipe_has_no_reader_to_lose(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, path: str) -> None:
    output = Output(Words("en"), as_json=False)
    with (tmp_path / path).open("w") as stream:
        monkeypatch.setattr(sys, "stdout", stream)
        output.result({}, ["kept"])
        assert not has_gone(output)
    assert not has_gone(output)  # closed: nothing can be known
    monkeypatch.setattr(sys, "stdout", None)
    assert not has_gone(output)


@pytest.mark.parametrize("arguments", [(), ("--json",)])
def test_watching_ends_when_nobody_reads_any_more(madoguchi: Madoguchi, arguments: tuple[str, ...]) -> None:
    process = subprocess.Popen(
        command_line("card", "watch", *arguments),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=madoguchi.environment(),
        cwd=madoguchi.home,
    )
    try:
        assert process.stdout is not None
        assert process.stderr is not None
        if not arguments:
            process.stdout.readline()  # that the service is not there
        process.stdout.close()
        said = process.stderr.read().decode("utf-8")
        code = process.wait(LONG_ENOUGH_S)
    finally:
        process.kill()
        process.communicate()
    if code == 3:
        pytest.skip("pyscard is not installed, so nothing can be watched")
    assert code == 0, said
    assert said.count("\n") == (0 if arguments else 1)  # that it begins, and no complaint
