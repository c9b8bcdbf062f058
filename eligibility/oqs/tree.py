"""Between an XML tree and a message: by name, in any order, nothing lost that the vocabulary does not have.

Rule: trees only; bytes are the codec's, elements the models'. pydantic-xml drops what it does not know, so unknown
elements are taken out before it reads a tree and put back where they stood after it has written one
(prototypes.md §5). Attributes, comments and processing instructions are no part of these messages and are not kept.
What breaks if this is wrong: an item of a newer layout disappears on its way through.
"""

from __future__ import annotations

import zlib
from collections import Counter
from functools import cache
from typing import Any, Literal, NamedTuple, TypeVar, cast, get_args

from lxml import etree
from pydantic import ValidationError
from pydantic.fields import FieldInfo
from pydantic_xml.fields import XmlEntityInfo

from eligibility.oqs.elements import BLANKS, Element, UnknownElement
from eligibility.oqs.errors import MessageError
from eligibility.oqs.values import refused_characters

Order = Literal["spec", "face"]
"""`spec`: the order of the layout. `face`: scrambled, as in the face folder (online-qualification.md §1.3)."""

DEEPEST = 16
"""Levels of elements; a real message has six."""
MOST_ELEMENTS = 20_000
"""Elements in one message; a real one has about a hundred for each qualification."""
MOST_ATTRIBUTES = 64
"""Attributes of one element; a real message has none, and reading them takes the square of their number."""

PARSER = etree.XMLParser(
    resolve_entities=False,
    no_network=True,
    load_dtd=False,
    dtd_validation=False,
    attribute_defaults=False,
    huge_tree=False,
    remove_comments=True,
    remove_pis=True,
)
"""Reads text that holds no document type; opens no file and no connection."""

Model = TypeVar("Model", bound=Element)


class KnownChild(NamedTuple):
    """What may stand in an element: the field it goes to, its model (None for a text), whether it may repeat."""

    field: str
    model: type[Element] | None
    repeats: bool


@cache
def known_children(model_type: type[Element]) -> dict[str, KnownChild]:
    """The children of an element by tag, in the order of the layout."""
    return {_tag_of(field): KnownChild(name, *_model_of(field)) for name, field in model_type.model_fields.items()}


def read_tree(model_type: type[Model], root: etree._Element) -> Model:
    """The message in `root`, which is changed on the way.

    Raises:
        MessageError: With the path of the element that is missing, doubled, impossible or too deep.
    """
    if root.tag != model_type.__xml_tag__:
        raise MessageError("message.root", str(root.tag))
    _check(root)
    leftover = _take_unknown_out(root, model_type)
    try:
        message = model_type.from_xml_tree(cast("Any", root))  # its annotation knows another typing of lxml
    except ValidationError as error:
        raise _as_message_error(model_type, root, error) from None
    _hand_over(message, leftover)
    return message


def write_tree(message: Element, *, insurer_padding: str, order: Order = "spec") -> etree._Element:
    """The tree of `message`: absent elements omitted, 6-digit insurer numbers with `insurer_padding` twice in front.

    Raises:
        MessageError: `message.text.characters`: a value that came past validation.
    """
    try:
        root: etree._Element = cast("Any", message.to_xml_tree(exclude_none=True))
    except ValueError:
        raise MessageError("message.text.characters") from None
    for number in root.iter("InsurerNumber"):
        number.text = (number.text or "").rjust(8, insurer_padding)
    _put_unknown_back(message, root)
    if order == "face":
        for part in root:
            _scramble(part)
    return root


def path(element: etree._Element) -> str:
    """Where an element is: tags from the root on, with [n] where several of the same tag stand side by side."""
    steps = []
    here: etree._Element | None = element
    while here is not None:
        parent = here.getparent()
        twins = [child for child in parent if child.tag == here.tag] if parent is not None else [here]
        steps.append(str(here.tag) + (f"[{twins.index(here) + 1}]" if len(twins) > 1 else ""))
        here = parent
    return "/".join(reversed(steps))


def _tag_of(field: FieldInfo) -> str:
    for entity in field.metadata:
        if isinstance(entity, XmlEntityInfo) and entity.path:
            return entity.path
    raise TypeError("a field of a message names its element")


def _model_of(field: FieldInfo) -> tuple[type[Element] | None, bool]:
    candidates: list[object] = [field.annotation]
    repeats = False
    while candidates:
        candidate = candidates.pop()
        if isinstance(candidate, type) and issubclass(candidate, Element):
            return candidate, repeats
        inner = get_args(candidate)
        repeats = repeats or Ellipsis in inner
        candidates.extend(inner)
    return None, False


