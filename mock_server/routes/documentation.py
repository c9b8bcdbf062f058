"""`/v1/docs`: the description as a page that works without a network, and `/v1/openapi.json` for tools.

Swagger UI comes out of the installed `fastapi-offline`; the page is our own, without a script or style inside it, so
that its content security policy can forbid both. What breaks if wrong: a page that asks a foreign server for scripts.
"""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Final

from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import FileResponse, HTMLResponse, JSONResponse, Response

from mock_server.errors import QualificationError, Refusal
from mock_server.routes.common import FrontDesk
from mock_server.routes.description import describe

PAGE: Final = "/v1/docs"
DESCRIPTION: Final = "/v1/openapi.json"
POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "font-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""Nothing from elsewhere. Swagger UI sets styles on its own elements, so inline ones are allowed."""
_FILES: Final = ("swagger-ui-bundle.js", "swagger-ui.css", "favicon.png")
_HTML: Final = """<!doctype html>
<html lang="ja">
<meta charset="utf-8">
<title>MADOGUCHI TEST 資格確認 API</title>
<link rel="stylesheet" href="/v1/docs/swagger-ui.css">
<link rel="icon" href="/v1/docs/favicon.png">
<div id="page"></div>
<script src="/v1/docs/swagger-ui-bundle.js"></script>
<script src="/v1/docs/start.js"></script>
</html>
"""
_START: Final = """SwaggerUIBundle({
  url: "/v1/openapi.json",
  dom_id: "#page",
  deepLinking: true,
  validatorUrl: null,
  displayRequestDuration: true,
  presets: [SwaggerUIBundle.presets.apis, SwaggerUIBundle.SwaggerUIStandalonePreset],
});
"""


def documentation_router(app: FastAPI, desk: FrontDesk) -> APIRouter:
    """The page, its files, and the description of every route that `app` has when somebody asks."""
    router = APIRouter(include_in_schema=False)

    @router.get(DESCRIPTION)
    async def description(request: Request) -> JSONResponse:
        await desk.look(request, lambda _: None)
        return JSONResponse(describe(app))

    @router.get(PAGE)
    async def page(request: Request) -> HTMLResponse:
        await desk.look(request, lambda _: None)
        return HTMLResponse(_HTML)

    @router.get(PAGE + "/start.js")
    async def start(request: Request) -> Response:
        await desk.look(request, lambda _: None)
        return Response(_START, media_type="text/javascript")

    @router.get(PAGE + "/{name}")
    async def file(name: str, request: Request) -> FileResponse:
        await desk.look(request, lambda _: None)
        if name not in _FILES:
            raise QualificationError(Refusal.REQUEST_UNKNOWN_PATH)
        return FileResponse(_folder() / name)

    return router


def _folder() -> Path:
    """Where the installed package keeps the files; it is not imported, because that brings its own application."""
    spec = find_spec("fastapi_offline")
    if spec is None or spec.origin is None:
        raise QualificationError(Refusal.REQUEST_UNKNOWN_PATH)
    return Path(spec.origin).parent / "static"
