"""`madoguchi server run` and `server personas`: the mock server on this machine, and the invented patients."""

from __future__ import annotations

import os
from contextlib import closing
from dataclasses import asdict
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kiosk.cli import values
from kiosk.cli.cells import in_columns
from kiosk.cli.context import Context
from kiosk.cli.errors import CommandError, ExitCode
from kiosk.cli.parsing import CommandParser
from kiosk.cli.troubles import told
from kiosk.cli.visit_options import add_date
from kiosk.cli.words import Words

if TYPE_CHECKING:  # annotations only: these modules are heavy
    from mock_server.personas import Persona

DEFAULT_HOST = "127.0.0.1"


def fill(parser: CommandParser, words: Words) -> None:
    """Add `run` and `personas`."""
    parser.commands("server", ("run", "personas"), (_fill_run, _fill_personas))


def _fill_run(parser: CommandParser, words: Words) -> None:
    parser.add_argument("--host", metavar="HOST", help=words.text("option.host"))
    parser.add_argument("--port", metavar="PORT", help=words.text("option.port"))
    parser.add_argument("--database", metavar="URL", help=words.text("option.database"))
    parser.add_argument("--trust", metavar="FILE", action="append", help=words.text("option.trust"))
    add_date(parser, words)
    parser.set_defaults(run=run_here)


def _fill_personas(parser: CommandParser, words: Words) -> None:
    parser.set_defaults(run=personas)


def run_here(context: Context) -> int:
    """Serve until SIGTERM or Ctrl-C; prints the address when it answers."""
    host = context.typed("host") or context.config.host or DEFAULT_HOST
    wanted_port = context.typed("port")
    port = context.config.port or values.DEFAULT_PORT
    if wanted_port is not None:
        port = values.port(wanted_port, "--port", lowest=0)
    trust = _trust_files(context)
    now = context.now()
    data_dir = context.open_data_dir()
    from mock_server.composition import build_app, open_service
    from mock_server.runner import run_server

    with told():
        service = open_service(
            data_dir,
            now=now,
            random_bytes=os.urandom,
            database_url=context.option("database") or context.config.database,
            trust_files=trust,
        )
        with closing(service):
            run_server(build_app(service, host), host, port, partial(_ready, context))
    return ExitCode.DONE


def _ready(context: Context, host: str, port: int) -> None:
    url = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
    context.output.result({"url": url}, [context.words.text("server.ready", url=url)])


def _trust_files(context: Context) -> tuple[Path, ...]:
    """The files of further test CAs. Raises CommandError `trust_unreadable`."""
    configured = context.config.trust
    wanted = context.option("trust") or ([configured] if configured else [])
    files = tuple(Path(name).expanduser() for name in wanted)
    for file in files:
        try:
            file.read_bytes()
        except OSError as error:
            raise CommandError("trust_unreadable", path=file, reason=error) from error
    return files


def personas(context: Context) -> int:
    """List the invented patients: names, PINs, numbers and what is to be expected of each."""
    from mock_server.personas import load_personas

    table = list(load_personas().values())
    context.output.result({"personas": [_as_dict(persona) for persona in table]}, _lines(table, context.words))
    return ExitCode.DONE


def _as_dict(persona: Persona) -> dict[str, Any]:
    """One persona by the shape of design.md §4; `numbers` is what to type into the form."""
    expected = asdict(persona.expected)
    until: date | None = expected["holds_until"]
    expected["holds_until"] = None if until is None else until.isoformat()
    return {"name": persona.name, "pin": persona.pin, "numbers": persona.numbers(), "expected": expected}


def _lines(table: list[Persona], words: Words) -> list[str]:
    rows = [tuple(words.text(f"server.personas.head.{column}") for column in ("name", "pin", "title", "what"))]
    rows += [(who.name, who.pin, who.title, who.what_happens[words.lang]) for who in table]
    return in_columns(rows)
