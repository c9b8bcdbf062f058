"""`madoguchi server`: its sub-commands, each a module of its own."""

from __future__ import annotations

from kiosk.cli.parsing import CommandParser
from kiosk.cli.server_authority import fill_authority
from kiosk.cli.server_clock import fill_clock
from kiosk.cli.server_corpus import fill_corpus
from kiosk.cli.server_institution import fill_institution
from kiosk.cli.server_personas import fill_personas
from kiosk.cli.server_reset import fill_reset
from kiosk.cli.server_run import fill_run
from kiosk.cli.server_scenario import fill_scenario
from kiosk.cli.words import Words

FILLS = {
    "run": fill_run,
    "personas": fill_personas,
    "scenario": fill_scenario,
    "clock": fill_clock,
    "reset": fill_reset,
    "institution": fill_institution,
    "authority": fill_authority,
    "corpus": fill_corpus,
}
"""Every sub-command and what adds its arguments."""


def fill(parser: CommandParser, words: Words) -> None:
    """Add the sub-commands."""
    parser.commands("server", tuple(FILLS), tuple(FILLS.values()))
