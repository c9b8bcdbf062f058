"""A name that stands twice in one JSON object: readers differ in which one counts, so nobody gets to read it.

What breaks if wrong: a request means one thing to whoever checks it and another to whoever answers it.
"""

from __future__ import annotations

import json
from typing import Any

from mock_server.errors import QualificationError, Refusal


class _DoubleNameError(Exception):
    """Some name stood twice."""


def refuse_double_names(body: bytes) -> None:
    """Look through a body (UTF-8 JSON); what is no JSON is left to whoever reads it.

    Raises:
        QualificationError: REQUEST_DOUBLE_FIELD; the name is not repeated, REQUEST_MALFORMED: nested too deeply.
    """
    try:
        _read(body.decode("utf-8"))
    except _DoubleNameError:
        raise QualificationError(Refusal.REQUEST_DOUBLE_FIELD) from None
    except RecursionError:
        raise QualificationError(Refusal.REQUEST_MALFORMED) from None
    except ValueError:
        return


def _once(pairs: list[tuple[str, Any]]) -> None:
    if len({name for name, _ in pairs}) < len(pairs):
        raise _DoubleNameError


_read = json.JSONDecoder(object_pairs_hook=_once).decode
