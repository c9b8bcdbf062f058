"""Every setting as it holds for one run: its value, its default, where it comes from, and how sure the default is.

What breaks if it is wrong: somebody changes the file, and an option or a variable that nobody named goes on deciding.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, time
from enum import Enum
from typing import Any, Final
from urllib.parse import urlsplit

from kiosk.cli import values
from kiosk.cli.config import KEYS
from kiosk.cli.context import SETTING_OPTIONS, Context
from kiosk.cli.server_run import DEFAULT_ADMIN_PORT, DEFAULT_HOST
from kiosk.settings.checks import Check
from kiosk.settings.model import DEFAULTS, SPECS, TABLES, Basis, Settings

_COMMAND_DEFAULTS: Final[dict[str, object]] = {
    "institution": values.DEFAULT_INSTITUTION,
    "site": values.SITES[0],
    "host": DEFAULT_HOST,
    "port": values.DEFAULT_PORT,
    "admin_port": DEFAULT_ADMIN_PORT,
    "workers": 1,
}
"""What holds for the command's own keys where nothing was said; None for the others: it goes without."""
_HIDDEN: Final = "***"


class Source(Enum):
    """Who decided a value. Each wins over those before it."""

    DEFAULT = "default"
    FILE = "file"
    ENVIRONMENT = "environment"
    OPTION = "option"


@dataclass(frozen=True, slots=True)
class Row:
    """One setting. Values are as they stand in the file: text, number, truth value, list, day; None: nothing is set."""

    table: str
    name: str
    value: Any
    default: Any
    source: Source
    basis: Basis
    hidden: bool = False
    """A password in it is not shown, so that the value cannot be put back into a file."""

    @property
    def key(self) -> str:
        """`table.name`."""
        return f"{self.table}.{self.name}"


@dataclass(frozen=True, slots=True)
class Entry:
    """One key of the file: where it stands, its default, how sure that is, and its check (None: the command's own)."""

    table: str
    name: str
    default: Any
    basis: Basis
    check: Check | None


def entries() -> Iterator[Entry]:
    """Every key in the order of the file."""
    from eligibility.rule_dates import STANDARD_RULES

    for table, keys in KEYS.items():
        for name in keys:
            moved = table == "rules"
            default = getattr(STANDARD_RULES, name) if moved else _COMMAND_DEFAULTS.get(name)
            yield Entry(table, name, default, Basis.UNVERIFIED if moved else Basis.TASTE, None)
    for table in TABLES:
        for name, spec in SPECS.items():
            if spec.table == table:
                yield Entry(table, name, as_written(getattr(DEFAULTS, name)), spec.basis, spec.check)


def as_written(value: object) -> object:
    """The value as it stands in a file."""
    match value:
        case time():
            return value.strftime("%H:%M")
        case tuple():
            return list(value)
        case _:
            return value


def rows(context: Context) -> list[Row]:
    """Every setting as it holds for this run.

    Raises:
        CommandError: An option that cannot be.
    """
    settings = context.settings()
    return [
        _own(entry, context) if entry.check is None else _of_settings(entry, context, settings) for entry in entries()
    ]


def _own(entry: Entry, context: Context) -> Row:
    typed = context.typed(entry.name)
    value, source = getattr(context.config, entry.name), Source.FILE
    if typed is not None:
        value, source = _checked(entry, typed), Source.OPTION
    elif value is None:
        value, source = entry.default, Source.DEFAULT
    shown = _without_password(value) if entry.name == "database" else value
    return Row(entry.table, entry.name, shown, entry.default, source, entry.basis, hidden=shown != value)


def _checked(entry: Entry, typed: str) -> object:
    kind, check = KEYS[entry.table][entry.name]
    return check(typed, f"--{entry.name.replace('_', '-')}") if kind is str else typed


def _of_settings(entry: Entry, context: Context, settings: Settings) -> Row:
    source = Source.FILE if entry.name in context.config.given else Source.DEFAULT
    value = getattr(settings, entry.name)
    if entry.name == "language":
        if context.option("lang"):
            source = Source.OPTION
        elif context.environ.get("MADOGUCHI_LANG"):
            source = Source.ENVIRONMENT
    elif context.option(SETTING_OPTIONS.get(entry.name, "")):
        source = Source.OPTION
    return Row(entry.table, entry.name, as_written(value), entry.default, source, entry.basis)


def _without_password(url: object) -> object:
    """A database's address without its password, or the value as it is where there is none in it."""
    if not isinstance(url, str):
        return url
    password = urlsplit(url).password
    return url if not password else url.replace(f":{password}@", f":{_HIDDEN}@", 1)


def as_json(value: object) -> object:
    """The value for JSON: a day as text."""
    return value.isoformat() if isinstance(value, date) else value
