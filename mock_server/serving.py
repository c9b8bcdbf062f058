"""`server run` without words: from a plan to listening surfaces, workers and folders, and back in order.

The only module that decides how far the server can be reached: beyond loopback only with TLS and institution tokens
(design.md §3). Admin and console are on loopback whatever the plan says. What breaks if wrong: a test server open to
the network, or folders that nobody serves.
"""

from __future__ import annotations

import base64
import os
import socket
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from sqlalchemy import URL

from eligibility.calendar import JST
from mock_server import institutions, running
from mock_server.asgi import AsgiApp
from mock_server.composition import Backend, Exposure, build_app, keystore_folder, open_backend
from mock_server.errors import SetupError
from mock_server.keystore import Keystore
from mock_server.listeners import LOOPBACK_NAMES, Address, address_of, listen, url_of
from mock_server.routes.description import describe
from mock_server.routes.documentation import POLICY
from mock_server.runner import Surface, serve
from mock_server.tls import TlsFiles, server_tls
from mock_server.token_guard import TOKEN_BYTES, TokenGuard
from mock_server.web_guard import PAGE_POLICY, SurfaceRules, WebGuard
from mock_server.workers import WorkerOrder, WorkerPool

LOOPBACK_RATE: Final = 5_000.0
"""Requests a second that one address, or one institution, may send on this machine: more than it can answer."""
FAR_RATE: Final = 200.0
"""The same beyond this machine."""
ADMIN_RULES: Final = SurfaceRules(
    body_types={"/jlis/ocsp": "application/ocsp-request"},
    pages={"/console": PAGE_POLICY, "/admin/docs": POLICY, "/admin/v1/docs": POLICY},
)
PUBLIC_PATHS: Final = ("/jlis/",)
"""What the admin listener says to everybody on this machine: revocations are public everywhere."""


@dataclass(frozen=True, slots=True)
class Folders:
    """`req`, `res` and `face` of one institution."""

    institution: str
    directory: Path


@dataclass(frozen=True, slots=True)
class ServerPlan:
    """What is to run."""

    data_dir: Path
    now: Callable[[], datetime]
    random_bytes: Callable[[int], bytes]
    host: str = "127.0.0.1"
    port: int = 8765
    admin_port: int = 8766
    database_url: str | None = None
    trust_files: Sequence[Path] = ()
    workers: int = 1
    folders: Sequence[Folders] = ()
    tls: TlsFiles | None = None
    """Certificate files, where there are own ones."""
    tls_auto: bool = False
    """A test certificate for the server's address."""
    client_ca: Path | None = None
    """Who issues the client certificates that may come."""
    names: Sequence[str] = ()
    """Further names the server is asked under."""
    rate: float | None = None
    """Requests a second; None: by where it listens; 0: without limit."""


@dataclass(frozen=True, slots=True)
class Started:
    """What a server that answers says of itself."""

    url: str
    admin_url: str
    admin_token: str
    ca_file: Path | None
    """The CA to trust, where the certificate was made here."""
    tokens_required: bool


def run(plan: ServerPlan, on_ready: Callable[[Started], None]) -> None:
    """Serve until SIGTERM or SIGINT; returns then. `on_ready` is called once, when everything answers.

    Raises:
        SetupError: Something is in the way; nothing is served.
    """
    address = address_of(plan.host)
    if not address.is_loopback and plan.tls is None and not plan.tls_auto:
        raise SetupError("setup.host.not_loopback", host=plan.host)
    with ExitStack() as stack:
        listener = stack.enter_context(listen(address, plan.port))
        admin_listener = stack.enter_context(listen(address_of("127.0.0.1"), plan.admin_port, "--admin-port"))
        files, ca_file = _tls_files(plan, address)
        context = None if files is None else server_tls(files)
        exposure = _exposure(plan, address)
        backend = open_backend(
            plan.data_dir,
            now=plan.now,
            random_bytes=plan.random_bytes,
            database_url=plan.database_url,
            trust_files=plan.trust_files,
            faces=[folders.institution for folders in plan.folders],
        )
        stack.callback(backend.close)
        if exposure.tokens_required:
            _check_institutions(backend)
        stack.enter_context(_folders_served(backend, plan.folders))
        backend.batches.go_on()
        started = Started(
            url=url_of(listener, tls=context is not None, name=_shown_name(address, plan)),
            admin_url=url_of(admin_listener),
            admin_token=base64.urlsafe_b64encode(plan.random_bytes(TOKEN_BYTES)).rstrip(b"=").decode(),
            ca_file=ca_file,
            tokens_required=exposure.tokens_required,
        )
        admin = Surface(admin_surface(backend, plan, started), admin_listener)
        stack.callback(running.withdraw, plan.data_dir, os.getpid())
        if plan.workers == 1:
            public = Surface(build_app(backend, exposure), listener, context)
            serve([public, admin], lambda _: _tell(plan, started, backend, on_ready))
        else:
            order = _order(plan, exposure, files, listener)
            pool = WorkerPool(order, plan.workers, lambda: _tell(plan, started, backend, on_ready))
            serve([admin], lambda _: None, pool.run)


