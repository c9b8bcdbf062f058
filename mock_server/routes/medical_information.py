"""薬剤情報 and 特定健診情報 over HTTP."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response

from eligibility.oqs.codec import to_json
from eligibility.oqs.codes import FileCategory
from mock_server.errors import QualificationError, Refusal
from mock_server.medical_information import MedicalRequest
from mock_server.routes.common import FrontDesk, caller_of, deliver, read_message
from mock_server.routes.medical_information_wire import REQUESTS, MedicalInformationAnswer, MedicalInformationQuery
from mock_server.routes.quick_route import QuickRoute
from mock_server.service import QualificationService


def medical_information_router(desk: FrontDesk, service: QualificationService) -> APIRouter:
    """`POST /v1/medical-information`."""
    router = APIRouter(prefix="/v1", tags=["薬剤情報・特定健診情報"], route_class=QuickRoute)

    @router.post("/medical-information", response_model=MedicalInformationAnswer)
    async def told(query: MedicalInformationQuery, request: Request) -> Response:
        """What a patient took or what a 特定健診 found, while the patient's consent to this institution counts.

        The person is named by the numbers in the header. Contents are invented.
        """
        message: MedicalRequest = read_message(REQUESTS[query.kind], query.message)
        caller = caller_of(request, message.message_header.medical_institution_code)
        if message.message_body.file_category is FileCategory.PDF:
            await desk.admit(caller)
            raise QualificationError(Refusal.MEDICAL_FILE_CATEGORY)
        answer = await desk.answer(caller, lambda tx: service.medical_information(tx, caller, message))
        return deliver(caller, {"message": to_json(answer)})

    return router
