"""What a scenario can be told: one value each, of a kind, within limits, with a default.

The same check for the command line (text) and for JSON. What breaks if wrong: a trouble is armed that nobody described,
or one that is refused although the documentation allows it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from eligibility.calendar import JST
from mock_server.errors import QualificationError, Refusal

Value = int | str | None


class Kind(StrEnum):
    """What a parameter's value is."""

    WHOLE = "whole"
    """A whole number from `lowest` to `highest`."""
    WORD = "word"
    """One of `choices`."""
    TIME = "time"
    """A time of day by the server's clock, `HH:MM`."""
    MOMENT = "moment"
    """A moment by the server's clock, `YYYY-MM-DDTHH:MM`."""
    PERSONA = "persona"
    """The name of a persona."""


_TIME = re.compile(r"(?:[01]\d|2[0-3]):[0-5]\d", re.ASCII)
_NAME = re.compile(r"[a-z][a-z0-9_-]{0,63}", re.ASCII)
_WHOLE = re.compile(r"-?\d{1,9}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter; `default` None: it may be left out, and the scenario says what that means."""

    name: str
    kind: Kind
    default: Value = None
    lowest: int = 0
    highest: int = 0
    choices: tuple[str, ...] = ()

    @property
    def range(self) -> str:
        """What is allowed, for a sentence: `0–60000`, `a, b, c`, `HH:MM` …"""
        match self.kind:
            case Kind.WHOLE:
                return f"{self.lowest}–{self.highest}"
            case Kind.WORD:
                return ", ".join(self.choices)
            case Kind.TIME:
                return "HH:MM"
            case Kind.MOMENT:
                return "YYYY-MM-DDTHH:MM"
            case Kind.PERSONA:
                return "persona"

    def read(self, value: object) -> Value:
        """The value in its own type.

        Raises:
            QualificationError: SCENARIO_PARAMETER with the parameter's name and what is allowed, never the value.
        """
        read = self._read(value)
        if read is None:
            raise QualificationError(Refusal.SCENARIO_PARAMETER, name=self.name, range=self.range)
        return read

    def _read(self, value: object) -> Value:
        if self.kind is Kind.WHOLE:
            return self._whole(value)
        if not isinstance(value, str):
            return None
        match self.kind:
            case Kind.WORD:
                return value if value in self.choices else None
            case Kind.TIME:
                return value if _TIME.fullmatch(value) else None
            case Kind.MOMENT:
                return _moment(value)
            case _:
                return value if _NAME.fullmatch(value) else None

    def _whole(self, value: object) -> int | None:
        if isinstance(value, str) and _WHOLE.fullmatch(value):
            value = int(value)
        if not isinstance(value, int) or isinstance(value, bool) or not self.lowest <= value <= self.highest:
            return None
        return value


def _moment(text: str) -> str | None:
    """The moment with its offset; without one it is Japanese time."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    aware = moment if moment.tzinfo is not None else moment.replace(tzinfo=JST)
    try:
        return aware.astimezone(JST).isoformat()
    except OverflowError:  # the first or last day a date-time can hold
        return None


CHANCE: Final = Parameter("chance", Kind.WHOLE, 100, 1, 100)
"""Of a hundred calls that it meets, how many a scenario strikes; every scenario has it."""


def read_parameters(parameters: tuple[Parameter, ...], given: Mapping[str, object]) -> dict[str, Value]:
    """Every parameter with its value: the one given, else its default.

    Raises:
        QualificationError: SCENARIO_PARAMETER; SCENARIO_PARAMETER_UNKNOWN with the names there are.
    """
    by_name = {parameter.name: parameter for parameter in parameters}
    if not given.keys() <= by_name.keys():
        raise QualificationError(Refusal.SCENARIO_PARAMETER_UNKNOWN, names=", ".join(by_name))
    return {
        name: parameter.read(given[name]) if name in given else parameter.default for name, parameter in by_name.items()
    }
