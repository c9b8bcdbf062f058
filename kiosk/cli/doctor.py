"""`madoguchi doctor`: what works here, what does not, why, and what to do about it.

Order: the software counter first, because it must work everywhere; then the PC/SC service, readers, the card on the
reader, the server. Spends no PIN try but on a software card of its own, in a folder that is removed again.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from kiosk.cli import values
from kiosk.cli.context import Context
from kiosk.cli.data_dir import data_dir_path, open_data_dir
from kiosk.cli.errors import CommandError, ExitCode
from kiosk.cli.output import Output
from kiosk.cli.parsing import CommandParser
from kiosk.cli.words import Words

if TYPE_CHECKING:  # annotations only: the reader package is loaded when it is asked
    from reader.doctor import Finding

SIGNS: Final = {True: "✓", None: "!", False: "×"}
REHEARSED: Final = "taro"
"""The persona of the software visit: the ordinary case."""


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """One finding: `ok` True works, None is a remark, False does not work. `grave` is the exit code it then stands for.

    `code` names the words `finding.<code>` and `finding.<code>.remedy`; an `error` and a finding of `reader.doctor`
    bring their own words.
    """

    check: str
    ok: bool | None
    code: str
    params: dict[str, object] = field(default_factory=dict)
    grave: ExitCode = ExitCode.USAGE
    error: CommandError | None = None
    reader: Finding | None = None
    """What `reader.doctor` found, with words of its own."""


def fill(parser: CommandParser, words: Words) -> None:
    """Add --reader and --server."""
    parser.add_argument("--reader", metavar="READER", help=words.text("option.reader_doctor"))
    parser.add_argument("--server", metavar="URL", help=words.text("option.server_doctor"))
    parser.set_defaults(run=run)


def run(context: Context) -> int:
    """Examine and report. 0 where the software counter works, and the real path where there is a reader."""
    reader, server = context.reader(), context.server()
    findings = [*_software(context), *_readers(reader), *_server(context, server)]
    code = max((finding.grave for finding in findings if finding.ok is False), default=ExitCode.DONE)
    rows = [_row(finding, context.output) for finding in findings]
    document = {"ok": code == ExitCode.DONE, "findings": rows}
    context.output.result(document, _lines(rows, context.words, healthy=code == ExitCode.DONE))
    return code


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
        count = len(LazyAuthority(plan).certificates())
    except Exception as error:
        return Diagnosis("test_ca", False, "test_ca.broken", {"path": keystore_path(data_dir), "kind": _kind(error)})
    return Diagnosis("test_ca", True, "test_ca.there", {"count": count})


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


def _readers(wanted: str | None) -> Iterator[Diagnosis]:
    """The real path. Where no reader was asked for and none is attached, that is a remark and no fault."""
    from reader import doctor

    for finding in doctor.examine(wanted):
        missing = finding.check in ("pyscard", "service") or finding.code == "readers.none"
        ok = None if wanted is None and missing and finding.ok is False else finding.ok
        yield Diagnosis(finding.check, ok, finding.code, dict(finding.params), ExitCode.CARD, reader=finding)


def _server(context: Context, url: str | None) -> Iterator[Diagnosis]:
    """The server that was named, asked for a challenge; nothing about a patient is sent."""
    if url is None:
        yield Diagnosis("server", True, "server.in_process")
        return
    from kiosk.cli.troubles import told
    from kiosk.services.qualification_client import HttpQualificationClient

    institution, now = context.config.institution or values.DEFAULT_INSTITUTION, context.now()
    try:
        with told():
            client = HttpQualificationClient(url, institution, on=lambda: now().date())
            try:
                name = client.challenge().server
            finally:
                client.close()
    except CommandError as error:
        yield Diagnosis("server", False, error.code, grave=error.exit_code, error=error)
        return
    yield Diagnosis("server", True, "server.answers", {"url": url, "name": name})


def _kind(error: BaseException) -> str:
    return type(error).__name__


def _row(finding: Diagnosis, output: Output) -> dict[str, Any]:
    message, remedy = _sentences(finding, output)
    return {
        "check": finding.check,
        "ok": finding.ok,
        "code": finding.code,
        "message": message,
        "remedy": remedy or None,
    }


def _sentences(finding: Diagnosis, output: Output) -> tuple[str, str]:
    if finding.error is not None:
        return output.sentences(finding.error)
    if finding.reader is not None:
        from reader import words as reader_words

        lang, found = output.words.lang, finding.reader
        remedy_id = found.remedy_id
        remedy = "" if remedy_id is None else reader_words.text(lang, remedy_id, **found.params)
        return reader_words.text(lang, found.message_id, **found.params), remedy
    message = output.words.text(f"finding.{finding.code}", **finding.params)
    key = f"finding.{finding.code}.remedy"
    return message, output.words.text(key, **finding.params) if output.words.has(key) else ""


def _lines(rows: list[dict[str, Any]], words: Words, *, healthy: bool) -> Iterator[str]:
    for row in rows:
        yield f"{SIGNS[row['ok']]} {row['message']}"
        if row["remedy"] is not None:
            yield f"  → {row['remedy']}"
    yield words.text("doctor.healthy" if healthy else "doctor.ill")
