"""`madoguchi config`: its sub-commands, each a module of its own."""

from __future__ import annotations

from kiosk.cli.config_check import fill_check
from kiosk.cli.config_passcode import fill_passcode
from kiosk.cli.config_show import fill_show
from kiosk.cli.parsing import CommandParser
from kiosk.cli.words import Words

FILLS = {"show": fill_show, "check": fill_check, "passcode": fill_passcode}
"""Every sub-command and what adds its arguments."""


def fill(parser: CommandParser, words: Words) -> None:
    """Add the sub-commands."""
    parser.commands("config", tuple(FILLS), tuple(FILLS.values()))
