"""同意 over HTTP."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response

from mock_server.routes.common import FrontDesk, caller_of, deliver
from mock_server.routes.consent_wire import ConsentAnswer, ConsentQuery
from mock_server.routes.quick_route import QuickRoute
from mock_server.service import QualificationService


def consent_router(desk: FrontDesk, service: QualificationService) -> APIRouter:
    """`POST /v1/consent`."""
    router = APIRouter(prefix="/v1", tags=["同意"], route_class=QuickRoute)

    @router.post("/consent", response_model=ConsentAnswer)
    async def give(query: ConsentQuery, request: Request) -> Response:
        """What a patient lets this institution see, for 24 hours. The same again changes nothing.

        限度額 needs no consent. The visit is the token of a card answer that said 有効; in the grace period of the
        certificate no consent is taken.
        """
        caller = caller_of(request, query.institution)
        items = query.items.model_dump(exclude_none=True)
        record = await desk.answer(
            caller,
            lambda tx: service.give_consent(tx, caller, visit=query.visit, items=items, replace=query.replace),
        )
        return deliver(
            caller,
            {"at": record.at.isoformat(), "expires_at": record.expires_at.isoformat(), "items": record.answers()},
        )

    return router
