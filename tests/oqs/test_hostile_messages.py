"""Hostile, broken and merely wrong messages end in a MessageError that says where; nothing else ever comes out."""

from __future__ import annotations

import contextlib
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eligibility.oqs.codec import from_json, from_xml, to_json, to_xml
from eligibility.oqs.errors import MessageError
from eligibility.oqs.limits import DEEPEST, MOST_ATTRIBUTES, ORDINARY
from eligibility.oqs.messages import QualificationRequest, QualificationResult
from tests.oqs.golden_files import golden, golden_json
from tests.thoroughness import examples

FACE = golden("result_face_utf8.xml").decode()
RESULT = "XmlMsg/MessageBody/ResultList/ResultOfQualificationConfirmation"


def refusal_of(raw: bytes) -> tuple[str, str]:
    with pytest.raises(MessageError) as refusal:
        from_xml(QualificationResult, raw)
    assert str(refusal.value) == refusal.value.code
    return refusal.value.code, refusal.value.where


def with_prolog(prolog: str, name: str = "協会　太郎") -> bytes:
    return (
        FACE.replace("?><XmlMsg>", f"?>{prolog}<XmlMsg>")
        .replace("<Name>協会　太郎</Name>", f"<Name>{name}</Name>")
        .encode()
    )


BOMB = "".join(
    f'<!ENTITY {"abcdefgh"[n]} "{"&" + "abcdefgh"[n - 1] + ";" if n else "lol"}{"&a;" * 9 if n else ""}">'
    for n in range(8)
)


@pytest.mark.parametrize(
    "raw",
    [
        with_prolog("<!DOCTYPE XmlMsg>"),
        with_prolog('<!DOCTYPE XmlMsg SYSTEM "http://127.0.0.1:1/x.dtd">'),
        with_prolog('<!DOCTYPE XmlMsg [<!ENTITY who SYSTEM "file:///etc/passwd">]>', "&who;"),
        with_prolog('<!DOCTYPE XmlMsg [<!ENTITY % out SYSTEM "file:///etc/passwd"> %out;]>'),
        with_prolog(f"<!DOCTYPE XmlMsg [{BOMB}]>", "&h;"),
        with_prolog(f'<!DOCTYPE XmlMsg [<!ENTITY a "{"x" * 50_000}">]>', "&a;" * 1000),
        with_prolog("<!-- hidden --><!DOCTYPE XmlMsg>"),
    ],
    ids=["plain", "external", "entity", "parameter", "bomb", "blow-up", "comment"],
)
def test_a_document_type_is_refused_before_it_is_read(raw: bytes) -> None:
    assert refusal_of(raw) == ("message.xml.doctype", "")


@pytest.mark.parametrize("name", ["&who;", "&", "a & b", "<", "&#0;", "&#xD800;", "\x00", "\x1b[31m", "\ufffe"])
def test_what_is_no_xml_is_refused_with_line_and_column(name: str) -> None:
    code, where = refusal_of(with_prolog("\n", name))
    assert code == "message.xml.broken"
    assert where == "" or where.startswith("2:")


def test_an_include_is_an_unknown_element_that_nobody_follows() -> None:
    include = '<x:include xmlns:x="http://www.w3.org/2001/XInclude" href="file:///etc/passwd" parse="text"/>'
    message = from_xml(
        QualificationResult, with_prolog("", "協会　太郎").replace(b"<Name>", include.encode() + b"<Name>")
    )
    assert include in to_xml(message).decode()
    assert "root:" not in to_xml(message).decode()


