"""Bulk messages of ten thousand people: the same bytes and refusals as a whole, one person in memory at a time."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterable, Iterator
from typing import Any, get_args

import pytest

from eligibility.oqs.bulk import read_bulk, write_bulk
from eligibility.oqs.bulk_messages import (
    BulkConfirmUnit,
    BulkQualificationRequest,
    BulkQualificationResult,
    BulkRequestBody,
    BulkResultBody,
)
from eligibility.oqs.charset import Encoding
from eligibility.oqs.codec import Order, from_json, from_xml, to_json, to_xml
from eligibility.oqs.codes import LimitConsent, SegmentOfResult
from eligibility.oqs.errors import MessageError
from eligibility.oqs.headers import BulkResultHeader, RequestHeader
from eligibility.oqs.limits import BULK_REQUEST, ORDINARY
from eligibility.oqs.messages import QualificationConfirmSearchInfo
from tests.oqs.golden_files import golden
from tests.oqs.test_every_message import with_unknown_elements

REQUEST = golden("bulk_request_utf8.xml")
RESULT = golden("bulk_result_utf8.xml")
FULL = from_xml(BulkQualificationResult, RESULT)
PERSON = "XmlMsg/MessageBody/QualificationConfirmSearchInfo"


def person(number: int) -> QualificationConfirmSearchInfo:
    return QualificationConfirmSearchInfo(
        insurer_number="06139992",
        insured_card_symbol="1",
        insured_identification_number=str(number),
        birthdate="19800615",
        limit_application_certificate_related_cons_flg=LimitConsent.NOT_GIVEN,
        arbitrary_identifier=f"MOCK-{number}",
    )


def people_in(raw: bytes | Iterable[bytes], **limits: int) -> list[QualificationConfirmSearchInfo]:
    return list(read_bulk(BulkQualificationRequest, RequestHeader, QualificationConfirmSearchInfo, raw, **limits))


def refusal_of_both(raw: bytes) -> tuple[str, str]:
    """Read whole and person by person: refused alike."""
    told = []
    for read in (people_in, lambda raw: from_xml(BulkQualificationRequest, raw)):
        with pytest.raises(MessageError) as refusal:
            read(raw)
        told.append((refusal.value.code, refusal.value.where))
    assert told[0] == told[1]
    return told[0]


@pytest.mark.parametrize("encoding", get_args(Encoding))
@pytest.mark.parametrize("order", get_args(Order))
@pytest.mark.parametrize("raw", [RESULT, with_unknown_elements(RESULT)], ids=["known", "unknown"])
def test_pieces_are_what_the_whole_is(raw: bytes, encoding: Encoding, order: Order) -> None:
    message = from_xml(BulkQualificationResult, raw)
    bare = message.model_copy(
        update={"message_body": BulkResultBody(units=message.units)},
    )
    bare.keep_unknown(())
    pieces = write_bulk(message.message_header, iter(message.units), encoding=encoding, order=order)
    assert b"".join(pieces) == to_xml(bare, encoding=encoding, order=order)


def test_units_are_asked_for_one_after_the_other() -> None:
    given = []

    def units() -> Iterator[QualificationConfirmSearchInfo]:
        for number in range(3000):
            given.append(number)
            yield person(number)

    header = from_xml(BulkQualificationRequest, REQUEST).message_header
    pieces = write_bulk(header, units())
    first = next(pieces)
    assert 0 < len(given) < 400, "the first piece came before the last person was asked for"
    rest = list(pieces)
    assert len(given) == 3000
    assert all(len(piece) < 100_000 for piece in (first, *rest))
    assert len(people_in(b"".join((first, *rest)))) == 3000


def test_without_units_there_is_no_body() -> None:
    written = b"".join(write_bulk(FULL.message_header, []))
    assert b"MessageBody" not in written
    assert from_xml(BulkQualificationResult, written).units == ()


def test_a_header_is_known_before_the_people_are_read() -> None:
    head = REQUEST[: REQUEST.index(b"<MessageBody>")]
    asked = []

    def pieces() -> Iterator[bytes]:
        yield head + b" " * 1024  # a declaration is looked for in the first 1024 bytes
        asked.append("people")
        yield REQUEST[len(head) :]

    reading = read_bulk(BulkQualificationRequest, RequestHeader, QualificationConfirmSearchInfo, pieces())
    assert reading.header.arbitrary_file_identifier == "202611200003"
    assert asked == []
    assert [one.insurer_number for one in reading] == ["01139997", "139998", "39139993"]


@pytest.mark.parametrize("raw", [REQUEST, golden("bulk_request_cp932.xml")], ids=["utf-8", "cp932"])
@pytest.mark.parametrize("size", [1, 2, 3, 1000])
def test_pieces_may_end_anywhere(raw: bytes, size: int) -> None:
    pieces = [raw[start : start + size] for start in range(0, len(raw), size)]
    assert people_in(pieces) == list(from_xml(BulkQualificationRequest, REQUEST).message_body.people)


def test_unknown_elements_inside_of_a_unit_are_kept() -> None:
    newer = with_unknown_elements(RESULT)
    reading = read_bulk(BulkQualificationResult, BulkResultHeader, BulkConfirmUnit, newer)
    whole = from_xml(BulkQualificationResult, newer)
    assert reading.header == whole.message_header
    assert tuple(reading) == whole.units
    assert whole.units[0].unknown_elements != ()


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("19530502", "19530532", ("message.value.date", f"{PERSON}[2]/Birthdate")),
        ("<Birthdate>19800615</Birthdate>", "", ("message.element.missing", f"{PERSON}[1]/Birthdate")),
        ("<InsurerNumber>3", "<InsurerNumber>x", ("message.value.insurer_number", f"{PERSON}[3]/InsurerNumber")),
        ("ConsFlg>0<", "ConsFlg>7<", ("message.value.code", f"{PERSON}[1]/LimitApplicationCertificateRelatedConsFlg")),
        ("国保あ", "<b/>", ("message.element.not_text", f"{PERSON}[2]/InsuredCardSymbol")),
        ("国保あ", "\ue000", ("message.text.private_use", f"{PERSON}[2]/InsuredCardSymbol")),
        ("20261120<", "20261131<", ("message.value.date", "XmlMsg/MessageHeader/QualificationConfirmationDate")),
        ("XmlMsg", "Other", ("message.root", "Other")),
        ("MessageHeader", "Header", ("message.element.missing", "XmlMsg/MessageHeader")),
        ("<XmlMsg>", "<!DOCTYPE XmlMsg><XmlMsg>", ("message.xml.doctype", "")),
        ("</XmlMsg>", "", ("message.xml.broken", "34:1")),
        ("UTF-8", "EUC-JP", ("message.encoding.unsupported", "euc-jp")),
        ("?>\n", '?><?xml version="1.0" encoding="EUC-JP"?>\n', ("message.xml.broken", "1:1")),
    ],
)  # fmt: skip
def test_a_broken_bulk_message_is_refused_alike_both_ways(old: str, new: str, expected: tuple[str, str]) -> None:
    text = REQUEST.decode()
    assert old in text
    assert refusal_of_both(text.replace(old, new).encode()) == expected


def test_a_byte_that_is_no_character_is_told_by_its_place_in_the_file() -> None:
    raw = REQUEST.replace("国保あ".encode(), b"\xff")
    assert refusal_of_both(raw) == ("message.encoding.broken", str(raw.index(b"\xff")))
    assert refusal_of_both(REQUEST[:-1] + b"\xe3\x81") == ("message.encoding.broken", str(len(REQUEST) - 1))


def test_a_request_without_people_is_refused() -> None:
    text = REQUEST.decode()
    empty = text[: text.index("<QualificationConfirmSearchInfo>")] + text[text.index("  </MessageBody>") :]
    assert refusal_of_both(empty.encode()) == ("message.element.missing", "XmlMsg/MessageBody")


def test_people_who_say_nothing_are_passed_over() -> None:
    raw = REQUEST.replace(
        b"<MessageBody>", b"<MessageBody><QualificationConfirmSearchInfo> </QualificationConfirmSearchInfo>"
    )
    assert len(people_in(raw)) == 3
    assert len(from_xml(BulkQualificationRequest, raw).message_body.people) == 3


def test_a_second_header_or_body_is_refused() -> None:
    text = REQUEST.decode()
    header = text[text.index("  <MessageHeader>") : text.index("  <MessageBody>")]
    body = text[text.index("  <MessageBody>") : text.index("</XmlMsg>")]
    assert refusal_of_both(text.replace(header, header * 2).encode()) == (
        "message.element.duplicate",
        "XmlMsg/MessageHeader[2]",
    )
    assert refusal_of_both(text.replace(body, body * 2).encode()) == (
        "message.element.duplicate",
        "XmlMsg/MessageBody[2]",
    )


def test_a_header_behind_the_body_is_read_only_as_a_whole() -> None:
    text = REQUEST.decode()
    header = text[text.index("  <MessageHeader>") : text.index("  <MessageBody>")]
    raw = text.replace(header, "").replace("</XmlMsg>", f"{header}</XmlMsg>").encode()
    assert from_xml(BulkQualificationRequest, raw) == from_xml(BulkQualificationRequest, REQUEST)
    with pytest.raises(MessageError) as refusal:
        people_in(raw)
    assert (refusal.value.code, refusal.value.where) == ("message.element.missing", "XmlMsg/MessageHeader")


def test_a_person_elsewhere_is_an_unknown_element() -> None:
    text = REQUEST.decode()
    start, end = text.index("    <QualificationConfirmS"), text.index("</MessageBody>")
    one = text[start : text.index("    <QualificationConfirmS", start + 10)]
    for elsewhere in (f"<Other>{one}</Other>", f"<Other><MessageBody>{one}</MessageBody></Other>"):
        raw = (text[:end] + elsewhere + text[end:]).encode()
        assert len(people_in(raw)) == 3
        assert len(from_xml(BulkQualificationRequest, raw).message_body.people) == 3


def test_header_and_units_have_to_be_those_of_the_message() -> None:
    with pytest.raises(TypeError):
        read_bulk(BulkQualificationRequest, RequestHeader, BulkConfirmUnit, REQUEST)
    with pytest.raises(TypeError):
        read_bulk(BulkQualificationRequest, BulkResultHeader, QualificationConfirmSearchInfo, REQUEST)


def test_a_unit_that_is_broken_comes_after_the_ones_before_it() -> None:
    raw = REQUEST.replace(b"19400101", b"19400000")
    reading = iter(read_bulk(BulkQualificationRequest, RequestHeader, QualificationConfirmSearchInfo, raw))
    assert [next(reading).insurer_number, next(reading).insurer_number] == ["01139997", "139998"]
    with pytest.raises(MessageError) as refusal:
        next(reading)
    assert refusal.value.where == f"{PERSON}[3]/Birthdate"


@pytest.mark.broad
@pytest.mark.parametrize("encoding", get_args(Encoding))
def test_ten_thousand_people_are_asked_for_and_answered(encoding: Encoding) -> None:
    header = from_xml(BulkQualificationRequest, REQUEST).message_header
    request = BulkQualificationRequest(
        message_header=header, message_body=BulkRequestBody(people=tuple(person(number) for number in range(10_000)))
    )
    raw = to_xml(request, encoding=encoding)
    assert len(raw) > ORDINARY.largest
    assert from_xml(BulkQualificationRequest, raw) == request
    assert from_json(BulkQualificationRequest, to_json(request)) == request
    unit = from_xml(BulkQualificationResult, RESULT).units[0]
    units = tuple(
        unit.model_copy(update={"qualification_confirm_search_info": asked}) for asked in request.message_body.people
    )
    answer = from_xml(BulkQualificationResult, b"".join(write_bulk(FULL.message_header, units, encoding=encoding)))
    assert [one.qualification_confirm_search_info for one in answer.units] == list(request.message_body.people)
    assert all(one.result_of_qualification_confirmation is not None for one in answer.units)


def many_people(number: int) -> bytes:
    header = from_xml(BulkQualificationRequest, REQUEST).message_header
    return b"".join(write_bulk(header, (person(one) for one in range(number))))


def test_a_bulk_message_has_a_limit_too() -> None:
    too_large = REQUEST.replace(b"</MessageBody>", b" " * BULK_REQUEST.largest + b"</MessageBody>")
    assert refusal_of_both(too_large) == ("message.too_large", "")
    too_many = REQUEST.replace(b"</MessageBody>", b"<a/>" * (2 * BULK_REQUEST.most_elements) + b"</MessageBody>")
    assert refusal_of_both(too_many) == ("message.too_many", "")


def test_whoever_reads_person_by_person_may_set_another_limit() -> None:
    raw = many_people(50)
    assert len(people_in(raw, largest=len(raw))) == 50
    with pytest.raises(MessageError) as refusal:
        people_in(raw, largest=len(raw) - 1)
    assert refusal.value.code == "message.too_large"


def test_a_single_message_keeps_the_small_limit() -> None:
    result = from_xml(BulkQualificationResult, RESULT)
    assert result.message_header.segment_of_result is SegmentOfResult.DONE
    assert type(result).limits.largest > ORDINARY.largest
    assert type(result.units[0]).limits == ORDINARY


@pytest.mark.daemon
@pytest.mark.parametrize("encoding", get_args(Encoding))
def test_memory_does_not_grow_with_the_number_of_people(encoding: Encoding) -> None:
    """A process of its own, because memory is measured: 20 000 people need no more of it than 2 000."""
    program = """
