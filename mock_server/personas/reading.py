"""One persona from the text of its TOML file, key by key.

This module alone knows the shape of the files: a key too many, one missing, or a value of the wrong kind is an error
that says where. Imports no database and no cryptography: the drawer lists the personas first.
"""

from __future__ import annotations

import tomllib
from collections.abc import Hashable, Iterable
from dataclasses import MISSING, fields
from datetime import date
from functools import cache
from typing import Any, TypeVar, cast

from mock_server.people import (
    CONSENT_ITEMS,
    Checkup,
    CheckupValue,
    Limit,
    MedicalTicket,
    Medicine,
    Membership,
    Person,
    SpecificDisease,
)
from mock_server.personas.values import (
    CARD_KINDS,
    CERTIFICATE_STATES,
    ERROR_EXIT_CODES,
    PAPERS,
    SMARTPHONE_STATES,
    CardPlan,
    Expected,
    ExpectedByCheck,
    ExpectedByNumbers,
    ExpectedByPhone,
    PaperNumbers,
    Persona,
    exit_code_of,
)

T = TypeVar("T")

_KINDS: dict[str, type] = {
    "str": str,
    "str | None": str,
    "int": int,
    "bool": bool,
    "date": date,
    "date | None": date,
    "int | None": int,
    "tuple[str, ...]": list,
}
"""What a field's annotation wants in the file; fields of other types are read apart."""


class PersonaError(ValueError):
    """A persona file is not as it should be: `where` names file and key, `problem` what was expected."""

    def __init__(self, where: str, problem: str) -> None:
        super().__init__(f"{where}: {problem}")
        self.where = where
        self.problem = problem


@cache
def _items(kind: Any) -> tuple[tuple[str, Any, bool, bool], ...]:
    """Of each field: name, kind in the file (None: read apart), whether it has no default, whether it may be None."""
    return tuple(
        (item.name, _KINDS.get(str(item.type)), item.default is MISSING, str(item.type).endswith("| None"))
        for item in fields(kind)
    )


