"""What is kept of a message for people to look at: who it was about can be guessed by whoever knows, by nobody else.

A name keeps its first character, a number its last two digits, a day of a person's life its year, an address its
prefecture; insurers, codes and consents stay whole (`mock_server.masking_rules`). What is not named there is hidden, so
an element that is added tomorrow is hidden too. Unknown elements of a request are left out. Written without a tree in
between, because it runs for each visit. What breaks if wrong: the console or a log of a test shows a patient.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from json.encoder import encode_basestring
from typing import Any, Final, NamedTuple

from eligibility.oqs.elements import Element
from eligibility.oqs.layout import LISTS, known_children
from mock_server.masking_rules import CODES, COUNTED, DOT, Mask, mask_of

MOST_SHOWN: Final = 3
"""Of many people in one message, how many are written down."""


def masked(message: Element) -> str:
    """The message as JSON text in the shape of the web variant, masked; absent elements are left out."""
    return f'{{"{message.__xml_tag__}":{_object(message)}}}'


def masked_values(values: Mapping[str, str | bool]) -> str:
    """A few values of our own as JSON text: words and codes only, nothing about a person is passed to this."""
    return "{" + ",".join(f"{_quoted(key)}:{_plain(value)}" for key, value in values.items()) + "}"


def codes_only(message: Element) -> str:
    """The codes of an answer and nothing about anybody, as JSON text: for real cards, of which no message is kept."""
    found: list[str] = []
    for part in message.__dict__.values():
        if isinstance(part, Element):
            known = known_children(type(part))
            found += [
                f'"{tag}":{_quoted(value)}'
                for tag, child in known.items()
                if tag in CODES and isinstance(value := getattr(part, child.field), str)
            ]
    return "{" + ",".join(found) + "}"


def _plain(value: str | bool) -> str:
    return _quoted(value) if isinstance(value, str) else str(value).lower()


_quoted: Final = encode_basestring


# ── writing ──


class _Item(NamedTuple):
    field: str
    key: str
    """The member's name with its colon."""
    tag: str
    mask: Mask | None
    """None for what has children."""


@cache
def _items(model_type: type[Element]) -> tuple[_Item, ...]:
    return tuple(
        _Item(known.field, f'"{tag}":', tag, mask_of(tag) if known.model is None else None)
        for tag, known in known_children(model_type).items()
    )


def _object(element: Element) -> str:
    parts = []
    values = element.__dict__
    for field, key, tag, mask in _items(type(element)):
        value = values.get(field)
        if value is None:
            continue
        if mask is not None:
            parts.append(key + _quoted(mask(value)))
        elif isinstance(value, tuple):
            parts.append(f"{key}[{_several(value)}]")
        else:
            parts.append(key + _child(tag, value))
    return "{" + ",".join(parts) + "}"


def _child(tag: str, element: Any) -> str:
    if tag not in LISTS:
        return _object(element)
    children = [one for several in element.__dict__.values() if isinstance(several, tuple) for one in several]
    if tag in COUNTED:
        return _quoted(f"{DOT}×{len(children)}")
    shown = [f'{{"{one.__xml_tag__}":{_object(one)}}}' for one in children[:MOST_SHOWN]]
    return f"[{','.join(shown + _left_out(len(children)))}]"


def _several(elements: tuple[Element, ...]) -> str:
    shown = [_object(one) for one in elements[:MOST_SHOWN]]
    return ",".join(shown + _left_out(len(elements)))


def _left_out(count: int) -> list[str]:
    return [_quoted(f"… +{count - MOST_SHOWN}")] if count > MOST_SHOWN else []
