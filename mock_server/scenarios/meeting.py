"""Which armed scenarios strike a request, and using them up: once, whichever of several workers was asked.

Everything happens in the request's own transaction, so a strike that was not committed did not happen. While nothing is
armed nobody asks the database: each process keeps what is armed for one version of the control row. What breaks if
wrong: a scenario armed for one call strikes two, or a hundred visits wait for a query that finds nothing.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any, Final

from sqlalchemy import or_, select, update

from mock_server.callers import Caller
from mock_server.errors import Refusal
from mock_server.people import Person
from mock_server.registry import tables
from mock_server.registry.engines import READS
from mock_server.registry.exchanges import Exchange
from mock_server.registry.transaction import Transaction
from mock_server.scenarios.answering import Script, segment_outcome
from mock_server.scenarios.arming import Armed, every_armed
from mock_server.scenarios.delivery import ANSWER, FACE, Delivery, Target, Trouble
from mock_server.scenarios.not_served import SOON_S, NotServed
from mock_server.scenarios.table import FACE_CALLS, FOLDER, HTTP, PERSON_CALLS, QUALIFICATION, Level
from mock_server.scenarios.windows import maintenance_ends_in, night_ends_in

_KEPT: Final = "madoguchi_armed"
"""Key in `Connection.info`: the version of the control row, and what was armed then."""
_ALONE: Final = frozenset(("processing", "failed", "stale_answer", "wrong_person", "no_such_person", "validity"))
"""Of these an answer can follow one only; the others may come together."""
_REFUSALS: Final = {
    "processing": Refusal.SERVICE_PROCESSING,
    "failed": Refusal.SERVICE_FAILED,
    "maintenance": Refusal.SERVICE_MAINTENANCE,
    "night_closure": Refusal.SERVICE_NIGHT_CLOSURE,
    "err_file": Refusal.SERVICE_REJECTED_FILE,
    "never_taken": Refusal.SERVICE_NOT_TAKEN,
}
_ARMED = tables.armed.c
_HIT: Final[dict[str, Any]] = {"fired": _ARMED.fired + 1, "remaining": _ARMED.remaining - 1}
_STILL_ARMED: Final = or_(_ARMED.remaining.is_(None), _ARMED.remaining > 0)


class WriteNeededError(Exception):
    """A scenario strikes in a transaction that only reads: run the job again in one that may write."""


def meet_call(tx: Transaction, caller: Caller, exchange: Exchange) -> None:
    """Meet what is armed for such a call, whoever the person will turn out to be. Called where an exchange begins.

    Raises:
        NotServed: The service is closed or fails.
        WriteNeededError: As it says.
    """
    armed = _kept(tx)
    if armed:
        later = exchange.call in PERSON_CALLS
        rows = (row for row in armed if not row.persona and not (later and row.scenario.level is Level.SAID))
        _refuse(_meet(tx, caller, exchange, rows))


def recognised(tx: Transaction, caller: Caller, exchange: Exchange, person: Person | None) -> Script:
    """The person is known (None: nobody was found): meet what is armed for them, and what changes what is said.

    Call it before anything is written. The answer to a `qualification.…` call is made by the script it returns.

    Raises:
        NotServed: The service is closed or fails, for this person or in a call whose answer cannot say so.
        WriteNeededError: As it says.
    """
    exchange.person = "" if person is None else person.key
    armed = _kept(tx)
    if not armed:
        return Script(tx, exchange, person)
    said_later = exchange.call in PERSON_CALLS
    rows = (
        row
        for row in armed
        if (row.persona == exchange.person if row.persona else said_later and row.scenario.level is Level.SAID)
    )
    said = _meet(tx, caller, exchange, rows)
    if exchange.call not in QUALIFICATION:
        _refuse(said)
    return Script(tx, exchange, person, said)


def _kept(tx: Transaction) -> tuple[Armed, ...]:
    """What is armed, from memory where that is of this version."""
    info = tx.connection.info
    kept = info.get(_KEPT)
    if kept is None or kept[0] != tx.control.version:
        kept = info[_KEPT] = (tx.control.version, tuple(every_armed(tx)))
    armed: tuple[Armed, ...] = kept[1]
    return armed


def _meet(tx: Transaction, caller: Caller, exchange: Exchange, rows: Iterator[Armed]) -> tuple[Trouble, ...]:
    """Let the rows strike in the order they were armed; what changes what is said, the rest goes into the delivery."""
    said: list[Trouble] = []
    struck = set(exchange.scenario.split(", "))
    for row in rows:
        name, level = row.scenario.name, row.scenario.level
        target = _target(row, caller, exchange)
        if name in struck or target is None or (name in _ALONE and any(one.name in _ALONE for one in said)):
            continue
        if not _applies(tx, row, exchange):
            continue
        ordinal = _strike(tx, row)
        if ordinal is None:
            continue
        struck.add(name)
        exchange.scenario = f"{exchange.scenario}, {name}" if exchange.scenario else name
        trouble = Trouble(name, _resolved(row, ordinal), target)
        _note(caller, row, trouble)
        if level is Level.SAID:
            said.append(trouble)
        if level is Level.CLOSED:
            raise _closed(tx, row)
    return tuple(said)


def _note(caller: Caller, row: Armed, trouble: Trouble) -> None:
    """Send what the transport is to play along, and remember what was used up."""
    for_transport = () if row.scenario.level is Level.SAID else (trouble,)
    before = caller.delivery
    caller.delivery = Delivery((*before.troubles, *for_transport), (*before.strikes, row.id))


def use_up_again(tx: Transaction, strikes: tuple[int, ...]) -> None:
    """Use up again what was used up inside effects that were undone: the calls were struck all the same."""
    for one in strikes:
        change = {"met": _ARMED.met + 1, **_HIT}
        this = _ARMED.id == one
        remaining = tx.connection.execute(
            update(tables.armed).where(this, _STILL_ARMED).values(change).returning(_ARMED.remaining)
        ).scalar_one_or_none()
        if remaining == 0:
            tx.changed()


def _target(row: Armed, caller: Caller, exchange: Exchange) -> Target | None:
    """What it is played on in this request; None where it is not meant for it or cannot be played."""
    if row.run != caller.run or row.institution not in ("", caller.institution):
        return None
    if not row.strikes_call(exchange.call):
        return None
    transports = row.scenario.transports
    if row.params.get("on", ANSWER) == ANSWER and caller.via in transports:
        return ANSWER
    if row.scenario.level is not Level.TRANSPORT:
        # Inside a batch there is no transport, but there is a service that can fail.
        return ANSWER if caller.via not in (HTTP, FOLDER) else None
    return FACE if FACE in transports and exchange.call in FACE_CALLS else None


def _applies(tx: Transaction, row: Armed, exchange: Exchange) -> bool:
    """Whether this is the time for it, by the clock or by how often it came before."""
    match row.scenario.name:
        case "night_closure":
            return night_ends_in(tx.now(), row.params) is not None
        case "maintenance":
            return maintenance_ends_in(tx.now(), row.params)[0]
        case "processing":
            asks = row.params["asks"]
            return asks is None or _processed_in_a_row(tx, exchange, int(asks)) < int(asks)
    return True


def _processed_in_a_row(tx: Transaction, exchange: Exchange, at_most: int) -> int:
    """How often this question was last answered 処理中, one answer after the other; `at_most` are counted."""
    own = tables.exchange.c
    query = (
        select(own.outcome)
        .where(
            own.institution == exchange.institution,
            own.run == exchange.run,
            own.call == exchange.call,
            own.person == exchange.person,
            own.key != exchange.key,
        )
        .order_by(own.id.desc())
        .limit(at_most)
    )
    outcomes = tx.connection.execute(query).scalars().all()
    processing = {segment_outcome(Refusal.SERVICE_PROCESSING), Refusal.SERVICE_PROCESSING.value}
    count = 0
    for outcome in outcomes:
        if outcome not in processing:
            break
        count += 1
    return count


def _strike(tx: Transaction, row: Armed) -> int | None:
    """Use it up once; the ordinal of this call among those it met, None where it does not strike."""
    if tx.connection.info.get(READS):
        raise WriteNeededError
    chance = int(row.params["chance"] or 0)
    change: dict[str, Any] = {"met": _ARMED.met + 1, **(_HIT if chance >= 100 else {})}
    this = _ARMED.id == row.id
    found = tx.connection.execute(
        update(tables.armed).where(this, _STILL_ARMED).values(change).returning(_ARMED.met, _ARMED.remaining)
    ).one_or_none()
    if found is None:
        return None
    remaining = found.remaining
    if chance < 100:
        if _luck(row, found.met, "chance").randrange(100) >= chance:
            return None
        remaining = tx.connection.execute(
            update(tables.armed).where(this).values(_HIT).returning(_ARMED.remaining)
        ).scalar_one()
    if remaining == 0:
        tx.changed()
    return int(found.met)


def _resolved(row: Armed, ordinal: int) -> dict[str, Any]:
    """The parameters with nothing left to chance."""
    params = {name: value for name, value in row.params.items() if name not in ("chance", "on")}
    if row.scenario.name == "latency":
        mean, jitter = int(params["mean_ms"] or 0), int(params["jitter_ms"] or 0)
        return {"delay_ms": max(0, mean + _luck(row, ordinal, "jitter").randint(-jitter, jitter))}
    return params


def _luck(row: Armed, ordinal: int, what: str) -> random.Random:
    """The same for the same seed and ordinal, on every machine."""
    return random.Random(f"{what}/{row.seed}/{ordinal}")  # noqa: S311 - a rehearsal, no secret


def _closed(tx: Transaction, row: Armed) -> NotServed:
    match row.scenario.name:
        case "night_closure":
            opens_in = night_ends_in(tx.now(), row.params)
        case "maintenance":
            opens_in = maintenance_ends_in(tx.now(), row.params)[1]
        case _:
            opens_in = None
    return NotServed(_REFUSALS[row.scenario.name], opens_in)


def _refuse(said: tuple[Trouble, ...]) -> None:
    """Refuse where the service is to say 処理中 or 異常終了 and this call's answer has no place for it."""
    for trouble in said:
        refusal = _REFUSALS.get(trouble.name)
        if refusal is not None:
            raise NotServed(refusal, SOON_S if refusal is Refusal.SERVICE_PROCESSING else None)
