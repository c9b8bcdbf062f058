"""The base of every element that has children: what all of them share.

Rule: no element of the vocabulary is named here. An element keeps what it does not know, so that a message of a newer
layout passes through unharmed; it is immutable; and its errors never show the values in it.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any, ClassVar, Final, NamedTuple, Self

from pydantic import ConfigDict, PrivateAttr, model_validator
from pydantic_xml import BaseXmlModel

from eligibility.oqs.limits import ORDINARY, Limits

_KNOWN: Final[dict[str, Any]] = {"_unknown": ()}
"""Private attributes of an element in which everything is known."""
BLANKS = " \t\r\n"
"""What XML calls white space. The full-width blank is not: it is a character of a name."""


class UnknownElement(NamedTuple):
    """An element that the vocabulary does not have, as XML text, and the known element it stood after.

    `after` is the tag of the nearest known element before it ("" for none), `occurrence` which of those of the same
    tag, from 1.
    """

    after: str
    occurrence: int
    xml: str


class Element(BaseXmlModel, search_mode="unordered"):
    """An element with children. Children are found by name in any order; an absent one is None.

    Values are strict text; an empty or blank text counts as absent, because the service omits what it does not have.
    Raises pydantic.ValidationError when it is built from impossible values, without showing them.
    """

    limits: ClassVar[Limits] = ORDINARY
    """How large a message of this type may be, where it is the root."""

    model_config: ClassVar[ConfigDict] = ConfigDict(strict=True, frozen=True, extra="forbid", hide_input_in_errors=True)

    _unknown: tuple[UnknownElement, ...] = PrivateAttr(default=())

    @model_validator(mode="before")
    @classmethod
    def _blank_is_absent(cls, fields: Any) -> Any:
        if not isinstance(fields, dict):
            return fields
        blank = [name for name, value in fields.items() if isinstance(value, str) and not value.strip(BLANKS)]
        return {name: value for name, value in fields.items() if name not in blank} if blank else fields

    @classmethod
    def model_construct(cls, _fields_set: set[str] | None = None, **values: Any) -> Self:
        """As pydantic's, to the same result; that one looks for aliases and factories, which no element has."""
        new = cls.__new__(cls)
        for name, value in (
            ("__dict__", {**_absent(cls), **values}),
            ("__pydantic_fields_set__", set(values) if _fields_set is None else _fields_set),
            ("__pydantic_extra__", None),
            ("__pydantic_private__", dict(_KNOWN)),
        ):
            object.__setattr__(new, name, value)
        return new

    @property
    def unknown_elements(self) -> tuple[UnknownElement, ...]:
        """What was read in this element and is not in the vocabulary, in the order it was found."""
        kept: tuple[UnknownElement, ...] = (self.__pydantic_private__ or _KNOWN)["_unknown"]
        return kept

    def keep_unknown(self, elements: tuple[UnknownElement, ...]) -> None:
        """Remember what stood in this element besides its known children. Only the codec calls this."""
        self._unknown = elements


@cache
def _absent(model_type: type[Element]) -> dict[str, Any]:
    """What an element has where nothing is said."""
    return {name: field.default for name, field in model_type.model_fields.items() if not field.is_required()}


class PersonalElement(Element):
    """An element full of a person's data: no text form of it shows any."""

    def __repr_args__(self) -> Iterable[tuple[str | None, Any]]:
        return ()
