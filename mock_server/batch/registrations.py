"""One person of a 照会番号一括登録: registered as a single request does, told as a `BulkRegistrationUnit`.

What breaks if wrong: an institution's own number on somebody else's answer.
"""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import Row

from eligibility.oqs.codec import from_json, to_json
from eligibility.oqs.codes import ProcessingResultStatus
from eligibility.oqs.reference_numbers import BulkRegistrationUnit, ReferenceNumberRegistrationInfo
from mock_server.batch.work import FAILED, parsed
from mock_server.reference_numbers import register
from mock_server.registry.transaction import Transaction
from mock_server.words import text

_INFO = "ReferenceNumberRegistrationInfo"
_UNIT = "BulkRegistrationUnit"


def item_of(info: ReferenceNumberRegistrationInfo) -> str:
    """What is kept of one registration: the elements as JSON."""
    return json.dumps(to_json(info)[_INFO], ensure_ascii=False, separators=(",", ":"))


def unit_of(result: str) -> BulkRegistrationUnit:
    """A stored result as an element of muimm02res."""
    return from_json(BulkRegistrationUnit, {_UNIT: parsed(result)})


def answer_some(tx: Transaction, row: Row[Any], items: list[str]) -> list[str]:
    """The results of some registrations of a batch (`mock_server.batch.work.Answer`)."""
    infos = (from_json(ReferenceNumberRegistrationInfo, {_INFO: parsed(item)}) for item in items)
    return [_told(info, register(tx, row.institution, row.run, info)) for info in infos]


def failed(item: str) -> str:
    """The result of a registration that broke the program (`mock_server.batch.work.Failed`)."""
    return _told(from_json(ReferenceNumberRegistrationInfo, {_INFO: parsed(item)}), FAILED)


def _told(info: ReferenceNumberRegistrationInfo, refused: str | None) -> str:
    unit = BulkRegistrationUnit(
        reference_number_registration_info=info,
        processing_result_status=ProcessingResultStatus.DONE if refused is None else ProcessingResultStatus.ERROR,
        processing_result_code=refused,
        processing_result_message=_sentence(refused),
    )
    return json.dumps(to_json(unit)[_UNIT], ensure_ascii=False, separators=(",", ":"))


def _sentence(code: str | None) -> str | None:
    if code is None:
        return None
    return text("ja", f"{code}.message" if code == FAILED else f"result.{code}")
