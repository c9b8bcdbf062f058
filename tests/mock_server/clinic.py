"""A clinic at the other end of the service: whole visits, with the card, the consent and what follows them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import pytest
from sqlalchemy import Row, select

from eligibility.oqs.codec import to_json
from eligibility.oqs.codes import FileCategory
from eligibility.oqs.headers import PlainRequestHeader
from eligibility.oqs.medical_information import (
    HealthCheckupsRequest,
    HealthCheckupsRequestBody,
    MedicalRequestHeader,
    MedicinesRequest,
    MedicinesRequestBody,
)
from eligibility.oqs.messages import QualificationResult
from eligibility.oqs.reference_numbers import (
    ReferenceNumberRegistrationInfo,
    ReferenceNumberRequest,
    ReferenceNumberRequestBody,
    ReferenceNumberResult,
)
from eligibility.oqs.signed_message import signed_message
from mock_server.callers import Caller
from mock_server.consents import ConsentRecord
from mock_server.errors import QualificationError, Refusal
from mock_server.issuer import TestAuthority
from mock_server.medical_information import MedicalRequest, MedicalResult
from mock_server.personas import find_persona
from mock_server.registrations import Registration
from mock_server.registry import tables
from mock_server.registry.ledger import Ledger
from mock_server.registry.transaction import Transaction
from mock_server.service import CardAnswer, QualificationService
from tests.mock_server.conftest import INSTITUTION, SERVER
from tests.mock_server.forging import auth_key, sha256_signer

T = TypeVar("T")
OTHER_INSTITUTION = "1312345686"


@dataclass
class Clinic:
    """One institution in one test run."""

    ledger: Ledger
    service: QualificationService
    authority: TestAuthority
    institution: str = INSTITUTION
    run: str = ""

    def elsewhere(self, institution: str = OTHER_INSTITUTION) -> Clinic:
        """Another institution at the same server."""
        return replace(self, institution=institution)

    def in_run(self, run: str) -> Clinic:
        """The same institution in another test run."""
        return replace(self, run=run)

    @property
    def caller(self) -> Caller:
        return Caller(self.institution, self.run)

    def do(self, job: Callable[[Transaction], T], *, reads: bool = False) -> T:
        return self.ledger.run_sync(job, reads=reads)

    # ── cards ──

    def signed(self, persona: str, purpose: str) -> dict[str, Any]:
        """A fresh challenge, and the persona's card having signed it."""
        caller = self.caller
        nonce = self.do(lambda tx: self.service.challenge(tx, caller, purpose), reads=True).nonce
        card = self.authority.card(persona)
        signature = sha256_signer(auth_key(card))(signed_message(SERVER, self.institution, purpose, nonce))
        return {"nonce": nonce, "certificate": card.auth_certificate, "signature": signature}

    def card(self, persona: str) -> CardAnswer:
        proof, caller = self.signed(persona, "qualification"), self.caller
        return self.do(lambda tx: self.service.check_by_card(tx, caller, purpose="qualification", **proof))

    def attested(self, persona: str, method: str = "face") -> CardAnswer:
        certificate, caller = self.authority.card(persona).auth_certificate, self.caller
        return self.do(lambda tx: self.service.check_attested(tx, caller, certificate=certificate, method=method))

    def register(self, persona: str, **proof: Any) -> Registration:
        proof, caller = proof or self.signed(persona, "registration"), self.caller
        return self.do(lambda tx: self.service.register(tx, caller, **proof))

    # ── afterwards ──

    def consent(self, visit: str, *, replace: bool = False, **items: str) -> ConsentRecord:
        caller = self.caller
        return self.do(lambda tx: self.service.give_consent(tx, caller, visit=visit, items=items, replace=replace))

    def medicines(
        self, persona: str, first: str | None = None, last: str | None = None, **numbers: Any
    ) -> MedicalResult:
        return self._medical(medicines_request(persona, first, last, self.institution, **numbers))

    def checkups(self, persona: str, **numbers: Any) -> MedicalResult:
        return self._medical(checkups_request(persona, self.institution, **numbers))

    def _medical(self, request: MedicalRequest) -> MedicalResult:
        caller = self.caller
        return self.do(lambda tx: self.service.medical_information(tx, caller, request))

    def remember(self, persona: str, reference_number: str, **numbers: Any) -> ReferenceNumberResult:
        request, caller = reference_number_request(persona, reference_number, self.institution, **numbers), self.caller
        return self.do(lambda tx: self.service.register_reference_number(tx, caller, request))

    # ── what is kept ──

    def exchanges(self) -> Sequence[Row[Any]]:
        return self.rows(tables.exchange)

    def rows(self, table: Any) -> Sequence[Row[Any]]:
        """Every row of a table, oldest first."""
        order = table.c.id if "id" in table.c else table.c.at
        return self.do(lambda tx: tx.connection.execute(select(table).order_by(order)).all(), reads=True)


def reference_number_request(
    persona: str, reference_number: str, institution: str = INSTITUTION, **numbers: Any
) -> ReferenceNumberRequest:
    """siimm01req for the numbers on a persona's paper."""
    paper = find_persona(persona).numbers()
    values: dict[str, Any] = {
        "insurer_number": paper["insurer_number"],
        "insured_card_symbol": paper["symbol"] or None,
        "insured_identification_number": paper["number"],
        "insured_branch_number": paper["branch"] or None,
        **numbers,
    }
    info = ReferenceNumberRegistrationInfo(reference_number=reference_number, **values)
    return ReferenceNumberRequest(
        message_header=PlainRequestHeader(medical_institution_code=institution),
        message_body=ReferenceNumberRequestBody(reference_number_registration_info=info),
    )


def medicines_request(
    persona: str, first: str | None = None, last: str | None = None, institution: str = INSTITUTION, **numbers: Any
) -> MedicinesRequest:
    """YZKsiquc01req for the numbers on a persona's paper and these months."""
    return MedicinesRequest(
        message_header=_medical_header(persona, institution, numbers),
        message_body=MedicinesRequestBody(start_date=first, end_date=last, file_category=FileCategory.XML),
    )


def checkups_request(persona: str, institution: str = INSTITUTION, **numbers: Any) -> HealthCheckupsRequest:
    """TKKsiquc01req for the numbers on a persona's paper."""
    return HealthCheckupsRequest(
        message_header=_medical_header(persona, institution, numbers),
        message_body=HealthCheckupsRequestBody(file_category=FileCategory.XML),
    )


def _medical_header(persona: str, institution: str, numbers: dict[str, Any]) -> MedicalRequestHeader:
    paper = find_persona(persona).numbers()
    values: dict[str, Any] = {
        "medical_institution_code": institution,
        "insurer_number": paper["insurer_number"],
        "insurance_card_symbol": paper["symbol"] or None,
        "insured_person_identification_number": paper["number"],
        "branch_number": paper["branch"] or None,
        **numbers,
    }
    return MedicalRequestHeader(**values)


def told(message: QualificationResult) -> dict[str, Any]:
    """The elements of the only result, as a client sees them."""
    body: Any = to_json(message)["XmlMsg"]
    (item,) = body["MessageBody"]["ResultList"]
    return dict(item["ResultOfQualificationConfirmation"])


def refusal_of(call: Callable[[], object]) -> Refusal:
    """Why the call was refused."""
    with pytest.raises(QualificationError) as refused:
        call()
    return refused.value.refusal
