"""The HTTP face of the service: mounts the routers of `/v1` behind the web guard, and gives every error one shape.

Decides nothing and knows no question: those are the modules of `routes`. Endpoints hand a job to the ledger and wait
for its commit; nothing blocks the event loop (prototypes.md §4).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from difflib import get_close_matches
from types import MappingProxyType
from typing import Any, Final

from fastapi import APIRouter, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from fastapi.telemetry import TelemetryConfig
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from mock_server.asgi import Scope
from mock_server.error_answers import error_body, error_headers, language_of
from mock_server.errors import QualificationError, Refusal
from mock_server.listeners import LOOPBACK_NAMES
from mock_server.rate_limits import RateLimit
from mock_server.routes.common import FrontDesk, on_its_way
from mock_server.routes.documentation import PAGE, POLICY, documentation_router
from mock_server.routes.refused_calls import note
from mock_server.web_guard import SurfaceRules, WebGuard
from mock_server.words import LANGUAGES, text

UNKNOWN: Final = "extra_forbidden"
"""What the model says of a name that is no field."""
_LONGEST_NAME: Final = 60
_ALIKE: Final = 0.82
"""From how alike two names are taken for one mistyped (difflib): one letter of five or six."""
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
        return await refused(request, _unreadable(error.errors()))

    @app.exception_handler(HTTPException)
    async def no_such_thing(request: Request, error: HTTPException) -> Response:
        refusal = {404: Refusal.REQUEST_UNKNOWN_PATH, 405: Refusal.REQUEST_METHOD}.get(
            error.status_code, Refusal.REQUEST_MALFORMED
        )
        return render(request, QualificationError(refusal), dict(error.headers or {}))


def _unreadable(errors: Sequence[Any]) -> QualificationError:
    """Which field is wrong, never what stood in it."""
    first = errors[0] if errors else {"type": "json_invalid", "loc": ()}
    first = next((error for error in errors if error["type"] == UNKNOWN), first)  # often why another one is missing
    places = first["loc"][1:]
    if first["type"] == "json_invalid" or not places:
        return QualificationError(Refusal.REQUEST_MALFORMED)
    # A name that is no field of ours was made up by the client, so it is not repeated.
    known = _field_names()
    named = [str(part) if isinstance(part, int) or part in known else "?" for part in places]
    if first["type"] != UNKNOWN:
        return QualificationError(Refusal.REQUEST_FIELD, where="/".join(named))
    name = str(places[-1])[:_LONGEST_NAME]
    meant = [] if name in known else get_close_matches(name, known, 1, _ALIKE)
    if not meant:
        return QualificationError(Refusal.REQUEST_UNKNOWN_FIELD, where="/".join(["", *named[:-1]]) or "/")
    return QualificationError(Refusal.REQUEST_FIELD_MEANT, where="/".join(named[:-1] + meant))


def _field_names() -> frozenset[str]:
    """The names of every field that a request of any surface can have."""
    found: set[str] = set()
    models: list[type[BaseModel]] = [BaseModel]
    while models:
        for model in models.pop().__subclasses__():
            models.append(model)
            found.update(model.model_fields)
    return frozenset(found)
