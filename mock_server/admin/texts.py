"""Text that came from outside the controls: nothing in it that a store, a page or a terminal stumbles over.

What breaks if wrong: a name with a half character that no answer can carry, or one that turns a line around.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Final

from pydantic import AfterValidator

from eligibility.oqs.values import looks_like_individual_number

FULL_WIDTH_BLANK: Final = "\u3000"
"""A character of a name, though Python does not count it among the printable ones."""


def is_clean(text: str) -> bool:
    """Whether every character can be shown: no control or direction mark, no half of a pair, no unassigned one."""
    return all(letter == FULL_WIDTH_BLANK or letter.isprintable() for letter in text)


def _clean(text: str) -> str:
    if not is_clean(text):
        raise ValueError("characters")
    return text


def _name(text: str) -> str:
    if looks_like_individual_number(text):
        raise ValueError("individual number")
    return _clean(text)


def _clean_part(part: Any) -> Any:
    """The same for everything in a piece of JSON."""
    match part:
        case str():
            _clean(part)
        case Mapping():
            for key, value in part.items():
                _clean(key)
                _clean_part(value)
        case Sequence():
            for value in part:
                _clean_part(value)
    return part


Clean = Annotated[str, AfterValidator(_clean)]
"""Text that can be shown. A refusal names the field, never the text."""
Name = Annotated[str, AfterValidator(_name)]
"""Text a person types: it can be shown, and is no 個人番号 (design.md §2)."""
CleanJson = Annotated[dict[str, Any], AfterValidator(_clean_part)]
"""A piece of JSON whose texts can be shown."""
