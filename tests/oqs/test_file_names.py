"""Names of message files: the grammar of §1.2, and nothing that leaves the folder."""

from __future__ import annotations

import contextlib
from datetime import date, datetime
from pathlib import PurePosixPath, PureWindowsPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eligibility.oqs.errors import MessageError
from eligibility.oqs.file_names import (
    MessageKind,
    answer_name,
    daily_suffix,
    error_name,
    face_name,
    is_face_name,
    is_removal_notice,
    read_answer_name,
    read_request_name,
    removal_notice_name,
    request_name,
)


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


HABITS = ["202611200001", "9902202611201234", "20261120093015-0001234", "A-1_b", "x" * 64, "1__2--3", "facet_1"]
"""Suffixes as vendors build them: day and number, day and patient, joined with hyphens or underscores (§1.2)."""

NO_SUFFIX = [
    "",
    "../1",
    "1 2",
    "1/2",
    "1\\2",
    "1.2",
    "..",
    "あ",
    "１",
    "x" * 65,
    "1\n",
    "-1",
    "_1",
    "face_1",
    "1:2",
    "1\x00",
]


@pytest.mark.parametrize("kind", MessageKind)
@pytest.mark.parametrize("suffix", HABITS)
def test_a_request_name_is_read_back_whatever_the_vendors_habit(kind: MessageKind, suffix: str) -> None:
    name = request_name(kind, suffix)
    assert name == f"{kind.value}req_{suffix}.xml"
    assert read_request_name(name) == (kind, suffix)
    assert read_answer_name(answer_name(name)) == (kind, suffix, ".xml")


@pytest.mark.parametrize("suffix", NO_SUFFIX)
def test_what_cannot_be_a_suffix(suffix: str) -> None:
    with pytest.raises(MessageError) as refusal:
        request_name(MessageKind.QUALIFICATION, suffix)
    assert refusal.value.code == "file_name.suffix"
    for read in (read_request_name, answer_name, error_name):
        with pytest.raises(MessageError) as refusal:
            read(f"OQSsiquc01req_{suffix}.xml")
        assert refusal.value.code == "file_name.request"
    with pytest.raises(MessageError) as refusal:
        read_answer_name(f"OQSsiquc01res_{suffix}.xml")
    assert refusal.value.code == "file_name.answer"


@given(name=st.text(max_size=40) | st.from_regex(r"OQS(si|mu)quc01re[qs]_.{0,70}\.xml", fullmatch=True))
def test_no_name_that_is_understood_leaves_its_folder(name: str) -> None:
    answers: list[str] = []
    for make in (answer_name, error_name, lambda name: request_name(*read_request_name(name)), removal_notice_name):
        with contextlib.suppress(MessageError):
            answers.append(make(name))
    for path in answers:
        assert PurePosixPath(path).name == path == PureWindowsPath(path).name
        assert path not in (".", "..")
        assert path.isascii()
        assert path.isprintable()


def test_every_kind_that_two_sources_name() -> None:
    """§1.2."""
    assert {kind.value for kind in MessageKind} == {
        "OQSsiquc01",
        "OQSsiimm01",
        "OQSmuquc01",
        "OQSmuquc02",
        "OQSmuimm01",
        "OQSmuimm02",
        "YZKsiquc01",
        "TKKsiquc01",
    }


@pytest.mark.parametrize("kind", ["OQSmutic01", "OQSsihvq01", "EPSsiabc01", "OQSsiquc02", "XXXsiquc01"])
def test_a_request_of_a_kind_that_nobody_here_knows(kind: str) -> None:
    with pytest.raises(MessageError) as refusal:
        read_request_name(f"{kind}req_1.xml")
    assert refusal.value.code == "file_name.kind"
    with pytest.raises(MessageError) as refusal:
        read_answer_name(f"{kind}res_1.xml")
    assert refusal.value.code == "file_name.kind"
    assert answer_name(f"{kind}req_1.xml") == f"{kind}res_1.xml"


def test_an_answer_may_be_a_zip_or_a_pdf() -> None:
    assert answer_name("OQSmuquc02req_202611200001.xml", ".zip") == "OQSmuquc02res_202611200001.zip"
    assert answer_name("YZKsiquc01req_20261120-17.xml", ".pdf") == "YZKsiquc01res_20261120-17.pdf"
    assert read_answer_name("YZKsiquc01res_20261120-17.pdf") == (MessageKind.MEDICINES, "20261120-17", ".pdf")
    with pytest.raises(MessageError):
        read_answer_name("YZKsiquc01res_20261120-17.exe")


def test_a_refused_request_has_an_error_file_of_the_same_name() -> None:
    """§1.1: in the result folder, beside a copy of the request."""
    assert error_name("OQSsiquc01req_202611200001.xml") == "OQSsiquc01req_202611200001.err"


def test_an_answer_that_nobody_collected_leaves_a_notice() -> None:
    name = removal_notice_name("OQSsiquc01res_202611200001.xml")
    assert name == "del_OQSsiquc01res_202611200001.txt"
    assert is_removal_notice(name)
    assert is_removal_notice("del20261120.txt")
    for other in ("OQSsiquc01res_1.xml", "del_1.xml", "del/../x.txt", "xdel_1.txt", "del_1.txt\n"):
        assert not is_removal_notice(other)
    with pytest.raises(MessageError):
        removal_notice_name("OQSsiquc01req_202611200001.xml")


def test_a_face_result_is_told_from_an_answer() -> None:
    name = face_name("1312345678" + "0123456789abcdef0123", datetime(2026, 11, 20, 9, 30, 15))
    assert is_face_name(name)
    assert is_face_name("OQSsiquc01res_face_20261120093015.xml"), "one source has no identifier in the name"
    assert not is_face_name("OQSsiquc01res_202611200001.xml")
    assert not is_face_name("OQSsiquc01res_face_../x_20261120093015.xml")
    with pytest.raises(MessageError):
        read_answer_name(name)


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
