"""`madoguchi batch`: is everybody on tomorrow's list insured? Asked in few requests, gone on with after a kill.

Rule: nobody is asked for twice. What was sent and answered is in the data folder, and the same file on the same day for
the same server is the same list.
"""

from __future__ import annotations

import hashlib
import secrets
import sqlite3
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from kiosk.cli.context import Context
from kiosk.cli.errors import CommandError, ExitCode
from kiosk.cli.parsing import CommandParser
from kiosk.cli.progress import Progress
from kiosk.cli.troubles import told
from kiosk.cli.visit_options import add_date, add_login
from kiosk.cli.words import Words

if TYPE_CHECKING:  # annotations only: these modules are heavy
    from kiosk.cli.batch_file import Appointment, BadRow
    from kiosk.cli.batch_store import BatchStore, Request
    from kiosk.services.batch_client import HttpBatchClient

DEFAULT_PER_REQUEST: Final = 2_000
MOST_PER_REQUEST: Final = 10_000
FIRST_PAUSE_S: Final = 0.05
LONGEST_PAUSE_S: Final = 2.0
"""Between two questions how far a list is."""
SHOWN: Final = 20
"""Rows told on the screen at most."""
_WORD = {1: "valid", 2: "invalid", 3: "newer", 4: "none", 5: "several", 6: "unregistered", None: "failed"}
"""Keys of `counts` for 資格有効性."""


def fill(parser: CommandParser, words: Words) -> None:
    """Add the list and how it is asked."""
    parser.add_argument("file", metavar="FILE.csv", help=words.text("option.batch_file"))
    for name, metavar in (("server", "URL"), ("institution", "CODE")):
        parser.add_argument(f"--{name}", metavar=metavar, help=words.text(f"option.{name}"))
    add_login(parser, words)
    add_date(parser, words)
    parser.add_argument("--out", metavar="FILE", help=words.text("option.batch_out"))
    parser.add_argument("--per-request", metavar="N", help=words.text("option.per_request"))
    parser.add_argument("--skip-bad", action="store_true", help=words.text("option.skip_bad"))
    parser.add_argument("--restart", action="store_true", help=words.text("option.restart"))
    parser.set_defaults(run=run)


def run(context: Context) -> int:
    """Ask for the whole list. 0 where everybody is valid, else 1.

    Raises:
        CommandError: What stopped it, by the exit codes of design.md §4; what was answered is kept.
    """
    from kiosk.cli import batch_file, batch_report

    path = Path(context.typed("file") or "").expanduser()
    out = context.typed("out")
    report = None if out is None else Path(out).expanduser()
    write = None if report is None else batch_report.report_writer(report)
    per_request = _per_request(context.typed("per_request"))
    server, institution, now = context.server(), context.institution(), context.now()
    on = now().date()
    text = batch_file.read_text(path)
    rows = list(batch_file.read_rows(text, on))
    people = [row for row in rows if isinstance(row, batch_file.Appointment)]
    bad = [row for row in rows if isinstance(row, batch_file.BadRow)]
    _judge(context, people, bad)
    data_dir = context.open_data_dir()
    name = hashlib.sha256("\0".join((text, server or "", institution, on.isoformat())).encode()).hexdigest()
    with _opened(data_dir / "batches" / f"{name[:32]}.sqlite") as store:
        if context.option("restart") or not store.is_filled:
            store.fill(people, per_request, f"MOCK{secrets.token_hex(6).upper()}")
        before = store.answered()
        with told(), closing(_client(context, data_dir, server, institution)) as client:
            _ask(context, store, client, on)
        if report is not None and write is not None:
            write(report, store.results(), context.words)
        return _tell(context, store, path, report, bad, before)


def _per_request(text: str | None) -> int:
    if text is None:
        return DEFAULT_PER_REQUEST
    if not (text.isascii() and text.isdigit()) or not 1 <= int(text) <= MOST_PER_REQUEST:
        raise CommandError("bad_per_request", where="--per-request", value=text, most=MOST_PER_REQUEST)
    return int(text)


def _judge(context: Context, people: list[Appointment], bad: list[BadRow]) -> None:
    """Stop before anybody is asked where a row is wrong, unless `--skip-bad` says to leave those out."""
    if not bad:
        return
    if people and context.option("skip_bad"):
        return
    for row in bad[:SHOWN]:
        context.output.note(_bad_line(context.words, row))
    raise CommandError("batch_bad_rows", count=len(bad), line=bad[0].line)


