"""Whatever lies in `req`: it ends in an `.err`, and the next request is answered as ever."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.mock_server.conftest import Counter
from tests.mock_server.folders.conftest import Folders
from tests.mock_server.folders.requests import declared, qualification
from tests.thoroughness import examples

REQUEST = "OQSsiquc01req_1.xml"
ERROR = "OQSsiquc01req_1.err"
PATIENCE = 11.0
INDIVIDUAL_NUMBER = "123456789018"
"""Twelve digits with the right check digit, visibly nobody's."""

GOOD = qualification("taro", encoding="utf-8").decode()
LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))

HOSTILE: dict[str, tuple[bytes, str]] = {
    "bomb": (
        f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY l0 "ha">{LAUGHS}]><XmlMsg>&l9;</XmlMsg>'.encode(),
        "MOCK-REQUEST-MESSAGE",
    ),
    "external entity": (
        b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><XmlMsg>&e;</XmlMsg>',
        "MOCK-REQUEST-MESSAGE",
    ),
    "remote entity": (
        b'<!DOCTYPE x SYSTEM "http://192.0.2.1/x.dtd"><XmlMsg></XmlMsg>',
        "MOCK-REQUEST-MESSAGE",
    ),
    "10 MB of one element": (b"<XmlMsg>" + b"x" * 10_000_000 + b"</XmlMsg>", "MOCK-FOLDER-TOO-LARGE"),
    "ten thousand levels": (b"<XmlMsg>" + b"<a>" * 10_000 + b"</a>" * 10_000 + b"</XmlMsg>", "MOCK-REQUEST-MESSAGE"),
    "NUL": (GOOD.replace("<Birthdate>", "<Birthdate>\0").encode(), "MOCK-REQUEST-MESSAGE"),
    "UTF-16": (GOOD.replace("UTF-8", "UTF-16").encode("utf-16"), "MOCK-FOLDER-INCOMPLETE"),
    "UTF-8 that says Shift_JIS": (
        qualification("taro", encoding="utf-8", symbol="窓").replace(b"UTF-8", b"Shift_JIS"),
        "MOCK-REQUEST-MESSAGE",
    ),
    "CP932 that says UTF-8": (
        qualification("taro", encoding="cp932", symbol="窓口").replace(b"Shift_JIS", b"UTF-8"),
        "MOCK-REQUEST-MESSAGE",
    ),
    "an encoding nobody knows": (GOOD.replace("UTF-8", "EBCDIC-JP").encode(), "MOCK-REQUEST-MESSAGE"),
    "another message": (b"<XmlMsg><Other/></XmlMsg>", "MOCK-REQUEST-MESSAGE"),
    "a birthdate twice": (
        GOOD.replace("<Birthdate>", "<Birthdate>19850615</Birthdate><Birthdate>").encode(),
        "MOCK-REQUEST-MESSAGE",
    ),
    "no number": (qualification("taro", number=""), "MOCK-REQUEST-MESSAGE"),
    "private use": (qualification("taro", encoding="utf-8", symbol="\ue000"), "MOCK-REQUEST-MESSAGE"),
    "text behind the end": (GOOD.encode() + b"<XmlMsg></XmlMsg>", "MOCK-REQUEST-MESSAGE"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_ends_in_an_err_and_the_next_one_is_answered(folders: Folders, name: str) -> None:
    content, code = HOSTILE[name]
    folders.put(REQUEST, content)
    folders.rounds(4, apart=PATIENCE)
    assert folders.error_code(ERROR) == code
    if code == "MOCK-FOLDER-TOO-LARGE":
        assert folders.names("res") == [ERROR]
    else:
        assert folders.content(REQUEST) == content
    folders.put("OQSsiquc01req_2.xml", qualification("taro"))
    folders.serve()
    assert "OQSsiquc01res_2.xml" in folders.names("res")
    assert folders.told == []


@pytest.mark.parametrize(
    "content",
    [
        qualification("taro", number=INDIVIDUAL_NUMBER),
        qualification("taro", more=f"<Memo>{INDIVIDUAL_NUMBER}</Memo>"),
        qualification("taro", encoding="utf-8", more="<Memo><Note>１２３４-５６７８-９０１８</Note></Memo>"),
    ],
    ids=["as a number", "in an element nobody knows", "full-width, with separators"],
)
def test_an_individual_number_is_refused_and_stays_nowhere(
    folders: Folders, counter: Counter, tmp_path: Path, content: bytes
) -> None:
    folders.put(REQUEST, content)
    folders.serve()
    assert folders.names("res") == [ERROR]
    assert folders.error_code(ERROR) == "MOCK-REQUEST-INDIVIDUAL-NUMBER"
    assert [row.outcome for row in counter.exchanges()] == ["MOCK-REQUEST-INDIVIDUAL-NUMBER"]
    for path in tmp_path.rglob("*"):
        if path.is_file():
            assert INDIVIDUAL_NUMBER.encode() not in path.read_bytes(), path
            assert "１２３４-５６７８-９０１８".encode() not in path.read_bytes(), path


WITH_NUMBER = qualification("taro", encoding="utf-8", number=INDIVIDUAL_NUMBER)


@pytest.mark.parametrize(
    "content",
    [
        WITH_NUMBER[:-30],
        WITH_NUMBER.replace(b"1312345678", b"13123"),
        WITH_NUMBER.replace(b"</Birthdate>", b"</Birthdat>"),
        WITH_NUMBER.replace(INDIVIDUAL_NUMBER.encode(), b"&#49;23456789018").replace(b"1312345678", b"13123"),
        qualification("taro", number="", more=f"<Memo>no. {INDIVIDUAL_NUMBER}, told by phone</Memo>"),
        qualification("taro", encoding="utf-8", number="１２３４　５６７８　９０１８")[:-30],
        WITH_NUMBER.decode().encode("utf-16"),
        WITH_NUMBER.decode().encode("utf-16-le"),
    ],
    ids=[
        "cut off",
        "no institution",
        "broken",
        "as a reference",
        "in a sentence",
        "full-width",
        "UTF-16",
        "UTF-16 unmarked",
    ],
)
def test_a_refused_file_with_an_individual_number_in_it_is_not_given_back(folders: Folders, content: bytes) -> None:
    folders.put(REQUEST, content)
    folders.rounds(4, apart=PATIENCE)
    assert folders.names("res") == [ERROR]
    assert folders.error_code(ERROR).startswith("MOCK-")
    hidden = folders.root / ".madoguchi"
    assert [path.name for path in (*(hidden / "taken").iterdir(), *(hidden / "ready").iterdir())] == []


def test_twelve_digits_in_an_identifier_are_the_protocols_own(folders: Folders) -> None:
    folders.put(REQUEST, qualification("taro", identifier=INDIVIDUAL_NUMBER))
    folders.serve()
    assert folders.names("res") == ["OQSsiquc01res_1.xml"]


@given(content=st.binary(max_size=400) | st.text(max_size=200).map(lambda text: f"<XmlMsg>{text}</XmlMsg>".encode()))
@settings(max_examples=examples(60), suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_bytes_end_in_an_err(folders: Folders, content: bytes) -> None:
    folders.put(REQUEST, content)
    folders.rounds(4, apart=PATIENCE)
    assert folders.error_code(ERROR).startswith("MOCK-")
    assert folders.told == []
    for name in folders.names("res"):
        (folders.root / "res" / name).unlink()
    folders.rounds()


@given(data=st.data())
@settings(max_examples=examples(60), suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_good_request_with_a_few_bytes_changed_is_answered_or_refused(folders: Folders, data: st.DataObject) -> None:
    content = bytearray(qualification("taro"))
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    folders.put(REQUEST, bytes(content))
    folders.rounds(4, apart=PATIENCE)
    assert folders.names("res") in ([ERROR, REQUEST], [ERROR], ["OQSsiquc01res_1.xml"])
    assert folders.told == []
    for name in folders.names("res"):
        (folders.root / "res" / name).unlink()
    folders.rounds()


def test_the_declaration_of_the_tests_is_that_of_the_layout() -> None:
    assert declared("cp932").startswith('<?xml version="1.0" encoding="Shift_JIS" standalone="no"?>')
