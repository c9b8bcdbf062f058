"""Whatever can be said in the vocabulary is read back as it was written."""

from __future__ import annotations

import json
from typing import get_args

from hypothesis import given, settings
from hypothesis import strategies as st

from eligibility.oqs.charset import Encoding
from eligibility.oqs.codec import Order, from_json, from_xml, to_json, to_xml
from eligibility.oqs.elements import Element
from eligibility.oqs.messages import QualificationRequest, QualificationResult
from tests.oqs.strategies import requests, results
from tests.thoroughness import examples

orders = st.sampled_from(get_args(Order))
encodings = st.sampled_from(get_args(Encoding))


def body_of(message: QualificationResult) -> Element | None:
    return message.message_body


@given(message=requests, order=orders)
def test_a_request_in_utf_8(message: QualificationRequest, order: Order) -> None:
    assert from_xml(QualificationRequest, to_xml(message, order=order)) == message


@settings(max_examples=examples(60))
@given(message=results, order=orders)
def test_a_result_in_utf_8(message: QualificationResult, order: Order) -> None:
    again = from_xml(QualificationResult, to_xml(message, order=order))
    assert body_of(again) == body_of(message)
    assert to_xml(again) == to_xml(message)


@settings(max_examples=examples(60))
@given(message=results, order=orders)
def test_a_result_in_cp932_differs_only_in_what_the_set_lacks(message: QualificationResult, order: Order) -> None:
    once = to_xml(message, encoding="cp932", order=order)
    again = from_xml(QualificationResult, once)
    assert to_xml(again, encoding="cp932", order=order) == once
    assert (
        again.message_header.qualification_confirmation_date == message.message_header.qualification_confirmation_date
    )


@given(message=requests)
def test_a_request_in_json(message: QualificationRequest) -> None:
    assert from_json(QualificationRequest, json.loads(json.dumps(to_json(message)))) == message


@settings(max_examples=examples(60))
@given(message=results)
def test_a_result_in_json(message: QualificationResult) -> None:
    again = from_json(QualificationResult, json.loads(json.dumps(to_json(message))))
    assert body_of(again) == body_of(message)
    assert to_json(again) == to_json(message)
