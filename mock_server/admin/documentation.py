"""`/admin/docs`: the controls described, as a page that works without a network, and `/admin/openapi.json` for tools.

As the page of `/v1` (mock_server.routes.documentation), behind the token. `/admin/v1/docs` is that page once more:
where `/v1` wants an institution's token, no browser can send one from its address bar. What breaks if wrong: a page
that asks a foreign server for scripts.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from fastapi import APIRouter, FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.responses import FileResponse, HTMLResponse, JSONResponse, Response

from mock_server.errors import QualificationError, Refusal
from mock_server.wire import ErrorWire

SERVICE_PAGE: Final = "/admin/v1/docs"
_FILES: Final = ("swagger-ui-bundle.js", "swagger-ui.css", "favicon.png")
_HTML: Final = """<!doctype html>
<html lang="ja">
<meta charset="utf-8">
<title>{title}</title>
<link rel="stylesheet" href="/admin/docs/swagger-ui.css">
<link rel="icon" href="/admin/docs/favicon.png">
<div id="page"></div>
<script src="/admin/docs/swagger-ui-bundle.js"></script>
<script src="{page}/start.js"></script>
</html>
"""
_START: Final = """SwaggerUIBundle({
  url: "%s",
  dom_id: "#page",
  deepLinking: true,
  validatorUrl: null,%s
  presets: [SwaggerUIBundle.presets.apis, SwaggerUIBundle.SwaggerUIStandalonePreset],
});
"""


def documentation_router(app: FastAPI) -> APIRouter:
    """The page, its files, and the description of every route that `app` has when somebody asks."""
    router = APIRouter(prefix="/admin", include_in_schema=False)

    @router.get("/openapi.json")
    async def description() -> JSONResponse:
        return JSONResponse(describe(app))

    @router.get("/docs")
    async def page() -> HTMLResponse:
        return HTMLResponse(_HTML.format(title="MADOGUCHI TEST 管理 API", page="/admin/docs"))

    @router.get("/docs/start.js")
    async def start() -> Response:
        return Response(_START % ("/admin/openapi.json", ""), media_type="text/javascript")

    @router.get("/docs/{name}")
    async def file(name: str) -> FileResponse:
        spec = find_spec("fastapi_offline")
        if name not in _FILES or spec is None or spec.origin is None:
            raise QualificationError(Refusal.REQUEST_UNKNOWN_PATH)
        return FileResponse(Path(spec.origin).parent / "static" / name)

    return router


def service_documentation_router(described: Callable[[], dict[str, Any]], url: str) -> APIRouter:
    """The page of `/v1` for whoever has the admin token; `described` gives its description, `url` is where it is asked.

    Only to be read: its requests would go to another listener, which the page's policy forbids.
    """
    router = APIRouter(prefix="/admin/v1", include_in_schema=False)

    @router.get("/openapi.json")
    async def description() -> JSONResponse:
        return JSONResponse({**described(), "servers": [{"url": url}]})

    @router.get("/docs")
    async def page() -> HTMLResponse:
        return HTMLResponse(_HTML.format(title="MADOGUCHI TEST 資格確認 API", page=SERVICE_PAGE))

    @router.get("/docs/start.js")
    async def start() -> Response:
        script = _START % ("/admin/v1/openapi.json", "\n  supportedSubmitMethods: [],")
        return Response(script, media_type="text/javascript")

    return router


def describe(app: FastAPI) -> dict[str, Any]:
    """The description, with the one error shape in place of FastAPI's own."""
    if app.openapi_schema is None:
        made = get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
        schemas = made.setdefault("components", {}).setdefault("schemas", {})
        for own in ("HTTPValidationError", "ValidationError"):
            schemas.pop(own, None)
        error = ErrorWire.model_json_schema(ref_template="#/components/schemas/{model}")
        schemas |= error.pop("$defs")
        schemas["ErrorWire"] = error
        made["components"]["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
        made["security"] = [{"token": []}]
        refused = {
            "description": "the one error shape",
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/ErrorWire"}}},
        }
        for path in made["paths"].values():
            for operation in path.values():
                operation["responses"].pop("422", None)
                operation["responses"]["default"] = refused
        app.openapi_schema = made
    return app.openapi_schema
