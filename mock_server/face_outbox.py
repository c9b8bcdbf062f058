"""Answers on their way into the `face` folder: written with the answer in one commit, made into a file elsewhere.

A row is `waiting` until its file lies in the folder, then `written`, then `collected` by the レセコン, or `expired`
after its stay there (online-qualification.md §1.1). One set of folders claims it before it makes anything of it, and
it stays that one's: others that serve the institution, here or in another process, leave it alone. For an enrolled
real card it is the invented patient's message. What breaks if wrong: a card was read and no file comes, or it comes
twice, or at another institution.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Row, insert, select, update

from eligibility.oqs.codec import to_json
from eligibility.oqs.messages import QualificationResult
from mock_server.callers import Caller
from mock_server.registry.tables import face_outbox
from mock_server.registry.transaction import Transaction
from mock_server.scenarios.delivery import Delivery
from mock_server.visits import Visit

NONE: Final = "none"
"""No file is made of that answer: there is no folder, or nothing to tell."""
WAITING: Final = "waiting"
WRITTEN: Final = "written"
COLLECTED: Final = "collected"
EXPIRED: Final = "expired"

_WATERMARK: Final = "MOCK"
"""Every identifier begins so: a file of this server is never taken for a real one."""
_RANDOM_BYTES: Final = 9


@dataclass(frozen=True, slots=True)
class Face:
    """One row. `at` is aware: when the card was answered."""

    id: int
    run: str
    institution: str
    exchange: str
    """Key of the exchange it came from."""
    identifier: str
    """ArbitraryFileIdentifier: 16 characters that look like base64url (online-qualification.md §2.1, row 4)."""
    at: datetime
    content: str = field(repr=False)
    """The message in its web JSON variant, as text; it carries `identifier`."""
    troubles: Delivery
    """What is to be played on the file."""
    state: str
    name: str | None
    """The file's name once it is written."""
    written_at: datetime | None
    """Since when it lies in the folder, aware; None before."""
    folder: str | None = None
    """The set of folders that claimed it, by its name in the store; None before."""

    @property
    def name_identifier(self) -> str:
        """What stands in the file's name: the institution and 20 hexadecimal digits (online-qualification.md §1.2)."""
        return self.institution + hashlib.sha256(self.identifier.encode()).hexdigest()[:20]


@dataclass(frozen=True, slots=True)
class FaceState:
    """How far the file of a visit is, and its name once it is written."""

    state: str
    name: str | None = None


def put(
    tx: Transaction,
    caller: Caller,
    exchange: str,
    message: QualificationResult,
    random_bytes: Callable[[int], bytes],
) -> str:
    """Let this answer become a file; its identifier. Durable together with the exchange."""
    identifier = _WATERMARK + base64.urlsafe_b64encode(random_bytes(_RANDOM_BYTES)).decode("ascii")
    header = message.message_header.model_copy(update={"arbitrary_file_identifier": identifier})
    content = to_json(message.model_copy(update={"message_header": header}))
    tx.connection.execute(
        insert(face_outbox).values(
            run=caller.run,
            institution=caller.institution,
            exchange=exchange,
            identifier=identifier,
            at=tx.now().isoformat(),
            content=json.dumps(content, ensure_ascii=False, separators=(",", ":")),
            troubles=caller.delivery.face.to_json(),
            state=WAITING,
        )
    )
    return identifier


def waiting(tx: Transaction, institution: str, run: str, folder: str | None = None, most: int = 100) -> list[Face]:
    """What is still to be made into files for one institution and run, oldest first, at most so many.

    It is what nobody has claimed, and what the set of folders `folder` has.
    """
    return _in_state(tx, institution, run, folder, WAITING, most)


def written(tx: Transaction, institution: str, run: str, folder: str | None = None, most: int = 1000) -> list[Face]:
    """Whose files lie in the folder, as `waiting`. Unclaimed are only those that an earlier version wrote."""
    return _in_state(tx, institution, run, folder, WRITTEN, most)


def claim(tx: Transaction, folder: str, ids: Collection[int]) -> set[int]:
    """Make rows the set of folders' own, for good; those that are its own now. The others are another's, or gone.

    Nothing is waited for: a row that somebody else is just claiming is left to them.
    """
    own = face_outbox.c
    free = (own.folder.is_(None) | (own.folder == folder)) & own.state.in_((WAITING, WRITTEN))
    ours = select(own.id).where(own.id.in_(ids), free).order_by(own.id).with_for_update(skip_locked=True)
    statement = update(face_outbox).where(own.id.in_(ours), free).values(folder=folder).returning(own.id)
    return set(tx.connection.execute(statement).scalars())


def mark_written(tx: Transaction, face_id: int, name: str) -> bool:
    """The file lies there under that name. False, and nothing changes, where the row was not waiting (any more)."""
    return _moved(tx, face_id, (WAITING,), state=WRITTEN, name=name, written_at=tx.now().isoformat())


def mark_collected(tx: Transaction, face_id: int) -> bool:
    """The レセコン took the file away. False where it did not lie there."""
    return _moved(tx, face_id, (WRITTEN,), state=COLLECTED, collected_at=tx.now().isoformat())


def mark_expired(tx: Transaction, face_id: int) -> bool:
    """Nobody took it in time, or it cannot be written at all. False where it was collected or expired before."""
    return _moved(tx, face_id, (WAITING, WRITTEN), state=EXPIRED)


def state_of(tx: Transaction, visit: Visit) -> FaceState:
    """How far the newest file of a visit is."""
    own = face_outbox.c
    query = (
        select(own.state, own.name)
        .where(own.institution == visit.institution, own.run == visit.run, own.exchange == visit.exchange)
        .order_by(own.id.desc())
        .limit(1)
    )
    row = tx.connection.execute(query).one_or_none()
    return FaceState(NONE) if row is None else FaceState(row.state, row.name)


def _in_state(tx: Transaction, institution: str, run: str, folder: str | None, state: str, most: int) -> list[Face]:
    own = face_outbox.c
    query = (
        select(face_outbox)
        .where(own.institution == institution, own.run == run, own.state == state)
        .where(own.folder.is_(None) | (own.folder == folder))
        .order_by(own.id)
        .limit(most)
    )
    return [_face(row) for row in tx.connection.execute(query)]


def _moved(tx: Transaction, face_id: int, before: Sequence[str], **values: str) -> bool:
    own = face_outbox.c
    statement = update(face_outbox).where(own.id == face_id, own.state.in_(before)).values(**values)
    return tx.connection.execute(statement).rowcount == 1


def _face(row: Row[Any]) -> Face:
    return Face(
        id=row.id,
        run=row.run,
        institution=row.institution,
        exchange=row.exchange,
        identifier=row.identifier,
        at=datetime.fromisoformat(row.at),
        content=row.content,
        troubles=Delivery.from_json(row.troubles),
        state=row.state,
        name=row.name,
        written_at=None if row.written_at is None else datetime.fromisoformat(row.written_at),
        folder=row.folder,
    )
