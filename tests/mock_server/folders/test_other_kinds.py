"""照会番号, bulk requests and medical information over folders (online-qualification.md §1.2, §2.2)."""

from __future__ import annotations

import io
import re
import zipfile

import pytest

from eligibility.oqs.bulk_messages import BulkQualificationResult, BulkReceipt
from eligibility.oqs.codec import from_xml
from eligibility.oqs.codes import SegmentOfResult
from eligibility.oqs.medical_information import HealthCheckupsResult, MedicinesResult
from eligibility.oqs.messages import QualificationResult
from eligibility.oqs.reference_numbers import BulkReferenceNumberResult, ReferenceNumberResult
from mock_server.callers import Caller
from mock_server.consents import GIVEN
from mock_server.people import CONSENT_ITEMS
from mock_server.registry.ledger import Ledger
from mock_server.scenarios.arming import Order, arm
from tests.eventually import eventually
from tests.mock_server.conftest import INSTITUTION, Counter
from tests.mock_server.folders import requests
from tests.mock_server.folders.conftest import Folders, Opener

SUFFIX = "202611200001"


def answered(folders: Folders, kind: str, content: bytes, ending: str = "xml", suffix: str = SUFFIX) -> bytes:
    """Put a request, collect its answer."""
    folders.put(f"{kind}req_{suffix}.xml", content)
    folders.serve()
    path = folders.root / "res" / f"{kind}res_{suffix}.{ending}"
    assert folders.names("res") == [path.name]
    raw = path.read_bytes()
    path.unlink()
    folders.rounds()
    return raw


# ── 照会番号 ──


def test_a_reference_number_comes_back_in_the_next_face_file(folders: Folders, counter: Counter) -> None:
    message = from_xml(
        ReferenceNumberResult,
        answered(folders, "OQSsiimm01", requests.reference_number("taro", "0012345", identifier="a-1")),
    )
    assert message.is_registered
    assert message.message_header.arbitrary_file_identifier == "a-1"
    counter.ask("taro")
    folders.rounds()
    [name] = folders.names("face")
    result = from_xml(QualificationResult, folders.content(name, "face")).only_result
    assert result is not None
    assert result.reference_number == "0012345"


def test_an_installation_without_reference_numbers_gets_none(open_folders: Opener, counter: Counter) -> None:
    folders = open_folders(reference_number=False)
    answered(folders, "OQSsiimm01", requests.reference_number("taro", "0012345"))
    counter.ask("taro")
    folders.rounds()
    [name] = folders.names("face")
    assert b"ReferenceNumber>" not in folders.content(name, "face")


def test_a_reference_number_for_nobody_is_not_registered(folders: Folders) -> None:
    raw = answered(folders, "OQSsiimm01", requests.reference_number("taro", number="99999999"))
    message = from_xml(ReferenceNumberResult, raw)
    assert not message.is_registered
    assert "MOCK-" in raw.decode("cp932")


# ── 一括 ──


def reception_of(raw: bytes) -> str:
    receipt = from_xml(BulkReceipt, raw)
    assert receipt.reception_number
    return receipt.reception_number


def finished(folders: Folders, kind: str, number: str, ending: str = "xml") -> bytes:
    """Ask for the result until it is done; 処理中 until then."""
    raw = b""

    def is_done() -> bool:
        nonlocal raw
        raw = answered(folders, kind, requests.bulk_result(number), ending)
        return b"SegmentOfResult>2<" not in raw

    assert eventually(is_done)
    return raw


@pytest.mark.parametrize("encoding", ["utf-8", "cp932"])
def test_a_bulk_request_gives_a_reception_number_and_then_a_result_per_person(folders: Folders, encoding: str) -> None:
    people = ["taro", "hanako", "kiyoshi", "takahashi"]
    raw = answered(folders, "OQSmuquc01", requests.bulk_qualification(people, encoding=encoding, identifier="b-1"))
    result = from_xml(BulkQualificationResult, finished(folders, "OQSmuquc02", reception_of(raw)))
    assert result.message_header.segment_of_result is SegmentOfResult.DONE
    assert result.message_header.number_of_processing_result == "4"
    names = [unit.result_of_qualification_confirmation for unit in result.units]
    assert [name.name if name else None for name in names][:2] == ["協会　太郎", "協会　花子"]
    assert len(result.units) == 4


def test_a_bulk_result_can_come_as_a_zip(open_folders: Opener) -> None:
    folders = open_folders(bulk_zip=True)
    number = reception_of(answered(folders, "OQSmuquc01", requests.bulk_qualification(["taro", "hanako"])))
    folders.put("OQSmuquc02req_1.xml", requests.bulk_result(number))
    folders.serve()
    while (name := folders.names("res")[0]).endswith(".xml"):  # 処理中 holds nobody and comes as it is
        (folders.root / "res" / name).unlink()
        folders.rounds()
        folders.put("OQSmuquc02req_1.xml", requests.bulk_result(number))
        folders.serve()
    assert name == "OQSmuquc02res_1.zip"
    with zipfile.ZipFile(io.BytesIO(folders.content(name))) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == ["OQSmuquc02res_1.xml"]
        assert len(from_xml(BulkQualificationResult, archive.read("OQSmuquc02res_1.xml")).units) == 2


