"""`/admin/personas`, `/admin/institutions`, `/admin/certificates`: who asks and who is asked about."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response
from sqlalchemy import select
from starlette.concurrency import run_in_threadpool

from mock_server import institutions
from mock_server.admin.desk import ControlDesk, Run, checked_run
from mock_server.admin.wire import (
    CertificateWire,
    InstitutionOrder,
    InstitutionsWire,
    InstitutionTokenWire,
    InstitutionWire,
    PersonasWire,
    ReinstatementOrder,
    RevocationOrder,
)
from mock_server.error_answers import language_of
from mock_server.errors import QualificationError, Refusal, SetupError
from mock_server.institutions import Institution, InstitutionTakenError, InstitutionUnknownError
from mock_server.issuer import TestAuthority
from mock_server.personas import Persona, UnknownPersonaError, load_personas
from mock_server.registry import tables
from mock_server.registry.transaction import Transaction
from mock_server.revocation.register import REASONS


def persona_router(desk: ControlDesk) -> APIRouter:
    """The invented patients."""
    router = APIRouter(prefix="/admin", tags=["患者"])

    @router.get("/personas", response_model=PersonasWire)
    async def personas(request: Request, run: Run = None) -> Response:
        """Everybody there is, with PIN, numbers, card and what is to be expected; 利用登録 as it is in the run."""
        lang = language_of(request.headers.get("accept-language", ""))
        registered = await desk.read(lambda tx: _registered(tx, checked_run(run) or ""))
        table = load_personas().values()
        return JSONResponse({"personas": [persona_json(one, lang, one.name in registered) for one in table]})

    return router


def persona_json(persona: Persona, lang: str, registered: bool) -> dict[str, Any]:
    """One of them; `registered` is whether the card has the 利用登録 now. The PIN is "" where the card has none."""
    expected = asdict(persona.expected)
    until = persona.expected.holds_until
    return {
        "name": persona.name,
        "title": persona.title,
        "what_happens": persona.what_happens[lang],
        "pin": persona.pin if persona.card.has_pin else "",
        "numbers": persona.numbers(),
        "expected": {**expected, "holds_until": None if until is None else until.isoformat()},
        "check": asdict(persona.check),
        "card": {
            "certificate": persona.card.certificate,
            "smartphone": persona.card.smartphone,
            "readable": persona.card.readable,
            "registered": registered,
        },
        "plays": list(persona.scenarios),
    }


def _registered(tx: Transaction, run: str) -> set[str]:
    """The people whose card has the 利用登録, by their file or because the run made it."""
    own, made = tables.certificate.c, tables.registration.c
    by_file = select(own.person).where(own.registered, own.kind == "card")
    by_run = (
        select(own.person)
        .join(tables.registration, made.serial == own.serial)
        .where(made.run == run, own.kind == "card")
    )
    return {*tx.connection.execute(by_file).scalars(), *tx.connection.execute(by_run).scalars()}


def institution_router(desk: ControlDesk, random_bytes: Callable[[int], bytes]) -> APIRouter:
    """Institutions with tokens of their own."""
    router = APIRouter(prefix="/admin", tags=["医療機関"])

    @router.get("/institutions", response_model=InstitutionsWire)
    async def every_one() -> Response:
        """All that were added, those that were revoked too. No token: nobody has them any more."""
        found = await desk.read(institutions.every_institution)
        return JSONResponse({"institutions": [_institution_json(one) for one in found]})

    @router.post("/institutions", response_model=InstitutionTokenWire, status_code=201)
    async def add(order: InstitutionOrder) -> Response:
        """Add one. Its token is in the answer, and nowhere else ever again."""

        def job(tx: Transaction) -> tuple[str, Institution | None]:
            try:
                token = institutions.add(
                    tx, order.code, random_bytes, name=order.name, client_certificate=order.client_certificate
                )
            except InstitutionTakenError:
                raise QualificationError(Refusal.INSTITUTION_TAKEN) from None
            return token, institutions.find(tx, order.code)

        token, added = await desk.change(job)
        return JSONResponse({**_institution_json(added), "token": token}, 201)

    @router.delete("/institutions/{code}", response_model=InstitutionWire)
    async def revoke(code: str) -> Response:
        """Its token counts no more."""

        def job(tx: Transaction) -> Institution | None:
            try:
                institutions.revoke(tx, code)
            except InstitutionUnknownError:
                raise QualificationError(Refusal.INSTITUTION_UNKNOWN) from None
            return institutions.find(tx, code)

        return JSONResponse(_institution_json(await desk.change(job)))

    return router


def _institution_json(institution: Institution | None) -> dict[str, Any]:
    if institution is None:
        raise QualificationError(Refusal.INSTITUTION_UNKNOWN)
    return {
        "code": institution.code,
        "name": institution.name,
        "client_certificate": institution.client_certificate,
        "created_at": institution.created_at,
        "revoked_at": institution.revoked_at,
    }


def certificate_router(authority: TestAuthority, desk: ControlDesk) -> APIRouter:
    """The mock J-LIS: revoking what was issued to a persona, and taking that back."""
    router = APIRouter(prefix="/admin/certificates", tags=["証明書"])

    @router.post("/{persona}/revoke", response_model=CertificateWire)
    async def revoke(persona: str, order: RevocationOrder) -> Response:
        """Revoke the certificates on every card of a persona (or on the phone), from now on."""
        if order.reason not in REASONS:
            raise QualificationError(Refusal.REQUEST_FIELD, where="reason")
        at = await desk.read(Transaction.now)  # the server's clock, which may have been moved
        await _at_the_authority(
            lambda: authority.revoke(persona, crl=order.crl, reason=order.reason, phone=order.phone, at=at)
        )
        return JSONResponse({"persona": persona, "certificate": "revoked"})

    @router.post("/{persona}/reinstate", response_model=CertificateWire)
    async def reinstate(persona: str, order: ReinstatementOrder) -> Response:
        """Take the revocation back, as only a rehearsal can."""
        await _at_the_authority(lambda: authority.reinstate(persona, phone=order.phone))
        return JSONResponse({"persona": persona, "certificate": "reinstated"})

    return router


async def _at_the_authority(work: Callable[[], None]) -> None:
    """Off the event loop: it reads and writes files under a lock."""
    try:
        await run_in_threadpool(work)
    except UnknownPersonaError:
        raise QualificationError(Refusal.PERSONA_UNKNOWN) from None
    except SetupError as error:
        raise QualificationError(Refusal.STORE_UNAVAILABLE) from error
