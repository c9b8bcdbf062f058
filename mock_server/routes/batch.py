"""一括照会 and 照会番号一括登録 over HTTP: hand in a list, get a 受付番号; ask with it, get 処理中 or every result.

The result is sent as it is read from the store, so that ten thousand people are never in memory at once.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partial
from typing import Any

from anyio import to_thread
from fastapi import APIRouter, Request
from fastapi.responses import Response, StreamingResponse

from eligibility.oqs.bulk_messages import BulkQualificationRequest, BulkResultRequest
from eligibility.oqs.codec import to_json
from eligibility.oqs.reference_numbers import BulkReferenceNumberRequest
from mock_server.batch.desk import BatchDesk, BulkAnswer
from mock_server.batch.submissions import Kind
from mock_server.errors import QualificationError, Refusal
from mock_server.registry.interface import RegistryError
from mock_server.routes.batch_wire import (
    BatchAnswer,
    BatchQuery,
    BatchReceipt,
    BatchResultQuery,
    BulkRegistrationQuery,
)
from mock_server.routes.common import FrontDesk, caller_of, deliver, read_message
from mock_server.routes.quick_route import QuickRoute

UNIT = {Kind.QUALIFICATION: "BulkConfirmUnit", Kind.REFERENCE_NUMBER: "BulkRegistrationUnit"}
JSON = "application/json"


def batch_router(desk: FrontDesk, batches: BatchDesk) -> APIRouter:
    """`POST /v1/batch`, `/v1/batch/result`, `/v1/reference-number/bulk`, `/v1/reference-number/bulk/result`."""
    router = APIRouter(prefix="/v1", tags=["一括"], route_class=QuickRoute)

    @router.post("/batch", response_model=BatchReceipt)
    async def submit(query: BatchQuery, request: Request) -> Response:
        """Hand in a 一括照会 (muquc01req): 10 000 people at most. Sent twice with one identifier it is one."""
        message = await to_thread.run_sync(read_message, BulkQualificationRequest, query.message)
        caller = caller_of(request, message.message_header.medical_institution_code)
        await desk.admit(caller)
        return deliver(caller, {"message": to_json(await _kept(partial(batches.submit, caller, message)))})

    @router.post("/reference-number/bulk", response_model=BatchReceipt)
    async def submit_registrations(query: BulkRegistrationQuery, request: Request) -> Response:
        """Hand in 照会番号 of many people (muimm01req)."""
        message = await to_thread.run_sync(read_message, BulkReferenceNumberRequest, query.message)
        caller = caller_of(request, message.message_header.medical_institution_code)
        await desk.admit(caller)
        return deliver(
            caller, {"message": to_json(await _kept(partial(batches.submit_registrations, caller, message)))}
        )

    async def result(query: BatchResultQuery, request: Request) -> Response:
        """Ask with the 受付番号: how many are done, or every result."""
        message = read_message(BulkResultRequest, query.message)
        caller = caller_of(request, message.message_header.medical_institution_code)
        await desk.admit(caller)
        answer: BulkAnswer = await _kept(partial(batches.result, caller, message.reception_number))
        if answer.done < answer.total:
            return deliver(caller, {"message": {"XmlMsg": _header(answer)}, "done": answer.done, "total": answer.total})
        return StreamingResponse(_written(answer), media_type=JSON)

    router.post("/batch/result", response_model=BatchAnswer, name="batch_result", summary="Result of a 一括照会")(
        result
    )
    router.post(
        "/reference-number/bulk/result",
        response_model=BatchAnswer,
        name="reference_number_bulk_result",
        summary="Result of a 照会番号一括登録",
    )(result)
    return router


async def _kept(work: partial[Any]) -> Any:
    """Work that waits for the store, on a thread of its own."""
    try:
        return await to_thread.run_sync(work)
    except RegistryError as error:
        raise QualificationError(Refusal.STORE_UNAVAILABLE) from error


def _header(answer: BulkAnswer) -> dict[str, object]:
    return {"MessageHeader": to_json(answer.header)["MessageHeader"]}


def _written(answer: BulkAnswer) -> Iterator[bytes]:
    """The message with every result, in pieces: the header first, then the units as they come out of the store."""
    header = json.dumps(_header(answer)["MessageHeader"], ensure_ascii=False)
    yield f'{{"message":{{"XmlMsg":{{"MessageHeader":{header},"MessageBody":{{"{UNIT[answer.kind]}":['.encode()
    first = True
    for piece in answer.pieces():
        yield (("" if first else ",") + ",".join(piece)).encode()
        first = False
    yield f']}}}}}},"done":{answer.done},"total":{answer.total}}}'.encode()
