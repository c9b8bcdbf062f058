"""A population as a file: JSON lines with everything about a person, or the CSV that `madoguchi batch` takes.

Written person by person and put in its place whole, so that no reader meets half a file and no memory holds it. What
breaks if it is wrong: a list of appointments that asks for nobody.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Final

from kiosk.cli.errors import CommandError
from kiosk.cli.whole_file import whole_file

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

    with whole_file(path, "population_out_failed") as file:
        for person in people:
            file.write(person_to_json(person) + "\n")


def _appointments(path: Path, people: Iterable[Person]) -> None:
    # With its mark, or Japanese spreadsheets take the file for CP932.
    with whole_file(path, "population_out_failed", encoding="utf-8-sig") as file:
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
