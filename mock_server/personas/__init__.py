"""The invented patients: one TOML file each, read here and nowhere else.

A file holds who the person is, what is on the card, what the insurers filed, and the outcome expected at the counter,
written by hand from the facts (reception.md §13, validation.md §4). Nothing here knows the rules of the desk, so that
the two cannot agree with each other and be wrong. Imports no database, no cryptography: the drawer lists these first.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

from mock_server.personas.reading import PersonaError, parse_persona
from mock_server.personas.values import (
    CERTIFICATE_STATES,
    SMARTPHONE_STATES,
    CardPlan,
    Expected,
    PaperNumbers,
    Persona,
)

__all__ = [
    "CERTIFICATE_STATES",
    "SMARTPHONE_STATES",
    "CardPlan",
    "Expected",
    "PaperNumbers",
    "Persona",
    "PersonaError",
    "UnknownPersonaError",
    "find_persona",
    "load_personas",
    "parse_persona",
]


class UnknownPersonaError(KeyError):
    """There is no persona of that `name`; `known` lists those there are."""

    def __init__(self, name: str, known: tuple[str, ...]) -> None:
        super().__init__(name)
        self.name = name
        self.known = known


@cache
def load_personas() -> Mapping[str, Persona]:
    """Every persona by name, in the order of the table.

    Raises:
        PersonaError: A file misses a key, has one too many, or a value of the wrong kind.
    """
    # Not importlib.resources: importing it takes as long as reading all the files.
    folder = Path(__file__).parent
    personas = [parse_persona(path.stem, path.read_text(encoding="utf-8")) for path in folder.glob("*.toml")]
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
