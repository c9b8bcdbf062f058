"""The HTTP face of the service: mounts the routers of `/v1` behind the web guard, and gives every error one shape.

Decides nothing and knows no question: those are the modules of `routes`. Endpoints hand a job to the ledger and wait
for its commit; nothing blocks the event loop (prototypes.md §4).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Final

from fastapi import APIRouter, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from fastapi.telemetry import TelemetryConfig
from starlette.exceptions import HTTPException

from mock_server.asgi import Scope
from mock_server.error_answers import error_body, error_headers, language_of
from mock_server.errors import QualificationError, Refusal
from mock_server.listeners import LOOPBACK_NAMES
from mock_server.rate_limits import RateLimit
from mock_server.routes.common import FrontDesk, on_its_way
from mock_server.routes.documentation import PAGE, POLICY, documentation_router
from mock_server.routes.refused_calls import note
from mock_server.unreadable import why_unreadable
from mock_server.web_guard import SurfaceRules, WebGuard
from mock_server.words import LANGUAGES, text

NO_HEADERS: Final[Mapping[str, str]] = MappingProxyType({})
NO_TELEMETRY: Final[TelemetryConfig] = {"tracing": False, "metrics": False, "logs": False}
"""Nothing here tells anybody elsewhere what is asked; looking whether to tell costs each request."""
BULK_BYTES = 16 * 1024 * 1024
"""Ten thousand people of a bulk request have some 6 MB."""
V1_RULES = SurfaceRules(
    body_limits=dict.fromkeys(("/v1/batch", "/v1/reference-number/bulk"), BULK_BYTES), pages={PAGE: POLICY}
)


def create_app(
    desk: FrontDesk,
    routers: Iterable[APIRouter],
    *,
    allowed_hosts: Sequence[str] = LOOPBACK_NAMES,
    peers: RateLimit | None = None,
    tokens_required: bool = False,
) -> FastAPI:
    """The application over these routers. `allowed_hosts` are the names it answers to, without port.

    `peers` limits how many requests come from one address; with `tokens_required` nothing is read without a token.

    Raises:
        ValueError: No host is allowed, so nobody could ask.
    """
    if not allowed_hosts:
        raise ValueError("at least one host must be allowed")
    app = FastAPI(
        title="MADOGUCHI TEST 資格確認",
        description=text(LANGUAGES[0], "api.description"),
        version="1",
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        telemetry=NO_TELEMETRY,
    )

    async def vouch(scope: Scope) -> None:
        """A large body is read only for an institution that is let in."""
        await desk.look(Request(scope), lambda _: None)

    app.add_middleware(
        WebGuard,
        allowed_hosts=tuple(allowed_hosts),
        rules=replace(V1_RULES, bearer=tokens_required),
        peers=peers,
        vouch=vouch if tokens_required else None,
    )
    add_error_handlers(app, desk)
    for router in (*routers, documentation_router(app, desk)):
        # Not as a router inside a router: that is looked through twice for each request.
        app.router.routes.extend(router.routes)
    return app


def add_error_handlers(app: FastAPI, desk: FrontDesk | None = None) -> None:
    """Make every refusal and every framework error leave as the one error shape.

    With a `desk` refused calls are written down there.
    """

    def render(request: Request, error: QualificationError, headers: Mapping[str, str] = NO_HEADERS) -> Response:
        lang = language_of(request.headers.get("accept-language", ""))
        answer = JSONResponse(error_body(error, lang), error.status, {**headers, **error_headers(error, lang)})
        return on_its_way(getattr(request.state, "caller", None), answer)

    @app.exception_handler(QualificationError)
    async def refused(request: Request, error: QualificationError) -> Response:
        if desk is not None:
            await note(desk, request, error)
        return render(request, error)

    @app.exception_handler(Exception)
    async def broken(request: Request, error: Exception) -> Response:
        # Where it broke is logged by the guard; the framework raises it again after this answer.
        return render(request, QualificationError(Refusal.INTERNAL))

    @app.exception_handler(RequestValidationError)
    async def unreadable(request: Request, error: RequestValidationError) -> Response:
        return await refused(request, why_unreadable(request.scope.get("route"), error.errors()))

    @app.exception_handler(HTTPException)
    async def no_such_thing(request: Request, error: HTTPException) -> Response:
        refusal = {404: Refusal.REQUEST_UNKNOWN_PATH, 405: Refusal.REQUEST_METHOD}.get(
            error.status_code, Refusal.REQUEST_MALFORMED
        )
        return render(request, QualificationError(refusal), dict(error.headers or {}))
