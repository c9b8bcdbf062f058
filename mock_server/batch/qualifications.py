"""One person of a 一括照会: the same finding as a query by numbers gives, as a `BulkConfirmUnit`.

What breaks if wrong: the list of tomorrow's appointments says something else than the counter will.
"""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from sqlalchemy import Row

from eligibility.oqs.bulk_messages import BulkConfirmUnit
from eligibility.oqs.codec import from_json, to_json
from eligibility.oqs.codes import LimitConsent, ProcessingResultStatus
from eligibility.oqs.messages import QualificationConfirmSearchInfo
from mock_server.answer_results import result_of
from mock_server.batch.work import FAILED, parsed
from mock_server.findings import find_by_numbers
from mock_server.reference_numbers import number_of
from mock_server.registry.transaction import Transaction
from mock_server.service import numbers_key
from mock_server.words import text

_QUERY = "QualificationConfirmSearchInfo"
_UNIT = "BulkConfirmUnit"
ON = "on"
"""Key in a batch's header: the day asked for, ISO."""


def item_of(query: QualificationConfirmSearchInfo) -> str:
    """What is kept of one person asked for: the elements as JSON."""
    return json.dumps(to_json(query)[_QUERY], ensure_ascii=False, separators=(",", ":"))


def unit_of(result: str) -> BulkConfirmUnit:
    """A stored result as an element of muquc02res."""
    return from_json(BulkConfirmUnit, {_UNIT: parsed(result)})


def answer_some(tx: Transaction, row: Row[Any], items: list[str]) -> list[str]:
    """The results of some people of a batch (`mock_server.batch.work.Answer`)."""
    on = date.fromisoformat(json.loads(row.header)[ON])
    return [_answer(tx, row, from_json(QualificationConfirmSearchInfo, {_QUERY: parsed(item)}), on) for item in items]


def _answer(tx: Transaction, row: Row[Any], query: QualificationConfirmSearchInfo, on: date) -> str:
    finding = find_by_numbers(tx.members_with(numbers_key(query)), on)
    values: dict[str, Any] = {
        "qualification_confirm_search_info": query,
        "processing_result_status": ProcessingResultStatus.DONE,
        "qualification_validity": finding.validity,
    }
    if finding.person is not None and finding.membership is not None:
        values["result_of_qualification_confirmation"] = result_of(
            finding.person,
            finding.membership,
            on=on,
            at=tx.now(),
            institution=row.institution,
            by_card=False,
            limit_wanted=query.limit_application_certificate_related_cons_flg is LimitConsent.GIVEN,
            consent=None,
            reference_number=None,
        )
        number = number_of(tx, row.institution, row.run, finding.membership)
        if number is not None:
            values["reference_number"] = number
    unit = BulkConfirmUnit.model_construct(**values)
    return json.dumps(to_json(unit)[_UNIT], ensure_ascii=False, separators=(",", ":"))


def failed(item: str) -> str:
    """The result of a person whose answer broke the program (`mock_server.batch.work.Failed`)."""
    query = from_json(QualificationConfirmSearchInfo, {_QUERY: parsed(item)})
    unit = BulkConfirmUnit(
        qualification_confirm_search_info=query,
        processing_result_status=ProcessingResultStatus.ERROR,
        processing_result_code=FAILED,
        processing_result_message=text("ja", f"{FAILED}.message"),
    )
    return json.dumps(to_json(unit)[_UNIT], ensure_ascii=False, separators=(",", ":"))
