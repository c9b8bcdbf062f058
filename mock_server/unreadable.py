"""Which field of a request could not be read, from what the framework found, without anything the client wrote.

A name that the call does not have is often a mistyped one: then the one that looks like it is told. What breaks if
wrong: a client looks for its mistake at the wrong field, or reads its own secret in an error.
"""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches
from typing import Any, Final, get_args

from fastapi.routing import APIRoute
from pydantic import BaseModel

from mock_server.errors import QualificationError, Refusal

_UNKNOWN: Final = "extra_forbidden"
"""What the model says of a name that is no field."""
_LONGEST_NAME: Final = 60
_ALIKE: Final = 0.82
"""From how alike two names are taken for one mistyped (difflib): one letter of five or six."""


def why_unreadable(route: object, errors: Sequence[Any]) -> QualificationError:
    """The refusal for what the framework found wrong with a request to `route`.

    REQUEST_MALFORMED, REQUEST_FIELD, and for a name that is no field REQUEST_FIELD_MEANT or REQUEST_UNKNOWN_FIELD.
    """
    first = errors[0] if errors else {"type": "json_invalid", "loc": ()}
    first = next((error for error in errors if error["type"] == _UNKNOWN), first)  # often why another one is missing
    places = first["loc"][1:]
    if first["type"] == "json_invalid" or not places:
        return QualificationError(Refusal.REQUEST_MALFORMED)
    known = _names_of(route)
    # A name that is no field of this call was made up by the client, so it is not repeated.
    named = [str(part) if isinstance(part, int) or part in known else "?" for part in places]
    if first["type"] != _UNKNOWN:
        return QualificationError(Refusal.REQUEST_FIELD, where="/".join(named))
    name = str(places[-1])[:_LONGEST_NAME]
    meant = [] if name in known else get_close_matches(name, sorted(known), 1, _ALIKE)
    if not meant:
        return QualificationError(Refusal.REQUEST_UNKNOWN_FIELD, where="/".join(["", *named[:-1]]) or "/")
    return QualificationError(Refusal.REQUEST_FIELD_MEANT, where="/".join(named[:-1] + meant))


def _names_of(route: object) -> set[str]:
    """The names of every parameter of a call, and of every field of its body at any depth."""
    if not isinstance(route, APIRoute):
        return set()
    found = {parameter.alias for parameter in (*route.dependant.path_params, *route.dependant.query_params)}
    left: list[Any] = [] if route.body_field is None else [route.body_field.field_info.annotation]
    while left:
        kind = left.pop()
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            new = {name: field.annotation for name, field in kind.model_fields.items() if name not in found}
            found.update(new)
            left.extend(new.values())
        else:
            left.extend(get_args(kind))
    return found
