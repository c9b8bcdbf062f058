"""The settings file: TOML, every key known, every value checked before anything starts.

An option on the command line wins over the file. The tables of the screens, the desk and the staff side are those of
`kiosk.settings.model`; the command's own tables are here. What breaks if it is wrong: a typing mistake in a key that
silently changes nothing, or a counter at the wrong server.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from kiosk.cli import values
from kiosk.cli.errors import CommandError, gravest
from kiosk.settings.file import keys_of, read_settings
from kiosk.settings.model import DEFAULTS, TABLES, Settings


@dataclass(frozen=True, slots=True)
class Config:
    """What the file says; None where it says nothing."""

    reader: str | None = None
    server: str | None = None
    institution: str | None = None
    site: str | None = None
    server_ca: str | None = None
    institution_token_file: str | None = None
    client_certificate: str | None = None
    client_key: str | None = None
    host: str | None = None
    port: int | None = None
    admin_port: int | None = None
    workers: int | None = None
    tls_cert: str | None = None
    tls_key: str | None = None
    client_ca: str | None = None
    database: str | None = None
    trust: str | None = None
    leniency_until: date | None = None
    reader_support_until: date | None = None
    elderly_certificate_for_all_until: date | None = None
    settings: Settings = DEFAULTS
    """The other tables, with the defaults where the file says nothing."""
    given: frozenset[str] = frozenset()
    """Which of them stand in the file, by their field."""


def _text(value: str, where: str) -> str:
    if not value.replace("\0", "").strip():
        raise CommandError("config_empty", where=where)
    if "\0" in value:  # no path, host or reader's name holds it
        raise CommandError("config_character", where=where)
    return value


def _number(value: int, where: str) -> int:
    return values.port(str(value), where)


def _workers(value: int, where: str) -> int:
    return values.count(str(value), where, values.MOST_WORKERS)


def _day(value: date, where: str) -> date:
    return values.day(value.isoformat(), where)


MOVABLE_DAYS = ("leniency_until", "reader_support_until", "elderly_certificate_for_all_until")
"""The rule dates without a firm source, which alone can be moved. Held against `eligibility.rule_dates` by a test: the
counter's first frame does not wait for the rules."""

Check = tuple[type, Callable[[Any, str], object]]

KEYS: dict[str, dict[str, Check]] = {
    "counter": {
        "reader": (str, _text),
        "server": (str, values.server_url),
        "institution": (str, values.institution),
        "site": (str, values.site),
        "server_ca": (str, _text),
        "institution_token_file": (str, _text),
        "client_certificate": (str, _text),
        "client_key": (str, _text),
    },
    "server": {
        "host": (str, _text),
        "port": (int, _number),
        "admin_port": (int, _number),
        "workers": (int, _workers),
        "tls_cert": (str, _text),
        "tls_key": (str, _text),
        "client_ca": (str, _text),
        "database": (str, _text),
        "trust": (str, _text),
    },
    "rules": dict.fromkeys(MOVABLE_DAYS, (date, _day)),
}
"""The command's own tables and their keys: the type in TOML and the check. Key names are those of the options; below
`rules` they are those of the rule dates without a firm source, and no others (`eligibility.rule_dates`)."""


def load_config(path: Path, *, required: bool) -> Config:
    """Read the settings of `path`; an absent file is empty settings unless it is `required`.

    Raises:
        CommandError: `config_missing`, `config_unreadable`, `config_syntax` (with the line), `config_unknown_key`,
            `config_type`, or the code of the value that is wrong; `where` names file and key. Of several the gravest.
    """
    config, faults = examine(path, required=required)
    if faults:
        raise gravest(faults)
    return config


def examine(path: Path, *, required: bool) -> tuple[Config, list[CommandError]]:
    """The settings of `path` and everything that is wrong in the file, in its order. What is wrong stays unset.

    Raises:
        CommandError: It cannot be read at all, as `load_config`.
    """
    try:
        raw = path.read_bytes()
    except (FileNotFoundError, NotADirectoryError) as error:  # a data folder that is none is told of by who opens it
        if required:
            raise CommandError("config_missing", path=path) from error
        return Config(), []
    except OSError as error:
        raise CommandError("config_unreadable", path=path, reason=error) from error
    return _examine(_parse(raw, path), path)


def _parse(raw: bytes, path: Path) -> dict[str, Any]:
    import tomllib

    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise CommandError("config_encoding", path=path, line=raw.count(b"\n", 0, error.start) + 1) from error
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        at = re.search(r"line (\d+)", str(error))  # the line has no attribute of its own before Python 3.14
        line = int(at.group(1)) if at else text.count("\n") + 1
        raise CommandError("config_syntax", path=path, line=line) from error


def known_keys(table: str) -> tuple[str, ...]:
    """Every key a table may have, as `table.key`; empty for a table nobody knows."""
    return tuple(f"{table}.{key}" for key in (*KEYS.get(table, ()), *keys_of(table)))


def _examine(document: Mapping[str, Any], path: Path) -> tuple[Config, list[CommandError]]:
    faults = list(_unknown(document, path))
    tables = {name: entries for name, entries in document.items() if isinstance(entries, dict)}
    found: dict[str, Any] = {}
    for table, keys in KEYS.items():
        for key in keys.keys() & tables.get(table, {}).keys():
            try:
                found[key] = _value(table, key, tables[table][key], path)
            except CommandError as error:
                faults.append(error)
    settings, wrong = read_settings(tables)
    faults += [CommandError(fault.code, where=f"{path}: {fault.key}", **fault.params) for fault in wrong]
    given = frozenset(key for table in TABLES for key in keys_of(table) if key in tables.get(table, {}))
    return Config(**found, settings=settings, given=given), faults


def _value(table: str, key: str, value: object, path: Path) -> object:
    kind, check = KEYS[table][key]
    where = f"{path}: {table}.{key}"
    if type(value) is not kind:
        raise CommandError("config_type", where=where, kind=kind.__name__)
    if isinstance(value, str):
        values.refuse_individual_number(value)
    return check(value, where)


def _unknown(document: Mapping[str, Any], path: Path) -> Iterator[CommandError]:
    """One error for each table or key that nobody knows, with the known ones that look like it first."""
    tables = tuple(f"[{name}]" for name in dict.fromkeys((*KEYS, *TABLES)))
    for table, entries in document.items():
        if (number := _number_for_a_name(table, entries)) is not None:
            yield number
            continue
        known = known_keys(table)
        if not known or not isinstance(entries, dict):
            near = tuple(f"[{name}]" for name in values.nearest(table, tuple(name[1:-1] for name in tables)))
            yield CommandError("config_unknown_key", path=path, key=table, known=tables, near=near)
            continue
        for key in entries:
            name = f"{table}.{key}"
            if name not in known:
                near = values.nearest(name, known)[:1] or _elsewhere(key)
                yield CommandError("config_unknown_key", path=path, key=name, known=known, near=near)


def _number_for_a_name(table: str, entries: object) -> CommandError | None:
    """The refusal of a 個人番号 that stands where a name does: it must not be repeated as an unknown key."""
    try:
        values.refuse_individual_number(table, *(entries if isinstance(entries, dict) else ()))
    except CommandError as refused:
        return refused
    return None


def _elsewhere(key: str) -> tuple[str, ...]:
    """The same key where it really belongs: a right key below a wrong head is an easy mistake."""
    return tuple(f"{table}.{key}" for table in (*KEYS, *TABLES) if f"{table}.{key}" in known_keys(table))[:1]
