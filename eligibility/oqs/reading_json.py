"""From parsed JSON straight to a message, where it holds nothing but known elements and possible values.

Rule: the same message as the way through a tree gives; whatever is unusual is left to that way, which keeps what is
unknown and names what is wrong. What breaks if this is wrong: JSON and XML of one message differ.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import ValidationError

from eligibility.oqs.elements import BLANKS, Element
from eligibility.oqs.layout import LISTS, KnownChild, known_children

Model = TypeVar("Model", bound=Element)


def read_object(model_type: type[Model], obj: Mapping[str, object], most_elements: int) -> Model | None:
    """The message in parsed JSON; None where it holds anything but known elements and possible values.

    Then the caller goes the long way round, through a tree, which keeps what is unknown and names what is wrong.
    """
    try:
        return model_type.model_validate(_ObjectReader(most_elements).fields(obj, model_type))
    except (_Unusual, ValidationError):
        return None


class _Unusual(Exception):  # noqa: N818 - not an error: the other way is taken
    """Parsed JSON is not simply a message."""


@dataclass(slots=True)
class _ObjectReader:
    most_elements: int
    seen: int = 0

    def fields(self, obj: object, model_type: type[Element]) -> dict[str, Any]:
        if type(obj) is not dict:
            raise _Unusual
        self.seen += len(obj)
        if self.seen > self.most_elements:
            raise _Unusual
        known_ones = known_children(model_type)
        found: dict[str, Any] = {}
        for tag, content in obj.items():
            known = known_ones.get(tag)
            if known is None:
                raise _Unusual
            value = self._value(tag, content, known)
            if value:
                found[known.field] = value
        return found

    def _value(self, tag: str, content: object, known: KnownChild) -> Any:
        if known.model is None:
            if type(content) is not str:
                raise _Unusual
            if not content.strip(BLANKS):
                return None
            if known.codes is None:
                return content
            if content not in known.codes:
                raise _Unusual
            return known.codes[content]
        if tag in LISTS:
            return self._list(content, known.model)
        if known.repeats:
            return self._several(content if type(content) is list else [content], known.model)
        return self.fields(content, known.model)

    def _list(self, content: object, model_type: type[Element]) -> dict[str, Any]:
        """`[{"ResultOfQualificationConfirmation": {…}}, …]`"""
        [(tag, item)] = known_children(model_type).items()
        if type(content) is not list or item.model is None:
            raise _Unusual
        if any(type(entry) is not dict or list(entry) != [tag] for entry in content):
            raise _Unusual
        values = self._several([entry[tag] for entry in content], item.model)
        return {item.field: values} if values else {}

    def _several(self, content: list[object], model_type: type[Element]) -> tuple[dict[str, Any], ...]:
        self.seen += len(content)
        return tuple(fields for entry in content if (fields := self.fields(entry, model_type)))
