"""Runs the real `madoguchi` command in a process of its own, away from this user's folders and readers."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker

from tests.cli.warm import Program, WarmStart

PROJECT = Path(__file__).resolve().parents[2]
SCHEMAS = PROJECT / "docs" / "schemas"
INSTALLED = Path(sys.executable).with_name("madoguchi")
LONG_ENOUGH_S = 120.0
"""Ends a run that hangs; a machine under load still makes it."""
SPARED = ("PATH", "SYSTEMROOT", "TMPDIR", "LD_LIBRARY_PATH")
READ_LATE = ("HOME", "MADOGUCHI_", "PCSCLITE_", "XDG_")
"""How the variables begin that nobody looks at before the command has its arguments."""


def command_line(*arguments: str | Path) -> list[str]:
    """The installed command, or the module where it is not installed beside this Python."""
    start = [str(INSTALLED)] if INSTALLED.is_file() else [sys.executable, "-m", "kiosk"]
    return [*start, *map(str, arguments)]


@cache
def warm_start() -> WarmStart | None:
    """What starts the installed command with its modules loaded; None where it is not installed."""
    if not INSTALLED.is_file():
        return None
    return WarmStart(INSTALLED, {**_spared(), "LC_ALL": "C.UTF-8"})


def _spared() -> dict[str, str]:
    return {name: os.environ[name] for name in SPARED if name in os.environ}


@cache
def validator(name: str) -> Draft202012Validator:
    """The validator of docs/schemas/<name>.json."""
    schema = json.loads((SCHEMAS / f"{name}.json").read_text(encoding="utf-8"))
    return Draft202012Validator(schema, format_checker=FormatChecker())


@dataclass(frozen=True)
class Finished:
    """A run that has ended."""

    code: int
    out: str
    err: str

    def document(self, schema: str) -> Any:
        """Standard output as exactly one JSON object that keeps to a schema."""
        found = json.loads(self.out)
        validator(schema).validate(found)
        return found

    def error(self) -> str:
        """The code of the error object, which is all of standard output."""
        return str(self.document("error")["error"]["code"])


class Madoguchi:
    """The command with a home, data folder and environment of its own."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.data_dir = home / "data"
        self.env: dict[str, str] = {
            **_spared(),
            "HOME": str(home),
            "LC_ALL": "C.UTF-8",
            # Nobody listens there: a PC/SC service of this machine must not decide a test.
            "PCSCLITE_CSOCK_NAME": str(home / "no-pcscd"),
        }

    def run(
        self,
        *arguments: str | Path,
        stdin: bytes = b"",
        env: Mapping[str, str | None] | None = None,
        data_dir: bool = True,
        cwd: Path | None = None,
        start: list[str] | None = None,
    ) -> Finished:
        """Run to its end. `env` adds and, with None, removes variables; `start` replaces the command itself.

        Where only the command and variables that it reads itself are asked for, its modules are loaded already.
        """
        environment = self.environment(env, data_dir=data_dir)
        program = start if isinstance(start, Program) else None
        warm = warm_start() if start is program else None
        if warm is not None and warm.fits(environment, READ_LATE):
            ran = warm.run([*map(str, arguments)], stdin, environment, cwd or self.home, LONG_ENOUGH_S, program)
            if ran is not None:
                return Finished(ran[0], ran[1].decode("utf-8"), ran[2].decode("utf-8"))
        command = [*start, *map(str, arguments)] if start is not None else command_line(*arguments)
        done = subprocess.run(
            command,
            input=stdin,
            capture_output=True,
            env=environment,
            cwd=cwd or self.home,
            timeout=LONG_ENOUGH_S,
        )
        return Finished(done.returncode, done.stdout.decode("utf-8"), done.stderr.decode("utf-8"))

    def environment(self, changes: Mapping[str, str | None] | None = None, *, data_dir: bool = True) -> dict[str, str]:
        """The environment of a run."""
        own = {"MADOGUCHI_DATA_DIR": str(self.data_dir)} if data_dir else {}
        merged: dict[str, str | None] = {**self.env, **own, **(changes or {})}
        return {name: value for name, value in merged.items() if value is not None}

    @contextmanager
    def serving(self, *arguments: str | Path, env: Mapping[str, str | None] | None = None) -> Iterator[Served]:
        """A run that prints a line when it is ready and then serves; ended with SIGTERM where it has not ended."""
        process = subprocess.Popen(
            command_line(*arguments),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=self.environment(env),
            cwd=self.home,
        )
        watchdog = threading.Timer(LONG_ENOUGH_S, process.kill)
        watchdog.start()
        try:
            assert process.stdout is not None
            yield Served(process, process.stdout.readline().decode("utf-8"))
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
            process.communicate()
            watchdog.cancel()


@dataclass
class Served:
    """A run that serves. `first_line` is empty where it ended instead."""

    process: subprocess.Popen[bytes]
    first_line: str

    def end(self, number: signal.Signals = signal.SIGTERM) -> Finished:
        """Send a signal and wait."""
        self.process.send_signal(number)
        out, err = self.process.communicate()
        return Finished(self.process.returncode, self.first_line + out.decode("utf-8"), err.decode("utf-8"))