def test_a_style_sheet_instruction_is_ignored() -> None:
    assert from_xml(QualificationResult, with_prolog('<?xml-stylesheet href="file:///etc/passwd"?>')).is_valid


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b"", ("message.xml.broken", "1:1")),
        (b"\x00", ("message.xml.broken", "1:1")),
        (FACE.encode("utf-16"), ("message.encoding.unsupported", "")),
        (
            FACE.encode("utf-16-be"),
            ("message.encoding.broken", str(FACE.encode("utf-16-be").index(b"\xff\x77"))),
        ),
        (FACE.replace("UTF-8", "UTF-7").encode(), ("message.encoding.unsupported", "utf-7")),
        (FACE.replace("UTF-8", "EUC-JP").encode("euc-jp"), ("message.encoding.unsupported", "euc-jp")),
        (FACE.replace("UTF-8", "").encode(), ("message.encoding.unsupported", "")),
        (b"\xef\xbb\xbf" + FACE.replace("UTF-8", "Shift_JIS").encode(), ("message.encoding.contradiction", "")),
        (FACE.encode("cp932"), ("message.encoding.broken", str(FACE.encode().index("ｷ".encode())))),
        (
            FACE.encode().replace(b"1312345678", b"131234567\xff"),
            ("message.encoding.broken", str(FACE.encode().index(b"1312345678") + 9)),
        ),
    ],
    ids=["empty", "nul", "utf-16", "utf-16-be", "utf-7", "euc-jp", "nameless", "contradiction", "cp932", "one byte"],
)
def test_wrong_encodings(raw: bytes, expected: tuple[str, str]) -> None:
    assert refusal_of(raw) == expected


@pytest.mark.parametrize("name", ["Shift_JIS", "shift-jis", "SJIS", "Windows-31J", "MS932", "cp932", "CP932"])
def test_every_name_of_shift_jis_means_cp932(name: str) -> None:
    raw = FACE.replace("UTF-8", name).replace("協会　太郎", "髙①～　太郎").encode("cp932")
    result = from_xml(QualificationResult, raw).only_result
    assert result is not None
    assert result.name == "髙①～　太郎"


@pytest.mark.parametrize("head", ["", '<?xml version="1.0"?>', "\ufeff", '\ufeff<?xml version="1.0" encoding="utf8"?>'])
def test_without_a_declared_encoding_it_is_utf_8(head: str) -> None:
    assert from_xml(QualificationResult, (head + FACE[FACE.index("<XmlMsg>") :]).encode()).is_valid


def test_a_message_cut_anywhere_is_refused() -> None:
    raw = FACE.rstrip().encode()
    for length in range(len(raw)):
        assert refusal_of(raw[:length])[0] in ("message.xml.broken", "message.encoding.broken")


@pytest.mark.parametrize(
    ("old", "new", "code", "where"),
    [
        ("XmlMsg>", "Other>", "message.root", "Other"),
        ("<XmlMsg>", '<XmlMsg xmlns="urn:x">', "message.root", "{urn:x}XmlMsg"),
        ("<SegmentOfResult>1</SegmentOfResult>", "", "message.element.missing", "XmlMsg/MessageHeader/SegmentOfResult"),
        ("<SegmentOfResult>1", "<SegmentOfResult>3", "message.value.code", "XmlMsg/MessageHeader/SegmentOfResult"),
        ("<SegmentOfResult>1", "<SegmentOfResult>１", "message.value.code", "XmlMsg/MessageHeader/SegmentOfResult"),
        ("<Sex1>1</Sex1>", "<Sex1>1</Sex1><Sex1>2</Sex1>", "message.element.duplicate", f"{RESULT}/Sex1[2]"),
        ("<Sex1>1</Sex1>", "<Sex1><b>1</b></Sex1>", "message.element.not_text", f"{RESULT}/Sex1"),
        ("<Sex1>1</Sex1>", "<Sex1>1</Sex1>stray", "message.element.not_group", RESULT),
        ("<MessageBody>", "<MessageBody>stray", "message.element.not_group", "XmlMsg/MessageBody"),
        ("<Birthdate>19800615", "<Birthdate>19800631", "message.value.date", f"{RESULT}/Birthdate"),
        ("<Birthdate>19800615", "<Birthdate>1980615", "message.value.date", f"{RESULT}/Birthdate"),
        ("<Birthdate>19800615", "<Birthdate>１９８００６１５", "message.value.date", f"{RESULT}/Birthdate"),
        ("Number>01139997", "Number>1139997", "message.value.insurer_number", f"{RESULT}/InsurerNumber"),
        ("<InsuredBranchNumber>00", "<InsuredBranchNumber>0", "message.value.branch", f"{RESULT}/InsuredBranchNumber"),
        ("15</Process", "60</Process", "message.value.time", "XmlMsg/MessageHeader/ProcessExecutionTime"),
        ("1312345678", "131234567", "message.value.institution", "XmlMsg/MessageHeader/MedicalInstitutionCode"),
        ("<Name>協会", "<Name>\ue000", "message.text.private_use", f"{RESULT}/Name"),
        ("<Name>協会", "<Name>&#xE000;", "message.text.private_use", f"{RESULT}/Name"),
        ("<Name>協会", "<Name>\U000f0000", "message.text.private_use", f"{RESULT}/Name"),
        ("<Name>協会", "<Name>\x85", "message.text.characters", f"{RESULT}/Name"),
        ("<Name>協会", "<Name>&#13;", "message.text.characters", f"{RESULT}/Name"),
        ("<Sex1>1</Sex1>", "<New>\ue000</New>", "message.text.private_use", f"{RESULT}/New"),
        ("<Sex1>1</Sex1>", '<New at="\ue000"/>', "message.text.private_use", f"{RESULT}/New"),
    ],
)  # fmt: skip
def test_the_error_names_the_element(old: str, new: str, code: str, where: str) -> None:
    assert FACE.count(old) >= 1
    assert refusal_of(FACE.replace(old, new).encode()) == (code, where)


