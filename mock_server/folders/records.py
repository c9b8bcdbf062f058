"""What the store keeps of a request that came as a file: the decision about it, until the answer is collected.

The row is written in the transaction that asks the service, so that after a crash a request is either not asked yet or
decided for good. Rows of one set of folders carry its name in front, so that two of them over one store never meet.
What breaks if wrong: a request that is asked twice or never answered.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, Row, select, update

from eligibility.calendar import JST
from mock_server.folders.replies import Reply
from mock_server.registry.tables import face_outbox, folder_answer
from mock_server.registry.transaction import Transaction
from mock_server.scenarios.delivery import Delivery

_ROW = folder_answer.c


class State(StrEnum):
    """How far an answer is."""

    WAITING = "waiting"
    """Decided; the file is not there yet."""
    WRITTEN = "written"
    """The file lies ready, or lay there and was not missed yet."""
    COLLECTED = "collected"
    EXPIRED = "expired"
    WITHHELD = "withheld"
    """Never answered, because a scenario says so."""


@dataclass(frozen=True, slots=True)
class Decision:
    """One request and what goes back for it."""

    claim: str
    """The name under which it was taken away; unique."""
    request: str
    """The request file's name."""
    digest: str
    """SHA-256 of the request file."""
    at: datetime
    """By the server's clock; aware."""
    name: str
    """The answer file's name; "" where there is none."""
    reply: Reply = field(repr=False)
    delivery: Delivery = field(repr=False)
    state: State = State.WAITING
    written_at: datetime | None = None
    """Since when the file lies there."""


def find(tx: Transaction, claim: str) -> Decision | None:
    """The decision about the request that was taken under that name."""
    row = tx.connection.execute(select(folder_answer).where(_ROW.claim == claim)).one_or_none()
    return None if row is None else _decision(row)


def keep(tx: Transaction, decision: Decision, institution: str, run: str) -> None:
    """Write a decision down."""
    tx.connection.execute(
        folder_answer.insert().values(
            claim=decision.claim,
            run=run,
            institution=institution,
            request=decision.request,
            digest=decision.digest,
            at=decision.at.isoformat(),
            answer=decision.reply.to_json(),
            troubles=decision.delivery.to_json(),
            state=decision.state.value,
            name=decision.name,
        )
    )


def with_state(tx: Transaction, folder: str, *states: State) -> list[Decision]:
    """Every decision of these folders in one of the states, oldest first."""
    query = select(folder_answer).where(_of(folder), _ROW.state.in_([state.value for state in states]))
    return [_decision(row) for row in tx.connection.execute(query.order_by(_ROW.at, _ROW.claim))]


def uncollected_under(tx: Transaction, folder: str, name: str) -> set[str]:
    """Digests of the requests whose answers have that name and were not collected."""
    open_states = (State.WAITING.value, State.WRITTEN.value)
    query = select(_ROW.digest).where(_of(folder), _ROW.name == name, _ROW.state.in_(open_states))
    return set(tx.connection.execute(query).scalars())


def mark_written(tx: Transaction, claim: str) -> None:
    """The file lies ready; from now on it stays for the stay time."""
    tx.connection.execute(
        update(folder_answer)
        .where(_ROW.claim == claim, _ROW.state == State.WAITING.value)
        .values(state=State.WRITTEN.value, written_at=tx.now().isoformat())
    )


def mark_over(tx: Transaction, over: Sequence[tuple[str, State]]) -> None:
    """The files of these claims are gone, collected or expired; what stood in them is forgotten."""
    for claim, state in over:
        tx.connection.execute(
            update(folder_answer)
            .where(_ROW.claim == claim, _ROW.state == State.WRITTEN.value)
            .values(state=state.value, done_at=tx.now().isoformat(), answer="")
        )


def face_written_at(tx: Transaction, face_id: int) -> datetime | None:
    """Since when a file lies in `face`."""
    at = tx.connection.execute(select(face_outbox.c.written_at).where(face_outbox.c.id == face_id)).scalar()
    return _moment(at) if at else None


def _of(folder: str) -> ColumnElement[bool]:
    return _ROW.claim.startswith(f"{folder}-", autoescape=True)


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(JST)


def _decision(row: Row[tuple[object, ...]]) -> Decision:
    return Decision(
        claim=row.claim,
        request=row.request,
        digest=row.digest,
        at=_moment(row.at),
        name=row.name or "",
        reply=Reply.from_json(row.answer) if row.answer else Reply("nothing"),
        delivery=Delivery.from_json(row.troubles),
        state=State(row.state),
        written_at=_moment(row.written_at) if row.written_at else None,
    )
