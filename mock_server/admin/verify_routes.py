"""`/admin/verify`: whether requests came as a test expects, for tests in any language (`mock_server.received`)."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, ConfigDict, Field

from mock_server.admin.desk import ControlDesk, checked_run
from mock_server.admin.texts import Clean, CleanJson
from mock_server.admin.verifying import Evidence
from mock_server.admin.wire import RUN_GRAMMAR
from mock_server.error_answers import language_of
from mock_server.errors import QualificationError, Refusal
from mock_server.received import Times, Wanted

_Count = Annotated[int | None, Field(ge=0, le=1_000_000)]


class ExpectationWire(BaseModel):
    """A request that should have come; what is left out does not matter."""

    model_config = ConfigDict(extra="forbid", strict=True, hide_input_in_errors=True)

    call: Annotated[Clean | None, Field(examples=["qualification.card"])] = None
    persona: Annotated[Clean | None, Field(examples=["taro"])] = None
    outcome: Annotated[Clean | None, Field(examples=["validity:1"])] = None
    institution: Annotated[Clean | None, Field(examples=["1312345678"])] = None
    via: Annotated[Clean | None, Field(examples=["http"])] = None
    scenario: Annotated[Clean | None, Field(examples=["latency"])] = None
    request: Annotated[CleanJson | None, Field(description="a part of the masked request")] = None
    answer: Annotated[CleanJson | None, Field(description="a part of the masked answer")] = None
    times: _Count = None
    at_least: _Count = None
    at_most: _Count = None

    def wanted(self) -> Wanted:
        """What is looked for."""
        return Wanted(**self.model_dump(exclude={"times", "at_least", "at_most"}))


class VerifyOrder(BaseModel):
    """What a test expects of one run, or of all."""

    model_config = ConfigDict(extra="forbid", strict=True, hide_input_in_errors=True)

    run: Annotated[str | None, Field(examples=["ci-1"], json_schema_extra={"pattern": RUN_GRAMMAR})] = None
    expect: Annotated[list[ExpectationWire], Field(min_length=1, max_length=100)]
    in_order: Annotated[bool, Field(description="one after the other, in this order", examples=[False])] = False


class VerdictWire(BaseModel):
    """Whether one expectation holds."""

    ok: bool
    found: int
    complaint: str
    near_misses: list[int]


class VerdictsWire(BaseModel):
    """Whether all hold."""

    ok: bool
    verdicts: list[VerdictWire]


def verify_router(desk: ControlDesk) -> APIRouter:
    """The route over the exchanges of a ledger."""
    router = APIRouter(prefix="/admin", tags=["検証"])

    @router.post("/verify", response_model=VerdictsWire)
    async def verify(order: VerifyOrder, request: Request) -> Response:
        """What was received, how often, in which order; `near_misses` are ids of exchanges that came near."""
        lang = language_of(request.headers.get("accept-language", ""))
        for one in order.expect:
            if one.times is not None and (one.at_least is not None or one.at_most is not None):
                raise QualificationError(Refusal.REQUEST_FIELD, where="expect/times")
        evidence = await Evidence.of(desk, checked_run(order.run), lang)
        if order.in_order:
            verdicts = [await evidence.in_order([one.wanted() for one in order.expect])]
        else:
            verdicts = await evidence.so_often(
                [(one.wanted(), Times.of(one.times, one.at_least, one.at_most)) for one in order.expect]
            )
        return JSONResponse({"ok": all(one.ok for one in verdicts), "verdicts": [asdict(one) for one in verdicts]})

    return router
