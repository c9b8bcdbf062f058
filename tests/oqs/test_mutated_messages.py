"""Messages with a few bytes changed, a hundred thousand of them: each is read or refused, and none becomes valid.

Where a mutated message is read, it can be written and read again. An original whose 資格有効性 a single changed digit
would make 有効 is no example here: that is another message, which no reader can tell from a true one.
"""

from __future__ import annotations

import json
import random
import re
from collections import Counter
from collections.abc import Callable

import pytest

from eligibility.oqs.bulk import read_bulk
from eligibility.oqs.bulk_messages import BulkQualificationRequest, BulkQualificationResult, confirms
from eligibility.oqs.codec import from_json, from_xml, to_json, to_xml
from eligibility.oqs.elements import Element
from eligibility.oqs.errors import MessageError
from eligibility.oqs.headers import RequestHeader
from eligibility.oqs.messages import QualificationConfirmSearchInfo, QualificationResult
from tests.oqs.golden_files import GOLDEN, golden
from tests.oqs.test_every_message import with_unknown_elements
from tests.thoroughness import examples

ORIGINALS: tuple[tuple[type[Element], bytes], ...] = (
    *((one.model, raw) for one in GOLDEN for raw in (one.utf8, one.cp932)),
    *((QualificationResult, golden(f"result_face_{encoding}.xml")) for encoding in ("utf8", "cp932")),
    (BulkQualificationResult, with_unknown_elements(golden("bulk_result_utf8.xml"))),
)
FAR_FROM_VALID: tuple[tuple[type[Element], bytes], ...] = (
    (QualificationResult, golden("result_none_found_utf8.xml")),
    (QualificationResult, golden("result_failed_utf8.xml")),
    (QualificationResult, golden("result_newer_layout_utf8.xml")),
    (QualificationResult, with_unknown_elements(golden("result_none_found_utf8.xml"))),
    (BulkQualificationResult, golden("bulk_result_running_utf8.xml")),
    (
        BulkQualificationResult,
        golden("bulk_result_utf8.xml")
        .replace(b"<SegmentOfResult>1", b"<SegmentOfResult>9")
        .replace(b"Validity>1", b"Validity>4"),
    ),
)

PIECES = (
    *(bytes([byte]) for byte in b"<>&;\"'/=!?[]-\n\t 019A\x00\x1b\x80\x81\xef\xff"),
    *(b"<!DOCTYPE x>", b"<![CDATA[", b"]]>", b"<!--", b"-->", b"<?x?>", b"&amp;", b"&#0;", b"&#xE000;", b"&x;"),
    *(b"<a>", b"</a>", b"<a/>", b' a="1"', b' xmlns="urn:x"', "髙".encode(), "髙".encode("cp932"), b"\xf0\x40"),
    *(b"</MessageHeader>", b"<MessageBody>", b"</XmlMsg>", b"<QualificationValidity>1</QualificationValidity>"),
)


VALUES = (b"1", b"2", b"", b" ", b"01", b"A1", b"000", b"20261120", b"99999999", b"20261120093015", b"x" * 60, b"\t\n")


def mutated(raw: bytes, chance: random.Random) -> bytes:
    """A few places changed: most of these are no XML any more, the rearranged ones mostly are."""
    return _rearranged(raw, chance) if chance.random() < 0.5 else _damaged(raw, chance)


def _rearranged(raw: bytes, chance: random.Random) -> bytes:
    """Whole lines taken out, doubled, exchanged, or given another value or another name."""
    lines = raw.replace(b"><", b">\n<").splitlines(keepends=True)
    for _ in range(chance.choice((1, 1, 2, 4))):
        place = chance.randrange(1, len(lines))
        other = chance.randrange(1, len(lines))
        match chance.randrange(5):
            case 0:
                del lines[place]
            case 1:
                lines.insert(other, lines[place])
            case 2:
                lines[place], lines[other] = lines[other], lines[place]
            case 3:
                value = chance.choice(VALUES)
                lines[place] = re.sub(rb"""(>|: ")[^<"]*(</|")""", rb"\g<1>" + value + rb"\g<2>", lines[place])
            case _:
                name = re.search(rb"<(\w+)>", lines[other])
                lines[place] = re.sub(rb"(</?)\w+>", rb"\1" + (name[1] if name else b"New") + b">", lines[place])
        lines += [b"\n"] * (2 - len(lines))
    return b"".join(lines)