def test_private_use_in_cp932_is_refused() -> None:
    """U+E000 is F040 there: it would arrive silently (validation.md §5)."""
    raw = golden("result_face_cp932.xml")
    marker = b"<Name>"
    assert refusal_of(raw.replace(marker, marker + b"\xf0\x40")) == ("message.text.private_use", f"{RESULT}/Name")


def test_the_element_is_named_among_several_results() -> None:
    one = FACE[FACE.index("<ResultOfQualificationConfirmation>") : FACE.index("</ResultList>")]
    raw = FACE.replace(one, one + "<ResultOfQualificationConfirmation/>" + one.replace("19800615", "19800631") + one)
    assert refusal_of(raw.encode()) == ("message.value.date", f"{RESULT}[2]/Birthdate")


@pytest.mark.parametrize(
    ("number", "code"),
    [
        ("123456789018", "message.value.individual_number"),
        ("１２３４-５６７８-９０１８", "message.value.individual_number"),
        ("123456789012", ""),
        ("1" * 21, "message.value.too_long"),
    ],
)
def test_a_query_by_an_individual_number_is_refused(number: str, code: str) -> None:
    """design.md §2: 個人番号 is never accepted; 12 digits with another check digit are an ordinary number."""
    raw = golden("request_utf8.xml").decode().replace("１８７", number).encode()
    if not code:
        assert from_xml(QualificationRequest, raw).query.insured_identification_number == number
        return
    with pytest.raises(MessageError) as refusal:
        from_xml(QualificationRequest, raw)
    assert refusal.value.code == code
    assert refusal.value.where.endswith("QualificationConfirmSearchInfo/InsuredIdentificationNumber")


def test_huge_messages_are_refused() -> None:
    assert refusal_of(b"<XmlMsg>" + b" " * ORDINARY.largest) == ("message.too_large", "")
    assert refusal_of(FACE.replace("<MessageHeader>", "<a/>" * ORDINARY.most_elements + "<MessageHeader>").encode())[
        0
    ] == ("message.too_many")
    many = " ".join(f'a{number}=""' for number in range(MOST_ATTRIBUTES + 1))
    assert refusal_of(FACE.replace("<Sex1>", f"<Sex1 {many}>").encode())[0] == "message.too_many"


