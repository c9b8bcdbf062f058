"""The OpenAPI description of `/v1` as it really is: every refusal by status and code, tokens, the header of test runs.

What FastAPI writes by itself is mended: it says 422 for what this server refuses with 400. Made once, when somebody
asks for it. What breaks if wrong: somebody builds a client against an answer that never comes.
"""

from __future__ import annotations

from collections.abc import Iterator
from http import HTTPStatus
from typing import Any, Final

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from mock_server.error_answers import error_body
from mock_server.errors import QualificationError, Refusal, status_of
from mock_server.routes.common import RUN_HEADER
from mock_server.wire import ErrorWire
from mock_server.words import LANGUAGES, error_parameters, text

Schema = dict[str, Any]

_NEVER_WITHOUT_BODY: Final = frozenset({HTTPStatus.CONFLICT, HTTPStatus.UNSUPPORTED_MEDIA_TYPE})
_ELSEWHERE: Final = (
    *(
        f"MOCK-{what}-"
        for what in ("ACCESS", "CLOCK", "EMULATOR", "EXCHANGE", "FOLDERS", "PERSONA", "RESET", "SCENARIO")
    ),
    *(f"MOCK-INSTITUTION-{what}" for what in ("TAKEN", "UNKNOWN")),
)
"""How codes begin that only the admin listener says."""
_RUN_NAME: Final = "^[A-Za-z0-9._-]{1,64}$"


def describe(app: FastAPI) -> Schema:
    """The whole description; made on the first call, kept for the next."""
    if app.openapi_schema is None:
        made = get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
        _complete(made)
        app.openapi_schema = made
    return app.openapi_schema


def _complete(made: Schema) -> None:
    components = made.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    for own in ("HTTPValidationError", "ValidationError"):
        schemas.pop(own, None)
    error = ErrorWire.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas |= error.pop("$defs")
    schemas["ErrorWire"] = error
    components["securitySchemes"] = {
        "institutionToken": {"type": "http", "scheme": "bearer", "description": text(LANGUAGES[0], "api.token")}
    }
    made["security"] = [{}, {"institutionToken": []}]
    refusals = dict(_refusals())
    for path in made.get("paths", {}).values():
        for operation in path.values():
            _complete_operation(operation, refusals)


def _complete_operation(operation: Schema, refusals: dict[str, Schema]) -> None:
    responses = operation["responses"]
    responses.pop("422", None)
    has_body = "requestBody" in operation
    for status, described in refusals.items():
        if has_body or int(status) not in _NEVER_WITHOUT_BODY:
            responses[status] = described
    operation["responses"] = dict(sorted(responses.items()))
    if has_body:
        operation.setdefault("parameters", []).append(
            {
                "name": RUN_HEADER,
                "in": "header",
                "required": False,
                "description": text(LANGUAGES[0], "api.run"),
                "schema": {"type": "string", "pattern": _RUN_NAME},
            }
        )


def _refusals() -> Iterator[tuple[str, Schema]]:
    """Every status a refusal has, with its codes and one of them as an example."""
    by_status: dict[int, list[Refusal]] = {}
    for refusal in Refusal:
        if refusal.startswith(_ELSEWHERE):
            continue
        by_status.setdefault(status_of(refusal), []).append(refusal)
    for status, refusals in sorted(by_status.items()):
        example = error_body(_example(refusals[0]), LANGUAGES[0])
        yield (
            str(status),
            {
                "description": f"{HTTPStatus(status).phrase}: {', '.join(refusal.value for refusal in refusals)}",
                "content": {
                    "application/json": {"schema": {"$ref": "#/components/schemas/ErrorWire"}, "example": example}
                },
            },
        )


def _example(refusal: Refusal) -> QualificationError:
    return QualificationError(refusal, **dict.fromkeys(error_parameters(refusal.value), "…"))
