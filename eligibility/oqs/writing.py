"""From a message straight to lines of XML and to JSON, without a tree in between: the short way.

Rule: the same result as the long way through `tree`, to the byte; where something is unknown or unusual, that way is
taken. Tests hold the two against each other. What breaks if this is wrong: answers differ by what else is in them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import NamedTuple

from eligibility.oqs.charset import Encoding, declaration, encode, fit, may_vanish
from eligibility.oqs.codes import CharacterCodeIdentifier
from eligibility.oqs.elements import Element
from eligibility.oqs.layout import ENCODING, LISTS, PADDED, Order, in_order, repeated
from eligibility.oqs.tree import IDENTIFIERS, tree_text

_IMPOSSIBLE = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]")
"""What XML cannot hold, and what it writes as a reference. Nothing that was validated has it."""
_MARKUP = re.compile("[&<>]")
_REFERENCES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})


class _Unusual(Exception):  # noqa: N818 - not an error: the long way is taken
    """Something that only the tree can write."""


class _Line(NamedTuple):
    field: str
    tag: str
    model: type[Element] | None
    repeats: bool


@cache
def _lines_of(model_type: type[Element], order: Order) -> tuple[_Line, ...]:
    return tuple(_Line(known.field, tag, known.model, known.repeats) for tag, known in in_order(model_type, order))


def message_pieces(message: Element, encoding: Encoding, order: Order) -> Iterator[bytes]:
    """The bytes of a message file, in pieces: one for each person of a bulk message.

    Raises:
        MessageError: See `codec.to_xml`.
    """
    many = repeated(type(message))
    body = getattr(message, "message_body", None)
    if many is None or body is None or message.unknown_elements or body.unknown_elements:
        try:
            lines: list[str] = []
            _write(message, "XmlMsg", 0, encoding, order, lines)
            yield encoded(f"{declaration(encoding)}{_checked(lines, encoding)}", encoding)
        except _Unusual:
            yield encode(f"{declaration(encoding)}{tree_text(message, encoding=encoding, order=order)}", encoding)
        return
    header = getattr(message, "message_header")  # noqa: B009 - every message has one
    yield from bulk_pieces(header, getattr(body, many.field), encoding, order)


def bulk_pieces(header: Element, units: Iterable[Element], encoding: Encoding, order: Order) -> Iterator[bytes]:
    """The bytes of a bulk message out of its header and its units, a piece for each; no body where there is none."""
    yield encode(f"{declaration(encoding)}<XmlMsg>\n", encoding)
    yield _part(header, 1, encoding, order)
    empty = True
    for unit in units:
        lines = _part(unit, 2, encoding, order)
        if lines and empty:
            yield b"  <MessageBody>\n"
            empty = False
        yield lines
    yield b"</XmlMsg>\n" if empty else b"  </MessageBody>\n</XmlMsg>\n"


def json_object(message: Element, insurer_padding: str) -> dict[str, object] | None:
    """The members of an element in the web JSON variant; None where the long way has to be taken."""
    try:
        return _object(message, insurer_padding)
    except _Unusual:
        return None


def _part(element: Element, level: int, encoding: Encoding, order: Order) -> bytes:
    try:
        lines: list[str] = []
        _write(element, str(element.__xml_tag__), level, encoding, order, lines)
        return encoded(_checked(lines, encoding), encoding)
    except _Unusual:
        return encode(tree_text(element, encoding=encoding, order=order, level=level), encoding)


def encoded(text: str, encoding: Encoding) -> bytes:
    """The bytes of lines in which nothing can vanish."""
    return encode(fit(text, encoding), encoding)


def _checked(lines: list[str], encoding: Encoding) -> str:
    text = "".join(lines)
    if _IMPOSSIBLE.search(text) or (encoding != "utf-8" and may_vanish(text)):
        raise _Unusual
    return text


def _write(element: Element, tag: str, level: int, encoding: Encoding, order: Order, lines: list[str]) -> None:
    """Add the lines of an element; none where it says nothing."""
    if element.unknown_elements:
        raise _Unusual
    blanks = "  " * level
    lines.append(f"{blanks}<{tag}>\n")
    begin = len(lines)
    values = vars(element)
    for field, name, model, repeats in _lines_of(type(element), order):
        value = values[field]
        if value is None:
            continue
        if model is not None:
            for child in value if repeats else (value,):
                _write(child, name, level + 1, encoding, order, lines)
            continue
        if not isinstance(value, str) or not value:
            raise _Unusual
        if name == PADDED:
            value = value.rjust(8)
        elif name == ENCODING:
            value = IDENTIFIERS[encoding].value
        if _MARKUP.search(value):
            value = value.translate(_REFERENCES)
        lines.append(f"{blanks}  <{name}>{value}</{name}>\n")
    if len(lines) > begin:
        lines.append(f"{blanks}</{tag}>\n")
    elif level:
        lines.pop()
    else:
        raise _Unusual


def _object(element: Element, insurer_padding: str) -> dict[str, object]:
    if element.unknown_elements:
        raise _Unusual
    members: dict[str, object] = {}
    values = vars(element)
    for field, name, model, repeats in _lines_of(type(element), "spec"):
        value = values[field]
        if value is None:
            continue
        if model is None:
            if not isinstance(value, str) or not value:
                raise _Unusual
            if name == PADDED:
                value = value.rjust(8, insurer_padding)
            elif name == ENCODING:
                value = CharacterCodeIdentifier.UTF_8
            elif not value.isprintable() and _IMPOSSIBLE.search(value):
                raise _Unusual
            members[name] = str(value)
        elif repeats:
            if several := [found for child in value if (found := _object(child, insurer_padding))]:
                members[name] = several
        elif found := _object(value, insurer_padding):
            members[name] = _list(name, found) if name in LISTS else found
    return members


def _list(name: str, found: dict[str, object]) -> list[object]:
    """An element that only holds many of one kind: an array of objects with one key each."""
    [(tag, items)] = found.items()
    return [{tag: item} for item in items] if isinstance(items, list) else [{tag: items}]