@pytest.mark.parametrize("depth", [DEEPEST, 200])
def test_deep_messages_are_refused(depth: int) -> None:
    deep = "<d>" * depth + "</d>" * depth
    assert refusal_of(FACE.replace("<MessageHeader>", deep + "<MessageHeader>").encode())[0] == "message.too_deep"


def test_endless_nesting_is_broken_xml() -> None:
    assert refusal_of(b"<XmlMsg>" + b"<d>" * 100_000)[0] == "message.xml.broken"


def test_what_came_past_validation_is_refused_when_written() -> None:
    message = from_xml(QualificationResult, FACE.encode())
    header = message.message_header.model_copy(update={"arbitrary_file_identifier": "\x00"})
    smuggled = message.model_copy(update={"message_header": header})
    for write in (to_xml, to_json):
        with pytest.raises(MessageError) as refusal:
            write(smuggled)
        assert refusal.value.code == "message.text.characters"


def test_an_unknown_element_whose_name_cp932_lacks_cannot_be_written_in_it() -> None:
    message = from_xml(QualificationResult, FACE.replace("<Sex1>", "<한/><Sex1>").encode())
    assert "<한/>" in to_xml(message).decode()
    with pytest.raises(MessageError) as refusal:
        to_xml(message, encoding="cp932")
    assert refusal.value.code == "message.text.charset"


def test_values_are_never_in_the_error() -> None:
    with pytest.raises(MessageError) as refusal:
        from_xml(QualificationResult, FACE.replace("19800615", "19801399").encode())
    assert "19801399" not in f"{refusal.value!r} {refusal.value.where} {refusal.value.__cause__!r}"


def test_no_text_form_of_a_message_shows_the_person() -> None:
    message = from_xml(QualificationResult, golden("result_spec_utf8.xml"))
    request = from_xml(QualificationRequest, golden("request_utf8.xml"))
    for shown in (repr(message), str(message), repr(message.only_result), repr(request), str(request.query)):
        for secret in ("見本", "橋", "19530502", "139998", "１８７", "国保あ"):
            assert secret not in shown


@given(raw=st.binary(max_size=300))
def test_any_bytes(raw: bytes) -> None:
    with pytest.raises(MessageError):
        from_xml(QualificationResult, raw)


@settings(max_examples=examples(300))
@given(
    data=st.data(),
    name=st.sampled_from(["result_face_utf8.xml", "result_face_cp932.xml", "result_newer_layout_utf8.xml"]),
)
def test_a_damaged_message_is_read_or_refused(data: st.DataObject, name: str) -> None:
    raw = bytearray(golden(name))
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(raw) - 1))
        raw[start : start + data.draw(st.integers(0, 12))] = data.draw(st.binary(max_size=4))
    try:
        message = from_xml(QualificationResult, bytes(raw))
    except MessageError:
        return
    assert from_xml(QualificationResult, to_xml(message, order="face")).results == message.results
    assert to_json(from_json(QualificationResult, to_json(message))) == to_json(message)


json_values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(value=json_values)
def test_any_json(value: Any) -> None:
    for obj in (value, {"XmlMsg": value}, {"XmlMsg": {"MessageHeader": value, "MessageBody": value}}):
        with pytest.raises(MessageError):
            from_json(QualificationResult, obj)


@settings(max_examples=examples(200))
@given(data=st.data(), value=json_values)
def test_json_with_one_value_replaced(data: st.DataObject, value: Any) -> None:
    message: Any = golden_json("result.json")
    place = message
    while True:
        key = data.draw(st.sampled_from(sorted(place) if isinstance(place, dict) else range(len(place))))
        if not isinstance(place[key], (dict, list)) or data.draw(st.booleans()):
            break
        place = place[key]
    place[key] = value
    with contextlib.suppress(MessageError):
        assert to_json(from_json(QualificationResult, message)).keys() == {"XmlMsg"}


