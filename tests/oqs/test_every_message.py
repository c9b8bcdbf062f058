"""What holds for every message: written byte for byte, any order, both encodings, JSON; nothing unknown is lost."""

from __future__ import annotations

import json
import re
from collections import Counter

import pytest

from eligibility.oqs.codec import from_json, from_xml, to_json, to_xml
from eligibility.oqs.file_names import MessageKind, read_request_name
from eligibility.oqs.kinds import PAIRS, request_model
from eligibility.oqs.messages import QualificationRequest
from tests.oqs.golden_files import GOLDEN, Golden

every_message = pytest.mark.parametrize("message", GOLDEN, ids=[f"{one.kind}-{one.name}" for one in GOLDEN])


def with_unknown_elements(raw: bytes) -> bytes:
    """A message of a newer layout: unknown elements in every group, in front, behind, and between the known ones."""
    lines: list[str] = []
    for line in raw.decode().splitlines():
        blanks = re.match(" *", line)
        inside = f"{blanks[0] if blanks else ''}  "
        if line.strip().startswith("</"):
            lines.append(f"{inside}<NewLast/>")
        lines.append(line)
        if re.fullmatch(r" *<[A-Z]\w+>", line):
            lines += [f"{inside}<NewGroup>", f"{inside}  <NewItem>あ &amp; い</NewItem>", f"{inside}</NewGroup>"]
        elif "</" in line and not line.strip().startswith("</"):
            lines.append(f"{line[: line.index('<')]}<NewItem>1</NewItem>")
    return "\n".join([*lines, ""]).encode()


def lines_of(raw: bytes, encoding: str = "utf-8") -> Counter[str]:
    return Counter(line.strip() for line in raw.decode(encoding).splitlines())


@every_message
def test_it_is_written_byte_for_byte_in_either_encoding(message: Golden) -> None:
    read = from_xml(message.model, message.utf8)
    assert to_xml(read) == message.utf8
    assert to_xml(read, encoding="cp932") == message.cp932


@every_message
def test_it_is_read_alike_from_either_encoding(message: Golden) -> None:
    assert to_xml(from_xml(message.model, message.cp932)) == message.utf8


@every_message
@pytest.mark.parametrize("encoding", ["utf-8", "cp932"])
def test_the_face_order_has_the_same_lines_and_is_read_alike(message: Golden, encoding: str) -> None:
    read = from_xml(message.model, message.utf8)
    scrambled = to_xml(read, encoding="cp932" if encoding == "cp932" else "utf-8", order="face")
    assert lines_of(scrambled, encoding) == lines_of(message.cp932 if encoding == "cp932" else message.utf8, encoding)
    assert to_xml(from_xml(message.model, scrambled)) == message.utf8


@every_message
def test_it_survives_json(message: Golden) -> None:
    read = from_xml(message.model, message.utf8)
    assert to_xml(from_json(message.model, json.loads(json.dumps(to_json(read))))) == message.utf8


@every_message
def test_unknown_elements_come_back_where_they_stood(message: Golden) -> None:
    newer = with_unknown_elements(message.utf8)
    assert newer.count(b"<NewItem>") > 5
    read = from_xml(message.model, newer)
    assert to_xml(read) == newer
    assert read != from_xml(message.model, message.utf8)


@every_message
@pytest.mark.parametrize("encoding", ["utf-8", "cp932"])
def test_unknown_elements_survive_encodings_and_the_face_order(message: Golden, encoding: str) -> None:
    newer = with_unknown_elements(message.utf8)
    raw = to_xml(from_xml(message.model, newer), encoding="cp932" if encoding == "cp932" else "utf-8", order="face")
    assert lines_of(to_xml(from_xml(message.model, raw))) == lines_of(newer)


@every_message
def test_unknown_elements_survive_json(message: Golden) -> None:
    newer = to_json(from_xml(message.model, with_unknown_elements(message.utf8)))
    assert json.dumps(newer).count("NewItem") >= 3
    assert to_json(from_json(message.model, json.loads(json.dumps(newer)))) == newer


@every_message
def test_what_is_known_is_read_beside_unknown_elements(message: Golden) -> None:
    newer = with_unknown_elements(message.utf8)
    without = re.sub(r"\n *(<NewGroup>.*?</NewGroup>|<NewItem>1</NewItem>|<NewLast/>)", "", newer.decode(), flags=re.S)
    assert without.encode() == message.utf8
    known = to_json(from_xml(message.model, message.utf8))
    beside = json.loads(json.dumps(to_json(from_xml(message.model, newer))))
    assert _known_only(beside) == known


def _known_only(value: object) -> object:
    if isinstance(value, dict):
        return {name: _known_only(content) for name, content in value.items() if not name.startswith("New")}
    if isinstance(value, list):
        kept = [_known_only(entry) for entry in value]
        return [entry for entry in kept if entry != {}]
    return value


def test_every_kind_has_golden_messages_both_ways() -> None:
    assert {(one.kind, one.is_request) for one in GOLDEN} == {
        (kind, is_request) for kind in MessageKind for is_request in (True, False)
    }
    assert set(PAIRS) == set(MessageKind)


def test_a_transport_reads_any_request_by_its_name() -> None:
    for one in GOLDEN:
        if one.is_request:
            name = f"{one.kind}req_202611200001.xml"
            assert to_xml(from_xml(request_model(read_request_name(name).kind), one.utf8)) == one.utf8
    assert request_model(MessageKind.QUALIFICATION) is QualificationRequest
