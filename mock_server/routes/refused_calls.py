"""Requests that were refused before they were an exchange: written down, so that a client's own mistakes can be seen.

Only the call, who sent it as far as that could be read, and the code; never anything that stood in it. The challenge is
not used up. What breaks if wrong: a wrong field that nobody can find, or a stranger who fills the disk.
"""

from __future__ import annotations

from functools import partial
from typing import Final

from fastapi import Request

from mock_server.callers import Caller
from mock_server.errors import QualificationError, Refusal
from mock_server.institutions import ProvingCaller
from mock_server.registry.exchanges import Exchange
from mock_server.registry.interface import NonceUsedError, RegistryError
from mock_server.registry.transaction import Transaction
from mock_server.routes.common import FrontDesk

CALLS: Final = {
    "/v1/challenge": "challenge",
    "/v1/qualification/card": "qualification.card",
    "/v1/qualification/attested": "qualification.attested",
    "/v1/qualification/enrolled": "qualification.enrolled",
    "/v1/qualification/numbers": "qualification.numbers",
    "/v1/qualification/four-items": "qualification.four_items",
    "/v1/registration": "registration",
    "/v1/consent": "consent",
    "/v1/reference-number": "reference_number",
    "/v1/reference-number/bulk": "reference_number.bulk",
    "/v1/reference-number/bulk/result": "batch.result",
    "/v1/medical-information": "medical_information",
    "/v1/batch": "batch.submit",
    "/v1/batch/result": "batch.result",
    "/v1/face": "face",
}
"""What a path asks for, as exchanges call it; a test holds it against the routes."""
NOT_KEPT: Final = frozenset({Refusal.STORE_UNAVAILABLE, Refusal.INTERNAL, Refusal.RATE_LIMIT})
"""The store is not to be written to, or the limit is there to spare it."""


async def note(desk: FrontDesk, request: Request, error: QualificationError) -> None:
    """Write a refused call down, unless it is an exchange already. A store that cannot be used is no second error.

    Whoever is not let in beyond this machine is not written down: nobody may fill the store without a token.
    """
    call = CALLS.get(request.url.path)
    caller: ProvingCaller | None = getattr(request.state, "caller", None)
    stranger = desk.admission.tokens_required and (caller is None or not caller.admitted)
    if call is None or error.recorded or error.refusal in NOT_KEPT or stranger:
        return
    try:
        await desk.ledger.run(partial(_write, call=call, caller=caller, outcome=error.code))
    except (RegistryError, NonceUsedError):
        return


def _write(tx: Transaction, *, call: str, caller: Caller | None, outcome: str) -> None:
    institution, run = ("", "") if caller is None else (caller.institution, caller.run)
    tx.record(Exchange(at=tx.now(), call=call, institution=institution, run=run, outcome=outcome))
