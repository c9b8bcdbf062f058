"""Faults end with a sentence and a report without values, never with a traceback."""

from __future__ import annotations

import asyncio
import os
import stat
import sys
import threading
from datetime import datetime
from pathlib import Path
from typing import TextIO

import pytest

from kiosk import crash
from kiosk.app import KioskApp
from kiosk.flow.counter import UnexpectedEventError
from kiosk.flow.events import PinAccepted
from kiosk.screens.messages import FlowEvent
from tests.kiosk.screens.driving import counter
from tests.kiosk.screens.fakes import JST, Outside

NOW = datetime(2026, 11, 20, 9, 14, tzinfo=JST)


def failing(secret: str) -> None:
    """Raises one exception out of another, both with the secret in their words and in local variables."""
    try:
        raise KeyError(secret)
    except KeyError as error:
        raise ValueError(f"bad {secret}") from error


def caught(secret: str) -> ValueError:
    with pytest.raises(ValueError, match=r"^bad ") as caught_error:
        failing(secret)
    return caught_error.value


def test_a_report_names_classes_and_places_only(tmp_path: Path) -> None:
    path = crash.write_report(tmp_path, caught("協会 4619"), where="test", now=NOW)
    assert path is not None
    text = path.read_text()
    assert "builtins.ValueError" in text
    assert "builtins.KeyError" in text
    assert "test_crash.py" in text
    assert "failing" in text
    assert "4619" not in text
    assert "協会" not in text
    assert "secret" not in text
    assert str(Path.home()) not in text


def test_only_its_owner_can_read_a_report(tmp_path: Path) -> None:
    path = crash.write_report(tmp_path, caught("x"), where="test", now=NOW)
    assert path is not None
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_reports_of_one_second_do_not_overwrite_each_other_and_old_ones_go(tmp_path: Path) -> None:
    paths = [crash.write_report(tmp_path, caught("x"), where="test", now=NOW) for _ in range(25)]
    assert len(set(paths)) == 25
    left = sorted((tmp_path / "crash").glob("crash-*.txt"))
    assert len(left) == 20
    assert left[-1] == paths[-1]


def test_a_folder_that_cannot_be_written_is_no_second_crash(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    assert crash.write_report(blocked, caught("x"), where="test", now=NOW) is None
    crash.note(blocked, "late key", now=NOW)


def test_a_full_disk_leaves_no_empty_report(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(number: int, *_: object, **__: object) -> TextIO:
        os.close(number)
        return Path("/dev/full").open("w", encoding="utf-8")

    monkeypatch.setattr(os, "fdopen", full)
    assert crash.write_report(tmp_path, caught("x"), where="test", now=NOW) is None
    assert list((tmp_path / "crash").iterdir()) == []


def test_groups_and_loops_of_exceptions_are_described(tmp_path: Path) -> None:
    first, second = caught("a"), OSError("b")
    first.__context__, second.__context__ = second, first
    text = crash.describe(ExceptionGroup("c", [first, second]))
    assert "OSError" in text
    assert "ValueError" in text


def test_faults_in_threads_and_in_the_loop_become_reports_without_values(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "unraisablehook", sys.unraisablehook)
    monkeypatch.setattr(threading, "excepthook", threading.excepthook)
    crash.install(tmp_path)
    thread = threading.Thread(target=failing, args=("4619",))
    thread.start()
    thread.join()

    async def in_the_loop() -> None:
        loop = asyncio.get_running_loop()
        crash.install_in_loop(tmp_path, loop)
        loop.call_soon(failing, "4619")
        loop.call_exception_handler({"message": "4619"})
        await asyncio.sleep(0)

    asyncio.run(in_the_loop())
    written = {path.name[:5]: path.read_text() for path in (tmp_path / "crash").iterdir()}
    assert {"crash", "notes"} == set(written)
    assert len(list((tmp_path / "crash").glob("crash-*.txt"))) == 2
    assert not any("4619" in path.read_text() for path in (tmp_path / "crash").iterdir())
    assert capsys.readouterr() == ("", "")


def test_a_fault_nobody_can_catch_is_a_note_and_prints_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "unraisablehook", sys.unraisablehook)
    monkeypatch.setattr(threading, "excepthook", threading.excepthook)
    crash.install(tmp_path)

    class Stubborn:
        def __del__(self) -> None:
            failing("4619")

    Stubborn().__class__  # noqa: B018 - made, and let go at once
    assert "not raised: " in (tmp_path / "crash" / "notes.log").read_text()
    assert "4619" not in (tmp_path / "crash" / "notes.log").read_text()
    assert capsys.readouterr() == ("", "")


async def test_a_fault_of_the_screens_ends_with_one_sentence_and_code_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    apps: list[KioskApp] = []

    def fault() -> None:
        name = "協会　太郎"
        raise ZeroDivisionError(name)

    async def run() -> None:
        async with counter(tmp_path) as desk:
            apps.append(desk.app)
            desk.app.call_later(fault)
            await desk.pilot.pause()

    with pytest.raises(ZeroDivisionError):
        await run()
    app = apps[0]
    assert app.return_code == 2
    said = capsys.readouterr().err
    assert "カウンターが止まりました" in said
    assert "太郎" not in said
    assert "Traceback" not in said
    assert app.crash_report is not None
    assert "太郎" not in app.crash_report.read_text()


async def test_an_answer_that_makes_no_sense_is_a_fault_and_not_swallowed(tmp_path: Path) -> None:
    async def run() -> None:
        async with counter(tmp_path) as desk:
            desk.app.post_message(FlowEvent(1, PinAccepted()))
            await desk.pilot.pause()

    with pytest.raises(UnexpectedEventError):
        await run()


async def test_services_that_cannot_be_loaded_end_the_counter_with_the_remedy(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    outside = Outside()

    def fails() -> None:
        raise PermissionError("/home/someone")

    outside.load = fails  # type: ignore[assignment,method-assign]
    apps: list[KioskApp] = []

    async def run() -> None:
        async with counter(tmp_path, outside, ready=False) as desk:
            apps.append(desk.app)
            await desk.until(lambda: desk.app.load_error is not None, "failed")

    with pytest.raises(PermissionError):
        await run()
    app = apps[0]
    assert isinstance(app.load_error, PermissionError)
    assert app.return_code == 2
    said = capsys.readouterr().err
    assert "madoguchi doctor" in said
    assert "someone" not in said


def test_the_counter_refuses_to_run_while_textual_writes_a_log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEXTUAL", "devtools")
    with pytest.raises(RuntimeError, match="must be off"):
        KioskApp(Outside().load, data_dir=tmp_path)
    monkeypatch.delenv("TEXTUAL")
    monkeypatch.setattr("textual.constants.LOG_FILE", str(tmp_path / "log"))
    with pytest.raises(RuntimeError, match="must be off"):
        KioskApp(Outside().load, data_dir=tmp_path)
