"""From the tables of a settings file to `Settings`: every fault at once, each with its place.

Knows nothing of where the file is or of the tables that are not its own. What breaks if it is wrong: the first of five
mistakes is told, and the counter is started five times.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kiosk.settings.checks import SettingError
from kiosk.settings.model import SPECS, Settings


@dataclass(frozen=True, slots=True)
class Fault:
    """One mistake: `key` is its place (`patient.bell`), `code` and `params` are those of SettingError."""

    key: str
    code: str
    params: Mapping[str, Any]


def keys_of(table: str) -> tuple[str, ...]:
    """The keys a table may have; empty for a table that is none of ours."""
    return tuple(name for name, spec in SPECS.items() if spec.table == table)


def read_settings(tables: Mapping[str, Mapping[str, Any]]) -> tuple[Settings, list[Fault]]:
    """The settings of a parsed file, and what is wrong in it. A value with a fault stays at its default.

    Tables and keys that are none of ours are passed over: whoever owns the other tables knows what may stand there.
    """
    found: dict[str, Any] = {}
    faults: list[Fault] = []
    for name, spec in SPECS.items():
        entries = tables.get(spec.table, {})
        if name not in entries:
            continue
        try:
            found[name] = spec.check.value(entries[name])
        except SettingError as error:
            faults.append(Fault(f"{spec.table}.{name}", error.code, error.params))
    return Settings(**found), faults
