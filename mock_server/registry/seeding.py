"""Bringing the personas into the store: each once, and again when its file has changed.

Whoever is in the store but not among the seeds stays: a store may hold a generated population beside the personas.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from sqlalchemy import Connection, delete, insert, select

from mock_server.people import Person, fold_number
from mock_server.people_json import person_to_json
from mock_server.personas import Persona
from mock_server.registry import tables
from mock_server.serials import phone_serial, serial_number

CARD = "card"
PHONE = "phone"
AT_ONCE = 500
"""Seeds planted together, so that a population of any size is never in memory."""


@dataclass(frozen=True, slots=True)
class SeedCertificate:
    """A certificate on file: of a card or a phone, and whether it has the 利用登録."""

    registered: bool
    kind: str = CARD


@dataclass(frozen=True, slots=True)
class Seed:
    """A person, and their certificates by serial number."""

    person: Person
    certificates: Mapping[int, SeedCertificate]

    @property
    def digest(self) -> str:
        """Changes with anything in the seed."""
        return hashlib.sha256(
            repr((person_to_json(self.person), sorted(self.certificates.items(), key=_first))).encode()
        ).hexdigest()


def _first(pair: tuple[int, SeedCertificate]) -> int:
    return pair[0]


def seed_of(persona: Persona) -> Seed:
    """The seed of a persona with the first certificate issued to it, and that of the phone where it has one."""
    certificates = {serial_number(persona.name): SeedCertificate(persona.registered)}
    if persona.card.smartphone:
        certificates[phone_serial(persona.name)] = SeedCertificate(persona.registered, PHONE)
    return Seed(persona.person, certificates)


def plant(connection: Connection, seeds: Iterable[Seed]) -> int:
    """Insert the seeds that are new and replace those that changed; how many that were."""
    changed = 0
    remaining = iter(seeds)
    while some := list(islice(remaining, AT_ONCE)):
        changed += _plant(connection, some)
    return changed


def _plant(connection: Connection, seeds: Sequence[Seed]) -> int:
    known = connection.execute(
        select(tables.person.c.key, tables.person.c.digest).where(
            tables.person.c.key.in_([seed.person.key for seed in seeds])
        )
    )
    present = {row.key: row.digest for row in known}
    rows = [(seed, seed.digest) for seed in seeds]
    changed = [(seed, digest) for seed, digest in rows if present.get(seed.person.key) != digest]
    if not changed:
        return 0
    replaced = [seed.person.key for seed, _ in changed if seed.person.key in present]
    if replaced:
        for table, column in (
            (tables.membership, tables.membership.c.person),
            (tables.certificate, tables.certificate.c.person),
            (tables.person, tables.person.c.key),
        ):
            connection.execute(delete(table).where(column.in_(replaced)))
    connection.execute(insert(tables.person), [_person_row(seed, digest) for seed, digest in changed])
    for table, found in (
        (tables.membership, [row for seed, _ in changed for row in _membership_rows(seed.person)]),
        (tables.certificate, [row for seed, _ in changed for row in _certificate_rows(seed)]),
    ):
        if found:
            connection.execute(insert(table), found)
    return len(changed)


def _person_row(seed: Seed, digest: str) -> dict[str, Any]:
    person = seed.person
    return {
        "key": person.key,
        "digest": digest,
        "birthdate": person.birthdate.isoformat(),
        "data": person_to_json(person),
    }


def _membership_rows(person: Person) -> list[dict[str, Any]]:
    return [
        {"person": person.key, "insurer_number": own.insurer_number, "number_key": fold_number(own.number)}
        for own in person.memberships
    ]


def _certificate_rows(seed: Seed) -> list[dict[str, Any]]:
    return [
        {"serial": str(serial), "person": seed.person.key, "kind": own.kind, "registered": own.registered}
        for serial, own in seed.certificates.items()
    ]
