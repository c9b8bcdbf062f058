"""A message as bytes of XML and as JSON, and back: the only door between the vocabulary and the outside.

Rule: whatever comes in ends in a message or in a MessageError that names the place, never in another exception; no
entity, no document type, no file and no connection is ever followed. What breaks if this is wrong: a hostile or
merely broken file stops the counter.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypeVar

from lxml import etree

from eligibility.oqs.bulk import read_bulk_message
from eligibility.oqs.charset import Encoding, decode
from eligibility.oqs.elements import Element
from eligibility.oqs.errors import MessageError
from eligibility.oqs.layout import LISTS, KnownChild, Order, known_children, repeated
from eligibility.oqs.limits import DEEPEST
from eligibility.oqs.reading import TreeReader, path
from eligibility.oqs.reading_json import read_object
from eligibility.oqs.tree import PARSER, write_tree
from eligibility.oqs.writing import json_object, message_pieces

__all__ = ["Encoding", "MessageError", "Order", "from_json", "from_xml", "to_json", "to_xml"]

Model = TypeVar("Model", bound=Element)


def to_xml(message: Element, *, encoding: Encoding = "utf-8", order: Order = "spec") -> bytes:
    """The bytes of a message file: declaration, one element a line, absent elements omitted.

    For CP932 what the set lacks becomes ●. `CharacterCodeIdentifier`, where the message has one, says what the bytes
    are. 6-digit insurer numbers get two blanks in front. `order="face"` scrambles the elements.

    Raises:
        MessageError: `message.text.charset`, `message.text.characters`: an unknown element of the message, or a value
            that came past validation, cannot be written.
    """
    return b"".join(message_pieces(message, encoding, order))


def from_xml(model_type: type[Model], raw: bytes) -> Model:
    """The message in the bytes of a file, in either encoding, its elements in any order.

    Raises:
        MessageError: The bytes are no such message; `code` says why and `where` at which element or byte. What is too
            large or too many is told by the `limits` of the model.
    """
    if len(raw) > model_type.limits.largest:
        raise MessageError("message.too_large")
    if repeated(model_type):
        return read_bulk_message(model_type, raw)
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
    return TreeReader(model_type.limits.most_elements).read(model_type, root)


def to_json(message: Element) -> dict[str, object]:
    """The web JSON variant: `{"XmlMsg": {"MessageHeader": {…}, "MessageBody": {…}}}`, every value a string.

    `ResultList` is an array of `{"ResultOfQualificationConfirmation": {…}}`; the people of a bulk message are an array
    under their element's name. 6-digit insurer numbers get two zeros in front, as the observed client does. The order
    of keys is that of the layout.

    Raises:
        MessageError: `message.text.characters`: a value that came past validation.
    """
    members = json_object(message, insurer_padding="0")
    if members:
        return {message.__xml_tag__ or "": members}
    root = write_tree(message, insurer_padding="0")
    return {str(root.tag): _json_value(root, type(message))}


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
    most_elements = model_type.limits.most_elements
    message = read_object(model_type, obj[tag], most_elements)
    if message is not None:
        return message
    return TreeReader(most_elements).read(model_type, _json_tree(tag, obj[tag], most_elements))


def _json_value(element: etree._Element, model_type: type[Element] | None) -> object:
    known_ones = known_children(model_type) if model_type else {}
    if element.tag in LISTS:
        return [{str(child.tag): _json_value(child, _model(known_ones, child))} for child in element]
    if not len(element):
        return element.text or ""
    members: dict[str, object] = {}
    for child in element:
        name, value = str(child.tag), _json_value(child, _model(known_ones, child))
        twins = members.get(name)
        if isinstance(twins, list):
            twins.append(value)
        elif twins is not None:  # only an element that the vocabulary does not have comes twice where one is meant
            members[name] = [twins, value]
        else:
            members[name] = [value] if name in known_ones and known_ones[name].repeats else value
    return members


def _model(known_ones: dict[str, KnownChild], element: etree._Element) -> type[Element] | None:
    known = known_ones.get(str(element.tag))
    return known.model if known else None


def _json_tree(tag: str, obj: Mapping[str, object], most_elements: int) -> etree._Element:
    root = etree.Element(tag)
    remaining: list[tuple[etree._Element, object, int]] = [(root, obj, 1)]
    count = 0
    while remaining:
        element, value, level = remaining.pop()
        for name, content in _members(element, value):
            count += 1
            if count > most_elements:
                raise MessageError("message.too_many")
            if level >= DEEPEST:
                raise MessageError("message.too_deep")
            child = _add(element, name)
            if isinstance(content, str):
                _set_text(child, content)
            else:
                remaining.append((child, content, level + 1))
    return root


def _members(element: etree._Element, value: object) -> Iterator[tuple[str, object]]:
    """Name and content of every child that a JSON value stands for."""
    if element.tag in LISTS and isinstance(value, list):
        for item in value:
            if not isinstance(item, Mapping) or len(item) != 1:
                raise MessageError("message.json.type", path(element))
            yield from _members(element, item)
        return
    if not isinstance(value, Mapping):
        raise MessageError("message.json.type", path(element))
    for name, content in value.items():
        for one in content if isinstance(content, list) and name not in LISTS else [content]:
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
