"""The messages of the vocabulary as JSON Schema, for the documentation page: every element and its grammar.

Read from the models themselves, so that page and server cannot disagree. What the grammar of a value is, its type
says; here it is only written down as a pattern. Made when
somebody asks for the description, not when the server starts.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, get_args

from pydantic import AfterValidator, GetJsonSchemaHandler
from pydantic.fields import FieldInfo
from pydantic_core import CoreSchema

from eligibility.oqs import values
from eligibility.oqs.elements import Element
from eligibility.oqs.layout import LISTS, known_children

Schema = dict[str, Any]

NOT_BLANK: Final = "[^ \\t\\r\\n]"
"""A blank text counts as absent, so a required one has something in it."""

_PATTERNS: Final[Mapping[Any, Schema]] = {
    values.Date: {"pattern": "^[0-9]{8}$", "description": "YYYYMMDD", "examples": ["20261120"]},
    values.Time: {"pattern": "^[0-9]{14}$", "description": "YYYYMMDDHHmmss (JST)", "examples": ["20261120090000"]},
    values.Month: {"pattern": "^[0-9]{6}$", "description": "YYYYMM", "examples": ["202611"]},
    values.Ratio: {"pattern": "^(0[0-9]{2}|100)$", "description": "percent, three digits", "examples": ["030"]},
    values.InsurerNumber: {"pattern": "^([0-9]{6}|[0-9]{8})$", "description": "保険者番号", "examples": ["01139997"]},
    values.InstitutionCode: {"pattern": "^[0-9]{10}$", "description": "医療機関コード", "examples": ["1312345678"]},
    values.Branch: {"pattern": "^[0-9]{2}$", "description": "枝番", "examples": ["01"]},
    values.PostNumber: {"pattern": "^[0-9]{3}-?[0-9]{4}$", "examples": ["100-0001"]},
    values.Code: {"pattern": "^[0-9A-Z]{1,4}$"},
    values.Count: {"pattern": "^[0-9]{1,9}$"},
    values.AskedNumber: {"maxLength": 20, "description": "never a 個人番号"},
    values.ReferenceNumberText: {"maxLength": 50, "description": "照会番号, never a 個人番号"},
}


def _checks(annotated: Any) -> tuple[Callable[..., Any], ...]:
    """The functions that check a value of this type; which type it is, they tell."""
    return tuple(part.func for part in getattr(annotated, "__metadata__", ()) if isinstance(part, AfterValidator))


_BY_CHECKS: Final = {_checks(kind): schema for kind, schema in _PATTERNS.items()}


@dataclass(frozen=True, slots=True)
class MessageSchema:
    """An annotation: the value is a message of this model in its web JSON variant."""

    model: type[Element]

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> Schema:
        """What pydantic puts into the description."""
        tag = self.model.__xml_tag__ or ""
        return {
            "type": "object",
            "description": (self.model.__doc__ or "").strip(),
            "properties": {tag: element_schema(self.model)},
            "required": [tag],
            "additionalProperties": False,
        }


def element_schema(model: type[Element]) -> Schema:
    """An element with children. Elements the vocabulary does not have are allowed and kept."""
    fields = model.model_fields
    children = known_children(model)
    properties: Schema = {}
    for tag, known in children.items():
        if known.model is None:
            schema = _text_schema(fields[known.field])
        elif tag in LISTS:
            schema = _list_schema(known.model)
        else:
            schema = element_schema(known.model)
        properties[tag] = {"type": "array", "items": schema} if known.repeats else schema
    found: Schema = {"type": "object", "properties": properties}
    required = [tag for tag, known in children.items() if fields[known.field].is_required()]
    if required:
        found["required"] = required
    return found


def _list_schema(model: type[Element]) -> Schema:
    """An element that is an array in JSON, each item an object of one key."""
    items = []
    for tag, known in known_children(model).items():
        inner = {"type": "string"} if known.model is None else element_schema(known.model)
        items.append({"type": "object", "properties": {tag: inner}, "required": [tag]})
    return {"type": "array", "items": items[0] if len(items) == 1 else {"anyOf": items}}


def _text_schema(field: FieldInfo) -> Schema:
    """A text: its list of codes or its grammar. Always a string, also where it looks like a number."""
    schema: Schema = {"type": "string"}
    known = next((kind for kind in _candidates(field) if kind in _BY_CHECKS), None)
    if known is not None:
        schema |= _BY_CHECKS[known]
    for candidate in (field.annotation, *get_args(field.annotation)):
        if isinstance(candidate, type) and hasattr(candidate, "__members__"):
            schema["enum"] = [member.value for member in candidate.__members__.values()]
    if field.is_required() and not schema.keys() & {"enum", "pattern"}:
        schema["pattern"] = NOT_BLANK
    return schema


def _candidates(field: FieldInfo) -> list[tuple[Callable[..., Any], ...]]:
    own = tuple(part.func for part in field.metadata if isinstance(part, AfterValidator))
    return [own, *(_checks(inner) for inner in get_args(field.annotation))]
