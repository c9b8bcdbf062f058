"""The invented patients: one TOML file each, read here and nowhere else.

A file holds who the person is, what is on the card, what the insurers filed, and the outcome expected at the counter,
written by hand from the facts (reception.md §13, validation.md §4). Nothing here knows the rules of the desk, so that
the two cannot agree with each other and be wrong. Imports no database, no cryptography: the drawer lists these first.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any, TypeVar

from mock_server.people import Membership, Person

T = TypeVar("T")


class PersonaError(ValueError):
    """A persona file is not as it should be: `where` names file and key, `problem` what was expected."""

    def __init__(self, where: str, problem: str) -> None:
        super().__init__(f"{where}: {problem}")
        self.where = where
        self.problem = problem


class UnknownPersonaError(KeyError):
    """There is no persona of that `name`; `known` lists those there are."""

    def __init__(self, name: str, known: tuple[str, ...]) -> None:
        super().__init__(name)
        self.name = name
        self.known = known


@dataclass(frozen=True, slots=True)
class CardPlan:
    """What the persona's card is issued with. Tries are those left; no `sign_password`, no 署名用 certificate."""

    pin: str = field(repr=False)
    sign_password: str = field(default="", repr=False)
    tries_left: int = 3
    sign_tries_left: int = 5
    name: str = field(default="", repr=False)
    """氏名 as the resident register spells it, where that differs from what the insurer filed."""


@dataclass(frozen=True, slots=True)
class PaperNumbers:
    """The numbers on the paper the person carries. Half-width or full-width as printed; "" where there is none."""

    insurer_number: str
    symbol: str
    number: str
    branch: str


@dataclass(frozen=True, slots=True)
class Expected:
    """What must come out of a first visit with this card and nothing else, in words of design.md §5.

    True from 2026-11-20 to `holds_until` (inclusive; None: for good). `percent` is None where no ratio is charged.
    """

    identity: str
    outcome: str
    validity: int | None
    percent: int | None
    holds_until: date | None


@dataclass(frozen=True, slots=True)
class Persona:
    """One invented patient with card, memberships and expected outcome. PIN and personal data stay out of the repr."""

    name: str
    order: int
    registered: bool
    what_happens: Mapping[str, str]
    """One sentence per language, keys `ja` and `en`."""
    person: Person = field(repr=False)
    card: CardPlan = field(repr=False)
    paper: PaperNumbers = field(repr=False)
    expected: Expected

    @property
    def title(self) -> str:
        """How the person is called on screens, such as 「協会　太郎」, as on the card."""
        return self.card.name or self.person.name

    @property
    def pin(self) -> str:
        """The 利用者証明用 PIN to type."""
        return self.card.pin

    def numbers(self) -> dict[str, str]:
        """What to type into the form: numbers as printed and the birthdate as YYYY-MM-DD."""
        return {
            "insurer_number": self.paper.insurer_number,
            "symbol": self.paper.symbol,
            "number": self.paper.number,
            "branch": self.paper.branch,
            "birthdate": self.person.birthdate.isoformat(),
        }


@cache
def load_personas() -> Mapping[str, Persona]:
    """Every persona by name, in the order of the table.

    Raises:
        PersonaError: A file misses a key, has one too many, or a value of the wrong kind.
    """
    folder = files("mock_server.personas")
    personas = [
        parse_persona(entry.name.removesuffix(".toml"), entry.read_text(encoding="utf-8"))
        for entry in folder.iterdir()
        if entry.name.endswith(".toml")
    ]
    return MappingProxyType({persona.name: persona for persona in sorted(personas, key=lambda persona: persona.order)})


def find_persona(name: str) -> Persona:
    """The persona of that name.

    Raises:
        UnknownPersonaError: There is none; the error lists the names.
    """
    personas = load_personas()
    if name not in personas:
        raise UnknownPersonaError(name, tuple(personas))
    return personas[name]


def parse_persona(name: str, text: str) -> Persona:
    """One persona from the text of its file; `name` is the file's name without ending.

    Raises:
        PersonaError: As `load_personas`.
    """
    try:
        top = _Table(f"{name}.toml", tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise PersonaError(f"{name}.toml", str(error)) from error
    what_happens = top.table("what_happens")
    expected = top.table("expected")
    memberships = tuple(_membership(table) for table in top.tables("memberships"))
    persona = Persona(
        name=name,
        order=top.take("order", int),
        registered=top.take("registered", bool),
        what_happens={"ja": what_happens.take("ja", str), "en": what_happens.take("en", str)},
        person=_person(name, top.table("person"), memberships),
        card=_card(top.table("card")),
        paper=_paper(top, memberships),
        expected=Expected(
            identity=expected.take("identity", str),
            outcome=expected.take("outcome", str),
            validity=expected.maybe("validity", int),
            percent=expected.maybe("percent", int),
            holds_until=expected.maybe("holds_until", date),
        ),
    )
    for table in (what_happens, expected, top):
        table.finish()
    return persona


def _person(name: str, table: _Table, memberships: tuple[Membership, ...]) -> Person:
    person = Person(
        key=name,
        name=table.take("name", str),
        kana=table.take("kana", str),
        birthdate=table.take("birthdate", date),
        sex=table.take("sex", str),
        post_number=table.take("post_number", str),
        address=table.take("address", str),
        memberships=memberships,
    )
    table.finish()
    return person


def _card(table: _Table) -> CardPlan:
    card = CardPlan(
        pin=table.take("pin", str),
        sign_password=table.maybe("sign_password", str) or "",
        tries_left=table.take("tries_left", int, 3),
        sign_tries_left=table.take("sign_tries_left", int, 5),
        name=table.maybe("name", str) or "",
    )
    table.finish()
    return card


def _membership(table: _Table) -> Membership:
    membership = Membership(
        insurer_number=table.take("insurer_number", str),
        insurer_name=table.take("insurer_name", str),
        number=table.take("number", str),
        qualified_on=table.take("qualified_on", date),
        symbol=table.take("symbol", str, ""),
        branch=table.take("branch", str, ""),
        family=table.take("family", str, "1"),
        card_class=table.take("card_class", str, "01"),
        holder_name=table.take("holder_name", str, ""),
        issued_on=table.maybe("issued_on", date),
        valid_until=table.maybe("valid_until", date),
        lost_on=table.maybe("lost_on", date),
        reason_of_loss=table.take("reason_of_loss", str, ""),
        burden_ratio=table.maybe("burden_ratio", int),
        elderly_ratio=table.maybe("elderly_ratio", int),
    )
    table.finish()
    return membership


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

    def table(self, key: str) -> _Table:
        return _Table(f"{self.where}: {key}", self.take(key, dict))

    def tables(self, key: str) -> list[_Table]:
        rows = self.maybe(key, list) or []
        return [_Table(f"{self.where}: {key} {number}", row) for number, row in enumerate(rows, 1)]

    def finish(self) -> None:
        if self._values:
            raise PersonaError(self.where, f"knows no key {', '.join(sorted(self._values))}")
