"""Names of message files: the grammar of §1.2, and nothing that leaves the folder."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from eligibility.oqs.errors import MessageError
from eligibility.oqs.file_names import MessageKind, answer_name, daily_suffix, face_name, request_name


def test_a_request_is_named_by_kind_and_suffix() -> None:
    assert request_name(MessageKind.QUALIFICATION, "202611200001") == "OQSsiquc01req_202611200001.xml"
    assert request_name(MessageKind.REFERENCE_NUMBER, "202611200002") == "OQSsiimm01req_202611200002.xml"


@pytest.mark.parametrize(
    ("request_file", "answer_file"),
    [
        ("OQSsiquc01req_202611200001.xml", "OQSsiquc01res_202611200001.xml"),
        ("OQSsiimm01req_202611200001.xml", "OQSsiimm01res_202611200001.xml"),
        ("OQSmuquc02req_202611200001.xml", "OQSmuquc02res_202611200001.xml"),
        ("YZKsiquc01req_202611200930150001234.xml", "YZKsiquc01res_202611200930150001234.xml"),
    ],
)
def test_the_answer_keeps_kind_and_suffix(request_file: str, answer_file: str) -> None:
    assert answer_name(request_file) == answer_file


@pytest.mark.parametrize(
    "name",
    [
        "",
        "OQSsiquc01res_202611200001.xml",
        "OQSsiquc01res_face_1312345678_20261120093015.xml",
        "OQSsiquc01req_.xml",
        "OQSsiquc01req_202611200001.xml.tmp",
        "OQSsiquc01req_202611200001.XML",
        "OQSsiquc01req_../../etc.xml",
        "/req/OQSsiquc01req_202611200001.xml",
        "OQSsiquc01req_202611200001.xml\n",
        "OQSsiquc01req_２０２６.xml",
        "OQSxxquc01req_202611200001.xml",
    ],
)
def test_anything_else_is_no_request(name: str) -> None:
    with pytest.raises(MessageError) as refusal:
        answer_name(name)
    assert refusal.value.code == "file_name.request"


@pytest.mark.parametrize("suffix", ["", "../1", "1 2", "1/2", "1_2", "あ", "1" * 65, "1\n"])
def test_a_suffix_is_digits_and_letters(suffix: str) -> None:
    with pytest.raises(MessageError) as refusal:
        request_name(MessageKind.QUALIFICATION, suffix)
    assert refusal.value.code == "file_name.suffix"


def test_a_result_read_at_the_reader() -> None:
    name = face_name("1312345678" + "0123456789abcdef0123", datetime(2026, 11, 20, 9, 30, 15))
    assert name == "OQSsiquc01res_face_13123456780123456789abcdef0123_20261120093015.xml"


def test_a_face_identifier_is_institution_and_20_hexadecimal_digits() -> None:
    with pytest.raises(MessageError) as refusal:
        face_name("1312345678/../x", datetime(2026, 11, 20, 9, 30, 15))
    assert refusal.value.code == "file_name.face"


def test_the_usual_suffix_is_day_and_running_number() -> None:
    assert daily_suffix(date(2026, 11, 20), 1) == "202611200001"
    assert daily_suffix(date(2026, 11, 20), 9999) == "202611209999"
    for number in (0, 10_000, -1):
        with pytest.raises(MessageError) as refusal:
            daily_suffix(date(2026, 11, 20), number)
        assert refusal.value.code == "file_name.number"


def test_where_shows_no_control_characters_and_stays_short() -> None:
    with pytest.raises(MessageError) as refusal:
        answer_name("\x1b[31m" + "x" * 1000)
    assert refusal.value.where.startswith("?[31m")
    assert len(refusal.value.where) == 200
