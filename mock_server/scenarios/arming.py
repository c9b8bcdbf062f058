"""Armed scenarios in the store: arming with every value checked, listing, taking away.

What breaks if wrong: a scenario that strikes other people's requests, or none.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import Row, delete, insert, or_, select

from mock_server.callers import EVERYBODY, check_institution, check_run
from mock_server.errors import QualificationError, Refusal
from mock_server.registry import tables
from mock_server.registry.transaction import Transaction
from mock_server.scenarios.parameters import Kind, Value, read_parameters
from mock_server.scenarios.table import CALLS, SCENARIOS, Scenario

MOST_TIMES: Final = 1_000_000
MOST_SEED: Final = 2**31 - 1
_ARMED = tables.armed.c


@dataclass(frozen=True, slots=True)
class Order:
    """What somebody wants to have armed, unchecked."""

    scenario: str
    params: Mapping[str, object] = field(default_factory=dict)
    persona: str = ""
    """Strikes this persona only; "": anybody."""
    call: str = ""
    """Strikes this call, or the calls before whose dot it stands (`qualification`); "": every one it can."""
    institution: str = ""
    """Strikes this 医療機関コード only; "": any."""
    run: str = EVERYBODY
    """Strikes requests of this test run only; "": those that name none."""
    times: int | None = 1
    """How many calls; None: until it is reset."""
    seed: int = 0
    """The same seed gives the same jitter and the same luck again."""


@dataclass(frozen=True, slots=True)
class Armed:
    """A scenario that waits for its calls."""

    id: int
    scenario: Scenario
    params: Mapping[str, Value]
    persona: str
    call: str
    institution: str
    run: str
    remaining: int | None
    fired: int
    """Calls it struck so far."""
    seed: int
    at: str

    def strikes_call(self, call: str) -> bool:
        """Whether this kind of call is meant."""
        return call in self.scenario.calls and (not self.call or _stands_for(self.call, call))


def arm(tx: Transaction, order: Order) -> Armed:
    """Arm a scenario; it strikes whatever comes in after this was committed.

    Raises:
        QualificationError: SCENARIO_UNKNOWN, SCENARIO_PARAMETER, SCENARIO_PARAMETER_UNKNOWN, SCENARIO_PERSONA,
            SCENARIO_CALL, SCENARIO_TIMES, SCENARIO_SEED, REQUEST_INSTITUTION, REQUEST_RUN, REQUEST_INDIVIDUAL_NUMBER.
    """
    scenario = SCENARIOS.get(order.scenario)
    if scenario is None:
        raise QualificationError(Refusal.SCENARIO_UNKNOWN, names=", ".join(SCENARIOS))
    params = read_parameters(scenario.parameters, order.params)
    _check_calls(scenario, order.call)
    if order.institution:
        check_institution(order.institution)
    check_run(order.run)
    _check_within(Refusal.SCENARIO_TIMES, order.times, 1, MOST_TIMES)
    _check_within(Refusal.SCENARIO_SEED, order.seed, 0, MOST_SEED)
    _check_people(tx, scenario, order.persona, params)
    values = {
        "scenario": scenario.name,
        "params": json.dumps(params, ensure_ascii=False),
        "call": order.call,
        "person": order.persona,
        "institution": order.institution,
        "run": order.run,
        "remaining": order.times,
        "fired": 0,
        "met": 0,
        "seed": order.seed,
        "at": tx.now().isoformat(timespec="seconds"),
    }
    row = tx.connection.execute(insert(tables.armed).values(values).returning(tables.armed)).one()
    tx.changed()
    return _read(row)


def every_armed(tx: Transaction, run: str | None = None) -> list[Armed]:
    """What still waits, in the order it was armed; of one run, or of all."""
    query = select(tables.armed).where(or_(_ARMED.remaining.is_(None), _ARMED.remaining > 0)).order_by(_ARMED.id)
    if run is not None:
        query = query.where(_ARMED.run == run)
    return [_read(row) for row in tx.connection.execute(query) if row.scenario in SCENARIOS]


def disarm(tx: Transaction, *, one: int | None = None, run: str | None = None, scenario: str | None = None) -> int:
    """Take away one by its id, those of a run, those of a name, or (nothing given) all; how many still waited."""
    wanted = [
        column == value
        for column, value in ((_ARMED.id, one), (_ARMED.run, run), (_ARMED.scenario, scenario))
        if value is not None
    ]
    gone = tx.connection.execute(delete(tables.armed).where(*wanted).returning(_ARMED.remaining)).scalars().all()
    if gone:
        tx.changed()
    return sum(1 for remaining in gone if remaining is None or remaining > 0)


def calls_of(word: str) -> tuple[str, ...]:
    """The calls that a word means: one, or all of a group."""
    return tuple(call for call in CALLS if _stands_for(word, call))


def _stands_for(word: str, call: str) -> bool:
    return call == word or call.startswith(f"{word}.")


def _check_calls(scenario: Scenario, word: str) -> None:
    if word and not set(calls_of(word)) & set(scenario.calls):
        raise QualificationError(Refusal.SCENARIO_CALL, names=", ".join(scenario.calls))


def _check_within(refusal: Refusal, value: int | None, lowest: int, highest: int) -> None:
    if value is not None and not lowest <= value <= highest:
        raise QualificationError(refusal, range=f"{lowest}–{highest}")


def _check_people(tx: Transaction, scenario: Scenario, persona: str, params: Mapping[str, Value]) -> None:
    named = {str(params[one.name]) for one in scenario.parameters if one.kind is Kind.PERSONA}
    for name in {persona, *named} - {""}:
        if tx.connection.execute(select(tables.person.c.key).where(tables.person.c.key == name)).first() is None:
            raise QualificationError(Refusal.SCENARIO_PERSONA)


def _read(row: Row[Any]) -> Armed:
    return Armed(
        row.id,
        SCENARIOS[row.scenario],
        json.loads(row.params),
        row.person,
        row.call,
        row.institution,
        row.run,
        row.remaining,
        row.fired,
        row.seed,
        row.at,
    )