def _damaged(raw: bytes, chance: random.Random) -> bytes:
    """Bytes replaced, put in, taken out, doubled, or moved."""
    changed = bytearray(raw)
    for _ in range(chance.choice((1, 1, 1, 2, 3, 5))):
        start = chance.randrange(len(changed) + 1)
        end = min(len(changed), start + chance.choice((0, 1, 1, 2, 4, 16, 200)))
        match chance.randrange(5):
            case 0:
                changed[start:end] = bytes(chance.randrange(256) for _ in range(end - start))
            case 1:
                changed[start:end] = chance.choice(PIECES)
            case 2:
                changed[start:start] = chance.choice(PIECES)
            case 3:
                changed[start:start] = changed[start:end]
            case _:
                piece = changed[start:end]
                del changed[start:end]
                where = chance.randrange(len(changed) + 1)
                changed[where:where] = piece
    return bytes(changed)


def says_valid(message: Element) -> bool:
    if isinstance(message, QualificationResult):
        return message.is_valid
    if isinstance(message, BulkQualificationResult):
        return any(confirms(message.message_header, unit) for unit in message.units)
    return False


def read_xml(model: type[Element], raw: bytes) -> Element:
    message = from_xml(model, raw)
    assert to_xml(from_xml(model, to_xml(message))) == to_xml(message)
    return message


def read_json(model: type[Element], raw: bytes) -> Element | None:
    try:
        parsed = json.loads(raw)
    except (ValueError, RecursionError):
        return None
    message = from_json(model, parsed)
    assert to_json(from_json(model, to_json(message))) == to_json(message)
    return message


def read_person_by_person(model: type[Element], raw: bytes) -> None:
    """Whatever is told about the whole is told person by person too, and the other way round."""
    try:
        people = list(read_bulk(BulkQualificationRequest, RequestHeader, QualificationConfirmSearchInfo, raw))
    except MessageError as error:
        if error.where != "XmlMsg/MessageHeader":  # the one order that only the whole is read in
            with pytest.raises(MessageError):
                from_xml(model, raw)
        raise
    try:
        whole = from_xml(BulkQualificationRequest, raw)
    except MessageError:
        return  # what stands between and behind the people is looked at in the whole only
    assert list(whole.message_body.people) == people


def mutate_many(
    originals: tuple[tuple[type[Element], bytes], ...],
    read: Callable[[type[Element], bytes], Element | None],
    times: int,
    seed: int,
) -> Counter[str]:
    """What became of `times` mutated messages: the code of the refusal, "read", or "valid"."""
    chance = random.Random(seed)
    told: Counter[str] = Counter()
    for _ in range(times):
        model, raw = chance.choice(originals)
        try:
            message = read(model, mutated(raw, chance))
        except MessageError as error:
            told[error.code] += 1
        else:
            told["valid" if message is not None and says_valid(message) else "read"] += 1
    return told


def as_json(originals: tuple[tuple[type[Element], bytes], ...]) -> tuple[tuple[type[Element], bytes], ...]:
    return tuple(
        (model, json.dumps(to_json(from_xml(model, raw)), ensure_ascii=False, indent=1).encode())
        for model, raw in originals
    )


REQUESTS: tuple[tuple[type[Element], bytes], ...] = tuple(
    (BulkQualificationRequest, golden(f"bulk_request_{encoding}.xml")) for encoding in ("utf8", "cp932")
)


def test_the_originals_are_what_they_are_taken_for() -> None:
    for model, raw in FAR_FROM_VALID:
        assert not says_valid(from_xml(model, raw))
    assert any(says_valid(from_xml(model, raw)) for model, raw in ORIGINALS)


def test_mutations_change_messages_in_ways_that_are_read_and_in_ways_that_are_not() -> None:
    told = mutate_many(ORIGINALS, read_xml, 1500, seed=1)
    assert told["read"] > 50
    assert told["message.xml.broken"] > 300
    assert len(told) > 10


@pytest.mark.parametrize("seed", range(4))
def test_a_sample_of_mutated_messages(seed: int) -> None:
    mutate_many(ORIGINALS, read_xml, examples(400), seed)
    mutate_many(as_json(ORIGINALS), read_json, examples(200), seed)
    mutate_many(REQUESTS, read_person_by_person, examples(200), seed)
    for far in (FAR_FROM_VALID, as_json(FAR_FROM_VALID)):
        assert mutate_many(far, read_xml if far is FAR_FROM_VALID else read_json, examples(400), seed)["valid"] == 0


@pytest.mark.broad
@pytest.mark.parametrize("seed", range(100, 110))
def test_a_hundred_thousand_mutated_messages(seed: int) -> None:
    """Ten times ten thousand."""
    told = mutate_many(ORIGINALS, read_xml, 4000, seed)
    told += mutate_many(as_json(ORIGINALS), read_json, 1500, seed)
    told += mutate_many(REQUESTS, read_person_by_person, 1500, seed)
    far = mutate_many(FAR_FROM_VALID, read_xml, 2000, seed) + mutate_many(
        as_json(FAR_FROM_VALID), read_json, 1000, seed
    )
    assert far["valid"] == 0
    assert told.total() + far.total() == 10_000
