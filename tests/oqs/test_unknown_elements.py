"""A message of a newer layout passes through unharmed."""

from __future__ import annotations

from eligibility.oqs.codec import from_json, from_xml, to_json, to_xml
from eligibility.oqs.messages import QualificationResult
from tests.oqs.golden_files import golden


def newer() -> QualificationResult:
    return from_xml(QualificationResult, golden("result_newer_layout_utf8.xml"))


def test_unknown_elements_come_back_where_they_stood() -> None:
    assert to_xml(newer()) == golden("result_newer_layout_utf8.xml")


def test_what_is_known_is_read_beside_them() -> None:
    assert [result.insurer_number for result in newer().results] == ["01139997", "06129993"]


def test_they_are_part_of_the_message_when_two_are_compared() -> None:
    other = golden("result_newer_layout_utf8.xml").replace(b"MOCK-KEY", b"MOCK-OTHER")
    assert newer() == newer()
    assert newer() != from_xml(QualificationResult, other)


def test_they_survive_the_json_variant() -> None:
    assert to_json(from_json(QualificationResult, to_json(newer()))) == to_json(newer())
    message = to_json(newer())["XmlMsg"]
    assert isinstance(message, dict)
    assert message["NewBeforeHeader"] == "1"
    assert message["MessageHeader"]["SecondNew"] == ""
    results = message["MessageBody"]["ResultList"]
    assert results[0]["ResultOfQualificationConfirmation"]["NewGroup"] == {"NewItem": ["あ", "い"]}
    assert results[1]["ResultOfQualificationConfirmation"]["NewItem"] == ["first", "second"]
    assert results[2] == {"NewInList": "x"}


def test_they_survive_the_face_order_and_cp932() -> None:
    raw = to_xml(newer(), encoding="cp932", order="face")
    again = from_xml(QualificationResult, raw)
    assert sorted(to_xml(again).split()) == sorted(to_xml(newer()).split())


def test_they_are_fitted_to_cp932_like_everything_else() -> None:
    raw = golden("result_newer_layout_utf8.xml").replace("あ".encode(), "𠮷".encode())
    assert "<NewItem>●</NewItem>" in to_xml(from_xml(QualificationResult, raw), encoding="cp932").decode("cp932")


def test_a_group_that_holds_only_unknown_elements_is_kept() -> None:
    raw = golden("result_failed_utf8.xml").replace(
        b"</MessageHeader>", b"</MessageHeader>\n  <MessageBody>\n    <New>1</New>\n  </MessageBody>"
    )
    assert to_xml(from_xml(QualificationResult, raw)) == raw


def test_empty_known_elements_count_as_absent() -> None:
    plain = golden("result_face_utf8.xml").decode()
    padded = plain.replace(
        "<Sex1>1</Sex1>",
        "<Sex1>1</Sex1><Sex2/><Address> \n </Address>"
        "<ElderlyRecipientCertificateInfo> </ElderlyRecipientCertificateInfo>",
    ).replace("<ResultList>", "<ResultList><ResultOfQualificationConfirmation/>")
    assert from_xml(QualificationResult, padded.encode()) == from_xml(QualificationResult, plain.encode())
