"""The argument tree: argparse with our words, sub-commands loaded when they are chosen, errors as CommandError.

Knows the names of commands, not what they do. A command module offers `fill(parser, words)`, which adds its arguments
and sets `run`, a function of a Context that returns an exit code.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Sequence
from functools import partial, reduce
from importlib import import_module
from itertools import groupby
from typing import Any, NoReturn

from kiosk.cli.cells import cells, hanging, wrap_cells
from kiosk.cli.errors import CommandError
from kiosk.cli.values import nearest
from kiosk.cli.words import LANGUAGES, Words

COMMANDS = {
    name: f"kiosk.cli.{name}"
    for name in ("kiosk", "card", "check", "batch", "decide", "rules", "ask", "server", "doctor", "journal", "rehearse")
} | {"config": "kiosk.cli.config_command"}  # `config` is the file's own module
"""Every command and the module that knows its arguments."""
DEFAULT_COMMAND = "kiosk"
_TAKES_VALUE = ("--data-dir", "--config", "--lang")
_ALONE = ("--json",)
_ANSWERED_AT_ONCE = ("-h", "--help", "--version")
_HELP_COLUMN = 26
_HELP_WIDTH = 80
_PLACES = ("command", "subcommand", "subsubcommand")
"""Where the names of commands stand among the arguments, from the outermost."""


class HelpWanted(Exception):  # noqa: N818 - a question, not a fault
    """`--help` was met: the text to show."""


class VersionWanted(Exception):  # noqa: N818
    """`--version` was met."""


class _Ask(argparse.Action):
    """An option that is a question of its own and ends the parse."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> NoReturn:
        raise HelpWanted(parser.format_help()) if self.dest == "help" else VersionWanted


class CellFormatter(argparse.RawDescriptionHelpFormatter):
    """Help that breaks lines by terminal cells, because a Japanese letter takes two and no blanks stand between."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, max_help_position=_HELP_COLUMN, width=_HELP_WIDTH)

    def _split_lines(self, text: str, width: int) -> list[str]:
        return wrap_cells(" ".join(text.split()), width)

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        del width, indent  # those of argparse are for texts at the margin as well
        return "\n".join(_fitting(text))


def _fitting(text: str) -> Iterator[str]:
    """The lines as they are written where they fit; else sentences broken anew, and a remark behind a gap in itself."""
    for inset, group in groupby(text.split("\n"), lambda line: line[:1] in ("", " ")):
        lines = list(group)
        if all(cells(line) <= _HELP_WIDTH for line in lines):
            yield from lines
        elif inset:
            for line in lines:
                gap = 0 if cells(line) <= _HELP_WIDTH else line.rfind("  ") + 2
                yield from hanging(line[:gap], line[gap:], _HELP_WIDTH) if line[:gap].strip() else [line]
        else:
            yield from wrap_cells(reduce(_joined, lines), _HELP_WIDTH)


def _joined(before: str, line: str) -> str:
    """Two lines as one: a blank between them, but none where a wide letter or mark makes it needless."""
    meeting = before[-1:] + line[:1]
    return f"{before}{'' if cells(meeting) == 4 or before[-1:] in '、。」）' else ' '}{line}"


class CommandParser(argparse.ArgumentParser):
    """A parser that fills itself when it is first used, so that unused commands cost nothing."""

    def __init__(self, *, words: Words, fill: Callable[[CommandParser, Words], None] | None = None, **kw: Any) -> None:
        usage = words.text("help.usage")
        super().__init__(formatter_class=CellFormatter, add_help=False, allow_abbrev=False, usage=usage, **kw)
        self.words = words
        self._fill = fill
        self._gathered: str | None = None
        self._common = self.add_argument_group(words.text("help.common"))
        add_common_options(self._common, words)

    def ready(self) -> None:
        """Add what this parser's command knows, once."""
        fill, self._fill = self._fill, None
        if fill is not None:
            fill(self, self.words)

    def gather(self, name: str) -> None:
        """Take words behind options for the argument `name` too, whose `nargs` is "*": argparse leaves them over."""
        self._gathered = name

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        """Fill, then parse as argparse does."""
        self.ready()
        found, left = super().parse_known_args(args, namespace)
        if self._gathered is not None:
            words = [token for token in left if not token.startswith("-")]
            setattr(found, self._gathered, [*getattr(found, self._gathered), *words])
            left = [token for token in left if token.startswith("-")]
        return found, left

    def format_help(self) -> str:
        """The help with the common options at its end."""
        self.ready()
        groups = self._action_groups
        groups.append(groups.pop(groups.index(self._common)))
        return super().format_help()

    def _check_value(self, action: argparse.Action, value: Any) -> None:
        """Raise CommandError `unknown_command` for a sub-command that nobody knows; else as argparse."""
        if isinstance(action, argparse._SubParsersAction) and value not in action.choices:  # noqa: SLF001
            raise _unknown_command(str(value), tuple(action.choices), self.prog)
        super()._check_value(action, value)

    def known_options(self, *names: str | None) -> tuple[str, ...]:
        """Every long option of the sub-command `names`, as far as there is one; else of this parser."""
        for action in self._actions:
            if isinstance(action, argparse._SubParsersAction) and names[:1] and names[0] in action.choices:  # noqa: SLF001
                found: tuple[str, ...] = action.choices[names[0]].known_options(*names[1:])
                return found
        return tuple(name for name in self._option_string_actions if name.startswith("--"))

    def error(self, message: str) -> NoReturn:
        """Raise CommandError `usage` in place of argparse's print and exit."""
        raise CommandError("usage", message=message, prog=self.prog)

    def commands(self, group: str, names: Sequence[str], fills: Sequence[Callable[[Any, Words], None]]) -> None:
        """Sub-commands `names` of `group` ("" at the top), each filled by its function."""
        self.usage = self.words.text("help.usage_group")
        prefix = f"{group}." if group else ""
        choices = self.add_subparsers(
            title=self.words.text("help.commands"),
            metavar="COMMAND",
            dest=_PLACES[group.count(".") + 1 if group else 0],
            required=True,
            parser_class=CommandParser,
            prog=self.prog,
        )
        for name, fill in zip(names, fills, strict=True):
            stem = f"command.{prefix}{name}"
            choices.add_parser(
                name,
                help=self.words.text(f"{stem}.help"),
                description=self.words.text(f"{stem}.description"),
                epilog=self.words.text(f"{stem}.examples"),
                words=self.words,
                fill=fill,
            )


