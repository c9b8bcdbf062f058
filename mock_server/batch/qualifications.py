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
from eligibility.oqs.codes import LimitConsent, ProcessingResultStatus, ReferenceClassification
from eligibility.oqs.messages import QualificationConfirmSearchInfo, QualificationResult
from mock_server.answer_results import result_of
from mock_server.answers import Asked, found
from mock_server.batch.work import FAILED, parsed
from mock_server.callers import Caller
from mock_server.findings import Finding, find_by_numbers
from mock_server.reference_numbers import number_of
from mock_server.registry.exchanges import Exchange
from mock_server.registry.transaction import Transaction
from mock_server.scenarios.meeting import recognised
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
    members = tx.members_with(numbers_key(query))
    finding = find_by_numbers(members, on)
    caller = Caller(row.institution, row.run, via="batch")
    exchange = Exchange(tx.now(), "qualification.numbers", row.institution, row.run, via="batch")
    script = recognised(tx, caller, exchange, finding.person)
    values: dict[str, Any] = {"qualification_confirm_search_info": query}
    if script.troubles:
        asked = Asked(tx.now(), on, row.institution, ReferenceClassification.INSURED_DATA, query=query)
        values |= _said(script.play(asked, lambda asked: found(asked, find_by_numbers(members, asked.on))))
    else:
        values |= _truth(tx, row, finding, query, on)
    if finding.membership is not None and (number := number_of(tx, row.institution, row.run, finding.membership)):
        values["reference_number"] = number
    unit = BulkConfirmUnit.model_construct(**values)
    return json.dumps(to_json(unit)[_UNIT], ensure_ascii=False, separators=(",", ":"))


def _truth(
    tx: Transaction, row: Row[Any], finding: Finding, query: QualificationConfirmSearchInfo, on: date
) -> dict[str, Any]:
    values: dict[str, Any] = {
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
    return values


def _said(message: QualificationResult) -> dict[str, Any]:
    """What an armed trouble makes the service say, as the fields of a unit; a whole failure is this person's."""
    body = message.message_body
    if body is None or body.processing_result_status is None:
        header = message.message_header
        return {
            "processing_result_status": ProcessingResultStatus.ERROR,
            "processing_result_code": header.error_code,
            "processing_result_message": header.error_message,
        }
    return {
        "processing_result_status": body.processing_result_status,
        "processing_result_code": body.processing_result_code,
        "processing_result_message": body.processing_result_message,
        "qualification_validity": body.qualification_validity,
        "result_of_qualification_confirmation": message.only_result,
    }


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
