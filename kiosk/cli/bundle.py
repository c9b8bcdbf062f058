"""`madoguchi doctor --bundle`: a report that a tester can hand on, in one zip file that only they can read.

What goes in is chosen piece by piece, and every string passes the redactor; the README inside says both. The settings
are told by kind, because a server's address and a 医療機関コード name a clinic. No logs, no certificate, no PIN.
What breaks if this is wrong: somebody's name, reader or card in a public issue.
"""

from __future__ import annotations

import dataclasses
import io
import json
import os
import zipfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from kiosk.cli.config import Config
from kiosk.cli.errors import CommandError
from kiosk.cli.redaction import Redactor
from kiosk.cli.words import LANGUAGES, Words

if TYPE_CHECKING:  # annotations only
    from reader.trace import Exchange

NAME: Final = "madoguchi-doctor-{now:%Y%m%d-%H%M%S}.zip"
EARLIEST: Final = (1980, 1, 1, 0, 0, 0)
LATEST: Final = (2107, 12, 31, 23, 59, 58)
"""The moments that a zip file can write down; a clock beyond them is shown as the nearer one."""
SPARE_NAMES: Final = 100
"""How many reports of one second get a number behind their name."""


class _TakenError(CommandError):
    """There is something of that name."""


def contents(
    findings: Sequence[Mapping[str, Any]],
    machine: Mapping[str, Any],
    readers: Sequence[Mapping[str, Any]],
    config: Config,
    trace: Sequence[Exchange] | None,
    redactor: Redactor,
) -> dict[str, bytes]:
    """The files of the report by name. `trace` None: none was asked for."""
    files: dict[str, Any] = {
        "findings.json": findings,
        "machine.json": machine,
        "readers.json": readers,
        "settings.json": settings(config),
    }
    if trace is not None:
        files["trace.json"] = [_without_data(exchange).as_dict() for exchange in trace]
    readme = "\n".join(Words(lang).text("bundle.readme") for lang in LANGUAGES)
    return {"README.txt": readme.encode()} | {
        name: (json.dumps(redactor.value(value), ensure_ascii=False, indent=1) + "\n").encode()
        for name, value in files.items()
    }


def settings(config: Config) -> dict[str, Any]:
    """Which settings are made, without what they say: only the kind of site, and whether the server is this machine."""
    server = config.server or ""
    loopback = any(f"//{host}" in server for host in ("127.", "localhost", "[::1]"))
    return {
        "reader": config.reader is not None,
        "server": None if not server else "loopback" if loopback else "elsewhere",
        "institution": config.institution is not None,
        "site": config.site,
        "database": None if config.database is None else config.database.partition(":")[0].partition("+")[0],
        "trust": config.trust is not None,
    }


def _without_data(exchange: Exchange) -> Exchange:
    """The status word stays. What a card answered is left out whole: it may be a card of another kind."""
    return dataclasses.replace(exchange, answer="[withheld]" if exchange.answer else "")


def prove(wanted: str, now: datetime) -> None:
    """Prove that a report can be written to the file or folder that was named; leaves nothing behind.

    Where none was named nothing is proven: whether the data folder can be written is a finding.

    Raises:
        CommandError: As `write`.
    """
    if not wanted:
        return
    path = _write_named(wanted, now, b"")
    try:
        path.unlink()
    except OSError as error:
        raise CommandError("bundle_failed", path=path, reason=error) from error


def write(files: Mapping[str, bytes], wanted: str, now: datetime, fallback: Path) -> Path:
    """Write the zip file, mode 0600, and say where. Never over a file that is there.

    `wanted`: a file, a folder, or "" for the folder the command runs in; where that cannot be written, `fallback`.

    Raises:
        CommandError: `bundle_exists`, or `bundle_failed` with the reason.
    """
    data = _packed(files, now)
    if wanted:
        return _write_named(wanted, now, data)
    try:
        return _write_dated(Path.cwd(), now, data)
    except (CommandError, OSError):  # the folder may be somebody else's, or not there any more
        return _write_dated(fallback, now, data)


def _packed(files: Mapping[str, bytes], now: datetime) -> bytes:
    buffer = io.BytesIO()
    moment = min(max(now.timetuple()[:6], EARLIEST), LATEST)
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            entry = zipfile.ZipInfo(name, moment)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o600 << 16
            archive.writestr(entry, data)
    return buffer.getvalue()


def _write_named(wanted: str, now: datetime, data: bytes) -> Path:
    target = _named(wanted)
    return _write_dated(target, now, data) if _is_folder(target) else _write_new(target, data)


def _named(wanted: str) -> Path:
    """The path that was typed; a `~` of nobody here is a name like any other."""
    try:
        return Path(wanted).expanduser()
    except RuntimeError:
        return Path(wanted)


def _is_folder(path: Path) -> bool:
    """Whether it is a folder. Raises CommandError `bundle_failed` where the system does not let us look."""
    try:
        return path.is_dir()
    except OSError as error:  # a name that is too long, a folder on the way that is closed to us
        raise CommandError("bundle_failed", path=path, reason=error) from error


def _write_dated(folder: Path, now: datetime, data: bytes) -> Path:
    """Under the name of the moment, with a number where there is a report of this second already."""
    first = folder / NAME.format(now=now)
    spare = (first.with_stem(f"{first.stem}-{number}") for number in range(2, SPARE_NAMES))
    for name in (first, *spare):
        # Tried, not looked for: a folder may let nobody see what is in it.
        with suppress(_TakenError):
            return _write_new(name, data)
    raise CommandError("bundle_exists", path=first)


def _write_new(path: Path, data: bytes) -> Path:
    try:
        number = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY | getattr(os, "O_CLOEXEC", 0), 0o600)
    except FileExistsError as error:
        raise _TakenError("bundle_exists", path=path) from error
    except OSError as error:
        raise CommandError("bundle_failed", path=path, reason=error) from error
    try:
        with os.fdopen(number, "wb") as file:
            file.write(data)
    except OSError as error:
        path.unlink(missing_ok=True)
        raise CommandError("bundle_failed", path=path, reason=error) from error
    return path.absolute()
