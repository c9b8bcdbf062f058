"""Whether a message in JSON has the shape of its description: a text is a string, what repeats is an array.

The codec is more patient: it takes an array of one for the one, and an empty object for an absent text. A client that
sends such a thing has a fault that another server would not forgive, so here it is told. Values, and what must be
there, are the codec's business.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from eligibility.oqs.elements import Element
from eligibility.oqs.errors import MessageError
from eligibility.oqs.layout import LISTS, KnownChild, known_children

_CODE: Final = "message.json.type"


def check_shape(model: type[Element], sent: Mapping[str, Any]) -> None:
    """Refuse known elements of another JSON type. Elements nobody knows may be anything.

    Raises:
        MessageError: `message.json.type` with the path of known elements.
    """
    tag = model.__xml_tag__ or ""
    if not isinstance(sent.get(tag), dict):
        raise MessageError(_CODE, tag)
    _check_object(model, sent[tag], tag)


def _check_object(model: type[Element], sent: Mapping[str, Any], where: str) -> None:
    children = known_children(model)
    for tag, value in sent.items():
        known = children.get(tag)
        if known is None:
            continue
        if known.repeats or tag in LISTS:
            if not isinstance(value, list):
                raise MessageError(_CODE, f"{where}/{tag}")
            for one in value:
                _check_value(known, one, f"{where}/{tag}")
        else:
            _check_value(known, value, f"{where}/{tag}")


def _check_value(known: KnownChild, value: object, where: str) -> None:
    if known.model is None:
        if not isinstance(value, str):
            raise MessageError(_CODE, where)
    elif not isinstance(value, dict):
        raise MessageError(_CODE, where)
    else:
        _check_object(known.model, value, where)
