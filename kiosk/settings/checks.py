"""What a setting's value may be: each check knows the TOML type, refuses what is wrong and can say what would be right.

What breaks if it is wrong: a mistake in the file that is found in front of a patient instead of at the start.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import time
from typing import Any, Final, Protocol


class SettingError(ValueError):
    """A value that cannot be used. `code` names the sentence, `params` what would be right; never the value itself.

    `config_type` (kind), `config_choice` (choices), `config_range` (lowest, highest), `config_time`, `config_twice`.
    """

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


class Check(Protocol):
    """One kind of value."""

    @property
    def kind(self) -> type:
        """The type in the file: bool, int, str or list."""

    def value(self, raw: Any) -> object:
        """The value as the counter uses it. Raises SettingError."""

    def schema(self) -> dict[str, Any]:
        """What may stand in the file, as JSON Schema."""


def _typed(raw: object, kind: type) -> None:
    if type(raw) is not kind:  # a bool is an int as well, and is not meant
        raise SettingError("config_type", kind=kind.__name__)


@dataclass(frozen=True, slots=True)
class Switch:
    """true or false."""

    kind: type = bool

    def value(self, raw: Any) -> bool:
        """As it is."""
        _typed(raw, bool)
        return bool(raw)

    def schema(self) -> dict[str, Any]:
        """A boolean."""
        return {"type": "boolean"}


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole number from `lowest` to `highest`."""

    lowest: int
    highest: int
    kind: type = int

    def value(self, raw: Any) -> int:
        """As it is."""
        _typed(raw, int)
        if not self.lowest <= raw <= self.highest:
            raise SettingError("config_range", lowest=self.lowest, highest=self.highest)
        return int(raw)

    def schema(self) -> dict[str, Any]:
        """An integer within the limits."""
        return {"type": "integer", "minimum": self.lowest, "maximum": self.highest}


@dataclass(frozen=True, slots=True)
class Choice:
    """One of a few words."""

    words: tuple[str, ...]
    kind: type = str

    def value(self, raw: Any) -> str:
        """The word."""
        _typed(raw, str)
        if raw not in self.words:
            from difflib import get_close_matches  # the first frame does not need it

            near = tuple(get_close_matches(raw.casefold(), self.words, n=1, cutoff=0.6))
            raise SettingError("config_choice", choices=self.words, near=near)
        return str(raw)

    def schema(self) -> dict[str, Any]:
        """The words."""
        return {"enum": list(self.words)}


@dataclass(frozen=True, slots=True)
class Several:
    """Any of a few words, each at most once, also none."""

    words: tuple[str, ...]
    kind: type = list

    def value(self, raw: Any) -> tuple[str, ...]:
        """The words as they stand."""
        _typed(raw, list)
        found = tuple(Choice(self.words).value(word) for word in raw)
        if len(set(found)) != len(found):
            raise SettingError("config_twice", choices=self.words)
        return found

    def schema(self) -> dict[str, Any]:
        """A list without doubles."""
        return {"type": "array", "items": {"enum": list(self.words)}, "uniqueItems": True}


_TIME: Final = r"([01][0-9]|2[0-3]):[0-5][0-9]"


@dataclass(frozen=True, slots=True)
class TimeOfDay:
    """`HH:MM`, 00:00 to 23:59, in Japan."""

    kind: type = str

    def value(self, raw: Any) -> time:
        """The time, without a zone."""
        _typed(raw, str)
        if re.fullmatch(_TIME, raw) is None:
            raise SettingError("config_time")
        return time.fromisoformat(raw)

    def schema(self) -> dict[str, Any]:
        """Its form."""
        return {"type": "string", "pattern": f"^{_TIME}$"}
