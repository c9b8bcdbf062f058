"""The settings file: TOML, every key known, every value checked before anything starts.

An option on the command line wins over the file. What breaks if it is wrong: a typing mistake in a key that silently
changes nothing, or a counter at the wrong server.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from kiosk.cli import values
from kiosk.cli.errors import CommandError


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
"""Tables and their keys: the type in TOML and the check. Key names are those of the options; below `rules` they are
those of the rule dates without a firm source, and no others (`eligibility.rule_dates`)."""


def load_config(path: Path, *, required: bool) -> Config:
    """Read the settings of `path`; an absent file is empty settings unless it is `required`.

    Raises:
        CommandError: `config_missing`, `config_unreadable`, `config_syntax` (with the line), `config_unknown_key`,
            `config_type`, or the code of the value that is wrong; `where` names file and key.
    """
    try:
        raw = path.read_bytes()
    except (FileNotFoundError, NotADirectoryError) as error:  # a data folder that is none is told of by who opens it
        if required:
            raise CommandError("config_missing", path=path) from error
        return Config()
    except OSError as error:
        raise CommandError("config_unreadable", path=path, reason=error) from error
    return _check(_parse(raw, path), path)


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


def _check(document: Mapping[str, Any], path: Path) -> Config:
    found: dict[str, Any] = {}
    for table, entries in document.items():
        if table not in KEYS or not isinstance(entries, dict):
            known = tuple(f"[{name}]" for name in KEYS)
            raise CommandError("config_unknown_key", path=path, key=table, known=known)
        for key, value in entries.items():
            if key not in KEYS[table]:
                known = tuple(f"{table}.{name}" for name in KEYS[table])
                raise CommandError("config_unknown_key", path=path, key=f"{table}.{key}", known=known)
            kind, check = KEYS[table][key]
            where = f"{path}: {table}.{key}"
            if type(value) is not kind:
                raise CommandError("config_type", where=where, kind=kind.__name__)
            if isinstance(value, str):
                values.refuse_individual_number(value)
            found[key] = check(value, where)
    return Config(**found)
