"""A population as a file: JSON lines with everything about a person, or the CSV that `madoguchi batch` takes.

Written person by person and put in its place whole, so that no reader meets half a file and no memory holds it. What
breaks if it is wrong: a list of appointments that asks for nobody.
"""

from __future__ import annotations

import csv
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final, TextIO

from kiosk.cli.errors import CommandError

if TYPE_CHECKING:  # annotations only: the service is heavy
    from mock_server.people import Person

COLUMNS: Final = ("id", "insurer_number", "symbol", "number", "branch", "birthdate")
"""Those of a list of appointments (`kiosk.cli.batch_file`)."""
NOBODYS: Final = ("01139997", "99999999", "", "")
"""What somebody without any membership shows: numbers that nobody has, so the answer is 該当資格なし."""


def writer_for(path: Path) -> Callable[[Path, Iterable[Person]], None]:
    """The writer for a file of that name. Raises CommandError `population_out` for an ending nobody knows."""
    ending = path.suffix.lower()
    if ending not in _WRITERS:
        raise CommandError("population_out", path=path, endings=tuple(_WRITERS))
    return _WRITERS[ending]


def _json_lines(path: Path, people: Iterable[Person]) -> None:
    from mock_server.people_json import person_to_json

    with _whole(path, "utf-8") as file:
        for person in people:
            file.write(person_to_json(person) + "\n")


def _appointments(path: Path, people: Iterable[Person]) -> None:
    with _whole(path, "utf-8-sig") as file:  # with its mark, or Japanese spreadsheets take the file for CP932
        table = csv.writer(file)
        table.writerow(COLUMNS)
        for number, person in enumerate(people, 1):
            table.writerow((person.key, *_numbers(person, number), person.birthdate.isoformat()))


def _numbers(person: Person, place: int) -> tuple[str, str, str, str]:
    """What the paper shows: of several memberships the oldest, as people carry it."""
    if not person.memberships:
        insurer, symbol, _, branch = NOBODYS
        return insurer, symbol, str(place), branch
    own = person.memberships[-1]
    return own.insurer_number, own.symbol, own.number, own.branch


_WRITERS: Final = {".jsonl": _json_lines, ".csv": _appointments}


@contextmanager
def _whole(path: Path, encoding: str) -> Iterator[TextIO]:
    """Write beside the file and put it in its place. Raises CommandError `population_out_failed`."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        try:
            with beside.open("w", encoding=encoding, newline="") as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            beside.replace(path)
        finally:
            beside.unlink(missing_ok=True)
    except OSError as error:
        raise CommandError("population_out_failed", path=path, reason=error) from error
