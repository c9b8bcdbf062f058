"""How one set of folders behaves: what a real installation keeps in its property files, and what a tester varies.

An optional `madoguchi-folders.toml` beside `req`, `res` and `face` says it; whoever starts the server may say it
instead. What breaks if wrong: a レセコン rehearses with another encoding or order than its clinic has.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any, Final, Literal, get_args

from eligibility.oqs.charset import Encoding
from eligibility.oqs.layout import Order
from mock_server.errors import SetupError

FILE_NAME: Final = "madoguchi-folders.toml"
Answers = Literal["as_asked", "utf-8", "cp932"]
LONGEST_STAY: Final = 60 * 24 * 366
_WORDS: Final[dict[str, tuple[str, ...]]] = {
    "encoding": get_args(Encoding),
    "answers": get_args(Answers),
    "order": get_args(Order),
}


@dataclass(frozen=True, slots=True)
class FolderSettings:
    """One installation. The defaults are what is recorded of real ones, where anything is."""

    encoding: Encoding = "cp932"
    """Of face files: both are met in real ones (online-qualification.md §1.3)."""
    answers: Answers = "as_asked"
    """Encoding of what lies in `res`; `as_asked`: that of the request."""
    order: Order = "face"
    """Order of the elements of face files: real ones are scrambled (§1.3); `spec` is the order of the layout."""
    answers_order: Order = "spec"
    """Order of the elements of answers in `res`; §1.3 records that of the layout."""
    stay_minutes: int = 1440
    """ResponseFileStayTime: how long a file lies that nobody collects; 0 for ever (§1.1)."""
    reference_number: bool = True
    """Whether 照会番号 stands in answers where one is registered."""
    bulk_zip: bool = False
    """Whether the result of a bulk request comes as a ZIP that holds the XML; both are met (§1.2)."""


_WORDS["answers_order"] = get_args(Order)


def read_settings(folder: Path, **given: object) -> FolderSettings:
    """The settings of a set of folders: defaults, over them the file, over that whatever was `given` and is not None.

    Raises:
        SetupError: `setup.folders.settings` naming file and key, `setup.folders.unusable`.
    """
    path = folder / FILE_NAME
    settings = FolderSettings()
    try:
        text = path.read_bytes().decode()
    except FileNotFoundError:
        text = ""
    except UnicodeDecodeError:
        raise SetupError("setup.folders.settings", path=str(path), key="UTF-8") from None
    except OSError as error:
        raise SetupError("setup.folders.unusable", path=str(path), reason=error.strerror or "") from error
    try:
        found = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SetupError("setup.folders.settings", path=str(path), key=str(error)) from None
    settings = _over(settings, found, path)
    return _over(settings, {key: value for key, value in given.items() if value is not None}, folder)


def _over(settings: FolderSettings, values: dict[str, Any], where: Path) -> FolderSettings:
    known = {field.name: type(getattr(settings, field.name)) for field in fields(settings)}
    for key, value in values.items():
        if key not in known or type(value) is not known[key] or not _is_possible(key, value):
            raise SetupError("setup.folders.settings", path=str(where), key=key)
    return replace(settings, **values)


def _is_possible(key: str, value: object) -> bool:
    if isinstance(value, str):
        return value in _WORDS[key]
    return isinstance(value, bool) or (isinstance(value, int) and 0 <= value <= LONGEST_STAY)
