"""`/admin/scenarios`: what can be armed, what is, arming and taking away."""

from __future__ import annotations

from typing import Annotated, Any, Final

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import JSONResponse, Response

from mock_server.admin.desk import ControlDesk, Run, checked_run
from mock_server.admin.texts import Clean
from mock_server.admin.wire import ArmedWire, ArmOrder, DeletedWire, ScenariosWire
from mock_server.error_answers import language_of
from mock_server.errors import QualificationError, Refusal
from mock_server.scenarios.arming import Armed, Order, arm, disarm, every_armed
from mock_server.scenarios.parameters import Kind, Parameter
from mock_server.scenarios.table import SCENARIOS, Scenario
from mock_server.words import text

_LARGEST_ID: Final = 2**63 - 1


def scenario_router(desk: ControlDesk) -> APIRouter:
    """The routes over the scenarios of a ledger."""
    router = APIRouter(prefix="/admin", tags=["シナリオ"])

    @router.get("/scenarios", response_model=ScenariosWire)
    async def scenarios(request: Request, run: Run = None) -> Response:
        """Every trouble there is, in the language of `Accept-Language`, and what is armed."""
        lang = language_of(request.headers.get("accept-language", ""))
        armed = await desk.read(lambda tx: every_armed(tx, checked_run(run)))
        return JSONResponse(
            {
                "available": [scenario_json(scenario, lang) for scenario in SCENARIOS.values()],
                "armed": [armed_json(one) for one in armed],
            }
        )

    @router.post("/scenarios", response_model=ArmedWire, status_code=201)
    async def arm_one(order: ArmOrder) -> Response:
        """Arm one: it strikes what comes in once this was answered."""
        if order.until_reset and order.times is not None:
            raise QualificationError(Refusal.REQUEST_FIELD, where="times")
        wanted = Order(
            order.scenario,
            order.params,
            order.persona,
            order.call,
            order.institution,
            order.run,
            None if order.until_reset else 1 if order.times is None else order.times,
            order.seed,
        )
        return JSONResponse(armed_json(await desk.change(lambda tx: arm(tx, wanted))), 201)

    @router.delete("/scenarios/{number}", response_model=DeletedWire)
    async def disarm_one(number: Annotated[int, Path(ge=0, le=_LARGEST_ID)]) -> Response:
        """Take one away."""
        deleted = await desk.change(lambda tx: disarm(tx, one=number))
        if not deleted:
            raise QualificationError(Refusal.SCENARIO_NOT_ARMED)
        return JSONResponse({"deleted": deleted})

    @router.delete("/scenarios", response_model=DeletedWire)
    async def disarm_some(
        run: Run = None, scenario: Annotated[Clean | None, Query(description="of this name only")] = None
    ) -> Response:
        """Take away all, or those of a run, or those of a name."""
        checked_run(run)
        return JSONResponse({"deleted": await desk.change(lambda tx: disarm(tx, run=run, scenario=scenario))})

    return router


def scenario_json(scenario: Scenario, lang: str) -> dict[str, Any]:
    """A trouble with its words."""
    return {
        "name": scenario.name,
        "title": text(lang, f"scenario.{scenario.name}.title"),
        "what": text(lang, f"scenario.{scenario.name}.what"),
        "level": scenario.level.value,
        "transports": list(scenario.transports),
        "calls": list(scenario.calls),
        "plays": list(scenario.plays),
        "parameters": [_parameter_json(parameter, lang) for parameter in scenario.parameters],
    }


def _parameter_json(parameter: Parameter, lang: str) -> dict[str, Any]:
    whole = parameter.kind is Kind.WHOLE
    return {
        "name": parameter.name,
        "kind": parameter.kind.value,
        "default": parameter.default,
        "lowest": parameter.lowest if whole else None,
        "highest": parameter.highest if whole else None,
        "choices": list(parameter.choices),
        "what": text(lang, f"scenario.param.{parameter.name}"),
    }


def armed_json(armed: Armed) -> dict[str, Any]:
    """What is armed."""
    return {
        "id": armed.id,
        "scenario": armed.scenario.name,
        "params": dict(armed.params),
        "persona": armed.persona,
        "call": armed.call,
        "institution": armed.institution,
        "run": armed.run,
        "remaining": armed.remaining,
        "fired": armed.fired,
        "seed": armed.seed,
        "at": armed.at,
    }
