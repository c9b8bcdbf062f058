"""How far a list is: every row, every request and every answer in one SQLite file below the data folder.

A request has its identifier before it is sent, so that after a kill it can be sent again as the same one; an answer is
kept before the next question is asked. What breaks if it is wrong: somebody is asked for twice, or never.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

from kiosk.cli.batch_file import Appointment

_LAYOUT: Final = """
CREATE TABLE IF NOT EXISTS list (one INTEGER PRIMARY KEY CHECK (one = 1));
CREATE TABLE IF NOT EXISTS person (position INTEGER PRIMARY KEY, data TEXT NOT NULL, answer TEXT);
CREATE TABLE IF NOT EXISTS request (
    number INTEGER PRIMARY KEY, identifier TEXT NOT NULL UNIQUE, first INTEGER NOT NULL, count INTEGER NOT NULL,
    reception_number TEXT, done INTEGER NOT NULL DEFAULT 0);
"""


@dataclass(frozen=True, slots=True)
class Request:
    """One request of a list: rows `first` to `first + count`, counted from 0. No 受付番号: not known to be sent."""

    number: int
    identifier: str
    first: int
    count: int
    reception_number: str | None


class BatchStore:
    """The file of one list. Every method that changes something has written it to disk when it returns."""

    def __init__(self, path: Path) -> None:
        """Open or make it. Raises OSError or sqlite3.Error where the folder cannot be used."""
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.touch(mode=0o600, exist_ok=True)
        self._database = sqlite3.connect(path, isolation_level=None)
        self._database.execute("PRAGMA synchronous = FULL")
        self._database.executescript(_LAYOUT)

    def close(self) -> None:
        """Let go of the file."""
        self._database.close()

    @property
    def is_filled(self) -> bool:
        """Whether the whole list was taken down before."""
        return self._database.execute("SELECT 1 FROM list").fetchone() is not None

    def fill(self, people: Iterable[Appointment], per_request: int, name: str) -> None:
        """Take the list down, all or nothing; `per_request` rows a request, whose identifier begins with `name`."""
        own = self._database
        own.execute("BEGIN IMMEDIATE")
        try:
            for table in ("person", "request", "list"):
                own.execute(f"DELETE FROM {table}")  # noqa: S608 - three names, all of them ours
            total = 0
            for position, person in enumerate(people):
                own.execute("INSERT INTO person VALUES (?, ?, NULL)", (position, _text(person)))
                total = position + 1
            for number, first in enumerate(range(0, total, per_request)):
                count = min(per_request, total - first)
                values = (number, f"{name}{number:05}", first, count)
                own.execute("INSERT INTO request (number, identifier, first, count) VALUES (?, ?, ?, ?)", values)
            own.execute("INSERT INTO list VALUES (1)")
        except BaseException:
            own.execute("ROLLBACK")
            raise
        own.execute("COMMIT")

    def total(self) -> int:
        """Rows of the list."""
        return int(self._database.execute("SELECT count(*) FROM person").fetchone()[0])

    def answered(self) -> int:
        """Rows that have their answer."""
        return int(self._database.execute("SELECT count(*) FROM person WHERE answer IS NOT NULL").fetchone()[0])

    def requests(self) -> list[Request]:
        """Every request that is not done, in order."""
        rows = self._database.execute(
            "SELECT number, identifier, first, count, reception_number FROM request WHERE done = 0 ORDER BY number"
        )
        return [Request(*row) for row in rows]

    def people(self, request: Request) -> list[Appointment]:
        """The rows of a request."""
        rows = self._database.execute(
            "SELECT data FROM person WHERE position >= ? AND position < ? ORDER BY position",
            (request.first, request.first + request.count),
        )
        return [_person(data) for (data,) in rows]

    def sent(self, request: Request, reception_number: str) -> None:
        """The request was taken under that 受付番号."""
        self._database.execute(
            "UPDATE request SET reception_number = ? WHERE number = ?", (reception_number, request.number)
        )

    def forget_sending(self, request: Request) -> None:
        """The server does not know its 受付番号 (any more): the request is to be sent again, as the same one."""
        self._database.execute("UPDATE request SET reception_number = NULL WHERE number = ?", (request.number,))

    def keep(self, request: Request, answers: Sequence[dict[str, Any]]) -> None:
        """The answers of a request, in the order of its rows. All of them or none."""
        own = self._database
        own.execute("BEGIN IMMEDIATE")
        try:
            own.executemany(
                "UPDATE person SET answer = ? WHERE position = ?",
                [(json.dumps(answer, ensure_ascii=False), request.first + at) for at, answer in enumerate(answers)],
            )
            own.execute("UPDATE request SET done = 1 WHERE number = ?", (request.number,))
        except BaseException:
            own.execute("ROLLBACK")
            raise
        own.execute("COMMIT")

    def results(self) -> Iterator[tuple[Appointment, dict[str, Any] | None]]:
        """Every row with its answer, in order, one at a time."""
        with closing(self._database.execute("SELECT data, answer FROM person ORDER BY position")) as rows:
            for data, answer in rows:
                yield _person(data), None if answer is None else json.loads(answer)


def _text(person: Appointment) -> str:
    values = [person.line, person.id, person.insurer_number, person.symbol, person.number, person.branch]
    return json.dumps([*values, person.birthdate.isoformat()], ensure_ascii=False)


def _person(data: str) -> Appointment:
    line, own_id, insurer_number, symbol, number, branch, birthdate = json.loads(data)
    return Appointment(line, own_id, insurer_number, symbol, number, branch, date.fromisoformat(birthdate))
