"""`madoguchi config show`: every setting with its value, its source and what it is for.

For a person it is a settings file that can be saved and changed: what nobody set stands as a comment. What breaks if
it is wrong: a file that does not do what it was copied for.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from kiosk.cli.cells import wrap_cells
from kiosk.cli.config_passcode import store_of
from kiosk.cli.config_rows import Row, Source, as_json, rows
from kiosk.cli.context import Context
from kiosk.cli.counter_options import add_look_options
from kiosk.cli.data_dir import VARIABLE, data_dir_path
from kiosk.cli.errors import ExitCode
from kiosk.cli.parsing import CommandParser
from kiosk.cli.visit_options import add_visit_options
from kiosk.cli.words import Words
from kiosk.settings.model import Basis

_WIDTH = 80


def fill_show(parser: CommandParser, words: Words) -> None:
    """Add the counter's options: with them it shows what would hold."""
    add_visit_options(parser, words)
    parser.add_argument("--site", metavar="SITE", help=words.text("option.site"))
    add_look_options(parser, words)
    parser.set_defaults(run=run)


def run(context: Context) -> int:
    """Show everything. Always 0.

    Raises:
        CommandError: The file or an option cannot be used.
    """
    path, _ = context.config_path()
    found = rows(context)
    folder = data_dir_path(context.option("data_dir"), context.environ)
    source = Source.DEFAULT
    if context.option("data_dir"):
        source = Source.OPTION
    elif context.environ.get(VARIABLE):
        source = Source.ENVIRONMENT
    document: dict[str, Any] = {
        "file": None if path is None else str(path),
        "found": path is not None and path.is_file(),
        "data_dir": {"value": str(folder), "source": source.value},
        "passcodes": _passcodes(context),
        "settings": [_as_object(row, context.words) for row in found],
    }
    context.output.result(document, _lines(document, found, context.words))
    return ExitCode.DONE


def _passcodes(context: Context) -> dict[str, bool | None]:
    """Which of the staff's passcodes are set; None where the file cannot be used (`config check` says why)."""
    from kiosk.settings.passcodes import PasscodeKind

    try:
        found = store_of(context).look()
    except OSError:
        return dict.fromkeys((kind.value for kind in PasscodeKind), None)
    return {kind.value: kind in found for kind in PasscodeKind}


def _as_object(row: Row, words: Words) -> dict[str, Any]:
    return {
        "key": row.key,
        "value": as_json(row.value),
        "default": as_json(row.default),
        "source": row.source.value,
        "basis": row.basis.value,
        "purpose": words.text(f"setting.{row.key}"),
    }


def _lines(document: dict[str, Any], found: Sequence[Row], words: Words) -> Iterator[str]:
    there = "config.show.file" if document["found"] else "config.show.no_file"
    source = words.text(f"config.source.{document['data_dir']['source']}")
    yield from _comment(words.text(there, path=document["file"] or "-"))
    folder = words.text("config.show.data_dir", path=document["data_dir"]["value"], source=source)
    yield from _comment(folder)
    for kind, is_set in document["passcodes"].items():
        said = {True: "set", False: f"not_set.{kind}", None: "unusable"}[is_set]
        yield from _comment(words.text(f"config.show.passcode.{kind}", state=words.text(f"config.show.{said}")))
    yield from _comment(words.text("config.show.how"))
    for table, group in groupby(found, lambda row: row.table):
        yield ""
        yield from _comment(words.text(f"setting.{table}"))
        yield f"[{table}]"
        for row in group:
            yield from _comment(words.text(f"setting.{row.key}"))
            yield f"{setting_line(row)}  # {', '.join(_marks(row, words))}"


def _comment(text: str) -> list[str]:
    return [f"# {line}" for line in wrap_cells(" ".join(text.split()), _WIDTH - 2)]


def setting_line(row: Row) -> str:
    """`key = value`; as a comment where it is not the file's to say, or has no value that a file could hold."""
    if row.value is None:
        return f"#{row.name} ="
    commented = "" if row.source is Source.FILE and not row.hidden else "#"
    return f"{commented}{row.name} = {toml(row.value)}"


def toml(value: object) -> str:
    """A value of a setting in TOML."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return f"[{', '.join(map(toml, value))}]"
    if isinstance(value, str):
        quoted = json.dumps(value, ensure_ascii=False)  # its escapes are TOML's as well
        return "".join(letter if letter.isprintable() else f"\\U{ord(letter):08x}" for letter in quoted)
    return str(value)


def _marks(row: Row, words: Words) -> Iterator[str]:
    yield words.text(f"config.source.{row.source.value}")
    if row.basis is not Basis.TASTE and row.value == row.default:
        yield words.text(f"config.basis.{row.basis.value}")
