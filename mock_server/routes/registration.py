"""利用登録 over HTTP."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response

from mock_server.routes.common import FrontDesk, caller_of, decoded, deliver
from mock_server.routes.quick_route import QuickRoute
from mock_server.routes.registration_wire import RegistrationAnswer, RegistrationQuery
from mock_server.service import QualificationService


def registration_router(desk: FrontDesk, service: QualificationService) -> APIRouter:
    """`POST /v1/registration`."""
    router = APIRouter(prefix="/v1", tags=["利用登録"], route_class=QuickRoute)

    @router.post("/registration", response_model=RegistrationAnswer)
    async def register(query: RegistrationQuery, request: Request) -> Response:
        """Register a card as マイナ保険証. The challenge is one for `registration`. The same card twice is no error."""
        caller = caller_of(request, query.institution)
        certificate, signature = decoded("certificate", query.certificate), decoded("signature", query.signature)
        public_key = decoded("public_key", query.public_key)
        made = await desk.answer(
            caller,
            lambda tx: service.register(
                tx,
                caller,
                nonce=query.nonce,
                certificate=certificate,
                signature=signature,
                method=query.method,
                public_key=public_key,
            ),
        )
        at = None if made.at is None else made.at.isoformat()
        return deliver(caller, {"registered": True, "already": made.already, "at": at})

    return router
