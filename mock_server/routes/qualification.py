"""資格確認 over HTTP: a challenge, then the question by card, enrolled card, numbers or four items; the pulse."""

from __future__ import annotations

import ipaddress
import json

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from eligibility.oqs.json_text import to_json_text
from eligibility.oqs.messages import QualificationRequest
from mock_server.errors import QualificationError, Refusal
from mock_server.registry.transaction import Transaction
from mock_server.routes.common import FrontDesk, caller_of, decoded, deliver, deliver_text, read_message
from mock_server.routes.four_items_wire import FourItemsQuery
from mock_server.routes.quick_route import QuickRoute
from mock_server.service import CardAnswer, QualificationService
from mock_server.wire import (
    AttestedAnswerWire,
    AttestedQuery,
    CardAnswerWire,
    CardQuery,
    ChallengeAnswer,
    ChallengeQuery,
    EnrolledAnswerWire,
    EnrolledQuery,
    Health,
    NumbersAnswer,
    NumbersQuery,
)

FORWARDED = frozenset({"forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-real-ip"})
"""Headers of a request that somebody passes on: whoever asks is elsewhere, however near the one in between is."""


def qualification_router(desk: FrontDesk, service: QualificationService) -> APIRouter:
    """`GET /v1/health`, `POST /v1/challenge` and `POST /v1/qualification/…`."""
    router = APIRouter(prefix="/v1", tags=["資格確認"], route_class=QuickRoute)

    @router.get("/health", response_model=Health)
    async def health(request: Request) -> JSONResponse:
        """Whether the server answers, its name, and its clock."""
        now = await desk.look(request, Transaction.now)
        return JSONResponse({"status": "ok", "server": service.server_name, "now": now.isoformat()})

    @router.post("/challenge", response_model=ChallengeAnswer)
    async def challenge(query: ChallengeQuery, request: Request) -> Response:
        """A challenge to be signed by a card, once. Nothing about a patient is sent."""
        caller = caller_of(request, query.institution)
        fresh = await desk.answer(caller, lambda tx: service.challenge(tx, caller, query.purpose), reads=True)
        return deliver(
            caller,
            {
                "server": fresh.server,
                "nonce": fresh.nonce,
                "institution": fresh.institution,
                "purpose": fresh.purpose,
                "expires_at": fresh.expires_at.isoformat(),
            },
        )

    @router.post("/qualification/card", response_model=CardAnswerWire)
    async def check_by_card(query: CardQuery, request: Request) -> Response:
        """資格確認 by a card that signed a challenge."""
        caller = caller_of(request, query.institution)
        certificate, signature = decoded("certificate", query.certificate), decoded("signature", query.signature)
        answer = await desk.answer(
            caller,
            lambda tx: service.check_by_card(
                tx,
                caller,
                purpose=query.purpose,
                nonce=query.nonce,
                certificate=certificate,
                signature=signature,
            ),
        )
        return deliver_text(caller, _card_answer(answer))

    @router.post("/qualification/attested", response_model=AttestedAnswerWire)
    async def check_attested(query: AttestedQuery, request: Request) -> Response:
        """資格確認 where somebody vouches for the person: 顔認証 or 目視確認. Test cards only; the answer is marked."""
        caller = caller_of(request, query.institution)
        certificate = decoded("certificate", query.certificate)
        answer = await desk.answer(
            caller, lambda tx: service.check_attested(tx, caller, certificate=certificate, method=query.method)
        )
        return deliver_text(caller, _card_answer(answer, possession_not_proven=True))

    @router.post("/qualification/enrolled", response_model=EnrolledAnswerWire)
    async def check_enrolled(query: EnrolledQuery, request: Request) -> Response:
        """資格確認 by a real card that was enrolled on this machine (`madoguchi card enrol`): loopback only."""
        if not _is_from_here(request):
            raise QualificationError(Refusal.REQUEST_NOT_LOCAL)
        caller = caller_of(request, query.institution)
        public_key, signature = decoded("public_key", query.public_key), decoded("signature", query.signature)
        answer = await desk.answer(
            caller,
            lambda tx: service.check_enrolled(
                tx, caller, purpose=query.purpose, nonce=query.nonce, public_key=public_key, signature=signature
            ),
        )
        return deliver_text(caller, _card_answer(answer))

    @router.post("/qualification/numbers", response_model=NumbersAnswer)
    async def check_by_numbers(query: NumbersQuery, request: Request) -> Response:
        """資格確認 by the numbers of a paper (照会区分 2)."""
        message = read_message(QualificationRequest, query.message)
        caller = caller_of(request, message.message_header.medical_institution_code)
        answer = await desk.answer(caller, lambda tx: service.check_by_numbers(tx, caller, message))
        return deliver_text(caller, f'{{"message":{to_json_text(answer)}}}')

    @router.post("/qualification/four-items", response_model=NumbersAnswer)
    async def check_by_four_items(query: FourItemsQuery, request: Request) -> Response:
        """資格確認 by 基本4情報 from a card's face: after a システム障害, or in a 災害. Invented and unverified."""
        caller = caller_of(request, query.institution)
        answer = await desk.answer(
            caller,
            lambda tx: service.check_by_four_items(
                tx,
                caller,
                mode=query.mode,
                name=query.name,
                birthdate=query.birthdate,
                sex=query.sex,
                address=query.address,
            ),
        )
        return deliver_text(caller, f'{{"message":{to_json_text(answer)}}}')

    return router


def _card_answer(answer: CardAnswer, **more: bool) -> str:
    """The answer as JSON text, written in one piece, because it is sent with each visit."""
    others = {
        "certificate_state": answer.certificate_state,
        "registered": answer.registered,
        "visit": answer.visit,
        **more,
    }
    return f'{{"message":{to_json_text(answer.message)},{json.dumps(others)[1:]}'


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
