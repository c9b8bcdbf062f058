"""Sentences name the program's commands as they can be typed where it was started."""

from __future__ import annotations

from pathlib import Path

import pytest

from kiosk.started_as import NAME, command, with_command

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
    assert with_command("Madoguchi 窓口 madoguchi", ".venv/bin/madoguchi") == "Madoguchi 窓口 madoguchi"
    assert with_command(SAID, NAME) == SAID
