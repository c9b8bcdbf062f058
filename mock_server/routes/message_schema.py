"""The messages of the vocabulary as JSON Schema, for the documentation page: every element and its grammar.

Read from the models themselves, so that page and server cannot disagree. What the grammar of a value is, its type
says; here it is only written down as a pattern. Made when somebody asks for the description, not when the server
starts. What breaks if wrong: a client that keeps to the description is refused.
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
from eligibility.oqs.kinds import PAIRS
from eligibility.oqs.layout import LISTS, known_children

Schema = dict[str, Any]

BLANK: Final = r"[ \t\r\n]*"
"""Counts as absent (`Element`), so an optional element may be that."""
PRIVATE_USE: Final = "\\uE000-\\uF8FF\U000f0000-\U0010ffff"
"""外字: another character on every machine (validation.md §5). As the inside of a character class."""
_REFUSED: Final = f"\\u0000-\\u0008\\u000B-\\u001F\\u007F-\\u009F\\uFDD0-\\uFDEF\\uFFFE\\uFFFF{PRIVATE_USE}"
_CLEAN: Final = f"[^{_REFUSED}]"
_CLEAN_AND_NOT_BLANK: Final = f"[^ \\t\\r\\n{_REFUSED}]"
PLAIN_TEXT: Final = f"^{_CLEAN}*{_CLEAN_AND_NOT_BLANK}{_CLEAN}*$"
"""Text of which something can be seen, without control characters and 外字."""
_YEAR: Final = "([0-9]{3}[1-9]|[0-9]{2}[1-9][0-9]|[0-9][1-9][0-9]{2}|[1-9][0-9]{3})"
_LEAP_YEAR: Final = "([0-9]{2}(0[48]|[2468][048]|[13579][26])|(0[48]|[2468][048]|[13579][26])00)"
_IN_ANY_YEAR: Final = (
    "((01|03|05|07|08|10|12)(0[1-9]|[12][0-9]|3[01])|(04|06|09|11)(0[1-9]|[12][0-9]|30)|02(0[1-9]|1[0-9]|2[0-8]))"
)
DAY: Final = f"({_YEAR}{_IN_ANY_YEAR}|{_LEAP_YEAR}0229)"
"""Every day of the calendar as YYYYMMDD, and no other."""
_GRAMMAR: Final[Mapping[Any, tuple[str, Schema]]] = {
    values.Date: (DAY, {"description": "YYYYMMDD", "examples": ["20261120"]}),
    values.Time: (
        f"{DAY}([01][0-9]|2[0-3])[0-5][0-9][0-5][0-9]",
        {"description": "YYYYMMDDHHmmss (JST)", "examples": ["20261120090000"]},
    ),
    values.Month: (f"{_YEAR}(0[1-9]|1[0-2])", {"description": "YYYYMM", "examples": ["202611"]}),
    values.Ratio: ("0[0-9]{2}|100", {"description": "percent, three digits", "examples": ["030"]}),
    values.InsurerNumber: (" *([0-9]{6}|[0-9]{8}) *", {"description": "保険者番号", "examples": ["01139997"]}),
    values.InstitutionCode: ("[0-9]{10}", {"description": "医療機関コード", "examples": ["1312345678"]}),
    values.Branch: ("[0-9]{2}", {"description": "枝番", "examples": ["01"]}),
    values.PostNumber: ("[0-9]{3}-?[0-9]{4}", {"examples": ["100-0001"]}),
    values.Code: ("[0-9A-Z]{1,4}", {}),
    values.Count: ("[0-9]{1,9}", {}),
    values.AskedNumber: ("", {"maxLength": 20, "description": "20 characters at most, never a 個人番号"}),
    values.ReferenceNumberText: ("", {"maxLength": 50, "description": "照会番号, never a 個人番号"}),
}
"""For each type of value its pattern, "" for any text, and what else is to be said of it."""


def _checks(annotated: Any) -> tuple[Callable[..., Any], ...]:
    """The functions that check a value of this type; which type it is, they tell."""
    return tuple(part.func for part in getattr(annotated, "__metadata__", ()) if isinstance(part, AfterValidator))


_BY_CHECKS: Final = {_checks(kind): grammar for kind, grammar in _GRAMMAR.items()}


@dataclass(frozen=True, slots=True)
class MessageSchema:
    """An annotation: the value is a message of this model in its web JSON variant."""

    model: type[Element]

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> Schema:
        """What pydantic puts into the description."""
        return message_schema(self.model)


def message_schema(model: type[Element]) -> Schema:
    """A message of this model in its web JSON variant: an object of one key."""
    tag = model.__xml_tag__ or ""
    sent = any(model is pair.request for pair in PAIRS.values())
    return {
        "type": "object",
        "description": (model.__doc__ or "").strip(),
        "properties": {tag: element_schema(model, sent=sent)},
        "required": [tag],
        "additionalProperties": False,
    }


def element_schema(model: type[Element], *, sent: bool = True) -> Schema:
    """An element with children. Elements the vocabulary does not have are allowed and kept.

    `sent` by a client an optional text may be blank; the server leaves such out.
    """
    fields = model.model_fields
    children = known_children(model)
    properties: Schema = {}
    for tag, known in children.items():
        field = fields[known.field]
        if known.model is None:
            schema = _text_schema(field, blank=sent and not field.is_required())
        elif tag in LISTS:
            schema = _list_schema(known.model, sent)
        else:
            schema = element_schema(known.model, sent=sent)
        properties[tag] = _repeated(schema, field) if known.repeats else schema
    found: Schema = {"type": "object", "properties": properties}
    required = [tag for tag, known in children.items() if fields[known.field].is_required()]
    if required:
        found["required"] = required
    return found


def _repeated(schema: Schema, field: FieldInfo) -> Schema:
    return {"type": "array", "items": schema, **({"minItems": 1} if field.is_required() else {})}


def _list_schema(model: type[Element], sent: bool) -> Schema:
    """An element that is an array in JSON, each item an object of one key."""
    items = []
    for tag, known in known_children(model).items():
        inner = {"type": "string"} if known.model is None else element_schema(known.model, sent=sent)
        items.append({"type": "object", "properties": {tag: inner}, "required": [tag]})
    return {"type": "array", "items": items[0] if len(items) == 1 else {"anyOf": items}}


def _text_schema(field: FieldInfo, *, blank: bool) -> Schema:
    """A text: its list of codes or its grammar. Always a string, also where it looks like a number."""
    for candidate in (field.annotation, *get_args(field.annotation)):
        if isinstance(candidate, type) and hasattr(candidate, "__members__"):
            codes: Schema = {"type": "string", "enum": [member.value for member in candidate.__members__.values()]}
            return {"anyOf": [codes, {"type": "string", "pattern": f"^{BLANK}$"}]} if blank else codes
    known = next((checks for checks in _candidates(field) if checks in _BY_CHECKS), None)
    pattern, said = _BY_CHECKS[known] if known is not None else ("", {})
    if not pattern:
        pattern = f"{_CLEAN}*" if blank else f"{_CLEAN}*{_CLEAN_AND_NOT_BLANK}{_CLEAN}*"
    elif blank:
        pattern = f"{pattern}|{BLANK}"
    return {"type": "string", "pattern": f"^({pattern})$", **said}


def _candidates(field: FieldInfo) -> list[tuple[Callable[..., Any], ...]]:
    own = tuple(part.func for part in field.metadata if isinstance(part, AfterValidator))
    return [own, *(_checks(inner) for inner in get_args(field.annotation))]
