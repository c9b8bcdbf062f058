"""Sentences name the program's commands as they can be typed where it was started."""

from __future__ import annotations

from pathlib import Path

import pytest

from kiosk.cli.parsing import COMMANDS as EVERY_COMMAND
from kiosk.started_as import COMMANDS, NAME, command, with_command

FOLDER = Path("/home/clinic/madoguchi")
SAID = "madoguchi config passcode で 決められます"


def nothing(name: str) -> None:
    del name


@pytest.mark.parametrize(
    ("started", "typed"),
    [
        (".venv/bin/madoguchi", ".venv/bin/madoguchi"),
        ("/home/clinic/madoguchi/.venv/bin/madoguchi", ".venv/bin/madoguchi"),
        ("/opt/madoguchi/bin/madoguchi", "/opt/madoguchi/bin/madoguchi"),
        ("../bin/madoguchi", "/home/clinic/bin/madoguchi"),
        ("./madoguchi", "./madoguchi"),
        ("/usr/bin/pytest", NAME),
        ("", NAME),
    ],
)
def test_a_program_that_is_not_on_the_path_is_named_as_it_was_started(started: str, typed: str) -> None:
    assert command(started, nothing, FOLDER) == typed


def test_what_the_shell_finds_is_named_by_its_name() -> None:
    assert command("/opt/bin/madoguchi", lambda name: f"/opt/bin/{name}", FOLDER) == NAME


def test_only_commands_are_replaced() -> None:
    assert with_command(SAID, ".venv/bin/madoguchi") == ".venv/bin/madoguchi config passcode で 決められます"
    assert with_command("madoguchi --help", "./madoguchi") == "./madoguchi --help"
    for other in ("Madoguchi 窓口 madoguchi", "pipx inject madoguchi pyscard", "another madoguchi is using it"):
        assert with_command(other, ".venv/bin/madoguchi") == other
    assert with_command(SAID, NAME) == SAID
    once = with_command(SAID, "/opt/bin/madoguchi")
    assert with_command(once, "/opt/bin/madoguchi") == once, "a sentence may come from a catalogue that does it, too"


def test_every_command_there_is_is_known_by_its_name() -> None:
    assert set(COMMANDS) == set(EVERY_COMMAND)
