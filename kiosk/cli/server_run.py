"""`madoguchi server run`: the mock server, with admin and console, until it is told to end.

Reads options and settings, and says where everything is; what is allowed, `mock_server.serving` decides. What breaks if
it is wrong: scripts that wait for the one line or object that says the server answers.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from kiosk.cli import values
from kiosk.cli.context import Context
from kiosk.cli.errors import CommandError, ExitCode
from kiosk.cli.parsing import CommandParser
from kiosk.cli.troubles import told
from kiosk.cli.visit_options import add_date
from kiosk.cli.words import Words

if TYPE_CHECKING:  # annotations only: heavy
    from mock_server.serving import Folders, ServerPlan, Started

DEFAULT_HOST: Final = "127.0.0.1"
DEFAULT_ADMIN_PORT: Final = 8766
MOST_RATE: Final = 1_000_000
_OPTIONS: Final = (
    ("--host", "HOST", "host"),
    ("--port", "PORT", "port"),
    ("--admin-port", "PORT", "admin_port"),
    ("--database", "URL", "database"),
    ("--workers", "N", "workers"),
    ("--tls-cert", "FILE", "tls_cert"),
    ("--tls-key", "FILE", "tls_key"),
    ("--client-ca", "FILE", "client_ca"),
    ("--rate-limit", "N", "rate_limit"),
)
_REPEATED: Final = (
    ("--folders", "[CODE=]DIR", "folders"),
    ("--public-name", "NAME", "public_name"),
    ("--trust", "FILE", "trust"),
)


def fill_run(parser: CommandParser, words: Words) -> None:
    """Add its options."""
    for name, metavar, key in _OPTIONS:
        parser.add_argument(name, metavar=metavar, help=words.text(f"option.{key}"))
    for name, metavar, key in _REPEATED:
        parser.add_argument(name, metavar=metavar, action="append", help=words.text(f"option.{key}"))
    parser.add_argument("--tls-auto", action="store_true", help=words.text("option.tls_auto"))
    add_date(parser, words)
    parser.set_defaults(run=run_here)


def run_here(context: Context) -> int:
    """Serve until SIGTERM or Ctrl-C; says where when everything answers.

    Raises:
        CommandError: An option or setting that cannot be; what stands in the server's way, in its own words.
    """
    values.refuse_individual_number(*(text for _, _, key in _REPEATED for text in context.option(key) or ()))
    plan = _plan(context)
    from mock_server.serving import run
    from mock_server.serving_memory import settle

    def ready(started: Started) -> None:
        settle()
        _ready(context, plan, started)

    with told():
        run(plan, ready)
    return ExitCode.DONE


def _plan(context: Context) -> ServerPlan:
    config = context.config
    port = _port(context, "port", config.port or values.DEFAULT_PORT)
    # Whoever wants any free port wants any free two: several servers can then run side by side.
    admin_port = _port(context, "admin_port", config.admin_port or (DEFAULT_ADMIN_PORT if port else 0))
    workers, rate = context.typed("workers"), context.typed("rate_limit")
    certificate, key = _file(context, "tls_cert", config.tls_cert), _file(context, "tls_key", config.tls_key)
    auto = bool(context.option("tls_auto"))
    if (certificate is None) != (key is None) or (auto and certificate is not None):
        raise CommandError("tls_options")
    client_ca = _file(context, "client_ca", config.client_ca)
    if client_ca is not None and certificate is None and not auto:
        raise CommandError("client_ca_without_tls")
    trust, names = _trust_files(context), _names(context)
    now, institution = context.now(), context.institution()
    count = values.count(workers, "--workers", values.MOST_WORKERS) if workers is not None else config.workers or 1
    data_dir = context.open_data_dir()
    from mock_server.serving import ServerPlan
    from mock_server.tls import TlsFiles

    return ServerPlan(
        data_dir=data_dir,
        now=now,
        random_bytes=os.urandom,
        host=context.typed("host") or config.host or DEFAULT_HOST,
        port=port,
        admin_port=admin_port,
        database_url=context.option("database") or config.database,
        trust_files=trust,
        workers=count,
        folders=_folders(context.option("folders") or (), institution),
        tls=TlsFiles(certificate, key) if certificate is not None and key is not None else None,
        tls_auto=auto,
        client_ca=client_ca,
        names=names,
        rate=_rate(rate),
    )


def _names(context: Context) -> tuple[str, ...]:
    return tuple(values.host_name(name, "--public-name") for name in context.option("public_name") or ())


def _port(context: Context, name: str, otherwise: int) -> int:
    wanted = context.typed(name)
    return otherwise if wanted is None else values.port(wanted, f"--{name.replace('_', '-')}", lowest=0)


def _rate(text: str | None) -> float | None:
    """Requests a second; 0: no limit; None: what suits where it listens."""
    if text is None:
        return None
    return 0.0 if text == "0" else float(values.count(text, "--rate-limit", MOST_RATE))


def _file(context: Context, name: str, configured: str | None) -> Path | None:
    wanted = context.typed(name) or configured
    return None if wanted is None else Path(wanted).expanduser()


def _folders(wanted: tuple[str, ...] | list[str], institution: str) -> tuple[Folders, ...]:
    """Each `DIR` for the counter's own institution, or `CODE=DIR`.

    Raises:
        CommandError: `bad_institution`, `folders_twice`.
    """
    from mock_server.serving import Folders

    found: dict[str, Folders] = {}
    for text in wanted:
        code, sign, directory = text.partition("=")
        if sign and code.isascii() and code.isdigit():
            code = values.institution(code, "--folders")
        else:
            code, directory = institution, text
        if code in found:
            raise CommandError("folders_twice", institution=code)
        found[code] = Folders(code, Path(directory).expanduser())
    return tuple(found.values())


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


def _ready(context: Context, plan: ServerPlan, started: Started) -> None:
    words = context.words
    console = f"{started.admin_url}/console?token={started.admin_token}"
    document: dict[str, Any] = {
        "url": started.url,
        # No browser sends an institution's token from its address bar: then the page is read beside the controls.
        "docs_url": (
            f"{started.admin_url}/admin/v1/docs?token={started.admin_token}"
            if started.tokens_required
            else f"{started.url}/v1/docs"
        ),
        "admin_url": started.admin_url,
        "admin_token": started.admin_token,
        "console_url": console,
        "workers": plan.workers,
        "tokens_required": started.tokens_required,
        "ca_file": None if started.ca_file is None else str(started.ca_file),
        "folders": [
            {"institution": folders.institution, "directory": str(folders.directory)} for folders in plan.folders
        ],
    }
    lines = [
        words.text("server.ready", url=started.url),
        words.text("server.ready.docs", url=document["docs_url"]),
        words.text("server.ready.console", url=console),
    ]
    if started.ca_file is not None:
        lines.append(words.text("server.ready.ca", path=str(started.ca_file)))
    if started.tokens_required:
        lines.append(words.text("server.ready.tokens"))
    lines += [
        words.text("server.ready.folders", code=folders.institution, path=str(folders.directory))
        for folders in plan.folders
    ]
    context.output.result(document, [*lines, words.text("server.ready.end")])
