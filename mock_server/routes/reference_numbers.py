"""照会番号登録 over HTTP, one person at a time; many are a batch."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response

from eligibility.oqs.codec import to_json
from eligibility.oqs.reference_numbers import ReferenceNumberRequest
from mock_server.routes.common import FrontDesk, caller_of, deliver, read_message
from mock_server.routes.quick_route import QuickRoute
from mock_server.routes.reference_numbers_wire import ReferenceNumberAnswer, ReferenceNumberQuery
from mock_server.service import QualificationService


def reference_numbers_router(desk: FrontDesk, service: QualificationService) -> APIRouter:
    """`POST /v1/reference-number`."""
    router = APIRouter(prefix="/v1", tags=["照会番号"], route_class=QuickRoute)

    @router.post("/reference-number", response_model=ReferenceNumberAnswer)
    async def register(query: ReferenceNumberQuery, request: Request) -> Response:
        """Register the institution's own number of a person; later card answers carry it.

        Registered again for the same person it takes the place of the first. Nobody can be asked for by it.
        """
        message = read_message(ReferenceNumberRequest, query.message)
        caller = caller_of(request, message.message_header.medical_institution_code)
        answer = await desk.answer(caller, lambda tx: service.register_reference_number(tx, caller, message))
        return deliver(caller, {"message": to_json(answer)})

    return router
