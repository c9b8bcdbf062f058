"""What the models say about the layout: which children an element has, in which order, and of what kind.

Rule: read from the models once and kept; no element is named here but those that are written in a way of their own.
What breaks if this is wrong: an item is written in another place, or a list of the JSON variant is no list.
"""

from __future__ import annotations

import zlib
from enum import StrEnum
from functools import cache
from typing import Literal, NamedTuple, get_args

from pydantic.fields import FieldInfo
from pydantic_xml.fields import XmlEntityInfo

from eligibility.oqs.elements import Element

Order = Literal["spec", "face"]
"""`spec`: the order of the layout. `face`: scrambled, as in the face folder (online-qualification.md §1.3)."""

PADDED = "InsurerNumber"
"""Written with two characters in front where it has 6 digits."""
ENCODING = "CharacterCodeIdentifier"
"""Written as what is true of the bytes."""

LISTS = frozenset(
    (
        "ResultList",
        "SpecificDiseasesCertificateList",
        "PublicExpenseResultList",
        "MockMedicineList",
        "MockHealthCheckupList",
        "MockCheckupItemList",
    )
)
"""Elements that are arrays in the web JSON variant, each item an object of one key (online-qualification.md §5)."""


class KnownChild(NamedTuple):
    """What may stand in an element."""

    field: str
    """The field it goes to."""
    model: type[Element] | None
    """What it is made of; None for a text."""
    repeats: bool
    codes: dict[str, StrEnum] | None
    """The members of its list by value, where no other value is possible."""


class Repeated(NamedTuple):
    """What a bulk message holds many of: `field` of the body, each a `model` under `tag`."""

    body: type[Element]
    tag: str
    field: str
    model: type[Element]


@cache
def known_children(model_type: type[Element]) -> dict[str, KnownChild]:
    """The children of an element by tag, in the order of the layout."""
    return {_tag_of(field): _known(name, field) for name, field in model_type.model_fields.items()}


@cache
def in_order(model_type: type[Element], order: Order) -> tuple[tuple[str, KnownChild], ...]:
    """The same, in the order in which they are written. The root of a message keeps its header in front."""
    children = tuple(known_children(model_type).items())
    if order == "spec" or model_type.__xml_tag__ == "XmlMsg":
        return children
    return tuple(sorted(children, key=lambda child: scrambled_place(child[0])))


def scrambled_place(tag: str) -> int:
    """By what the face order sorts: it looks like a hash table's and is the same on every machine."""
    return zlib.adler32(tag.encode())


@cache
def repeated(model_type: type[Element]) -> Repeated | None:
    """What a message holds many of directly in its body; None where that is one person's message."""
    body = known_children(model_type)["MessageBody"].model if "MessageBody" in known_children(model_type) else None
    if body is None:
        return None
    for tag, known in known_children(body).items():
        if known.repeats and known.model is not None:
            return Repeated(body, tag, known.field, known.model)
    return None


def child_models(model: Element, known: KnownChild) -> tuple[Element, ...]:
    """The elements that a field holds, however many."""
    value = getattr(model, known.field)
    if value is None:
        return ()
    return value if isinstance(value, tuple) else (value,)


def _known(name: str, field: FieldInfo) -> KnownChild:
    candidates: list[object] = [field.annotation]
    repeats = False
    model: type[Element] | None = None
    codes: dict[str, StrEnum] | None = None
    while candidates:
        candidate = candidates.pop()
        if isinstance(candidate, type) and issubclass(candidate, Element):
            model = candidate
        elif isinstance(candidate, type) and issubclass(candidate, StrEnum):
            codes = {member.value: member for member in candidate}
        inner = get_args(candidate)
        repeats = repeats or Ellipsis in inner
        candidates.extend(inner)
    return KnownChild(name, model, repeats, codes)


def _tag_of(field: FieldInfo) -> str:
    for entity in field.metadata:
        if isinstance(entity, XmlEntityInfo) and entity.path:
            return entity.path
    raise TypeError("a field of a message names its element")
