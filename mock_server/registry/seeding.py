"""Bringing the personas into the store: each once, and again when its file has changed.

Whoever is in the store but not among the seeds stays: a store may hold a generated population beside the personas.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from sqlalchemy import Connection, delete, insert, select

from mock_server.people import Membership, Person, fold_number
from mock_server.personas import Persona
from mock_server.registry import tables
from mock_server.serials import serial_number


@dataclass(frozen=True, slots=True)
class Seed:
    """A person, and the serial numbers of their certificates with whether each card has the 利用登録."""

    person: Person
    certificates: Mapping[int, bool]

    @property
    def digest(self) -> str:
        """Changes with anything in the seed."""
        values = {item.name: getattr(self.person, item.name) for item in fields(self.person)}
        return hashlib.sha256(repr((values, _rows(self), sorted(self.certificates.items()))).encode()).hexdigest()


def seed_of(persona: Persona) -> Seed:
    """The seed of a persona with the first certificate issued to it."""
    return Seed(persona.person, {serial_number(persona.name): persona.registered})


def plant(connection: Connection, seeds: Iterable[Seed]) -> None:
    """Insert the seeds that are new and replace those that changed."""
    known = connection.execute(select(tables.person.c.key, tables.person.c.digest))
    present = {row.key: row.digest for row in known}
    changed = [seed for seed in seeds if present.get(seed.person.key) != seed.digest]
    if not changed:
        return
    keys = [seed.person.key for seed in changed]
    for table, column in (
        (tables.membership, tables.membership.c.person),
        (tables.certificate, tables.certificate.c.person),
        (tables.person, tables.person.c.key),
    ):
        connection.execute(delete(table).where(column.in_(keys)))
    connection.execute(insert(tables.person), [_person_row(seed) for seed in changed])
    for table, rows in (
        (tables.membership, [row for seed in changed for row in _rows(seed)]),
        (tables.certificate, [row for seed in changed for row in _certificate_rows(seed)]),
    ):
        if rows:
            connection.execute(insert(table), rows)


def _person_row(seed: Seed) -> dict[str, Any]:
    person = seed.person
    return {
        "key": person.key,
        "digest": seed.digest,
        "name": person.name,
        "kana": person.kana,
        "birthdate": person.birthdate.isoformat(),
        "sex": person.sex,
        "post_number": person.post_number,
        "address": person.address,
    }


def _rows(seed: Seed) -> list[dict[str, Any]]:
    return [_membership_row(seed.person, membership) for membership in seed.person.memberships]


def _membership_row(person: Person, membership: Membership) -> dict[str, Any]:
    values = {item.name: getattr(membership, item.name) for item in fields(membership)}
    row = {name: value.isoformat() if isinstance(value, date) else value for name, value in values.items()}
    return row | {"person": person.key, "number_key": fold_number(membership.number)}


def _certificate_rows(seed: Seed) -> list[dict[str, Any]]:
    return [
        {"serial": str(serial), "person": seed.person.key, "registered": registered}
        for serial, registered in seed.certificates.items()
    ]
