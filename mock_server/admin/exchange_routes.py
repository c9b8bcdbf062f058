"""`/admin/exchanges`: what was received, asked for, waited for, streamed, and taken away."""

from __future__ import annotations

import asyncio
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import JSONResponse, Response, StreamingResponse

from mock_server.admin import journal
from mock_server.admin.desk import ControlDesk, Run, checked_run
from mock_server.admin.feed import LOOK_S, feed
from mock_server.admin.journal import Filters
from mock_server.admin.texts import Clean
from mock_server.admin.wire import DeletedWire, ExchangesWire, ExchangeWire

LONGEST_WAIT_S = 30
_LARGEST_ID = 2**63 - 1
_Word = Annotated[Clean | None, Query(max_length=100)]


def filters_of(
    run: Run = None,
    institution: _Word = None,
    call: Annotated[
        Clean | None, Query(max_length=100, description="a call, or a group such as `qualification`")
    ] = None,
    persona: _Word = None,
    outcome: Annotated[Clean | None, Query(max_length=100, description="an outcome, or a group: `validity`")] = None,
    via: _Word = None,
    scenario: _Word = None,
) -> Filters:
    """Which exchanges are meant, from the address of a request."""
    return Filters(checked_run(run), institution, call, persona, outcome, via, scenario)


_Wanted = Annotated[Filters, Depends(filters_of)]
_After = Annotated[int | None, Query(ge=0, le=_LARGEST_ID, description="only what came after this id")]


def exchange_router(desk: ControlDesk) -> APIRouter:
    """The routes over the exchanges of a ledger."""
    router = APIRouter(prefix="/admin", tags=["やりとり"])

    @router.get("/exchanges", response_model=ExchangesWire)
    async def exchanges(
        wanted: _Wanted,
        after: _After = None,
        limit: Annotated[int, Query(ge=1, le=journal.MOST)] = 100,
        wait_s: Annotated[float, Query(ge=0, le=LONGEST_WAIT_S, description="wait so long for the first")] = 0,
    ) -> Response:
        """What was received, oldest first: the newest `limit`, or with `after` what came after that id."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + wait_s
        while True:
            if after is None:
                found = await desk.read(lambda tx: journal.newest(tx, wanted, limit))
            else:
                found = await desk.read(lambda tx: journal.after(tx, wanted, after, limit))
            if found or loop.time() >= deadline:
                break
            await asyncio.sleep(LOOK_S)
        last = found[-1]["id"] if found else after or 0
        return JSONResponse({"exchanges": found, "last": last})

    @router.get("/exchanges/stream", response_class=StreamingResponse)
    async def stream(wanted: _Wanted, request: Request, after: _After = None) -> Response:
        """What is received from now on (or after an id), as server-sent events `exchange` and `control`."""
        told = request.headers.get("last-event-id", "")
        begin = int(told) if told.isascii() and told.isdigit() and len(told) < 19 else after
        return StreamingResponse(feed(desk, wanted, begin), media_type="text/event-stream")

    @router.get("/exchanges/{number}", response_model=ExchangeWire)
    async def exchange(number: Annotated[int, Path(ge=0, le=_LARGEST_ID)]) -> Response:
        """One of them."""
        return JSONResponse(await desk.read(lambda tx: journal.one(tx, number)))

    @router.delete("/exchanges", response_model=DeletedWire)
    async def forget(wanted: _Wanted) -> Response:
        """Take them away: all, or those that the filters name. A used challenge stays used."""
        return JSONResponse({"deleted": await desk.change(lambda tx: journal.forget(tx, wanted))})

    return router
