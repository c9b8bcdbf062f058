"""A message as bytes of XML and as JSON, and back: the only door between the vocabulary and the outside.

Rule: whatever comes in ends in a message or in a MessageError that names the place, never in another exception; no
entity, no document type, no file and no connection is ever followed. What breaks if this is wrong: a hostile or
merely broken file stops the counter.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypeVar

from lxml import etree

from eligibility.oqs.charset import Encoding, declaration, decode, encode, fit
from eligibility.oqs.codes import CharacterCodeIdentifier
from eligibility.oqs.elements import Element
from eligibility.oqs.errors import MessageError
from eligibility.oqs.tree import DEEPEST, MOST_ELEMENTS, PARSER, Order, path, read_tree, write_tree

__all__ = ["LARGEST", "Encoding", "MessageError", "Order", "from_json", "from_xml", "to_json", "to_xml"]

LARGEST = 1_048_576
"""Bytes of XML in one message at most; a real answer has a few thousand."""

_LISTS = frozenset(("ResultList", "SpecificDiseasesCertificateList", "PublicExpenseResultList"))
"""Elements that are arrays in the web JSON variant, each item an object of one key (online-qualification.md §5)."""

_IDENTIFIERS = {"utf-8": CharacterCodeIdentifier.UTF_8, "cp932": CharacterCodeIdentifier.SHIFT_JIS}

Model = TypeVar("Model", bound=Element)


def to_xml(message: Element, *, encoding: Encoding = "utf-8", order: Order = "spec") -> bytes:
    """The bytes of a message file: declaration, one element a line, absent elements omitted.

    For CP932 what the set lacks becomes ●. `CharacterCodeIdentifier`, where the message has one, says what the bytes
    are. 6-digit insurer numbers get two blanks in front. `order="face"` scrambles the elements.

    Raises:
        MessageError: `message.text.charset`, `message.text.characters`: an unknown element of the message, or a value
            that came past validation, cannot be written.
    """
    root = write_tree(message, insurer_padding=" ", order=order)
    for identifier in root.iterfind("MessageHeader/CharacterCodeIdentifier"):
        identifier.text = _IDENTIFIERS[encoding]
    for element in root.iter():
        element.text = fit(element.text, encoding) if element.text else None
        for name, value in element.attrib.items():
            element.set(name, fit(str(value), encoding))
    etree.indent(root)
    return encode(f"{declaration(encoding)}{etree.tostring(root, encoding='unicode')}\n", encoding)


def from_xml(model_type: type[Model], raw: bytes) -> Model:
    """The message in the bytes of a file, in either encoding, its elements in any order.

    Raises:
        MessageError: The bytes are no such message; `code` says why and `where` at which element or byte.
    """
    if len(raw) > LARGEST:
        raise MessageError("message.too_large")
    text = decode(raw)
    if "<!DOCTYPE" in text:
        raise MessageError("message.xml.doctype")
    try:
        root = etree.fromstring(text, PARSER)
    except etree.XMLSyntaxError as error:
        line, column = error.position
        raise MessageError("message.xml.broken", f"{line}:{column}") from None
    except ValueError:
        raise MessageError("message.xml.broken") from None
    return read_tree(model_type, root)


def to_json(message: Element) -> dict[str, object]:
    """The web JSON variant: `{"XmlMsg": {"MessageHeader": {…}, "MessageBody": {…}}}`, every value a string.

    `ResultList` is an array of `{"ResultOfQualificationConfirmation": {…}}`; 6-digit insurer numbers get two zeros in
    front, as the observed client does. The order of keys is that of the layout.
    """
    root = write_tree(message, insurer_padding="0")
    for identifier in root.iterfind("MessageHeader/CharacterCodeIdentifier"):
        identifier.text = CharacterCodeIdentifier.UTF_8
    return {str(root.tag): _json_value(root)}


def from_json(model_type: type[Model], obj: object) -> Model:
    """The message in parsed JSON of the shape that `to_json` gives.

    Raises:
        MessageError: `message.json.type` (not an object with one key, a value that is no string, object or array),
            `message.json.name` (a key that cannot be an element's name), and everything that `from_xml` raises for
            elements.
    """
    tag = model_type.__xml_tag__ or ""
    if not isinstance(obj, Mapping) or set(obj) != {tag} or not isinstance(obj[tag], Mapping):
        raise MessageError("message.json.type", tag)
    root = etree.Element(tag)
    remaining = [(root, obj[tag], 1)]
    count = 0
    while remaining:
        element, value, level = remaining.pop()
        for name, content in _members(element, value):
            count += 1
            if count > MOST_ELEMENTS:
                raise MessageError("message.too_many")
            if level >= DEEPEST:
                raise MessageError("message.too_deep")
            child = _add(element, name)
            if isinstance(content, str):
                _set_text(child, content)
            else:
                remaining.append((child, content, level + 1))
    return read_tree(model_type, root)


def _json_value(element: etree._Element) -> object:
    if element.tag in _LISTS:
        return [{str(child.tag): _json_value(child)} for child in element]
    if not len(element):
        return element.text or ""
    members: dict[str, object] = {}
    for child in element:
        name, value = str(child.tag), _json_value(child)
        if name not in members:
            members[name] = value
        else:  # only an element that the vocabulary does not have can come twice outside of a list
            twins = members[name]
            members[name] = [*twins, value] if isinstance(twins, list) else [twins, value]
    return members


def _members(element: etree._Element, value: object) -> Iterator[tuple[str, object]]:
    """Name and content of every child that a JSON value stands for."""
    if element.tag in _LISTS and isinstance(value, list):
        for item in value:
            if not isinstance(item, Mapping) or len(item) != 1:
                raise MessageError("message.json.type", path(element))
            yield from _members(element, item)
        return
    if not isinstance(value, Mapping):
        raise MessageError("message.json.type", path(element))
    for name, content in value.items():
        for one in content if isinstance(content, list) and name not in _LISTS else [content]:
            yield name, one


def _add(element: etree._Element, name: object) -> etree._Element:
    if not isinstance(name, str):
        raise MessageError("message.json.name", path(element))
    try:
        return etree.SubElement(element, name)
    except ValueError:
        raise MessageError("message.json.name", path(element)) from None


def _set_text(element: etree._Element, text: str) -> None:
    try:
        element.text = text
    except ValueError:  # what XML cannot hold at all: control characters, lone surrogates
        raise MessageError("message.text.characters", path(element)) from None
