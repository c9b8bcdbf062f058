"""`madoguchi server institution`: which institutions may ask, and their tokens. Works on the store itself.

A running server sees every change at once, whichever worker answers. What breaks if it is wrong: a token in a log, or
one that still counts after it was revoked.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from kiosk.cli import values
from kiosk.cli.cells import in_columns
from kiosk.cli.context import Context
from kiosk.cli.errors import CommandError, ExitCode
from kiosk.cli.parsing import CommandParser
from kiosk.cli.troubles import told
from kiosk.cli.words import Words

if TYPE_CHECKING:  # annotations only: heavy
    from mock_server.institutions import Institution
    from mock_server.registry.transaction import Transaction

T = TypeVar("T")

LONGEST_NAME = 60


def fill_institution(parser: CommandParser, words: Words) -> None:
    """Add `add`, `list` and `revoke`."""
    parser.commands("server.institution", ("add", "list", "revoke"), (_fill_add, _fill_list, _fill_revoke))


def _fill_add(parser: CommandParser, words: Words) -> None:
    parser.add_argument("code", metavar="CODE", help=words.text("option.institution_code"))
    parser.add_argument("--name", metavar="NAME", help=words.text("option.institution_name"))
    parser.add_argument("--client-certificate", metavar="FILE", help=words.text("option.institution_certificate"))
    parser.add_argument("--token-file", metavar="FILE", help=words.text("option.institution_token_out"))
    _fill_store(parser, words, add)


def _fill_list(parser: CommandParser, words: Words) -> None:
    _fill_store(parser, words, list_all)


def _fill_revoke(parser: CommandParser, words: Words) -> None:
    parser.add_argument("code", metavar="CODE", help=words.text("option.institution_code"))
    _fill_store(parser, words, revoke)


def _fill_store(parser: CommandParser, words: Words, run: Callable[[Context], int]) -> None:
    parser.add_argument("--database", metavar="URL", help=words.text("option.database"))
    parser.set_defaults(run=run)


def add(context: Context) -> int:
    """Add an institution and tell its token, this once; into a file (mode 0600) where one is named.

    Raises:
        CommandError: `bad_institution`, `institution_taken`, `institution_name`, `token_file_unwritable`; a certificate
            or store that cannot be used.
    """
    code, name = _code(context), context.typed("name") or ""
    if len(name) > LONGEST_NAME or not name.isprintable():
        raise CommandError("institution_name", most=LONGEST_NAME)
    certificate, file = context.typed("client_certificate"), context.typed("token_file")
    from mock_server import institutions
    from mock_server.tls import fingerprint_of

    with told():
        fingerprint = None if certificate is None else fingerprint_of(Path(certificate).expanduser())
    path = None if file is None else _reserved(Path(file).expanduser())

    def job(tx: Transaction) -> str:
        return institutions.add(tx, code, os.urandom, name=name, client_certificate=fingerprint)

    try:
        token = _in_store(context, job)
    except institutions.InstitutionTakenError:
        _let_go(path)
        raise CommandError("institution_taken", institution=code) from None
    except BaseException:
        _let_go(path)
        raise
    if path is not None:
        _write(path, token)
    document = {"code": code, "name": name, "token": token if path is None else None, "client_certificate": fingerprint}
    lines = [context.words.text("institution.added", code=code)]
    if path is None:
        lines += [context.words.text("institution.token"), token]
    else:
        lines.append(context.words.text("institution.token_written", path=str(path)))
    context.output.result(document, lines)
    return ExitCode.DONE


def list_all(context: Context) -> int:
    """Every institution that was ever added; no token, which nobody knows."""
    from mock_server import institutions

    found = _in_store(context, institutions.every_institution)
    context.output.result({"institutions": [_as_dict(one) for one in found]}, _table(found, context.words))
    return ExitCode.DONE


def revoke(context: Context) -> int:
    """Make a token count no more. Raises CommandError `bad_institution`, `institution_unknown`."""
    code = _code(context)
    from mock_server import institutions

    try:
        _in_store(context, lambda tx: institutions.revoke(tx, code))
    except institutions.InstitutionUnknownError:
        raise CommandError("institution_unknown", institution=code) from None
    context.output.result({"code": code, "revoked": True}, [context.words.text("institution.revoked", code=code)])
    return ExitCode.DONE


def _code(context: Context) -> str:
    return values.institution(context.typed("code") or "", "CODE")


def _in_store(context: Context, job: Callable[[Transaction], T]) -> T:
    """The job's result; the store is that of the data folder, or of `--database`."""
    now, data_dir = context.now(), context.open_data_dir()
    from mock_server.composition import open_ledger
    from mock_server.registry.interface import RegistryError

    with told(), closing(open_ledger(data_dir, now, context.option("database") or context.config.database)) as ledger:
        try:
            return ledger.run_sync(job)
        except RegistryError as error:
            raise CommandError("store_unusable", ExitCode.SERVER) from error


def _reserved(path: Path) -> Path:
    """The file made empty before anything is issued, so that no token is lost. Raises `token_file_unwritable`."""
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, 0o600))
    except OSError as error:
        raise CommandError("token_file_unwritable", path=path, reason=error) from error
    return path


def _let_go(path: Path | None) -> None:
    if path is not None:
        path.unlink(missing_ok=True)


def _write(path: Path, token: str) -> None:
    try:
        path.write_text(token + "\n", encoding="ascii")
    except OSError as error:
        raise CommandError("token_file_unwritable", path=path, reason=error) from error


def _as_dict(one: Institution) -> dict[str, object]:
    return {
        "code": one.code,
        "name": one.name,
        "active": one.is_active,
        "client_certificate": one.client_certificate,
        "created_at": one.created_at,
        "revoked_at": one.revoked_at,
    }


def _table(found: list[Institution], words: Words) -> list[str]:
    if not found:
        return [words.text("institution.none")]
    rows = [tuple(words.text(f"institution.head.{column}") for column in ("code", "name", "state", "since"))]
    for one in found:
        state = "active" if one.is_active else "revoked"
        rows.append((one.code, one.name or "-", words.text(f"institution.state.{state}"), one.created_at[:16]))
    return in_columns(rows)
