"""From an XML tree to a message: by name, in any order, nothing lost that the vocabulary does not have.

Rule: trees only; bytes are the codec's. One walk: texts go to the models, which refuse what is
impossible; what the models do not have is looked at here and kept as XML text with its place. Attributes, comments and
processing instructions are no part of these messages and are not kept. What breaks if this is wrong: an item of a newer
layout disappears on its way through, or a hostile one is taken in.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeVar

from lxml import etree
from pydantic import ValidationError

from eligibility.oqs.elements import BLANKS, Element, UnknownElement
from eligibility.oqs.errors import MessageError
from eligibility.oqs.layout import KnownChild, child_models, known_children
from eligibility.oqs.limits import DEEPEST, MOST_ATTRIBUTES
from eligibility.oqs.values import refused_characters

Model = TypeVar("Model", bound=Element)

_CODES = {"missing": "message.element.missing", "enum": "message.value.code"}


class _Leftover(NamedTuple):
    """What a model does not know of an element, and the same of its known children by tag and occurrence."""

    unknown: tuple[UnknownElement, ...]
    children: dict[tuple[str, int], _Leftover]


_NOTHING = _Leftover((), {})


@dataclass(slots=True)
class TreeReader:
    """Reads elements, counting what it sees: one for each message.

    `ready` holds elements that were read before their message was complete, and what they were read as.
    """

    most_elements: int
    ready: dict[etree._Element, Element | None] = field(default_factory=dict)
    seen: int = 0

    def read(self, model_type: type[Model], root: etree._Element) -> Model:
        """The message or the part of one in `root`.

        Raises:
            MessageError: With the path of the element that is missing, doubled, impossible or too deep.
        """
        if root.tag != model_type.__xml_tag__:
            raise MessageError("message.root", str(root.tag))
        self._count(root)
        return _built(model_type, *self._group(root, model_type), root)

    def read_something(self, model_type: type[Model], root: etree._Element) -> Model | None:
        """The same for a part of a message; None where it says nothing at all.

        Raises:
            MessageError: As `read`.
        """
        self._count(root)
        fields, leftover = self._group(root, model_type)
        return _built(model_type, fields, leftover, root) if fields or leftover is not _NOTHING else None

    def _group(self, element: etree._Element, model_type: type[Element]) -> tuple[dict[str, Any], _Leftover]:
        """The fields that an element's children say, and the rest of it."""
        known_ones = known_children(model_type)
        if (element.text or "").strip(BLANKS):
            raise MessageError("message.element.not_group", path(element))
        fields: dict[str, Any] = {}
        unknown: list[UnknownElement] = []
        children: dict[tuple[str, int], _Leftover] = {}
        last, occurrence = "", 0
        for child in element:
            if (child.tail or "").strip(BLANKS):
                raise MessageError("message.element.not_group", path(element))
            self._count(child)
            tag = str(child.tag)
            known = known_ones.get(tag)
            if known is None:
                unknown.append(UnknownElement(last, occurrence, self._unknown(child)))
                continue
            value, leftover = self._value(child, known)
            if value is None:
                continue
            last, occurrence = tag, self._put(fields, known, value, child)
            if leftover is not _NOTHING:
                children[tag, occurrence] = leftover
        if unknown or children:
            return fields, _Leftover(tuple(unknown), children)
        return fields, _NOTHING

    def _value(self, element: etree._Element, known: KnownChild) -> tuple[Any, _Leftover]:
        """What a known element says: a text, a code, the fields of a model; None where it says nothing."""
        if known.model is not None:
            if element in self.ready:
                return self.ready[element], _NOTHING
            fields, leftover = self._group(element, known.model)
            return (None, _NOTHING) if not fields and leftover is _NOTHING else (fields, leftover)
        if len(element):
            raise MessageError("message.element.not_text", path(element))
        text = element.text
        if text is None or not text.strip(BLANKS):
            return None, _NOTHING
        if known.codes is None:
            return text, _NOTHING
        if text not in known.codes:
            raise MessageError(refused_characters(text) or "message.value.code", path(element))
        return known.codes[text], _NOTHING

    @staticmethod
    def _put(fields: dict[str, Any], known: KnownChild, value: Any, element: etree._Element) -> int:
        """Add a value; which one of its tag it is, from 1."""
        if known.repeats:
            fields.setdefault(known.field, []).append(value)
            return len(fields[known.field])
        if known.field in fields:
            raise MessageError("message.element.duplicate", path(element))
        fields[known.field] = value
        return 1

    def _count(self, element: etree._Element) -> None:
        self.seen += 1
        if self.seen > self.most_elements:
            raise MessageError("message.too_many")
        if element.attrib:
            self._look_at_attributes(element)

    @staticmethod
    def _look_at_attributes(element: etree._Element) -> None:
        if len(element.attrib) > MOST_ATTRIBUTES:
            raise MessageError("message.too_many")
        for text in element.attrib.values():
            if code := refused_characters(str(text)):
                raise MessageError(code, path(element))

    def _unknown(self, root: etree._Element) -> str:
        """An element that the vocabulary does not have as XML text, without the blanks between its elements."""
        level = {root: 1 + sum(1 for _ in root.iterancestors())}
        for element in root.iter():
            if element is not root:
                self._count(element)
                level[element] = level[element.getparent()] + 1  # type: ignore[index]  # below the root all have one
            if level[element] > DEEPEST:
                raise MessageError("message.too_deep")
            for text in (element.text, element.tail if element is not root else None):
                if text and (code := refused_characters(text)):
                    raise MessageError(code, path(element))
            if len(element) and not (element.text or "").strip(BLANKS):
                element.text = None
            if not (element.tail or "").strip(BLANKS):
                element.tail = None
        return etree.tostring(root, encoding="unicode", with_tail=False)


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


def _built(model_type: type[Model], fields: dict[str, Any], leftover: _Leftover, root: etree._Element) -> Model:
    _lists_to_tuples(fields)
    try:
        message = model_type.model_validate(fields)
        if leftover is not _NOTHING:
            _hand_over(message, leftover)
        return message
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
    code = first["type"] if first["type"].startswith("message.") else _CODES.get(first["type"])
    raise MessageError(code or "message.value.impossible", path(root) + _place(model_type, fields, first["loc"]))


def _lists_to_tuples(fields: dict[str, Any]) -> None:
    for name, value in fields.items():
        if type(value) is list:
            fields[name] = tuple(value)
            for item in value:
                if type(item) is dict:
                    _lists_to_tuples(item)
        elif type(value) is dict:
            _lists_to_tuples(value)


def _place(model_type: type[Element], fields: Any, steps: tuple[int | str, ...]) -> str:
    """The path below the root that stands for a path of fields; the values stay behind."""
    place, model = "", model_type
    for step in steps:
        if isinstance(step, int):
            place += f"[{step + 1}]" if len(fields) > 1 else ""
            fields = fields[step]
            continue
        for tag, known in known_children(model).items():
            if known.field == step:
                place += f"/{tag}"
                model = known.model or model
        fields = fields.get(step)
    return place


def _hand_over(model: Element, leftover: _Leftover) -> None:
    if leftover.unknown:
        model.keep_unknown(leftover.unknown)
    known_ones = known_children(type(model))
    for (tag, occurrence), child in leftover.children.items():
        _hand_over(child_models(model, known_ones[tag])[occurrence - 1], child)