def _bad_line(words: Words, row: BadRow) -> str:
    from eligibility.words import knows
    from eligibility.words import text as said

    code, params = row.error.code, row.error.params
    reason = said(words.lang, code, **params) if knows(code) else words.text(code, **params)
    return words.text("batch.bad_row", line=row.line, column=row.column, reason=reason)


@contextmanager
def _opened(path: Path) -> Iterator[BatchStore]:
    """The list's own file, for one program at a time."""
    from filelock import FileLock, Timeout

    from kiosk.cli.batch_store import BatchStore

    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with FileLock(path.with_suffix(".lock"), timeout=0, mode=0o600), closing(BatchStore(path)) as store:
            yield store
    except Timeout:
        raise CommandError("batch_busy", path=path) from None
    except sqlite3.Error as error:
        raise CommandError("batch_store", path=path, detail=type(error).__name__) from error
    except OSError as error:
        raise CommandError("data_dir", path=path.parent, reason=error) from error


def _client(context: Context, data_dir: Path, server: str | None, institution: str) -> HttpBatchClient:
    from kiosk.cli.composition import CounterPlan, batch_client

    login = context.login()
    return batch_client(
        CounterPlan(data_dir, context.now(), context.words.lang, server=server, institution=institution, login=login)
    )


def _ask(context: Context, store: BatchStore, client: HttpBatchClient, on: date) -> None:
    total, answered = store.total(), store.answered()
    with Progress(context.output, "batch.progress", total) as progress:
        progress.at(answered)
        for request in store.requests():
            _one(store, client, request, on, lambda done, so_far=answered: progress.at(so_far + done))
            answered += request.count
            progress.at(answered)


def _one(store: BatchStore, client: HttpBatchClient, request: Request, on: date, at: Any) -> None:
    """One request, from wherever it was: sent or not, answered or not."""
    from kiosk.services.batch_client import UNKNOWN, Asked
    from kiosk.services.interfaces import ServiceStopped

    people = [
        Asked(person.insurer_number, person.symbol, person.number, person.branch, person.birthdate)
        for person in store.people(request)
    ]
    number, sent_again, pause = request.reception_number, False, FIRST_PAUSE_S
    while True:
        if number is None:
            number = client.submit(people, on, request.identifier)
            store.sent(request, number)
        try:
            progress = client.result(number, people)
        except ServiceStopped as stopped:
            # A server that was reset does not know the list any more. It is handed in again once, as the same one.
            if stopped.detail != UNKNOWN or sent_again:
                raise
            store.forget_sending(request)
            number, sent_again = None, True
            continue
        if progress.answers is not None:
            store.keep(request, progress.answers)
            return
        at(progress.done)
        time.sleep(pause)
        pause = min(pause * 2, LONGEST_PAUSE_S)


def _tell(context: Context, store: BatchStore, path: Path, report: Path | None, bad: list[BadRow], before: int) -> int:
    counts: Counter[str] = Counter()
    troubled: list[str] = []
    for person, answer in store.results():
        word = _WORD.get((answer or {}).get("validity"), "failed")
        counts[word] += 1
        if word != "valid" and len(troubled) < SHOWN:
            troubled.append(_line(context.words, person, answer))
    total = store.total()
    document = {
        "file": str(path),
        "total": total,
        "resumed": before,
        "left_out": len(bad),
        "counts": {word: counts[word] for word in _WORD.values()},
        "report": None if report is None else str(report),
    }
    words = context.words
    lines = [words.text("batch.all_before")] if before == total else []
    lines += [words.text("batch.summary", total=total, valid=counts["valid"], other=total - counts["valid"])]
    lines += [words.text("batch.left_out", count=len(bad))] if bad else []
    lines += troubled
    if total - counts["valid"] > len(troubled):
        lines.append(words.text("batch.more", count=total - counts["valid"] - len(troubled)))
    lines.append(words.text("batch.report", path=report) if report else words.text("batch.no_report"))
    context.output.result(document, lines)
    return ExitCode.DONE if counts["valid"] == total else ExitCode.NEGATIVE


def _line(words: Words, person: Appointment, answer: dict[str, Any] | None) -> str:
    from kiosk.cli.batch_report import meaning

    return words.text("batch.line", line=person.line, id=person.id or "-", meaning=meaning(answer, words))
