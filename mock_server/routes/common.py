"""What every route of `/v1` does alike: who asks, the job and its commit, the answer on its way.

A route reads its fields, makes a caller of the institution it found, hands a job to the ledger and renders the result.
What breaks if wrong: a route that asks nobody for a token, or a trouble that was armed and does not happen.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from fastapi import Request
from fastapi.responses import JSONResponse, Response

from eligibility.oqs.codec import from_json
from eligibility.oqs.elements import Element
from eligibility.oqs.errors import MessageError
from mock_server.callers import EVERYBODY, Caller, check_institution, check_run
from mock_server.errors import QualificationError, Refusal
from mock_server.institutions import Admission, Proof, ProvingCaller
from mock_server.registry.interface import NonceUsedError, RegistryError
from mock_server.registry.ledger import Ledger
from mock_server.registry.transaction import Transaction
from mock_server.routes.message_shape import check_shape
from mock_server.scenarios.delivery import AS_IT_IS
from mock_server.scenarios.http_delivery import troubled
from mock_server.scenarios.meeting import WriteNeededError

T = TypeVar("T")
M = TypeVar("M", bound=Element)

RUN_HEADER = "madoguchi-run"
"""Names the test run a request belongs to."""


@dataclass(frozen=True, slots=True)
class FrontDesk:
    """Where a route goes with a request: the ledger, behind whoever decides which institution is let in."""

    ledger: Ledger
    admission: Admission = field(default_factory=Admission)

    async def answer(self, caller: ProvingCaller, job: Callable[[Transaction], T], *, reads: bool = False) -> T:
        """The job's result once it is durable; the caller is admitted in the same transaction, before the job.

        Raises:
            QualificationError: The caller is not let in, the job refused, the challenge was used before, or the store
                cannot be used.
        """

        def admitted(tx: Transaction) -> T:
            self.admission.check(tx, caller)
            caller.admitted = True
            return job(tx)

        return await self._run(admitted, reads)

    async def admit(self, caller: ProvingCaller) -> None:
        """Only let the caller in, where the work itself is no job of this ledger's.

        Raises:
            QualificationError: As `answer`.
        """
        await self.answer(caller, lambda _: None, reads=True)

    async def look(self, request: Request, job: Callable[[Transaction], T]) -> T:
        """The result of a job that only reads what every institution may know, in nobody's name.

        Raises:
            QualificationError: As `answer`.
        """

        def admitted(tx: Transaction) -> T:
            self.admission.check_visitor(tx, proof_of(request))
            return job(tx)

        return await self._run(admitted, reads=True)

    async def _run(self, job: Callable[[Transaction], T], reads: bool) -> T:
        try:
            try:
                return await self.ledger.run(job, reads=reads)
            except WriteNeededError:  # a scenario strikes where usually nothing is written
                return await self.ledger.run(job)
        except NonceUsedError:
            raise QualificationError(Refusal.CHALLENGE_REPLAYED) from None
        except RegistryError as error:
            raise QualificationError(Refusal.STORE_UNAVAILABLE) from error


def caller_of(request: Request, institution: str) -> ProvingCaller:
    """Who sends this request in the name of `institution`; whether it is the one, `FrontDesk.answer` decides.

    Raises:
        QualificationError: REQUEST_INSTITUTION, REQUEST_RUN, REQUEST_INDIVIDUAL_NUMBER.
    """
    check_institution(institution)
    run = request.headers.get(RUN_HEADER)
    if run is None:
        run = EVERYBODY
    elif run == EVERYBODY:  # named, but without a name
        raise QualificationError(Refusal.REQUEST_RUN)
    check_run(run)
    caller = ProvingCaller(institution, run, proof=proof_of(request))
    request.state.caller = caller
    return caller


def proof_of(request: Request) -> Proof:
    """What the request brought along: bearer token, client certificate."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    connection = request.scope.get("extensions", {}).get("madoguchi", {})
    return Proof(
        token=token.strip() if scheme.lower() == "bearer" else "",
        client_certificate=connection.get("client_certificate", ""),
    )


def decoded(where: str, text: str) -> bytes:
    """The bytes of a base64 field called `where`.

    Raises:
        QualificationError: REQUEST_FIELD; the text is not repeated.
    """
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise QualificationError(Refusal.REQUEST_FIELD, where=where) from None


def read_message(model: type[M], sent: Mapping[str, Any]) -> M:
    """A request message in its web JSON variant.

    Raises:
        QualificationError: REQUEST_MESSAGE, REQUEST_INDIVIDUAL_NUMBER; what stood in it is not repeated.
    """
    try:
        check_shape(model, sent)
        return from_json(model, sent)
    except MessageError as error:
        if error.code == "message.value.individual_number":
            raise QualificationError(Refusal.REQUEST_INDIVIDUAL_NUMBER, where=error.where) from None
        raise QualificationError(Refusal.REQUEST_MESSAGE, where=error.where, problem=error.code) from None


def deliver(caller: Caller, body: Mapping[str, Any], status: int = 200) -> Response:
    """The answer on its way to the caller, with whatever trouble was armed for it."""
    return on_its_way(caller, JSONResponse(body, status))


def deliver_text(caller: Caller, text: str) -> Response:
    """As `deliver`, for an answer that is JSON text already."""
    return on_its_way(caller, Response(text, media_type="application/json"))


def on_its_way(caller: Caller | None, answer: Response) -> Response:
    """An answer or a refusal, with whatever trouble was armed for it; None: nobody knows whose it is."""
    if caller is None or caller.delivery.answer is AS_IT_IS:
        return answer
    return troubled(answer, caller.delivery.answer)