import resource, sys
from eligibility.oqs.bulk import read_bulk, write_bulk
from eligibility.oqs.bulk_messages import BulkConfirmUnit, BulkQualificationResult
from eligibility.oqs.codec import from_xml
from eligibility.oqs.headers import BulkResultHeader
from tests.oqs.golden_files import golden

message = from_xml(BulkQualificationResult, golden("bulk_result_utf8.xml"))

def peak(people):
    units = (message.units[number % 3] for number in range(people))
    pieces = write_bulk(message.message_header, units, encoding=sys.argv[1])
    read = read_bulk(BulkQualificationResult, BulkResultHeader, BulkConfirmUnit, pieces, largest=1 << 40)
    assert sum(1 for _ in read) == people
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

few = peak(2_000)
print((peak(20_000) - few) // 1024)
"""
    done = subprocess.run([sys.executable, "-c", program, encoding], capture_output=True, text=True, check=True)
    assert int(done.stdout) < 8, "megabytes"


def test_values_of_a_bulk_header_are_checked() -> None:
    text = RESULT.decode()
    for old, new, code, element in (
        ("Result>3<", "Result>x<", "message.value.count", "NumberOfProcessingResult"),
        ("<SegmentOfResult>1", "<SegmentOfResult>3", "message.value.code", "SegmentOfResult"),
        (
            "    <ReceptionNumber>MOCK-20261120-0001</ReceptionNumber>\n",
            "",
            "message.element.missing",
            "ReceptionNumber",
        ),
    ):
        changed: Any = text.replace(old, new, 1)
        with pytest.raises(MessageError) as refusal:
            from_xml(BulkQualificationResult, changed.encode())
        assert (refusal.value.code, refusal.value.where) == (code, f"XmlMsg/MessageHeader/{element}")
