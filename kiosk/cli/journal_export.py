"""`madoguchi journal export`: entries as CSV or JSON, masked unless --reveal; a file of its own for its owner only.

What breaks if it is wrong: names in a file that others can read, or a file that somebody still needed is gone.
"""

from __future__ import annotations

import csv
import io
import json
import os
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from kiosk.cli.context import Context
from kiosk.cli.errors import CommandError, ExitCode
from kiosk.cli.journal_source import JournalSource, add_looking_options
from kiosk.cli.parsing import CommandParser
from kiosk.cli.words import Words

FORMATS: Final = ("csv", "json")


def fill(parser: CommandParser, words: Words) -> None:
    """Add its options."""
    parser.add_argument("--format", choices=FORMATS, help=words.text("option.journal_format"))
    parser.add_argument("--output", metavar="FILE", help=words.text("option.journal_output"))
    parser.add_argument("--force", action="store_true", help=words.text("option.journal_force"))
    add_looking_options(parser, words)
    parser.set_defaults(run=run)


def run(context: Context) -> int:
    """Export. 1 where the journal is damaged and only what can be read was exported, else 0.

    Raises:
        CommandError: `journal_output_exists`, `journal_output_failed`; and as `JournalSource`.
    """
    from kiosk.cli import journal_rows

    wanted = context.typed("output")
    output = None if wanted is None else Path(wanted)
    kind = _format(context, output)
    if output is not None and output.exists() and not context.option("force"):
        raise CommandError("journal_output_exists", path=output)
    source = JournalSource(context)
    day = source.day()
    revealed = source.reveal("export")
    found = source.looked_at()
    entries = [entry for entry in found.entries if day in (None, entry.at.date())]
    rows = list(journal_rows.rows(entries, revealed=revealed))
    content = _as_csv(rows) if kind == "csv" else _as_json(rows)
    document: dict[str, Any] = {
        "output": None if output is None else str(output),
        "format": kind,
        "date": day.isoformat() if day else None,
        "masked": not revealed,
        "whole": found.whole,
        "count": len(rows),
    }
    if output is not None:
        _write(output, content, force=bool(context.option("force")))
        context.output.result(document, [context.words.text("journal.export.done", count=len(rows), path=output)])
    elif context.output.as_json:
        context.output.result({**document, "format": "json", "entries": rows}, ())
    else:
        context.output.text(content)
    if not found.whole:
        context.output.note(context.words.text("journal.list.damaged", faults=len(found.faults)))
    return ExitCode.DONE if found.whole else ExitCode.NEGATIVE


def _format(context: Context, output: Path | None) -> str:
    """As asked for, else as the file is called, else CSV."""
    said: str | None = context.option("format")
    ending = output.suffix.lower().removeprefix(".") if output is not None else ""
    return said or (ending if ending in FORMATS else FORMATS[0])


def _as_csv(rows: list[dict[str, Any]]) -> str:
    from kiosk.cli.journal_rows import COLUMNS, cells

    text = io.StringIO(newline="")
    table = csv.writer(text)
    table.writerow(COLUMNS)
    table.writerows(cells(row) for row in rows)
    return text.getvalue()


def _as_json(rows: list[dict[str, Any]]) -> str:
    lines = ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
    return f'{{"entries": [\n{lines}\n]}}\n' if rows else '{"entries": []}\n'


def _write(path: Path, content: str, *, force: bool) -> None:
    """A new file for its owner only, whole or not at all; in the place of an old one only with `force`."""
    # With its mark, or Japanese spreadsheets take a CSV for CP932.
    raw = content.encode("utf-8" if content.startswith("{") else "utf-8-sig")
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        try:
            number = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
            with os.fdopen(number, "wb") as file:
                file.write(raw)
                file.flush()
                os.fsync(number)
            if force:
                beside.replace(path)
            else:
                path.hardlink_to(beside)  # refuses where somebody made the file meanwhile
        finally:
            with suppress(FileNotFoundError):
                beside.unlink()
    except FileExistsError as error:
        raise CommandError("journal_output_exists", path=path) from error
    except OSError as error:
        raise CommandError("journal_output_failed", path=path, reason=error) from error
