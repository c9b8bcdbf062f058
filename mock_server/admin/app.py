"""The application of the second listener: the controls, and whatever else only the tester at this machine may see.

It has no guard of its own: whoever serves it puts the web guard and the token around it (mock_server.serving), because
whoever reaches it can clear the store. Called in process, by a command, it needs neither.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import JSONResponse

from mock_server.admin.control_routes import control_router
from mock_server.admin.desk import ControlDesk
from mock_server.admin.documentation import documentation_router
from mock_server.admin.exchange_routes import exchange_router
from mock_server.admin.folder_routes import RunFolders, folder_router, run_folders
from mock_server.admin.people_routes import certificate_router, institution_router, persona_router
from mock_server.admin.scenario_routes import scenario_router
from mock_server.admin.verify_routes import verify_router
from mock_server.app import add_error_handlers
from mock_server.error_answers import error_body, error_headers, language_of
from mock_server.errors import QualificationError, Refusal
from mock_server.registry.interface import RegistryError
from mock_server.registry.ledger import Ledger
from mock_server.registry.transaction import Transaction
from mock_server.revocation.routes import jlis_router
from mock_server.words import LANGUAGES, text

if TYPE_CHECKING:  # annotations only: the commands that reach no server need no more than the store
    from mock_server.composition import Backend


def create_admin_app(
    backend: Backend,
    *,
    random_bytes: Callable[[int], bytes],
    mounted: Iterable[APIRouter] = (),
    folders: RunFolders | None = None,
) -> FastAPI:
    """The controls of a server, its mock J-LIS, and further routers (the console).

    `folders` are those of test runs, for whoever wants to stop them in order; without them there are own ones.
    """
    authority, ledger = backend.authority, backend.ledger

    def now() -> datetime:
        """The server's clock, moved as it is."""
        try:
            return ledger.run_sync(Transaction.now, reads=True)
        except RegistryError as error:
            raise QualificationError(Refusal.STORE_UNAVAILABLE) from error

    own = run_folders(backend) if folders is None else folders
    further = (
        certificate_router(authority, ControlDesk(ledger)),
        folder_router(own),
        jlis_router(authority.jlis, now),
        *mounted,
    )
    return create_control_app(ledger, random_bytes, further, own)


def create_control_app(
    ledger: Ledger,
    random_bytes: Callable[[int], bytes],
    further: Iterable[APIRouter] = (),
    folders: RunFolders | None = None,
) -> FastAPI:
    """The controls that need nothing but the store, and `further` routers. A run that ends ends its `folders` too."""
    app = FastAPI(
        title="MADOGUCHI TEST 管理",
        description=text(LANGUAGES[0], "admin.description"),
        version="1",
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
    )
    add_error_handlers(app)
    app.add_exception_handler(Exception, _broken)
    desk = ControlDesk(ledger)
    for router in (
        exchange_router(desk),
        verify_router(desk),
        scenario_router(desk),
        control_router(desk, random_bytes, folders),
        persona_router(desk),
        institution_router(desk, random_bytes),
        *further,
        documentation_router(app),
    ):
        app.include_router(router)
    return app


async def _broken(request: Request, _error: Exception) -> JSONResponse:
    """A fault of our own in the one error shape; the web guard, which stands around all of it, says where it was."""
    error, lang = QualificationError(Refusal.INTERNAL), language_of(request.headers.get("accept-language", ""))
    return JSONResponse(error_body(error, lang), error.status, error_headers(error, lang))