def add_common_options(group: Any, words: Words) -> None:
    """The options every command takes; SUPPRESS keeps a value given before the command's name."""
    keep = argparse.SUPPRESS
    group.add_argument("--data-dir", metavar="FOLDER", default=keep, help=words.text("option.data_dir"))
    group.add_argument("--config", metavar="FILE", default=keep, help=words.text("option.config"))
    group.add_argument("--json", action="store_true", default=keep, help=words.text("option.json"))
    group.add_argument("--lang", choices=LANGUAGES, default=keep, help=words.text("option.lang"))
    group.add_argument("--version", action=_Ask, nargs=0, dest="version", help=words.text("option.version"))
    group.add_argument("-h", "--help", action=_Ask, nargs=0, dest="help", help=words.text("option.help"))


def build_parser(words: Words) -> CommandParser:
    """The whole tree; command modules are imported when their command is chosen."""
    parser = CommandParser(
        words=words,
        prog="madoguchi",
        description=words.text("command.description"),
        epilog=words.text("command.examples"),
    )
    parser.commands("", tuple(COMMANDS), [partial(_fill_from, module) for module in COMMANDS.values()])
    return parser


def _fill_from(module: str, parser: CommandParser, words: Words) -> None:
    import_module(module).fill(parser, words)


def parse(parser: CommandParser, argv: Sequence[str]) -> argparse.Namespace:
    """Parse a whole command line.

    Raises:
        CommandError: `usage`, `unknown_argument`, `unknown_command`, or `pin_stdin_needed` where a PIN may stand in an
            argument. What nobody knows is told by its option's name only: the value may be a PIN.
        HelpWanted, VersionWanted: A question of its own.
    """
    if any(token.startswith("--pin") and "=" in token for token in argv):
        raise CommandError("pin_stdin_needed")  # argparse would quote what stands behind the sign
    arguments, unknown = parser.parse_known_args(with_command(argv))
    if not unknown:
        return arguments  # type: ignore[no-any-return]
    options = [token.partition("=")[0] for token in unknown if token.startswith("--")]
    if any(option.startswith("--pin") for option in options):
        raise CommandError("pin_stdin_needed")
    commands = [getattr(arguments, place, None) for place in _PLACES]
    prog = " ".join(word for word in (parser.prog, *commands) if word)
    shown = f": {', '.join(options)}" if options else ""
    near = nearest(options[0], parser.known_options(*commands))[:1] if options else ()
    raise CommandError("unknown_argument", shown=shown, near=near, prog=prog)


def with_command(argv: Sequence[str]) -> list[str]:
    """`argv` with `kiosk` put in where no command is named: `madoguchi --reader 0` is the counter.

    Raises:
        CommandError: `unknown_command` with the names that look like it.
    """
    index = 0
    while index < len(argv):
        token = argv[index]
        if token in _TAKES_VALUE:
            index += 2
        elif token in _ALONE or token.startswith(tuple(f"{name}=" for name in _TAKES_VALUE)):
            index += 1
        elif token in _ANSWERED_AT_ONCE or token in COMMANDS:
            return list(argv)
        elif token.startswith("-"):
            break
        else:
            raise _unknown_command(token, tuple(COMMANDS), "madoguchi")
    return [*argv[:index], DEFAULT_COMMAND, *argv[index:]]


def _unknown_command(name: str, names: tuple[str, ...], prog: str) -> CommandError:
    return CommandError("unknown_command", name=name, near=nearest(name, names), names=names, prog=prog)
