"""The values of a script's tables: each read by its kind, or noted as a fault with what would be right.

Knows TOML's values and no visit. What breaks if it is wrong: a mistake is told in the wrong place, or not at all.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import time
from difflib import get_close_matches
from enum import StrEnum
from typing import Any, Final, TypeVar

LONGEST_TEXT: Final = 600
LANGUAGES: Final = ("ja", "en")
_TIME: Final = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")
_Word = TypeVar("_Word", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Fault:
    """One mistake of a script. `path` as in `visit[2].paper[0].form`; `word` the message id behind
    `rehearse.fault.`; `right` what would be right. Where `field` is a code of `eligibility`, its words say the rest."""

    path: str
    word: str
    right: str = ""
    field: str = ""
    params: tuple[tuple[str, str], ...] = ()
    near: str = ""
    """The known word that looks most like what was written."""


class ScriptError(ValueError):
    """A script cannot be played. `faults` has every mistake; its text carries no value."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__(", ".join(f"{fault.path}: {fault.word}" for fault in self.faults))


class ValueReader:
    """Reads values and gathers faults; a faulty value is read as a harmless one, so that all faults are found."""

    def __init__(self, people: Collection[str]) -> None:
        """`people` are the personas there are."""
        self.people = people
        self.faults: list[Fault] = []

    def fault(self, path: str, word: str, right: str = "", near: str = "") -> None:
        """Note a mistake."""
        self.faults.append(Fault(path, word, right, near=near))

    def only(self, table: Mapping[str, Any], known: tuple[str, ...], path: str) -> None:
        """No other keys than these."""
        for key in table:
            if key not in known:
                shown = key if re.fullmatch(r"[a-z_]{1,30}", key) else "?"
                self.fault(f"{path}.{shown}" if path else shown, "unknown_key", ", ".join(known), _nearest(key, known))

    def rows(self, rows: Any, path: str) -> list[dict[str, Any]]:
        """A list of tables."""
        if isinstance(rows, list) and all(isinstance(row, dict) for row in rows):
            return rows
        self.fault(path, "tables")
        return []

    def text(self, table: Mapping[str, Any], key: str, path: str, *, required: bool = False) -> dict[str, str]:
        """A text per language; Japanese is needed."""
        value = table.get(key)
        if value is None and not required:
            return {"ja": ""}
        texts: Any = {"ja": value} if isinstance(value, str) else value
        good = (
            isinstance(texts, dict)
            and bool(texts.get("ja"))
            and set(texts) <= set(LANGUAGES)
            and all(isinstance(text, str) and len(text) <= LONGEST_TEXT for text in texts.values())
        )
        if not good:
            self.fault(path, "texts", str(LONGEST_TEXT))
            return {"ja": "-"}
        return dict(texts)

    def time_of_day(self, row: Mapping[str, Any], path: str) -> time:
        """A time of day."""
        value = row.get("at")
        if isinstance(value, time):
            return value.replace(microsecond=0)
        found = _TIME.fullmatch(value) if isinstance(value, str) else None
        if found is None:
            self.fault(path, "time", "09:05")
            return time.max
        return time(int(found.group(1)), int(found.group(2)))

    def person(self, row: Mapping[str, Any], key: str, path: str, *, required: bool) -> str:
        """A persona's name; "" where none is said and none is needed."""
        value = row.get(key, "")
        if (value == "" and not required) or value in self.people:
            return str(value)
        self.fault(path, "person", ", ".join(self.people), _nearest(value, self.people))
        return ""

    def choice(self, row: Mapping[str, Any], key: str, path: str, known: tuple[str, ...], otherwise: str) -> str:
        """One of the known words."""
        if key not in row:
            return otherwise
        if row[key] in known:
            return str(row[key])
        self.fault(path, "choice", ", ".join(known), _nearest(row[key], known))
        return otherwise

    def word(self, row: Mapping[str, Any], key: str, path: str, words: type[_Word], otherwise: _Word) -> _Word:
        """One of the words of an enumeration."""
        return words(self.choice(row, key, path, tuple(word.value for word in words), otherwise.value))

    def switch(self, row: Mapping[str, Any], key: str, path: str, *, otherwise: bool = False) -> bool:
        """true or false."""
        value = row.get(key, otherwise)
        if isinstance(value, bool):
            return value
        self.fault(path, "switch", "true, false")
        return otherwise

    def whole(self, row: Mapping[str, Any], key: str, path: str, otherwise: int, lowest: int, highest: int) -> int:
        """A whole number within limits."""
        if key not in row:
            return otherwise
        value = row[key]
        if isinstance(value, int) and not isinstance(value, bool) and lowest <= value <= highest:
            return value
        self.fault(path, "whole", f"{lowest}–{highest}")
        return otherwise


def _nearest(written: object, known: Collection[str]) -> str:
    return next(iter(get_close_matches(written, known, 1)), "") if isinstance(written, str) else ""