def _check(root: etree._Element) -> None:
    """Look at size, depth and characters of everything, known or not; clear the blanks between elements."""
    level: dict[etree._Element, int] = {}
    for element in root.iter():
        parent = element.getparent()
        level[element] = 1 if parent is None else level[parent] + 1
        if len(level) > MOST_ELEMENTS or len(element.attrib) > MOST_ATTRIBUTES:
            raise MessageError("message.too_many")
        if level[element] > DEEPEST:
            raise MessageError("message.too_deep")
        for text in (element.text, element.tail, *element.attrib.values()):
            if text and (code := refused_characters(str(text))):
                raise MessageError(code, path(element))
        if len(element) and not (element.text or "").strip(BLANKS):
            element.text = None
        if not (element.tail or "").strip(BLANKS):
            element.tail = None


class _Leftover(NamedTuple):
    """What a model does not know of an element, and the same of its known children by tag and occurrence."""

    unknown: tuple[UnknownElement, ...]
    children: dict[tuple[str, int], _Leftover]

    @property
    def is_something(self) -> bool:
        return bool(self.unknown or self.children)


def _take_unknown_out(element: etree._Element, model_type: type[Element]) -> _Leftover:
    """Leave in `element` only what the model knows and what says something; return the rest."""
    known = known_children(model_type)
    if (element.text or "").strip(BLANKS) or any(child.tail for child in element):
        raise MessageError("message.element.not_group", path(element))
    element.text = None
    element.attrib.clear()
    seen: Counter[str] = Counter()
    unknown: list[UnknownElement] = []
    children: dict[tuple[str, int], _Leftover] = {}
    last = ""
    for child in list(element):
        tag = str(child.tag)
        if tag not in known:
            unknown.append(UnknownElement(last, seen[last], etree.tostring(child, encoding="unicode", with_tail=False)))
            element.remove(child)
            continue
        model = known[tag].model
        leftover = _take_text(child) if model is None else _take_unknown_out(child, model)
        if not (child.text or len(child) or leftover.is_something):
            element.remove(child)
            continue
        seen[tag] += 1
        if seen[tag] > 1 and not known[tag].repeats:
            raise MessageError("message.element.duplicate", path(child))
        if leftover.is_something:
            children[tag, seen[tag]] = leftover
        last = tag
    return _Leftover(tuple(unknown), children)


def _take_text(element: etree._Element) -> _Leftover:
    """A value: text and nothing else; blank is empty."""
    if len(element):
        raise MessageError("message.element.not_text", path(element))
    element.attrib.clear()
    if not (element.text or "").strip(BLANKS):
        element.text = None
    return _Leftover((), {})


def _hand_over(model: Element, leftover: _Leftover) -> None:
    if leftover.unknown:
        model.keep_unknown(leftover.unknown)
    for (tag, occurrence), child in leftover.children.items():
        _hand_over(_child_models(model, tag)[occurrence - 1], child)


def _put_unknown_back(model: Element, element: etree._Element) -> None:
    """Graft what was taken out, each behind the known element it stood after; drop groups that say nothing."""
    anchors: dict[tuple[str, int], etree._Element] = {}
    for tag, known in known_children(type(model)).items():
        children = list(element.iterchildren(tag))
        anchors.update({(tag, occurrence): child for occurrence, child in enumerate(children, start=1)})
        if known.model is not None:
            for child_model, child in zip(_child_models(model, tag), children, strict=True):
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


def _child_models(model: Element, tag: str) -> tuple[Element, ...]:
    value = getattr(model, known_children(type(model))[tag].field)
    if value is None:
        return ()
    return value if isinstance(value, tuple) else (value,)


def _scramble(element: etree._Element) -> None:
    """An order that looks like a hash table's and is the same on every machine."""
    for child in element:
        _scramble(child)
    element[:] = sorted(element, key=lambda child: zlib.adler32(str(child.tag).encode()))


_CODES = {"missing": "message.element.missing", "enum": "message.value.code"}


def _as_message_error(model_type: type[Element], root: etree._Element, error: ValidationError) -> MessageError:
    """The first error, its field names turned into the path of the element; the values stay behind."""
    first = error.errors(include_url=False, include_input=False, include_context=False)[0]
    here, model = root, model_type
    where = ""
    for step in first["loc"]:
        if isinstance(step, int):
            here = [here, *here.itersiblings(str(here.tag))][step]
            continue
        tag, known = next((tag, known) for tag, known in known_children(model).items() if known.field == step)
        child = here.find(tag)
        if child is None:
            where = f"{path(here)}/{tag}"
            break
        here, model = child, known.model or model
    code = first["type"] if first["type"].startswith("message.") else _CODES.get(first["type"])
    return MessageError(code or "message.value.impossible", where or path(here))
