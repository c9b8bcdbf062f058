"""`madoguchi config passcode`: sets, changes or removes one of the staff's two passcodes.

Whoever may use this account may change them, with or without the old one: it would protect nothing, since the file is
theirs to remove. What breaks if it is wrong: a staff side that is open, or one that nobody can open.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from kiosk.cli.context import Context
from kiosk.cli.data_dir import data_dir_path
from kiosk.cli.errors import CommandError, ExitCode
from kiosk.cli.parsing import CommandParser
from kiosk.cli.passcode_input import read_passcode
from kiosk.cli.words import Words

if TYPE_CHECKING:  # annotations only: loaded when it is needed
    from kiosk.settings.passcodes import PasscodeKind, PasscodeStore


def fill_passcode(parser: CommandParser, words: Words) -> None:
    """Add its options. A passcode is never one of them."""
    parser.add_argument("--facility", action="store_true", help=words.text("option.passcode_facility"))
    parser.add_argument("--remove", action="store_true", help=words.text("option.passcode_remove"))
    parser.add_argument("--stdin", action="store_true", help=words.text("option.passcode_stdin"))
    parser.set_defaults(run=run, reads_config=True)


def run(context: Context) -> int:
    """Set or remove one: 0; 1 where there was none to remove.

    Raises:
        CommandError: What was typed cannot be a passcode, or the file cannot be used.
    """
    from kiosk.settings.passcodes import PasscodeKind

    kind = PasscodeKind.FACILITY if context.option("facility") else PasscodeKind.STAFF
    removing = bool(context.option("remove"))
    if removing and context.option("stdin"):
        raise CommandError("passcode_remove_stdin")
    context.open_data_dir()
    with passcodes_told():
        done = store_of(context).remove(kind) if removing else _put(context, kind)
    said = ("removed" if done else "none") if removing else "set"
    document = {"passcode": kind.value, "set": not removing, "changed": done}
    context.output.result(document, [context.words.text(f"config.passcode.{kind.value}.{said}")])
    return ExitCode.DONE if done else ExitCode.NEGATIVE


def store_of(context: Context) -> PasscodeStore:
    """The passcodes of the data folder in use."""
    from kiosk.settings.passcodes import PasscodeStore, passcode_path

    return PasscodeStore(passcode_path(data_dir_path(context.option("data_dir"), context.environ)), time.time)


def _put(context: Context, kind: PasscodeKind) -> bool:
    from kiosk.settings.passcodes import PasscodeRefusedError

    lengths = kind.lengths

    def prompt(again: bool) -> None:
        which = "again" if again else kind.value
        context.output.over(
            context.words.text(f"config.passcode.prompt.{which}", least=lengths[0], most=lengths[-1]) + " "
        )

    try:
        typed = read_passcode(prompt, stdin=bool(context.option("stdin")))
    finally:
        if not context.option("stdin"):
            context.output.over("")
    try:
        store_of(context).put(kind, typed)
    except PasscodeRefusedError as error:
        code = error.code.replace(".", "_")
        raise CommandError(code, least=lengths[0], most=lengths[-1]) from error
    return True


@contextmanager
def passcodes_told() -> Iterator[None]:
    """What the file of the passcodes refuses, as an error of the command."""
    from kiosk.settings.passcodes import PasscodeFileError

    try:
        yield
    except PasscodeFileError as error:
        raise CommandError(error.code.replace(".", "_"), path=error.path) from error
    except OSError as error:
        raise CommandError("passcode_unusable", reason=error) from error
