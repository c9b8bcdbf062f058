"""A person as one JSON text and back, for a registry that keeps people in one column.

Generic over the dataclasses of `mock_server.people`: a field added there needs nothing here. A value equal to its
default is left out, so texts are short and an older text reads as what it meant. Knows no storage. What breaks if
wrong: what a server says about a person after a restart.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import MISSING, dataclass, fields, is_dataclass
from datetime import date
from functools import cache
from types import NoneType, UnionType
from typing import Any, get_args, get_origin, get_type_hints

from mock_server.people import Person

_Turn = Callable[[Any], Any]
_PLAIN = (str, int, bool)


class PersonTextError(ValueError):
    """A text is not that of a person this version knows; `problem` says why and never carries a value."""

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem


def person_to_json(person: Person) -> str:
    """The person as one line of JSON; dates as YYYY-MM-DD, text as it is."""
    return _ENCODER.encode(_shape(Person).write(person))


def person_from_json(text: str) -> Person:
    """The person of a text by `person_to_json`.

    Raises:
        PersonTextError: No JSON, a key this version does not know, one missing, or a value of the wrong kind.
    """
    try:
        values = json.loads(text)
    except ValueError as error:
        raise PersonTextError("is no JSON") from error
    person = _shape(Person).read(values)
    if not isinstance(person, Person):  # pragma: no cover - the shape of Person reads a Person
        raise PersonTextError("is no person")
    return person


_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


@dataclass(frozen=True, slots=True)
class _Item:
    """One field: its default (MISSING where it must be given) and how its value is written and read, None for as is."""

    name: str
    default: Any
    write: _Turn | None
    read: _Turn


@dataclass(frozen=True, slots=True)
class _Shape:
    """How the values of one dataclass are written and read."""

    kind: type
    items: tuple[_Item, ...]
    names: frozenset[str]

    def write(self, value: object) -> dict[str, Any]:
        out: dict[str, Any] = {}
        for item in self.items:
            own = getattr(value, item.name)
            if own != item.default:
                out[item.name] = own if item.write is None else item.write(own)
        return out

    def read(self, values: Any) -> Any:
        if type(values) is not dict:
            raise PersonTextError(f"{self.kind.__name__} is no object")
        if not values.keys() <= self.names:
            raise PersonTextError(f"{self.kind.__name__} has a key this version does not know")
        given = {}
        for item in self.items:
            if item.name in values:
                try:
                    given[item.name] = item.read(values[item.name])
                except (TypeError, ValueError) as error:
                    if isinstance(error, PersonTextError):
                        raise
                    raise PersonTextError(f"{self.kind.__name__}.{item.name} is of another kind") from error
            elif item.default is MISSING:
                raise PersonTextError(f"{self.kind.__name__}.{item.name} is missing")
        return self.kind(**given)


@cache
def _shape(kind: type) -> _Shape:
    hints = get_type_hints(kind)
    items = tuple(_Item(item.name, item.default, *_turns(hints[item.name])) for item in fields(kind))
    return _Shape(kind, items, frozenset(item.name for item in items))


def _turns(hint: Any) -> tuple[_Turn | None, _Turn]:
    """How a value of that type is written (None: as it is) and read."""
    if hint in _PLAIN:
        return None, _exactly(hint)
    if hint is date:
        return date.isoformat, date.fromisoformat
    if is_dataclass(hint) and isinstance(hint, type):
        shape = _shape(hint)
        return shape.write, shape.read
    if get_origin(hint) is tuple:
        inner, _ = get_args(hint)
        write, read = _turns(inner)
        return _each(write or _as_is, list), _each_of_list(read)
    if isinstance(hint, UnionType):
        inner, nothing = get_args(hint)
        if nothing is NoneType:
            write, read = _turns(inner)
            return _unless_none(write) if write else None, _unless_none(read)
    raise TypeError(f"people_json cannot keep a {hint}")


def _as_is(value: Any) -> Any:
    return value


def _exactly(kind: type) -> _Turn:
    def read(value: Any) -> Any:
        if type(value) is not kind:
            raise TypeError
        return value

    return read


def _each(turn: _Turn, into: type) -> _Turn:
    return lambda values: into(map(turn, values))


def _each_of_list(turn: _Turn) -> _Turn:
    def read(values: Any) -> Any:
        if type(values) is not list:
            raise TypeError
        return tuple(map(turn, values))

    return read


def _unless_none(turn: _Turn) -> _Turn:
    return lambda value: None if value is None else turn(value)
