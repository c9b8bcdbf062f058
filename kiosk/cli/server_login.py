"""Reads what belongs to `--server`: CA, token file, client certificate; from options, else from the settings.

A token is read from a file and never from an argument, which every program on the machine can see. What breaks if it
is wrong: a token in a process list or in an error.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

from kiosk.cli.errors import CommandError

if TYPE_CHECKING:  # annotations only
    from kiosk.cli.context import Context
    from kiosk.services.server_login import ServerLogin

NAMES: Final = ("server_ca", "institution_token_file", "client_certificate", "client_key")
"""Options and settings alike."""
LONGEST_TOKEN: Final = 500
_TOKEN: Final = re.compile(r"[!-~]+")


def read_login(context: Context) -> ServerLogin | None:
    """The login for `--server`; None where the server is in process, or nothing was said.

    Raises:
        CommandError: `server_tls`, `login_without_server`, `server_ca_without_tls`, `client_key_alone`,
            `file_unreadable`, `token_file`, `tls_files`.
    """
    server = context.server()
    typed = {name: context.typed(name) for name in NAMES}
    if server is None:
        if any(typed.values()):
            raise CommandError("login_without_server")
        return None
    ca, token_file, certificate, key = (_path(typed[name] or getattr(context.config, name)) for name in NAMES)
    is_tls = server.startswith("https:")
    if is_tls and ca is None:
        raise CommandError("server_tls")
    if not is_tls and (typed["server_ca"] or typed["client_certificate"]):
        raise CommandError("server_ca_without_tls")
    if key is not None and certificate is None:
        raise CommandError("client_key_alone")
    if ca is token_file is certificate is None:
        return None
    for path in (ca, certificate, key):
        if path is not None:
            _read(path)
    from kiosk.services.server_login import ServerLogin

    login = ServerLogin(ca, "" if token_file is None else _token(token_file), certificate, key)
    if is_tls:
        _check_tls(login)
    return login


def _check_tls(login: ServerLogin) -> None:
    """Raise CommandError `tls_files` where CA or certificate cannot be used."""
    from kiosk.services.server_address import UnsafeServerError, tls_context

    try:
        tls_context(login)
    except UnsafeServerError as error:
        raise CommandError("tls_files", path=error.params["path"]) from error


def _path(text: str | None) -> Path | None:
    return None if text is None else Path(text).expanduser()


def _token(path: Path) -> str:
    token = _read(path).decode("ascii", "replace").strip()
    if len(token) > LONGEST_TOKEN or not _TOKEN.fullmatch(token):
        raise CommandError("token_file", path=path)
    return token


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            return stream.read(1_000_000)
    except OSError as error:
        raise CommandError("file_unreadable", path=path, reason=error) from error
