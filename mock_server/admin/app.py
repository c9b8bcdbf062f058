"""The application of the second listener: the controls, and whatever else only the tester at this machine may see.

It has no guard of its own: whoever serves it puts the web guard and the token around it (mock_server.serving), because
whoever reaches it can clear the store. Called in process, by a command, it needs neither.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from fastapi import APIRouter, FastAPI

from mock_server.admin.control_routes import control_router
from mock_server.admin.desk import ControlDesk
from mock_server.admin.documentation import documentation_router
from mock_server.admin.exchange_routes import exchange_router
from mock_server.admin.people_routes import certificate_router, institution_router, persona_router
from mock_server.admin.scenario_routes import scenario_router
from mock_server.admin.verify_routes import verify_router
from mock_server.app import add_error_handlers
from mock_server.registry.ledger import Ledger
from mock_server.revocation.routes import jlis_router
from mock_server.words import LANGUAGES, text

if TYPE_CHECKING:  # annotations only: the commands that reach no server need no more than the store
    from mock_server.composition import Backend


def create_admin_app(
    backend: Backend,
    *,
    now: Callable[[], datetime],
    random_bytes: Callable[[int], bytes],
    mounted: Iterable[APIRouter] = (),
) -> FastAPI:
    """The controls of a server, its mock J-LIS, and further routers (the console). `now` is the server's base clock."""
    authority = backend.authority
    routers = (certificate_router(authority), jlis_router(authority.jlis, now), *mounted)
    return create_control_app(backend.ledger, random_bytes, routers)


def create_control_app(
    ledger: Ledger, random_bytes: Callable[[int], bytes], further: Iterable[APIRouter] = ()
) -> FastAPI:
    """The controls that need nothing but the store, and `further` routers."""
    app = FastAPI(
        title="MADOGUCHI TEST 管理",
        description=text(LANGUAGES[0], "admin.description"),
        version="1",
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
    )
    add_error_handlers(app)
    desk = ControlDesk(ledger)
    for router in (
        exchange_router(desk),
        verify_router(desk),
        scenario_router(desk),
        control_router(desk, random_bytes),
        persona_router(desk),
        institution_router(desk, random_bytes),
        *further,
        documentation_router(app),
    ):
        app.include_router(router)
    return app
