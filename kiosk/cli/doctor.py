"""`madoguchi doctor`: what works here, what does not, why, and what to do about it.

Order: the clock first, because a wrong one makes what comes behind it fail; then the software counter, which must work
everywhere; then the PC/SC service, readers, the card on the reader, the server. Spends no PIN try.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from kiosk.cli.context import Context
from kiosk.cli.data_dir import data_dir_path
from kiosk.cli.diagnosis import Diagnosis, Row, lines, row
from kiosk.cli.errors import CommandError, ExitCode
from kiosk.cli.parsing import CommandParser
from kiosk.cli.visit_options import add_login
from kiosk.cli.words import Words

if TYPE_CHECKING:  # annotations only: the reader package is loaded when it is asked
    from reader.doctor import Finding, System
    from reader.trace import Exchange


def fill(parser: CommandParser, words: Words) -> None:
    """Add --reader, --server and what belongs to it, --bundle and --with-trace."""
    parser.add_argument("--reader", metavar="READER", help=words.text("option.reader_doctor"))
    parser.add_argument("--server", metavar="URL", help=words.text("option.server_doctor"))
    add_login(parser, words)
    parser.add_argument("--bundle", nargs="?", const="", metavar="FILE", help=words.text("option.bundle"))
    parser.add_argument("--with-trace", action="store_true", help=words.text("option.with_trace"))
    parser.set_defaults(run=run)


def run(context: Context) -> int:
    """Examine and report. 0 where the software counter works, and the real path where there is a reader.

    Raises:
        CommandError: A report cannot be written where it was asked for, and that could be known before examining. Where
            it shows only afterwards, the findings are told and the error beside them.
    """
    from kiosk.cli import bundle
    from reader.doctor import System

    reader, server, system = context.reader(), context.server(), System()
    trace: list[Exchange] | None = [] if context.option("with_trace") else None
    wanted = _wanted_bundle(context)
    if wanted is not None:
        bundle.prove(wanted, context.now()())
    findings = _examine(context, reader, server, system, trace)
    code: int = max((finding.grave for finding in findings if finding.ok is False), default=ExitCode.DONE)
    rows = [row(finding, context.output) for finding in findings]
    healthy = code == ExitCode.DONE
    said, document = list(lines(rows, context.words, healthy=healthy)), {"ok": healthy, "findings": rows}
    if wanted is None:
        context.output.result({**document, "bundle": None}, said)
        return code
    if not context.output.as_json:  # a report that cannot be written takes no finding with it
        context.output.result({}, said)
    try:
        path = _bundle(context, wanted, findings, rows, system, trace)
    except CommandError as error:
        if context.output.as_json:
            context.output.result({**document, "bundle": None, "error": context.output.error_object(error)}, ())
        else:
            context.output.failure(error)
        return max(code, error.exit_code)
    written = context.words.text("doctor.bundle_written", path=path)
    context.output.result({**document, "bundle": str(path)}, [written])
    return code


def _examine(
    context: Context, reader: str | None, server: str | None, system: System, trace: list[Exchange] | None
) -> list[Diagnosis]:
    from kiosk.cli.doctor_server import examine_server
    from kiosk.cli.doctor_software import examine_software
    from reader import doctor

    clock = _from_reader(doctor.check_clock(context.now()(), system), ExitCode.USAGE)
    return [
        clock,
        *examine_software(context, clock_wrong=clock.ok is False),
        *_real_path(reader, system, trace),
        *examine_server(context, server),
    ]


def _wanted_bundle(context: Context) -> str | None:
    """Where a report is to go, "" for nowhere in particular; None where neither --bundle nor a trace asks for one."""
    wanted: str | None = context.option("bundle")
    return "" if wanted is None and context.option("with_trace") else wanted


def _bundle(
    context: Context,
    wanted: str,
    findings: list[Diagnosis],
    rows: list[Row],
    system: System,
    trace: list[Exchange] | None,
) -> Path:
    """Write the report; where it lies. Raises CommandError as `bundle.write`."""
    from kiosk.cli import bundle
    from kiosk.cli.redaction import Redactor, secrets_of_machine
    from reader.doctor import evidence

    data_dir = data_dir_path(context.option("data_dir"), context.environ)
    serials = evidence.serial_numbers(system, context.reader())
    secrets = {
        **dict.fromkeys(evidence.places(system), "<path>"),
        **secrets_of_machine(context.environ, system.user, serials),
        **_secrets_of_clinic(context, findings),
        str(data_dir): "<data folder>",
    }
    files = bundle.contents(
        rows, evidence.machine(system), evidence.pcsc_readers(), context.config, trace, Redactor(secrets)
    )
    return bundle.write(files, wanted, context.now()(), data_dir)


def _secrets_of_clinic(context: Context, findings: list[Diagnosis]) -> dict[str, str]:
    """What would tell this clinic: its server's address and name, and its 医療機関コード."""
    from urllib.parse import urlsplit

    url = context.server() or ""
    names = {str(finding.params["name"]) for finding in findings if finding.code == "server.answers"}
    return {
        **dict.fromkeys({url, urlsplit(url).netloc, urlsplit(url).hostname or "", *names}, "<server>"),
        context.config.institution or "": "<institution>",
    }


def _real_path(wanted: str | None, system: System, trace: list[Exchange] | None) -> Iterator[Diagnosis]:
    """Where no reader was asked for and none is attached, a broken path is a remark, no fault."""
    from reader import doctor

    needed = wanted is not None or doctor.is_attached(system)
    for finding in doctor.examine(wanted, system, trace=None if trace is None else trace.append):
        missing = finding.check in ("pyscard", "service") or finding.code.startswith("readers.none")
        yield _from_reader(finding, ExitCode.CARD, forgiven=missing and not needed)


def _from_reader(finding: Finding, grave: ExitCode, *, forgiven: bool = False) -> Diagnosis:
    ok = None if forgiven and finding.ok is False else finding.ok
    return Diagnosis(finding.check, ok, finding.code, dict(finding.params), grave, reader=finding, link=finding.link)