def parse_persona(name: str, text: str) -> Persona:
    """One persona from the text of its file; `name` is the file's name without ending.

    Raises:
        PersonaError: The file misses a key, has one too many, or a value of the wrong kind.
    """
    try:
        top = _Table(f"{name}.toml", tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise PersonaError(f"{name}.toml", str(error)) from error
    what_happens = top.table("what_happens")
    person = _person(name, top)
    persona = Persona(
        name=name,
        order=top.take("order", int),
        registered=top.take("registered", bool),
        what_happens={"ja": what_happens.take("ja", str), "en": what_happens.take("en", str)},
        person=person,
        card=_card(top.table("card")),
        paper=_paper(top, person.memberships),
        expected=top.table("expected").all_of(Expected),
        later=tuple(table.all_of(Expected) for table in top.tables("later")),
        by_numbers=_by_numbers(top.table("by_numbers")) if top.has("by_numbers") else None,
        by_phone=top.table("by_phone").all_of(ExpectedByPhone) if top.has("by_phone") else None,
        by_check=_by_check(top.table("by_check")) if top.has("by_check") else None,
        when_noticed=top.take("when_noticed", str, ""),
        scenarios=top.texts("scenario"),
    )
    what_happens.finish()
    top.finish()
    if persona.expected.outcome is None and persona.by_check is None:
        raise PersonaError(top.where, "needs [by_check], because there is no outcome to take the exit code from")
    return persona


def _person(name: str, top: _Table) -> Person:
    table = top.table("person")
    table.among("consents", CONSENT_ITEMS)
    return table.all_of(
        Person,
        key=name,
        memberships=tuple(_membership(own) for own in top.tables("memberships")),
        medicines=tuple(own.all_of(Medicine) for own in top.tables("medicines")),
        checkups=tuple(_checkup(own) for own in top.tables("checkups")),
    )


def _membership(table: _Table) -> Membership:
    return table.all_of(
        Membership,
        limit=table.table("limit").all_of(Limit) if table.has("limit") else None,
        diseases=tuple(own.all_of(SpecificDisease) for own in table.tables("diseases")),
        tickets=tuple(own.all_of(MedicalTicket) for own in table.tables("tickets")),
    )


def _checkup(table: _Table) -> Checkup:
    return table.all_of(Checkup, values=tuple(own.all_of(CheckupValue) for own in table.tables("values")))


def _card(table: _Table) -> CardPlan:
    table.among("certificate", CERTIFICATE_STATES)
    table.among("smartphone", SMARTPHONE_STATES)
    table.among("kind", CARD_KINDS)
    return table.all_of(CardPlan)


def _by_numbers(table: _Table) -> ExpectedByNumbers:
    table.among("document", PAPERS)
    return table.all_of(ExpectedByNumbers)


def _by_check(table: _Table) -> ExpectedByCheck:
    found = table.all_of(ExpectedByCheck)
    if (found.outcome is None) == (found.error is None):
        raise PersonaError(table.where, "must have an outcome or an error, and not both")
    if found.error is not None and found.percent is not None:
        raise PersonaError(f"{table.where}: percent", "goes with an outcome, not with an error")
    codes = (exit_code_of(found.outcome),) if found.error is None else ERROR_EXIT_CODES
    if found.exit_code not in codes:
        raise PersonaError(f"{table.where}: exit_code", f"must be one of {', '.join(map(str, codes))}")
    if not all(option.startswith("--") for option in found.options):
        raise PersonaError(f"{table.where}: options", "must begin with --")
    return found


def _paper(top: _Table, memberships: tuple[Membership, ...]) -> PaperNumbers:
    if not top.has("paper"):
        if not memberships:
            raise PersonaError(top.where, "needs [paper], because there is no membership to take the numbers from")
        first = memberships[0]
        return PaperNumbers(first.insurer_number, first.symbol, first.number, first.branch)
    table = top.table("paper")
    paper = PaperNumbers(
        insurer_number=table.take("insurer_number", str),
        symbol=table.take("symbol", str, ""),
        number=table.take("number", str),
        branch=table.take("branch", str, ""),
    )
    table.finish()
    return paper


class _Table:
    """One TOML table being read: each key is taken once, and a key nobody took is an error."""

    def __init__(self, where: str, values: dict[str, Any]) -> None:
        self.where = where
        self._values = dict(values)

    def has(self, key: str) -> bool:
        return key in self._values

    def all_of(self, kind: type[T], **given: Any) -> T:
        """The dataclass of that kind from the rest of the table, with what is `given` already."""
        values = dict(given)
        for name, wanted, needed, may_be_none in _items(cast("Hashable", kind)):
            if name in given:
                continue
            value: Any = self.maybe(name, wanted)
            if value is not None:
                values[name] = self._texts(name, value) if wanted is list else value
            elif needed:
                if not may_be_none:
                    raise PersonaError(f"{self.where}: {name}", "is missing")
                values[name] = None
        self.finish()
        return kind(**values)

    def among(self, key: str, words: Iterable[str]) -> None:
        """Raise unless the value (each of a list) is one of the words; an absent key is fine."""
        value = self._values.get(key, [])
        if not all(isinstance(one, str) and one in words for one in (value if isinstance(value, list) else [value])):
            raise PersonaError(f"{self.where}: {key}", f"must be one of {', '.join(filter(None, words))}")

    def take(self, key: str, kind: type[T], default: T | None = None) -> T:
        value = self.maybe(key, kind)
        if value is None:
            value = default
        if value is None:
            raise PersonaError(f"{self.where}: {key}", "is missing")
        return value

    def maybe(self, key: str, kind: type[T]) -> T | None:
        value = self._values.pop(key, None)
        if value is not None and type(value) is not kind:
            raise PersonaError(f"{self.where}: {key}", f"must be a {kind.__name__}, not {type(value).__name__}")
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        return self._texts(key, self.maybe(key, list) or [])

    def _texts(self, key: str, values: list[Any]) -> tuple[str, ...]:
        if not all(type(value) is str for value in values):
            raise PersonaError(f"{self.where}: {key}", "must be a list of texts")
        return tuple(values)

    def table(self, key: str) -> _Table:
        return _Table(f"{self.where}: {key}", self.take(key, dict))

    def tables(self, key: str) -> list[_Table]:
        rows = self.maybe(key, list) or []
        return [_Table(f"{self.where}: {key} {number}", row) for number, row in enumerate(rows, 1)]

    def finish(self) -> None:
        if self._values:
            raise PersonaError(self.where, f"knows no key {', '.join(sorted(self._values))}")
