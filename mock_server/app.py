"""The HTTP face of the service: a route parses, calls, renders. Decides nothing.

Endpoints run the service on the event loop itself: SQLite has one writer, a commit takes a quarter of a millisecond,
and threads that queue for its lock were measured slower (prototypes.md §4).
"""

from __future__ import annotations

import base64
import binascii
import ipaddress
from collections.abc import Sequence
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from eligibility.oqs.codec import from_json, to_json
from eligibility.oqs.errors import MessageError
from eligibility.oqs.messages import QualificationRequest
from mock_server.errors import QualificationError, Refusal
from mock_server.service import CardAnswer, QualificationService
from mock_server.web_guard import WebGuard, error_body, language_of
from mock_server.wire import (
    CardAnswerWire,
    CardQuery,
    ChallengeAnswer,
    ChallengeQuery,
    EnrolledAnswerWire,
    EnrolledQuery,
    ErrorWire,
    Health,
    NumbersAnswer,
    NumbersQuery,
)

LOOPBACK_HOSTS = ("localhost", "127.0.0.1", "::1")


def create_app(service: QualificationService, *, allowed_hosts: Sequence[str] = LOOPBACK_HOSTS) -> FastAPI:
    """The application. `allowed_hosts` are the names it answers to, without port.

    Raises:
        ValueError: No host is allowed, so nobody could ask.
    """
    if not allowed_hosts:
        raise ValueError("at least one host must be allowed")
    app = FastAPI(
        title="MADOGUCHI TEST 資格確認",
        description="A mock of オンライン資格確認. Not the official specification; error codes are invented.",
        docs_url=None,
        redoc_url=None,
        responses={status: {"model": ErrorWire} for status in (400, 403, 409, 413, 415, 421, 500, 503)},
    )
    app.add_middleware(WebGuard, allowed_hosts=tuple(allowed_hosts))
    _add_error_handlers(app)
    _add_routes(app, service)
    return app


def _add_routes(app: FastAPI, service: QualificationService) -> None:
    @app.get("/v1/health", response_model=Health)
    async def health() -> JSONResponse:
        """Whether the server answers, its name, and its clock."""
        return JSONResponse({"status": "ok", "server": service.server_name, "now": service.now().isoformat()})

    @app.post("/v1/challenge", response_model=ChallengeAnswer)
    async def challenge(query: ChallengeQuery) -> JSONResponse:
        """A challenge to be signed by a card, once. Nothing about a patient is sent."""
        fresh = service.challenge(query.institution, query.purpose)
        return JSONResponse(
            {
                "server": fresh.server,
                "nonce": fresh.nonce,
                "institution": fresh.institution,
                "purpose": fresh.purpose,
                "expires_at": fresh.expires_at.isoformat(),
            }
        )

    @app.post("/v1/qualification/card", response_model=CardAnswerWire)
    async def check_by_card(query: CardQuery) -> JSONResponse:
        """資格確認 by a card that signed a challenge."""
        answer = service.check_by_card(
            institution=query.institution,
            purpose=query.purpose,
            nonce=query.nonce,
            certificate=_decoded("certificate", query.certificate),
            signature=_decoded("signature", query.signature),
        )
        return _card_answer(answer)

    @app.post("/v1/qualification/enrolled", response_model=EnrolledAnswerWire)
    async def check_enrolled(query: EnrolledQuery, request: Request) -> JSONResponse:
        """資格確認 by a real card that was enrolled on this machine (`madoguchi card enrol`): loopback only."""
        if not _is_from_here(request):
            raise QualificationError(Refusal.REQUEST_NOT_LOCAL)
        return _card_answer(
            service.check_enrolled(
                institution=query.institution,
                purpose=query.purpose,
                nonce=query.nonce,
                public_key=_decoded("public_key", query.public_key),
                signature=_decoded("signature", query.signature),
            )
        )

    @app.post("/v1/qualification/numbers", response_model=NumbersAnswer)
    async def check_by_numbers(query: NumbersQuery) -> JSONResponse:
        """資格確認 by the numbers of a paper (照会区分 2)."""
        try:
            request = from_json(QualificationRequest, query.message)
        except MessageError as error:
            raise _unusable(error) from None
        return JSONResponse({"message": to_json(service.check_by_numbers(request))})


def _card_answer(answer: CardAnswer) -> JSONResponse:
    return JSONResponse(
        {
            "message": to_json(answer.message),
            "certificate_state": answer.certificate_state,
            "registered": answer.registered,
        }
    )


FORWARDED = frozenset({"forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-real-ip"})
"""Headers of a request that somebody passes on: whoever asks is elsewhere, however near the one in between is."""


def _is_from_here(request: Request) -> bool:
    """Whether the peer is a loopback address, as it also is for a caller in this process; an unknown peer is not.

    A proxy on this machine is no peer of ours, and what it, or a header, says of an address is not believed.
    """
    if not FORWARDED.isdisjoint(request.headers):
        return False
    try:
        return request.client is not None and ipaddress.ip_address(request.client.host).is_loopback
    except ValueError:
        return False


def _unusable(error: MessageError) -> QualificationError:
    if error.code == "message.value.individual_number":
        return QualificationError(Refusal.REQUEST_INDIVIDUAL_NUMBER, where=error.where)
    return QualificationError(Refusal.REQUEST_MESSAGE, where=error.where, problem=error.code)


def _decoded(field: str, text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise QualificationError(Refusal.REQUEST_FIELD, where=field) from None


def _add_error_handlers(app: FastAPI) -> None:
    def render(request: Request, error: QualificationError, headers: dict[str, str] | None = None) -> JSONResponse:
        lang = language_of(request.headers.get("accept-language", ""))
        return JSONResponse(error_body(error, lang), error.status, {**(headers or {}), "content-language": lang})

    @app.exception_handler(QualificationError)
    async def refused(request: Request, error: QualificationError) -> JSONResponse:
        return render(request, error)

    @app.exception_handler(RequestValidationError)
    async def unreadable(request: Request, error: RequestValidationError) -> JSONResponse:
        return render(request, _unreadable(error.errors()))

    @app.exception_handler(HTTPException)
    async def no_such_thing(request: Request, error: HTTPException) -> JSONResponse:
        refusal = {404: Refusal.REQUEST_UNKNOWN_PATH, 405: Refusal.REQUEST_METHOD}.get(
            error.status_code, Refusal.REQUEST_MALFORMED
        )
        return render(request, QualificationError(refusal), dict(error.headers or {}))


def _unreadable(errors: Sequence[Any]) -> QualificationError:
    """Which field is wrong, never what stood in it."""
    first = errors[0] if errors else {"type": "json_invalid", "loc": ()}
    fields = [str(part) for part in first["loc"][1:]]
    if first["type"] == "json_invalid" or not fields:
        return QualificationError(Refusal.REQUEST_MALFORMED)
    if first["type"] == "extra_forbidden":
        # The name was made up by the client: it is no field of ours, so it is not repeated.
        return QualificationError(Refusal.REQUEST_FIELD, where="/".join([*fields[:-1], "?"]))
    return QualificationError(Refusal.REQUEST_FIELD, where="/".join(fields))