def test_a_reception_number_nobody_gave_is_said_in_the_header(folders: Folders) -> None:
    raw = answered(folders, "OQSmuquc02", requests.bulk_result("MOCK000000000000", identifier="c-1"))
    header = from_xml(BulkQualificationResult, raw).message_header
    assert header.segment_of_result is SegmentOfResult.FAILED
    assert (header.error_code, header.arbitrary_file_identifier) == ("MOCK-BATCH-UNKNOWN", "c-1")


def test_the_result_of_another_kind_of_upload_is_not_given(folders: Folders) -> None:
    number = reception_of(answered(folders, "OQSmuquc01", requests.bulk_qualification(["taro"])))
    header = from_xml(
        BulkReferenceNumberResult, answered(folders, "OQSmuimm02", requests.bulk_result(number))
    ).message_header
    assert header.error_code == "MOCK-BATCH-UNKNOWN"


def test_many_reference_numbers_at_once(folders: Folders, counter: Counter) -> None:
    raw = answered(folders, "OQSmuimm01", requests.bulk_reference_numbers({"taro": "T-1", "hanako": "H-1"}))
    result = from_xml(BulkReferenceNumberResult, finished(folders, "OQSmuimm02", reception_of(raw)))
    assert len(result.units) == 2
    counter.ask("hanako")
    folders.rounds()
    [name] = folders.names("face")
    assert "<ReferenceNumber>H-1<" in folders.content(name, "face").decode("cp932")


def test_a_bulk_result_can_be_half_written_and_in_the_wrong_encoding(folders: Folders, ledger: Ledger) -> None:
    number = reception_of(answered(folders, "OQSmuquc01", requests.bulk_qualification(["taro"])))
    finished(folders, "OQSmuquc02", number)
    ledger.run_sync(lambda tx: arm(tx, Order("half_written", {"percent": 50, "pause_ms": 5000})))
    ledger.run_sync(lambda tx: arm(tx, Order("wrong_encoding", {"encoding": "utf-8"})))
    folders.put("OQSmuquc02req_1.xml", requests.bulk_result(number))
    folders.serve()
    half = folders.content("OQSmuquc02res_1.xml")
    assert b"Shift_JIS" in half[:100]
    assert not half.endswith(b"</XmlMsg>\n")
    folders.ticks.at += 5
    folders.rounds()
    assert "協会　太郎" in folders.content("OQSmuquc02res_1.xml").decode("utf-8")


# ── 薬剤・特定健診 ──


def agree(counter: Counter, persona: str) -> None:
    visit = counter.ask(persona).visit
    counter.ledger.run_sync(
        lambda tx: counter.service.give_consent(
            tx, Caller(INSTITUTION), visit=visit, items=dict.fromkeys(CONSENT_ITEMS, GIVEN)
        )
    )


def test_medicines_are_told_after_a_consent_only(folders: Folders, counter: Counter) -> None:
    refused = from_xml(MedicinesResult, answered(folders, "YZKsiquc01", requests.medical("toseki", "2")))
    assert (refused.is_done, refused.message_body.result_code) == (False, "MOCK-CONSENT-NEEDED")
    agree(counter, "toseki")
    told = from_xml(MedicinesResult, answered(folders, "YZKsiquc01", requests.medical("toseki", "2")))
    assert told.is_done
    assert len(told.medicines) == 4


def test_checkups_are_told_after_a_consent(folders: Folders, counter: Counter) -> None:
    agree(counter, "kamome")
    raw = answered(folders, "TKKsiquc01", requests.medical("kamome", "2", period=False))
    assert len(from_xml(HealthCheckupsResult, raw).checkups) == 2


@pytest.mark.parametrize(("kind", "persona"), [("YZKsiquc01", "toseki"), ("TKKsiquc01", "kamome")])
def test_a_pdf_is_given_where_one_is_asked_for(folders: Folders, counter: Counter, kind: str, persona: str) -> None:
    agree(counter, persona)
    period = kind.startswith("YZK")
    raw = answered(folders, kind, requests.medical(persona, "1", period=period), "pdf")
    lines = check_pdf(raw)
    assert any("架空" in line for line in lines)
    assert len(lines) > 6


def test_without_a_consent_a_pdf_is_refused_in_xml(folders: Folders) -> None:
    raw = answered(folders, "YZKsiquc01", requests.medical("toseki", "1"))
    assert not from_xml(MedicinesResult, raw).is_done


def check_pdf(raw: bytes) -> list[str]:
    """The lines of a PDF whose cross-reference table, lengths and references are right (ISO 32000-1, 7.5)."""
    assert raw.startswith(b"%PDF-1.5\n")
    assert raw.endswith(b"%%EOF\n")
    start = int(re.findall(rb"startxref\n(\d+)\n", raw)[-1])
    table = raw[start:].splitlines(keepends=True)
    assert table[0] == b"xref\n"
    count = int(table[1].split()[1])
    entries = table[2 : 2 + count]
    assert all(len(entry) == 20 for entry in entries)
    for number, entry in enumerate(entries[1:], 1):
        assert raw[int(entry[:10]) :].startswith(b"%d 0 obj\n" % number)
    for reference in re.findall(rb"(\d+) 0 R", raw):
        assert 0 < int(reference) < count
    lines = []
    for length, stream in re.findall(rb"/Length (\d+) >>\nstream\n(.*?)\nendstream", raw, re.DOTALL):
        assert int(length) == len(stream)
        lines += [bytes.fromhex(text.decode()).decode("utf-16-be") for text in re.findall(rb"<([0-9A-F]*)> Tj", stream)]
    return lines
