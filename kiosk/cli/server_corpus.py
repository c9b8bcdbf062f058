"""`madoguchi server corpus DIR`: the golden corpus as a folder, for parsers in any language.

What breaks if it is wrong: somebody's folder is written into, or a script that takes the corpus finds nothing.
"""

from __future__ import annotations

from pathlib import Path

from kiosk.cli import values
from kiosk.cli.context import Context
from kiosk.cli.errors import ExitCode
from kiosk.cli.parsing import CommandParser
from kiosk.cli.troubles import told
from kiosk.cli.visit_options import add_date
from kiosk.cli.words import Words


def fill_corpus(parser: CommandParser, words: Words) -> None:
    """Add its argument and options."""
    parser.add_argument("directory", metavar="DIR", help=words.text("option.corpus"))
    add_date(parser, words)
    parser.set_defaults(run=corpus)


def corpus(context: Context) -> int:
    """Write the corpus of the day into an empty or new folder.

    Raises:
        CommandError: The folder holds something else or cannot be written; `--date` is none.
    """
    text = str(context.option("directory"))
    values.refuse_individual_number(text)
    target, on = Path(text).expanduser().absolute(), context.now()().date()
    from mock_server.corpus.export import export_corpus

    with told():
        written = export_corpus(target, on)
    context.output.result(
        {
            "directory": str(target),
            "date": on.isoformat(),
            "files": written.files,
            "personas": written.personas,
            "manifest": str(target / "manifest.json"),
        },
        [
            context.words.text("corpus.written", files=written.files, personas=written.personas, path=target),
            context.words.text("corpus.start"),
        ],
    )
    return ExitCode.DONE
