"""Reaching the controls of the server of a data folder: over its admin listener, or, where none runs, on its store.

The same application answers both ways, so a command says and refuses the same. What breaks if it is wrong: a scenario
that is armed in a store nobody serves, without anybody being told.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Any, Final

from kiosk.cli.context import Context
from kiosk.cli.errors import CommandError, ExitCode
from kiosk.cli.parsing import CommandParser
from kiosk.cli.troubles import told
from kiosk.cli.words import Words

if TYPE_CHECKING:  # annotations only: heavy
    import httpx2

    from mock_server.registry.ledger import Ledger
    from mock_server.running import Running

TIMEOUT_S: Final = 30.0
STORE_URL: Final = "http://127.0.0.1"
"""What the application in this process is called: nothing listens there."""

Json = dict[str, Any]


def add_store(parser: CommandParser, words: Words) -> None:
    """Add --database: the store to write to where no server runs."""
    parser.add_argument("--database", metavar="URL", help=words.text("option.control_database"))


class Controls:
    """Asks the controls. `live`: a running server answers."""

    def __init__(self, lang: str, base_url: str, *, token: str = "", app: Any = None) -> None:
        self.live = app is None
        self._lang = lang
        self._base_url = base_url
        self._token = token
        self._app = app

    def ask(self, method: str, path: str, body: Json | None = None, params: Mapping[str, Any] | None = None) -> Json:
        """The answer to one request below `/admin`.

        Raises:
            CommandError: In the server's words where it refuses; `controls_silent` where it cannot be asked.
        """
        import anyio
        import httpx2

        try:
            answer: httpx2.Response = anyio.run(self._send, method, path, body, params)
            said = answer.json()
        except (httpx2.HTTPError, ValueError) as error:
            raise CommandError("controls_silent", ExitCode.SERVER, url=self._base_url) from error
        if answer.is_success and isinstance(said, dict):
            return said
        raise _refusal(answer.status_code, said, self._base_url)

    async def _send(
        self, method: str, path: str, body: Json | None, params: Mapping[str, Any] | None
    ) -> httpx2.Response:
        import httpx2

        # The web guard wants the type with every change, also with one that has no body.
        headers = {"accept-language": self._lang, "content-type": "application/json"}
        if self._token:
            headers["authorization"] = f"Bearer {self._token}"
        transport = None if self._app is None else httpx2.ASGITransport(app=self._app)
        async with httpx2.AsyncClient(
            base_url=self._base_url,
            transport=transport,
            headers=headers,
            trust_env=False,
            follow_redirects=False,
            timeout=TIMEOUT_S,
        ) as client:
            given = {name: value for name, value in (params or {}).items() if value is not None}
            return await client.request(method, f"/admin/{path}", json=body, params=given)


@contextmanager
def controls(context: Context) -> Iterator[Controls]:
    """The controls of the running server, or of the store; which one is said on stderr where it is the store.

    Raises:
        CommandError: The data folder or the store cannot be used.
    """
    running = running_server(context)
    if running is not None:
        yield Controls(context.words.lang, running.admin_url, token=running.admin_token)
        return
    from mock_server.admin.app import create_control_app

    with store(context, None) as ledger:
        yield Controls(context.words.lang, STORE_URL, app=create_control_app(ledger, os.urandom))


def running_server(context: Context) -> Running | None:
    """The server that serves the data folder; None where none does, or where `--database` names a store instead.

    Raises:
        CommandError: The data folder cannot be used.
    """
    data_dir = context.open_data_dir()
    from mock_server.running import find_all

    if context.option("database") is not None:
        return None
    near = (one for one in find_all(data_dir) if _is_near(one.admin_url) and _answers(one.admin_url))
    return next(near, None)


@contextmanager
def store(context: Context, running: Running | None) -> Iterator[Ledger]:
    """The store of a running server; without one that of `--database` or of the settings, which is said on stderr.

    Raises:
        CommandError: The data folder or the store cannot be used.
    """
    now, data_dir = context.now(), context.open_data_dir()
    from mock_server.composition import open_ledger

    own = context.option("database") or context.config.database
    url = own if running is None else running.database_url or own
    with told(), closing(open_ledger(data_dir, now, url)) as ledger:
        yield ledger
        if running is None:  # said where something was done
            context.output.note(context.words.text("controls.store"))


def _is_near(url: str) -> bool:
    """Whether the address is a literal one of this machine: the token goes nowhere else."""
    from kiosk.services.server_address import UnsafeServerError, is_this_machine, safe_base_url

    try:
        return is_this_machine(safe_base_url(url))
    except UnsafeServerError:
        return False


def _answers(url: str) -> bool:
    """Whether somebody listens there: the file of a killed server may name a process that is another one now."""
    import socket
    from urllib.parse import urlsplit

    parts = urlsplit(url)
    try:
        socket.create_connection((parts.hostname or "", parts.port or 80), timeout=TIMEOUT_S).close()
    except OSError:
        return False
    return True


def _refusal(status: int, said: object, url: str) -> CommandError:
    """The server's own sentence, under its own code."""
    error = said.get("error") if isinstance(said, dict) else None
    if not isinstance(error, dict) or not all(
        isinstance(error.get(part), str) for part in ("code", "message", "remedy")
    ):
        return CommandError("controls_silent", ExitCode.SERVER, url=url)
    words = (error["message"], error["remedy"])
    exit_code = ExitCode.SERVER if status >= 500 or status == 401 else ExitCode.USAGE
    return CommandError(error["code"], exit_code, words=lambda _: words)
