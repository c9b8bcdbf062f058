"""From a message to an XML tree: the long way, which puts unknown elements back where they stood.

Rule: trees only; bytes are the codec's. pydantic-xml writes what the models know, and what they do not know is grafted
onto it (prototypes.md §5). `writing` takes a shorter way to the same result where nothing is unknown. What breaks if
this is wrong: an item of a newer layout disappears on its way through.
"""

from __future__ import annotations

from typing import Any, cast

from lxml import etree

from eligibility.oqs.charset import Encoding, fit
from eligibility.oqs.codes import CharacterCodeIdentifier
from eligibility.oqs.elements import Element
from eligibility.oqs.errors import MessageError
from eligibility.oqs.layout import ENCODING, PADDED, Order, child_models, known_children, scrambled_place

PARSER_OPTIONS: dict[str, Any] = {
    "resolve_entities": False,
    "no_network": True,
    "load_dtd": False,
    "dtd_validation": False,
    "attribute_defaults": False,
    "huge_tree": False,
    "remove_comments": True,
    "remove_pis": True,
}
"""Reads text that holds no document type; opens no file and no connection."""

PARSER = etree.XMLParser(**PARSER_OPTIONS)

IDENTIFIERS = {"utf-8": CharacterCodeIdentifier.UTF_8, "cp932": CharacterCodeIdentifier.SHIFT_JIS}


def write_tree(
    message: Element, *, insurer_padding: str, encoding: Encoding = "utf-8", order: Order = "spec"
) -> etree._Element:
    """The tree of a message or a part of one: absent elements omitted, 6-digit insurer numbers padded to 8.

    Raises:
        MessageError: `message.text.characters`: a value that came past validation.
    """
    try:
        root: etree._Element = cast("Any", message.to_xml_tree(exclude_none=True))
    except ValueError:
        raise MessageError("message.text.characters") from None
    for number in root.iter(PADDED):
        number.text = (number.text or "").rjust(8, insurer_padding)
    for header in [root] if root.tag == "MessageHeader" else root.findall("MessageHeader"):
        for identifier in header.findall(ENCODING):
            identifier.text = IDENTIFIERS[encoding]
    _put_unknown_back(message, root)
    if order == "face":
        for part in root if root.tag == "XmlMsg" else [root]:
            _scramble(part)
    return root


def tree_text(message: Element, *, encoding: Encoding = "utf-8", order: Order = "spec", level: int = 0) -> str:
    """The lines of a message, or of a part of one at that level; "" where it says nothing."""
    root = write_tree(message, insurer_padding=" ", encoding=encoding, order=order)
    if level and not len(root):
        return ""
    for element in root.iter():
        element.text = fit(element.text, encoding) if element.text else None
        for name, value in element.attrib.items():
            element.set(name, fit(str(value), encoding))
    etree.indent(root, level=level)
    return f"{'  ' * level}{etree.tostring(root, encoding='unicode')}\n"


def _put_unknown_back(model: Element, element: etree._Element) -> None:
    """Graft what was taken out, each behind the known element it stood after; drop groups that say nothing."""
    anchors: dict[tuple[str, int], etree._Element] = {}
    for tag, known in known_children(type(model)).items():
        children = list(element.iterchildren(tag))
        anchors.update({(tag, occurrence): child for occurrence, child in enumerate(children, start=1)})
        if known.model is not None:
            for child_model, child in zip(child_models(model, known), children, strict=True):
                _put_unknown_back(child_model, child)
    for unknown in model.unknown_elements:
        newcomer = etree.fromstring(unknown.xml, PARSER)
        anchor = anchors.get((unknown.after, unknown.occurrence))
        if anchor is not None:
            anchor.addnext(newcomer)
        elif unknown.after:
            element.append(newcomer)
        else:
            element.insert(0, newcomer)
        anchors[unknown.after, unknown.occurrence] = newcomer
    for tag, known in known_children(type(model)).items():
        for child in list(element.iterchildren(tag)):
            if known.model is not None and not len(child):
                element.remove(child)


def _scramble(element: etree._Element) -> None:
    for child in element:
        _scramble(child)
    element[:] = sorted(element, key=lambda child: scrambled_place(str(child.tag)))
