"""Style sheets parsed once in a process, not once for every application that a test starts.

Each application has the same sheets, and opening a screen with a sheet of its own has Textual parse all of them again.
What parsing makes is only read. What breaks if it is wrong: a screen is laid out by another theme's values.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final
from unittest import mock

from textual.css.model import RuleSet
from textual.css.stylesheet import Stylesheet

_parsed: Final[dict[tuple[Any, ...], list[RuleSet]]] = {}
TEXTUALS_OWN: Final = Stylesheet._parse_rules


def _parse_rules(sheet: Stylesheet, css: str, *place: Any, **more: Any) -> list[RuleSet]:
    """By the text, where it stands and the theme's values; a sheet with a mistake is told of every time."""
    key = (css, place, *sorted(more.items()), *sorted(sheet._variables.items()))
    if key not in _parsed:
        _parsed[key] = TEXTUALS_OWN(sheet, css, *place, **more)
    return _parsed[key]


@contextmanager
def parsed_once() -> Iterator[None]:
    """As long as it lasts."""
    with mock.patch.object(Stylesheet, "_parse_rules", _parse_rules):
        yield
