"""`madoguchi doctor`: what works here, what does not, why, and what to do about it.

Order: the software counter first, because it must work everywhere; then the clock, the PC/SC service, readers, the card
on the reader, the server. Spends no PIN try but on a software card of its own, in a folder that is removed again.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from kiosk.cli.context import Context
from kiosk.cli.data_dir import data_dir_path, open_data_dir
from kiosk.cli.diagnosis import Diagnosis, Row, lines, row
from kiosk.cli.errors import CommandError, ExitCode
from kiosk.cli.parsing import CommandParser
from kiosk.cli.words import Words

if TYPE_CHECKING:  # annotations only: the reader package is loaded when it is asked
    from reader.doctor import Finding, System
    from reader.trace import Exchange

REHEARSED: Final = "taro"
"""The persona of the software visit: the ordinary case."""
CLOCK_PAGE: Final = "hardware/clock.md"


def fill(parser: CommandParser, words: Words) -> None:
    """Add --reader, --server, --bundle and --with-trace."""
    parser.add_argument("--reader", metavar="READER", help=words.text("option.reader_doctor"))
    parser.add_argument("--server", metavar="URL", help=words.text("option.server_doctor"))
    parser.add_argument("--bundle", nargs="?", const="", metavar="FILE", help=words.text("option.bundle"))
    parser.add_argument("--with-trace", action="store_true", help=words.text("option.with_trace"))
    parser.set_defaults(run=run)


def run(context: Context) -> int:
    """Examine and report. 0 where the software counter works, and the real path where there is a reader."""
    from kiosk.cli.doctor_server import examine_server
    from reader.doctor import System

    reader, server, system = context.reader(), context.server(), System()
    trace: list[Exchange] | None = [] if context.option("with_trace") else None
    findings = [
        *_software(context),
        *_machine(context, reader, system, trace),
        *examine_server(context, server),
    ]
    code = max((finding.grave for finding in findings if finding.ok is False), default=ExitCode.DONE)
    rows = [row(finding, context.output) for finding in findings]
    healthy = code == ExitCode.DONE
    written = _bundle(context, findings, rows, system, trace)
    said = list(lines(rows, context.words, healthy=healthy))
    if written is not None:
        said.append(context.words.text("doctor.bundle_written", path=written))
    document = {"ok": healthy, "findings": rows, "bundle": None if written is None else str(written)}
    context.output.result(document, said)
    return code


def _bundle(
    context: Context, findings: list[Diagnosis], rows: list[Row], system: System, trace: list[Exchange] | None
) -> Path | None:
    """Write the report that was asked for, by --bundle or by what makes sense only in one; where it lies."""
    wanted: str | None = context.option("bundle")
    if wanted is None and trace is None:
        return None
    from kiosk.cli import bundle
    from kiosk.cli.redaction import Redactor, secrets_of_machine
    from reader.doctor import evidence

    data_dir = data_dir_path(context.option("data_dir"), context.environ)
    secrets = {
        **secrets_of_machine(context.environ, system.user, evidence.serial_numbers(system)),
        **_secrets_of_clinic(context, findings),
        str(data_dir): "<data folder>",
    }
    files = bundle.contents(
        rows, evidence.machine(system), evidence.pcsc_readers(), context.config, trace, Redactor(secrets)
    )
    return bundle.write(files, wanted or "", context.now()(), data_dir)


def _secrets_of_clinic(context: Context, findings: list[Diagnosis]) -> dict[str, str]:
    """What would tell this clinic: its server's address and name, and its 医療機関コード."""
    from urllib.parse import urlsplit

    url = context.server() or ""
    names = {str(finding.params["name"]) for finding in findings if finding.code == "server.answers"}
    return {
        **dict.fromkeys({url, urlsplit(url).netloc, urlsplit(url).hostname or "", *names}, "<server>"),
        context.config.institution or "": "<institution>",
    }


def _software(context: Context) -> Iterator[Diagnosis]:
    path = data_dir_path(context.option("data_dir"), context.environ)
    try:
        open_data_dir(path)
        yield Diagnosis("data_dir", True, "data_dir.writable", {"path": path})
    except CommandError as error:
        yield Diagnosis("data_dir", False, error.code, error=error)
    else:
        yield _authority(context, path)
        yield _journal_key(path)
    yield _software_visit(context)


