"""A 個人番号 in a message is found wherever somebody typed it, and the protocol's own numbers are none."""

from __future__ import annotations

from typing import Any

import pytest

from mock_server.callers import Caller, check_run
from mock_server.errors import QualificationError, Refusal
from mock_server.individual_numbers import where_it_stands

NUMBER = "123456789018"
"""Twelve digits with a valid check digit; nobody's."""


@pytest.mark.parametrize(
    ("message", "where"),
    [
        ({"XmlMsg": {"MessageBody": {"ArbitraryIdentifier": NUMBER}}}, "ArbitraryIdentifier"),
        ({"XmlMsg": {"MessageBody": {"ReferenceNumber": f"A{NUMBER} 山田"}}}, "ReferenceNumber"),
        ({"XmlMsg": {"MessageBody": {"People": [{"InsuredCardSymbol": "1234-5678-9018"}]}}}, "InsuredCardSymbol"),
        ({"XmlMsg": {"made_up_name_1": NUMBER}}, "?"),
        ({"XmlMsg": {NUMBER: "x"}}, "?"),
        ({"XmlMsg": {"Unknown": "１２３４５６７８９０１８"}}, "Unknown"),
        ({"XmlMsg": {"MessageHeader": {"ArbitraryFileIdentifier": NUMBER, "ReceptionNumber": NUMBER}}}, None),
        ({"XmlMsg": {"Birthdate": "19850615", "ArbitraryIdentifier": "123456789012"}}, None),
    ],
)
def test_where_it_stands(message: dict[str, Any], where: str | None) -> None:
    assert where_it_stands(message) == where


def test_a_message_of_any_depth_is_looked_through() -> None:
    deep: Any = NUMBER
    for _ in range(10_000):
        deep = {"A": [deep]}
    assert where_it_stands(deep) is not None


def test_no_test_run_is_called_so() -> None:
    with pytest.raises(QualificationError) as refused:
        check_run(NUMBER)
    assert refused.value.refusal is Refusal.REQUEST_INDIVIDUAL_NUMBER
    check_run("build-202611200930")
    assert Caller("1312345678").run == ""
