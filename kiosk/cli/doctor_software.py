"""What `madoguchi doctor` finds of the part that must work everywhere: data folder, keys, and a whole software visit.

Spends no PIN try but on a software card of its own, in a folder that is removed again.
What breaks if this is wrong: a person installs anew what only had a wrong clock.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Final

from kiosk.cli.context import Context
from kiosk.cli.data_dir import data_dir_path, open_data_dir
from kiosk.cli.diagnosis import CLOCK_PAGE, Diagnosis
from kiosk.cli.errors import CommandError

REHEARSED: Final = "taro"
"""The persona of the software visit: the ordinary case."""


def examine_software(context: Context, *, clock_wrong: bool) -> Iterator[Diagnosis]:
    """Data folder, test authority, journal, and a visit.

    `clock_wrong`: a visit that fails is told as its consequence, because the certificates are of the day it shows.
    """
    try:
        path = data_dir_path(context.option("data_dir"), context.environ)
        open_data_dir(path)
        yield Diagnosis("data_dir", True, "data_dir.writable", {"path": path})
    except CommandError as error:
        yield Diagnosis("data_dir", False, error.code, error=error)
    else:
        yield _authority(context, path)
        yield _journal_key(path)
    visit = _software_visit(context)
    if visit.ok is False and clock_wrong:
        visit = Diagnosis("software_counter", False, "software_counter.wrong_clock", link=CLOCK_PAGE)
    yield visit


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
    from kiosk.journal.key_file import load_key, needs_passphrase

    path = journal_key_path(data_dir)
    if not path.exists():
        return Diagnosis("journal", True, "journal.on_first_use")
    try:
        if needs_passphrase(path):
            return Diagnosis("journal", True, "journal.sealed")
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


def _kind(error: BaseException) -> str:
    return type(error).__name__
