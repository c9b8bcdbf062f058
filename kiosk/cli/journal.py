"""`madoguchi journal …`: receptions on this machine. The group, and what its sub-commands have in common.

Every sub-command has a module of its own, loaded when it is chosen.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Final

from kiosk.cli.parsing import CommandParser
from kiosk.cli.words import Words


def fill(parser: CommandParser, words: Words) -> None:
    """Add every sub-command."""
    parser.commands("journal", tuple(_COMMANDS), tuple(_COMMANDS.values()))


def _from(module: str) -> Callable[[CommandParser, Words], None]:
    def fill_later(parser: CommandParser, words: Words) -> None:
        import_module(f"kiosk.cli.{module}").fill(parser, words)

    return fill_later


_COMMANDS: Final[dict[str, Callable[[CommandParser, Words], None]]] = {
    "list": _from("journal_list"),
    "verify": _from("journal_verify"),
    "export": _from("journal_export"),
    "purge": _from("journal_purge"),
    "passphrase": _from("journal_passphrase"),
}
"""Sub-commands in the order of the help."""
