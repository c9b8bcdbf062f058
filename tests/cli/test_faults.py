"""What nobody foresaw, and what ends a run from outside: a sentence, never a traceback, never a value."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from kiosk.cli.errors import CommandError, ExitCode, gravest
from kiosk.cli.main import main
from reader.errors import ReaderError
from tests.cli.command import LONG_ENOUGH_S, Madoguchi, command_line, validator

SECRET = "a value that must not be told"


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A command with a fault in it."""
    monkeypatch.setenv("LANGUAGE", "ja")
    monkeypatch.setenv("MADOGUCHI_DATA_DIR", str(tmp_path))

    def fail(_: object) -> int:
        hidden = SECRET
        raise ZeroDivisionError(hidden)

    monkeypatch.setattr("kiosk.cli.server_personas.personas", fail)


def test_a_fault_is_told_by_kind_and_place_only(
    broken: None, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert main(["server", "personas", "--json"]) == 2
    told = capsys.readouterr()
    document = json.loads(told.out)
    validator("error").validate(document)
    assert document["error"]["code"] == "internal"
    assert "ZeroDivisionError" in document["error"]["message"]
    assert "tests.cli.test_faults:" in document["error"]["message"]
    [report] = (tmp_path / "crash").iterdir()
    assert str(report) in document["error"]["remedy"]
    assert SECRET not in told.out + told.err + report.read_text()


def test_a_fault_without_a_data_folder_makes_none(
    broken: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setenv("MADOGUCHI_DATA_DIR", str(tmp_path / "none"))
    assert main(["server", "personas"]) == 2
    assert SECRET not in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_the_gravest_of_several_errors_is_told_and_the_first_of_equals() -> None:
    card, server = CommandError("no_card", ExitCode.CARD), CommandError("server_down", ExitCode.SERVER)
    other = CommandError("server_refused", ExitCode.SERVER)
    assert gravest([card, server, other]) is server


def test_every_error_of_the_reader_package_has_a_sentence() -> None:
    from kiosk.cli.output import Output
    from kiosk.cli.troubles import of_reader
    from kiosk.cli.words import Words
    from reader import errors

    def kinds(base: type[ReaderError]) -> list[type[ReaderError]]:
        return [base, *(kind for below in base.__subclasses__() for kind in kinds(below))]

    samples: dict[str, ReaderError] = {
        "ServiceUnavailableError": errors.ServiceUnavailableError("no_service"),
        "ReaderUnavailableError": errors.ReaderUnavailableError("x", ("a", "b")),
        "AmbiguousReaderError": errors.AmbiguousReaderError("x", ("a", "b")),
        "StatusWordError": errors.StatusWordError(0x6982),
        "WrongPinError": errors.WrongPinError(0x63C2, 2),
        "PinBlockedError": errors.PinBlockedError(0x6983),
        "UnsafePinError": errors.UnsafePinError("order"),
    }
    own = [kind for kind in kinds(ReaderError) if kind.__module__.startswith("reader.")]
    assert len(own) > 10
    for lang in ("ja", "en"):
        output = Output(Words(lang), as_json=False)
        for kind in own:
            error = of_reader(samples.get(kind.__name__) or kind())
            message, remedy = output.sentences(error)
            assert error.exit_code == ExitCode.CARD
            assert "error." not in message + remedy
            assert "{" not in message + remedy


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 0), (signal.SIGINT, 130)])
def test_a_signal_ends_a_run_that_waits_without_a_traceback(
    madoguchi: Madoguchi, number: signal.Signals, code: int
) -> None:
    """`check` waits for its PIN: the data folder shows that it got so far."""
    process = subprocess.Popen(
        command_line("check", "--persona", "taro", "--pin-stdin"),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=madoguchi.environment(),
        # A shell that runs the tests in its background has its children ignore SIGINT; exec makes it the default.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),  # noqa: PLW1509 - no threads here
    )
    try:
        while not madoguchi.data_dir.exists():
            assert process.poll() is None
            os.sched_yield()
        process.send_signal(number)
        out, err = process.communicate(timeout=LONG_ENOUGH_S)
    finally:
        process.kill()
    assert (process.returncode, out) == (code, b"")
    assert b"Traceback" not in err


def test_the_module_is_the_command(madoguchi: Madoguchi) -> None:
    done = madoguchi.run("--version", start=[sys.executable, "-m", "kiosk"])
    assert (done.code, done.out) == (0, madoguchi.run("--version").out)
