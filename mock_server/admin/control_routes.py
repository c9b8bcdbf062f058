"""`/admin/clock`, `/admin/runs`, `/admin/reset`: the server's clock, test runs, and beginning anew."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final

from fastapi import APIRouter
from fastapi.responses import JSONResponse, Response
from starlette.concurrency import run_in_threadpool

from mock_server.admin import clock, resetting
from mock_server.admin.desk import ControlDesk
from mock_server.admin.folder_routes import RunFolders
from mock_server.admin.wire import ClockOrder, ClockWire, ResetOrder, ResetWire, RunsWire, RunWire
from mock_server.callers import check_run
from mock_server.errors import QualificationError, Refusal
from mock_server.registry.transaction import Transaction
from mock_server.routes.common import RUN_HEADER

RUN_BYTES: Final = 8
_LETTERS: Final = str.maketrans("0123456789", "ghjkmnpqrs")
"""Twelve digits of a name in hexadecimal could look like a 個人番号, and every request with them would be refused."""
_MOST_SECONDS: Final = 400_000_000_000
"""Further than the clock can go: keeps a number within what a duration can hold."""


def control_router(
    desk: ControlDesk, random_bytes: Callable[[int], bytes], folders: RunFolders | None = None
) -> APIRouter:
    """The routes over the clock and the runs of a ledger; `folders` are those of runs."""
    router = APIRouter(prefix="/admin")

    @router.get("/clock", response_model=ClockWire, tags=["時計"])
    async def look() -> Response:
        """What the server's clock says."""
        return _clock(await desk.read(clock.clock_state))

    @router.put("/clock", response_model=ClockWire, tags=["時計"])
    async def turn(order: ClockOrder) -> Response:
        """Move it, stop it, let it go on. It is the whole server's: every run sees it moved."""
        return _clock(await desk.change(_turning(order)))

    @router.get("/runs", response_model=RunsWire, tags=["テスト実行"])
    async def runs() -> Response:
        """The runs that left exchanges behind."""
        return JSONResponse({"runs": await desk.read(resetting.known_runs)})

    @router.post("/runs", response_model=RunWire, status_code=201, tags=["テスト実行"])
    async def new_run() -> Response:
        """A name nobody else has. A run begins with its first request and needs no other preparation."""
        run = f"r-{random_bytes(RUN_BYTES).hex().translate(_LETTERS)}"
        return JSONResponse({"run": run, "header": {RUN_HEADER: run}}, 201)

    @router.delete("/runs/{run}", response_model=ResetWire, tags=["テスト実行"])
    async def end_run(run: str) -> Response:
        """Clear everything a run left behind."""
        check_run(run)
        await stop_folders(run)
        return JSONResponse({"deleted": await desk.change(lambda tx: resetting.reset_run(tx, run))})

    @router.post("/reset", response_model=ResetWire, tags=["テスト実行"])
    async def reset(order: ResetOrder) -> Response:
        """Clear one run, or everything and the clock with it; institutions, people and keys stay."""
        if order.all == (order.run is not None):
            raise QualificationError(Refusal.RESET_WHAT)
        run = order.run
        if run is None:
            await stop_folders(None)
            return JSONResponse({"deleted": await desk.change(resetting.reset_all)})
        check_run(run)
        await stop_folders(run)
        return JSONResponse({"deleted": await desk.change(lambda tx: resetting.reset_run(tx, run))})

    async def stop_folders(run: str | None) -> None:
        if folders is not None:
            await run_in_threadpool(folders.stop, run)

    return router


def _turning(order: ClockOrder) -> Callable[[Transaction], clock.ClockState]:
    """What an order means. Raises QualificationError REQUEST_FIELD where it is not exactly one thing."""
    wanted: dict[str, Any] = {name: value for name, value in order.model_dump().items() if value not in (None, False)}
    if len(wanted) != 1:
        raise QualificationError(Refusal.REQUEST_FIELD, where="at/move_s/freeze/run/reset")
    match wanted:
        case {"at": str(text)}:
            moment = clock.read_moment(text)
            return lambda tx: clock.set_to(tx, moment)
        case {"move_s": seconds}:
            by = timedelta(seconds=max(-_MOST_SECONDS, min(int(seconds), _MOST_SECONDS)))
            return lambda tx: clock.move(tx, by)
        case {"freeze": str(text)}:
            frozen_at = clock.read_moment(text)
            return lambda tx: clock.freeze(tx, frozen_at)
        case {"freeze": _}:
            return clock.freeze
        case {"run": _}:
            return clock.run
        case _:
            return clock.reset


def _clock(state: clock.ClockState) -> JSONResponse:
    moved = None if state.moved is None else int(state.moved.total_seconds())
    return JSONResponse({"now": state.now.isoformat(timespec="seconds"), "moved_s": moved, "frozen": state.frozen})
