"""A message as the text of its web JSON variant, without a tree in between: the short way for every visit.

Rule: read back it is what `codec.to_json` makes; where something is unknown or unusual, that is asked. Tests hold the
two against each other. What breaks if this is wrong: the same answer differs by the way it was written.
"""

from __future__ import annotations

import json
from functools import cache
from json.encoder import encode_basestring
from typing import NamedTuple

from eligibility.oqs.codec import to_json
from eligibility.oqs.codes import CharacterCodeIdentifier
from eligibility.oqs.elements import Element
from eligibility.oqs.layout import ENCODING, LISTS, PADDED, known_children

_PADDED_TO = 8


class _Unusual(Exception):  # noqa: N818 - not an error: the long way is taken
    """Something that only the codec can write."""


class _Item(NamedTuple):
    field: str
    key: str
    """The member's name with its colon."""
    tag: str
    is_text: bool
    repeats: bool


@cache
def _items(model_type: type[Element]) -> tuple[_Item, ...]:
    return tuple(
        _Item(known.field, f'"{tag}":', tag, known.model is None, known.repeats)
        for tag, known in known_children(model_type).items()
    )


def to_json_text(message: Element) -> str:
    """The text of `codec.to_json`, without blanks and with every letter as it is. Raises as that."""
    try:
        members = _object(message)
        if members:
            return f'{{"{message.__xml_tag__}":{members}}}'
    except _Unusual:
        pass
    return json.dumps(to_json(message), ensure_ascii=False, separators=(",", ":"))


def _object(element: Element) -> str:
    """The members in braces; "" where there are none."""
    if element.unknown_elements:
        raise _Unusual
    parts = []
    values = element.__dict__
    for field, key, tag, is_text, repeats in _items(type(element)):
        value = values[field]
        if value is None:
            continue
        if is_text:
            if not isinstance(value, str) or not value or not value.isprintable():
                raise _Unusual
            if tag == PADDED:
                value = value.rjust(_PADDED_TO, "0")
            elif tag == ENCODING:
                value = CharacterCodeIdentifier.UTF_8
            parts.append(key + encode_basestring(value))
        elif repeats:
            if several := [found for child in value if (found := _object(child))]:
                parts.append(f"{key}[{','.join(several)}]")
        elif found := _list(value) if tag in LISTS else _object(value):
            parts.append(key + found)
    return f"{{{','.join(parts)}}}" if parts else ""


def _list(element: Element) -> str:
    """An element that only holds many of one kind: an array of objects with one key each."""
    if element.unknown_elements:
        raise _Unusual
    several = [
        f"{{{key}{found}}}"
        for field, key, _, _, _ in _items(type(element))
        for child in element.__dict__[field] or ()
        if (found := _object(child))
    ]
    return f"[{','.join(several)}]" if several else ""
