"""`madoguchi config check`: everything that is wrong in the settings, at once, with what would be right.

Looks at what a start would look at: the file, what the values come to together, and the file of the passcodes. What
breaks if it is wrong: a counter that is set up in the evening and does not start in the morning.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from kiosk.cli.cells import hanging
from kiosk.cli.config import Config, examine
from kiosk.cli.config_passcode import passcodes_told, store_of
from kiosk.cli.context import Context
from kiosk.cli.errors import CommandError, ExitCode, gravest
from kiosk.cli.parsing import CommandParser
from kiosk.cli.words import Words

_WIDTH = 80


def fill_check(parser: CommandParser, words: Words) -> None:
    """It has no options of its own; it reads the file itself, because a start with a fault in it would end."""
    parser.set_defaults(run=run, reads_config=True)


def run(context: Context) -> int:
    """Say what is wrong: 0 where nothing is, else 2, or 5 for a 個人番号.

    Raises:
        CommandError: `config_missing` for a file that was named and is not there.
    """
    path, required = context.config_path()
    config, faults = (Config(), []) if path is None else _examined(path, required=required)
    context = context.with_config(config)
    faults += _together(context)
    document: dict[str, Any] = {
        "file": None if path is None else str(path),
        "found": path is not None and path.is_file(),
        "faults": [context.output.error_object(fault) for fault in faults],
    }
    context.output.result(document, _lines(document, context.words))
    return ExitCode.DONE if not faults else gravest(faults).exit_code


def _examined(path: Path, *, required: bool) -> tuple[Config, list[CommandError]]:
    try:
        return examine(path, required=required)
    except CommandError as error:
        if error.code == "config_missing":
            raise
        return Config(), [error]


def _together(context: Context) -> list[CommandError]:
    """What single values do not show."""

    def passcodes() -> None:
        with passcodes_told():
            store_of(context).look()

    looks: tuple[Callable[[], object], ...] = (context.rules, context.login, passcodes)
    faults = []
    for look in looks:
        try:
            look()
        except CommandError as error:
            faults.append(error)
    return faults


def _lines(document: dict[str, Any], words: Words) -> list[str]:
    faults, path = document["faults"], document["file"] or "-"
    lines = []
    for number, fault in enumerate(faults, 1):
        start = f"{number:2}  "
        lines += hanging(start, fault["message"], _WIDTH)
        lines += hanging(" " * len(start), words.text("remedy") + fault["remedy"], _WIDTH)
    if not faults:
        lines += [words.text("config.check.fine" if document["found"] else "config.check.no_file", path=path)]
    return lines
