"""How far the face file of a visit is, over HTTP: whether the レセコン has taken it."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response

from mock_server.routes.common import FrontDesk, caller_of, deliver
from mock_server.routes.face_wire import FaceAnswer, FaceQuery
from mock_server.routes.quick_route import QuickRoute
from mock_server.service import QualificationService


def face_router(desk: FrontDesk, service: QualificationService) -> APIRouter:
    """`POST /v1/face`."""
    router = APIRouter(prefix="/v1", tags=["face"], route_class=QuickRoute)

    @router.post("/face", response_model=FaceAnswer)
    async def state(query: FaceQuery, request: Request) -> Response:
        """The state of the file that a card answer, and the consent after it, became in the `face` folder."""
        caller = caller_of(request, query.institution)
        found = await desk.answer(caller, lambda tx: service.face_state(tx, caller, query.visit), reads=True)
        return deliver(caller, {"state": found.state, "name": found.name})

    return router