def admin_surface(backend: Backend, plan: ServerPlan, started: Started) -> AsgiApp:
    """Admin, console and mock J-LIS behind their guards."""
    from mock_server.admin.app import create_admin_app
    from mock_server.admin.documentation import service_documentation_router
    from mock_server.console.routes import console_router
    from mock_server.emulators import Emulators

    console = console_router(Emulators(plan.data_dir), started.url)
    service_page = service_documentation_router(lambda: describe(build_app(backend)), started.url)
    app = create_admin_app(backend, random_bytes=plan.random_bytes, mounted=[console, service_page])
    return WebGuard(TokenGuard(app, started.admin_token, PUBLIC_PATHS), LOOPBACK_NAMES, ADMIN_RULES)


def _tell(plan: ServerPlan, started: Started, backend: Backend, on_ready: Callable[[Started], None]) -> None:
    at = datetime.now(JST).isoformat(timespec="seconds")
    try:
        running.publish(
            plan.data_dir,
            running.Running(
                os.getpid(), started.url, started.admin_url, started.admin_token, at, _for_others(backend.ledger.url)
            ),
        )
    except OSError as error:
        path, reason = str(running.running_file(plan.data_dir)), error.strerror or type(error).__name__
        raise SetupError("setup.data_folder.unusable", path=path, reason=reason) from error
    on_ready(started)


def _for_others(url: URL) -> str:
    """The database's URL as a process in another folder needs it, with its password."""
    if url.get_backend_name() == "sqlite" and url.database:
        url = url.set(database=str(Path(url.database).absolute()))
    return url.render_as_string(hide_password=False)


def _tls_files(plan: ServerPlan, address: Address) -> tuple[TlsFiles | None, Path | None]:
    """The certificate to serve with, and the CA file where it was made here."""
    if plan.tls is not None:
        return TlsFiles(plan.tls.certificate, plan.tls.key, plan.client_ca), None
    if not plan.tls_auto:
        return None, None
    from mock_server.tls_certificate import automatic_tls

    ca_file = plan.data_dir / "server" / "tls-ca.pem"
    files = automatic_tls(Keystore(keystore_folder(plan.data_dir)), address.names(plan.names), ca_file, plan.client_ca)
    return files, ca_file


def _exposure(plan: ServerPlan, address: Address) -> Exposure:
    rate = plan.rate if plan.rate is not None else LOOPBACK_RATE if address.is_loopback else FAR_RATE
    return Exposure(address.names(plan.names), tokens_required=not address.is_loopback, rate=rate or None)


def _check_institutions(backend: Backend) -> None:
    known = backend.ledger.run_sync(institutions.every_institution, reads=True)
    if not any(institution.is_active for institution in known):
        raise SetupError("setup.institutions.none")


def _shown_name(address: Address, plan: ServerPlan) -> str | None:
    """What stands in the printed URL: where a server listens everywhere, a name it can be asked under."""
    if plan.names:
        return plan.names[0]
    return socket.gethostname() if address.is_every else None


@contextmanager
def _folders_served(backend: Backend, served: Sequence[Folders]) -> Iterator[None]:
    from mock_server.folders.worker import FolderWorker

    with ExitStack() as stack:
        for folders in served:
            worker = FolderWorker(backend, folders.directory, folders.institution)
            stack.callback(worker.stop)
            worker.start()
        yield


def _order(plan: ServerPlan, exposure: Exposure, files: TlsFiles | None, listener: socket.socket) -> WorkerOrder:
    moved = plan.now() - datetime.now(JST)
    paths: Any = files and (str(files.certificate), str(files.key), files.client_ca and str(files.client_ca))
    return WorkerOrder(
        data_dir=str(plan.data_dir),
        database_url=plan.database_url,
        trust_files=tuple(str(path) for path in plan.trust_files),
        days_moved=round(moved / timedelta(days=1)),
        faces=tuple(folders.institution for folders in plan.folders),
        names=exposure.names,
        tokens_required=exposure.tokens_required,
        rate=exposure.rate,
        tls=paths,
        listener=listener.fileno(),
    )