@pytest.mark.parametrize(
    ("change", "code", "where"),
    [
        ({"Name": None}, "message.json.type", f"{RESULT}/Name"),
        ({"Name": 1}, "message.json.type", f"{RESULT}/Name"),
        ({"Name": False}, "message.json.type", f"{RESULT}/Name"),
        ({"Name": {"x": "y"}}, "message.element.not_text", f"{RESULT}/Name"),
        ({"Name": ["a", "b"]}, "message.element.duplicate", f"{RESULT}/Name[2]"),
        ({"Name": "\ud800"}, "message.text.characters", f"{RESULT}/Name"),
        ({"Name": "\x00"}, "message.text.characters", f"{RESULT}/Name"),
        ({"Name": "\ue000"}, "message.text.private_use", f"{RESULT}/Name"),
        ({"a b": "x"}, "message.json.name", RESULT),
        ({"<x>": "x"}, "message.json.name", RESULT),
        ({"{": "x"}, "message.json.name", RESULT),
        ({"": "x"}, "message.json.name", RESULT),
        ({"PublicExpenseResultList": [1]}, "message.json.type", f"{RESULT}/PublicExpenseResultList"),
        ({"PublicExpenseResultList": ["x"]}, "message.json.type", f"{RESULT}/PublicExpenseResultList"),
        ({"PublicExpenseResultList": [{"a": "", "b": ""}]}, "message.json.type", f"{RESULT}/PublicExpenseResultList"),
        ({"PublicExpenseResultList": "x"}, "message.element.not_group", f"{RESULT}/PublicExpenseResultList"),
    ],
)  # fmt: skip
def test_json_errors_name_the_element(change: dict[str, Any], code: str, where: str) -> None:
    message: Any = golden_json("result.json")
    message["XmlMsg"]["MessageBody"]["ResultList"][0]["ResultOfQualificationConfirmation"].update(change)
    with pytest.raises(MessageError) as refusal:
        from_json(QualificationResult, message)
    assert (refusal.value.code, refusal.value.where) == (code, where)


@pytest.mark.parametrize("obj", [None, [], "XmlMsg", {}, {"XmlMsg": "x"}, {"XmlMsg": {}, "More": {}}])
def test_json_that_is_no_message(obj: object) -> None:
    with pytest.raises(MessageError):
        from_json(QualificationResult, obj)


def test_deep_and_wide_json_is_refused() -> None:
    deep: dict[str, Any] = {}
    for _ in range(5000):
        deep = {"d": deep}
    for value, code in ((deep, "message.too_deep"), ({"d": ["x"] * (ORDINARY.most_elements + 1)}, "message.too_many")):
        with pytest.raises(MessageError) as refusal:
            from_json(QualificationResult, {"XmlMsg": value})
        assert refusal.value.code == code


def test_the_codes_are_those_of_the_catalogue() -> None:
    """Whoever adds a code adds its words in both languages, and a line here."""
    sources = [path.read_text() for path in Path(__file__).parents[2].joinpath("eligibility", "oqs").glob("*.py")]
    codes = {code for source in sources for code in re.findall(r'"((?:message|file_name)\.[a-z_.]*[a-z])"', source)}
    assert codes == {
        "file_name.answer",
        "file_name.face",
        "file_name.kind",
        "file_name.number",
        "file_name.request",
        "file_name.suffix",
        "message.element.duplicate",
        "message.element.missing",
        "message.element.not_group",
        "message.element.not_text",
        "message.encoding.broken",
        "message.encoding.contradiction",
        "message.encoding.unsupported",
        "message.json.name",
        "message.json.type",
        "message.root",
        "message.text.characters",
        "message.text.charset",
        "message.text.private_use",
        "message.too_deep",
        "message.too_large",
        "message.too_many",
        "message.value.branch",
        "message.value.code",
        "message.value.count",
        "message.value.date",
        "message.value.impossible",
        "message.value.individual_number",
        "message.value.institution",
        "message.value.insurer_number",
        "message.value.month",
        "message.value.post_number",
        "message.value.ratio",
        "message.value.time",
        "message.value.too_long",
        "message.xml.broken",
        "message.xml.doctype",
    }
