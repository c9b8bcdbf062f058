"""`madoguchi server institution`: which institutions may ask, and their tokens; in the server that runs, or its store.

Every worker of a running server sees a change at once. What breaks if it is wrong: a token in a log, or
one that still counts after it was revoked.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Final

from kiosk.cli import values
from kiosk.cli.cells import in_columns
from kiosk.cli.context import Context
from kiosk.cli.errors import CommandError, ExitCode
from kiosk.cli.parsing import CommandParser
from kiosk.cli.server_controls import Json, add_store, controls
from kiosk.cli.troubles import told
from kiosk.cli.words import Words

LONGEST_NAME = 60
_REFUSED: Final = {
    "MOCK-INSTITUTION-TAKEN": "institution_taken",
    "MOCK-INSTITUTION-UNKNOWN": "institution_unknown",
}
"""How this command calls what the controls refuse."""


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
    add_store(parser, words)
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
    values.refuse_individual_number(name)
    certificate, file = context.typed("client_certificate"), context.typed("token_file")
    from mock_server.tls import fingerprint_of

    with told():
        fingerprint = None if certificate is None else fingerprint_of(Path(certificate).expanduser())
    path = None if file is None else _reserved(Path(file).expanduser())
    order = {"code": code, "name": name, "client_certificate": fingerprint}
    try:
        said, live = _asked(context, "POST", "institutions", order)
    except BaseException:
        _let_go(path)
        raise
    token = str(said["token"])
    if path is not None:
        _write(path, token)
    document = {
        "live": live,
        "code": code,
        "name": name,
        "token": token if path is None else None,
        "client_certificate": fingerprint,
    }
    lines = [context.words.text("institution.added", code=code)]
    if path is None:
        lines += [context.words.text("institution.token"), token]
    else:
        lines.append(context.words.text("institution.token_written", path=str(path)))
    context.output.result(document, lines)
    return ExitCode.DONE


def list_all(context: Context) -> int:
    """Every institution that was ever added; no token, which nobody knows."""
    said, live = _asked(context, "GET", "institutions")
    found = [_as_dict(one) for one in said["institutions"]]
    context.output.result({"live": live, "institutions": found}, _table(found, context.words))
    return ExitCode.DONE


def revoke(context: Context) -> int:
    """Make a token count no more. Raises CommandError `bad_institution`, `institution_unknown`."""
    code = _code(context)
    _, live = _asked(context, "DELETE", f"institutions/{code}")
    line = context.words.text("institution.revoked", code=code)
    context.output.result({"live": live, "code": code, "revoked": True}, [line])
    return ExitCode.DONE


def _code(context: Context) -> str:
    return values.institution(context.typed("code") or "", "CODE")


def _asked(context: Context, method: str, path: str, order: Json | None = None) -> tuple[Json, bool]:
    """What the controls answer, and whether a running server did.

    Raises:
        CommandError: `institution_taken`, `institution_unknown`, or as the controls.
    """
    with controls(context) as server:
        try:
            return server.ask(method, path, order), server.live
        except CommandError as error:
            own = _REFUSED.get(error.code)
            if own is None:
                raise
            raise CommandError(own, institution=context.typed("code")) from None


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


def _as_dict(one: Json) -> Json:
    return {
        "code": one["code"],
        "name": one["name"],
        "active": one["revoked_at"] is None,
        "client_certificate": one["client_certificate"],
        "created_at": one["created_at"],
        "revoked_at": one["revoked_at"],
    }


def _table(found: list[Json], words: Words) -> list[str]:
    if not found:
        return [words.text("institution.none")]
    rows = [tuple(words.text(f"institution.head.{column}") for column in ("code", "name", "state", "since"))]
    for one in found:
        state = "active" if one["active"] else "revoked"
        rows.append((one["code"], one["name"] or "-", words.text(f"institution.state.{state}"), one["created_at"][:16]))
    return in_columns(rows)