def _authority(context: Context, data_dir: Path) -> Diagnosis:
    """The test CA of the data folder, where it was made already."""
    from kiosk.cli.composition import CounterPlan, LazyAuthority, keystore_path

    if not keystore_path(data_dir).is_dir():
        return Diagnosis("test_ca", True, "test_ca.on_first_use")
    plan = CounterPlan(data_dir, context.now(), context.words.lang)
    try:
        certificates = LazyAuthority(plan).certificates()
        begins = max(_not_before(der) for der in certificates)
    except Exception as error:
        return Diagnosis("test_ca", False, "test_ca.broken", {"path": keystore_path(data_dir), "kind": _kind(error)})
    now = context.now()()
    if begins > now:
        shown: dict[str, object] = {
            "begins": f"{begins.astimezone(now.tzinfo):%Y-%m-%d %H:%M}",
            "now": f"{now:%Y-%m-%d %H:%M}",
        }
        # No fault by itself: the issuer makes one for today. But cards of that other day are refused today.
        return Diagnosis("test_ca", None, "test_ca.not_yet_valid", shown, link=CLOCK_PAGE)
    return Diagnosis("test_ca", True, "test_ca.there", {"count": len(certificates)})


def _not_before(certificate: bytes) -> datetime:
    """The moment from which a certificate (DER) is good."""
    from cryptography import x509

    return x509.load_der_x509_certificate(certificate).not_valid_before_utc


def _journal_key(data_dir: Path) -> Diagnosis:
    """The key of the journal, where it was made already."""
    from kiosk.cli.composition import journal_key_path
    from kiosk.cli.troubles import of_journal
    from kiosk.journal.key_file import load_key

    path = journal_key_path(data_dir)
    if not path.exists():
        return Diagnosis("journal", True, "journal.on_first_use")
    try:
        load_key(path)
    except OSError as failure:
        error = of_journal(failure)
        return Diagnosis("journal", False, error.code, error=error)
    return Diagnosis("journal", True, "journal.there")


def _software_visit(context: Context) -> Diagnosis:
    """A whole visit with the software card and the server in process, in a folder that is removed again."""
    from kiosk.cli.check import Visit
    from kiosk.cli.composition import CounterPlan, known_persona
    from kiosk.cli.troubles import told
    from reader.pin import PinHandle

    try:
        with tempfile.TemporaryDirectory(prefix="madoguchi-doctor-") as folder, told():
            plan = CounterPlan(Path(folder), context.now(), context.words.lang)
            digits = bytearray(known_persona(REHEARSED).pin.encode("ascii"))
            document = Visit(plan, REHEARSED, allow_last_try=False).run(PinHandle(digits))
    except CommandError as error:
        return Diagnosis("software_counter", False, error.code, error=error)
    except Exception as error:
        return Diagnosis("software_counter", False, "software_counter.failed", {"kind": _kind(error)})
    if not document["outcome"].startswith("OK_"):
        found = {"outcome": document["outcome"]}
        return Diagnosis("software_counter", False, "software_counter.wrong", found)
    return Diagnosis("software_counter", True, "software_counter.works", {"outcome": document["outcome"]})


def _machine(context: Context, wanted: str | None, system: System, trace: list[Exchange] | None) -> Iterator[Diagnosis]:
    """Clock and real path. Where no reader was asked for and none is attached, a broken path is a remark, no fault."""
    from reader import doctor

    yield _from_reader(doctor.check_clock(context.now()(), system), ExitCode.USAGE)
    needed = wanted is not None or doctor.is_attached(system)
    for finding in doctor.examine(wanted, system, trace=None if trace is None else trace.append):
        missing = finding.check in ("pyscard", "service") or finding.code.startswith("readers.none")
        yield _from_reader(finding, ExitCode.CARD, forgiven=missing and not needed)


def _from_reader(finding: Finding, grave: ExitCode, *, forgiven: bool = False) -> Diagnosis:
    ok = None if forgiven and finding.ok is False else finding.ok
    return Diagnosis(finding.check, ok, finding.code, dict(finding.params), grave, reader=finding, link=finding.link)


def _kind(error: BaseException) -> str:
    return type(error).__name__
