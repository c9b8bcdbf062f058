"""Bombs, entities, wrong encodings and torn files, for every message: refused with a code and nothing else."""

from __future__ import annotations

import contextlib
import re

import pytest

from eligibility.oqs.codec import from_xml, to_xml
from eligibility.oqs.errors import MessageError
from eligibility.oqs.limits import BULK_REQUEST, DEEPEST, MOST_ATTRIBUTES
from tests.oqs.golden_files import GOLDEN, Golden
from tests.oqs.test_hostile_messages import BOMB

every_message = pytest.mark.parametrize("message", GOLDEN, ids=[f"{one.kind}-{one.name}" for one in GOLDEN])


def refusal_of(message: Golden, raw: bytes) -> str:
    with pytest.raises(MessageError) as refusal:
        from_xml(message.model, raw)
    return refusal.value.code


def with_prolog(message: Golden, prolog: str, value: str = "") -> bytes:
    """The message with something in front of its root, and the institution's code replaced where `value` is given."""
    text = message.utf8.decode().replace("<XmlMsg>", f"{prolog}<XmlMsg>")
    return (text.replace("1312345678", value) if value else text).encode()


@every_message
@pytest.mark.parametrize(
    ("prolog", "value"),
    [
        ("<!DOCTYPE XmlMsg>", ""),
        ('<!DOCTYPE XmlMsg SYSTEM "http://127.0.0.1:1/x.dtd">', ""),
        ('<!DOCTYPE XmlMsg [<!ENTITY who SYSTEM "file:///etc/passwd">]>', "&who;"),
        ('<!DOCTYPE XmlMsg [<!ENTITY % out SYSTEM "file:///etc/passwd"> %out;]>', ""),
        (f"<!DOCTYPE XmlMsg [{BOMB}]>", "&h;"),
    ],
    ids=["plain", "external", "entity", "parameter", "bomb"],
)
def test_a_document_type_is_refused_before_it_is_read(message: Golden, prolog: str, value: str) -> None:
    assert refusal_of(message, with_prolog(message, prolog, value)) == "message.xml.doctype"


@every_message
def test_an_entity_without_a_document_type_is_broken_xml(message: Golden) -> None:
    assert refusal_of(message, with_prolog(message, "", "&who;")) == "message.xml.broken"


@every_message
def test_an_instruction_and_a_comment_are_passed_over(message: Golden) -> None:
    raw = with_prolog(message, '<?xml-stylesheet href="file:///etc/passwd"?><!-- x -->', "13123<!-- x -->45678")
    assert to_xml(from_xml(message.model, raw)) == message.utf8


@every_message
def test_cp932_that_is_declared_utf_8_is_refused_where_it_is_not_ascii(message: Golden) -> None:
    raw = message.cp932.replace(b"Shift_JIS", b"UTF-8")
    if raw.isascii():
        assert to_xml(from_xml(message.model, raw)) == message.utf8
    else:
        assert refusal_of(message, raw) == "message.encoding.broken"


@every_message
def test_utf_8_that_is_declared_shift_jis_is_refused_or_other_characters(message: Golden) -> None:
    raw = message.utf8.replace(b"UTF-8", b"Shift_JIS")
    with contextlib.suppress(MessageError):
        assert raw.isascii() == (to_xml(from_xml(message.model, raw)) == message.utf8)


@every_message
@pytest.mark.parametrize("encoding", ["utf-16", "utf-32", "euc-jp", "utf-7", "iso-2022-jp"])
def test_other_encodings_are_refused(message: Golden, encoding: str) -> None:
    raw = message.utf8.decode().replace("UTF-8", encoding.upper()).encode(encoding, "replace")
    assert refusal_of(message, raw) in ("message.encoding.unsupported", "message.encoding.broken", "message.xml.broken")


@every_message
def test_a_torn_file_is_refused_wherever_it_ends(message: Golden) -> None:
    for raw in (message.utf8.rstrip(), message.cp932.rstrip()):
        for end in range(0, len(raw), 5):
            assert refusal_of(message, raw[:end]) in ("message.xml.broken", "message.encoding.broken")


@every_message
def test_too_deep_too_many_attributes_too_large(message: Golden) -> None:
    body = b"</XmlMsg>"
    deep = b"<d>" * DEEPEST + b"</d>" * DEEPEST
    assert refusal_of(message, message.utf8.replace(body, deep + body)) == "message.too_deep"
    names = " ".join(f'a{number}=""' for number in range(MOST_ATTRIBUTES + 1)).encode()
    for tag in (b"<MessageHeader>", b"<MedicalInstitutionCode>"):
        raw = message.utf8.replace(tag, tag[:-1] + b" " + names + b">")
        assert refusal_of(message, raw) == "message.too_many"
    limits = message.model.limits
    if limits.most_elements <= BULK_REQUEST.most_elements:
        many = b"<a/>" * (2 * limits.most_elements)
        assert refusal_of(message, message.utf8.replace(body, many + body)) in ("message.too_many", "message.too_large")
        assert refusal_of(message, message.utf8 + b" " * limits.largest) == "message.too_large"


@every_message
def test_a_name_space_makes_it_another_message(message: Golden) -> None:
    raw = message.utf8.replace(b"<XmlMsg>", b'<XmlMsg xmlns="urn:x">')
    assert refusal_of(message, raw) == "message.root"


@every_message
@pytest.mark.parametrize("wrong", ["協\ue000会", "協\x7f会"], ids=["private use", "control"])
def test_no_value_takes_characters_that_mean_nothing(message: Golden, wrong: str) -> None:
    """Where it stands is told, and the value is not."""
    text = message.utf8.decode()
    values = re.findall(r"<(\w+)>([^<]+)</\1>", text)
    assert len(values) >= 3
    for tag, value in values:
        with pytest.raises(MessageError) as refusal:
            from_xml(message.model, text.replace(f"<{tag}>{value}<", f"<{tag}>{wrong}<", 1).encode())
        assert re.search(rf"/{tag}(\[\d+\])?$", refusal.value.where)
        assert wrong not in f"{refusal.value!r}{refusal.value.where}"
