"""The mock J-LIS over HTTP: OCSP as RFC 6960 appendix A has it, and CRLs to fetch. Parses, asks, hands out bytes.

No part of the /v1 vocabulary and not in its documentation: who speaks OCSP knows its forms. Open to everybody who
reaches the listener, as the real ones are to their verifiers; nothing here is secret and nothing can be changed.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from datetime import datetime
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import Response

from mock_server.errors import QualificationError, Refusal, SetupError
from mock_server.revocation.jlis import MAX_REQUEST_BYTES, MockJlis

OCSP_REQUEST: Final = "application/ocsp-request"
OCSP_RESPONSE: Final = "application/ocsp-response"
CRL: Final = "application/pkix-crl"


def jlis_router(jlis: MockJlis, now: Callable[[], datetime]) -> APIRouter:
    """`POST /jlis/ocsp`, `GET /jlis/ocsp/<base64>`, `GET /jlis/crl/<generation>.crl`; `now` is the server's clock."""
    router = APIRouter(prefix="/jlis", include_in_schema=False)

    @router.post("/ocsp")
    async def ask(request: Request) -> Response:
        """An OCSPRequest in DER."""
        kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind != OCSP_REQUEST:
            raise QualificationError(Refusal.REQUEST_MALFORMED)
        return _answer(await _start_of_body(request))

    @router.get("/ocsp/{question:path}")
    async def ask_by_address(question: str) -> Response:
        """An OCSPRequest in base64; the server has taken the URL's own encoding off already."""
        try:
            der = base64.b64decode(question, validate=True)
        except (binascii.Error, ValueError):
            der = b""  # the responder says what it says to everything unreadable
        return _answer(der)

    @router.get("/crl/{generation}.crl")
    async def crl(generation: str) -> Response:
        """The CRL of one CA generation in DER: `auth-001.crl`."""
        try:
            der = jlis.crl_der(generation, now())
        except SetupError:
            raise QualificationError(Refusal.STORE_UNAVAILABLE) from None
        if der is None:
            raise QualificationError(Refusal.REQUEST_UNKNOWN_PATH)
        return Response(der, media_type=CRL)

    def _answer(der: bytes) -> Response:
        return Response(jlis.answer(der, now()), media_type=OCSP_RESPONSE)

    return router


async def _start_of_body(request: Request) -> bytes:
    """The body, or a little more of it than a request may have: enough to be refused, and no more is ever held."""
    body = bytearray()
    async for piece in request.stream():
        body += piece[: MAX_REQUEST_BYTES + 1 - len(body)]
        if len(body) > MAX_REQUEST_BYTES:
            break
    return bytes(body)
