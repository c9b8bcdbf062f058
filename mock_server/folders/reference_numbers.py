"""Answers without 照会番号, as an installation has them that registers none.

What breaks if wrong: a レセコン that needs the number is rehearsed with it, or the reverse.
"""

from __future__ import annotations

from typing import Any

from eligibility.oqs.bulk_messages import BulkConfirmUnit
from eligibility.oqs.elements import Element
from eligibility.oqs.messages import QualificationResult

_NONE: dict[str, Any] = {"reference_number": None}


def without_reference_number(message: Element) -> Element:
    """The same answer, or the same unit of a bulk answer, without it."""
    if isinstance(message, BulkConfirmUnit):
        found = message.result_of_qualification_confirmation
        inner = None if found is None else found.model_copy(update=_NONE)
        return message.model_copy(update=_NONE | {"result_of_qualification_confirmation": inner})
    if isinstance(message, QualificationResult) and message.results and message.message_body is not None:
        results = tuple(result.model_copy(update=_NONE) for result in message.results)
        old = message.message_body.result_list
        new = None if old is None else old.model_copy(update={"results": results})
        return message.model_copy(update={"message_body": message.message_body.model_copy(update={"result_list": new})})
    return message
