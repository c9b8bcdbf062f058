"""The short way of writing and reading gives what the long way through a tree gives, for every message there can be."""

from __future__ import annotations

from typing import Any, cast, get_args

from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from eligibility.oqs import codec
from eligibility.oqs.charset import Encoding, declaration, encode
from eligibility.oqs.codec import Order, from_json, from_xml, to_json, to_xml
from eligibility.oqs.codes import CharacterCodeIdentifier
from eligibility.oqs.elements import Element
from eligibility.oqs.messages import QualificationResult
from eligibility.oqs.reading import TreeReader
from eligibility.oqs.reading_json import read_object
from eligibility.oqs.tree import tree_text, write_tree
from eligibility.oqs.writing import json_object
from tests.oqs.golden_files import GOLDEN, golden
from tests.oqs.strategies import messages
from tests.thoroughness import examples

orders = st.sampled_from(get_args(Order))
encodings = st.sampled_from(get_args(Encoding))


def long_xml(message: Element, encoding: Encoding, order: Order) -> bytes:
    return encode(declaration(encoding) + tree_text(message, encoding=encoding, order=order), encoding)


def long_json(message: Element) -> dict[str, object]:
    root = write_tree(message, insurer_padding="0")
    return {"XmlMsg": codec._json_value(root, type(message))}


@settings(max_examples=examples(150))
@given(message=messages(), encoding=encodings, order=orders)
def test_xml_to_the_byte(message: Element, encoding: Encoding, order: Order) -> None:
    assert to_xml(message, encoding=encoding, order=order) == long_xml(message, encoding, order)


@settings(max_examples=examples(150))
@given(message=messages())
def test_json_to_the_order_of_keys(message: Element) -> None:
    written = to_json(message)
    assert written == long_json(message)
    assert repr(written) == repr(long_json(message))


@settings(max_examples=examples(150))
@given(message=messages())
def test_a_tree_is_read_as_pydantic_xml_reads_it(message: Element) -> None:
    """Another program's reading of the same models; blanks in front of insurer numbers are taken off by both."""
    root = write_tree(message, insurer_padding=" ")
    theirs = type(message).from_xml_tree(cast("Any", root))
    ours = TreeReader(10_000).read(type(message), root)
    assert ours == theirs


@settings(max_examples=examples(150))
@given(message=messages())
def test_json_is_read_as_its_tree_is(message: Element) -> None:
    members = cast("Any", to_json(message)["XmlMsg"])
    short = read_object(type(message), members, 10_000)
    tree = codec._json_tree("XmlMsg", members, 10_000)
    assert short == TreeReader(10_000).read(type(message), tree)
    assert from_json(type(message), {"XmlMsg": members}) == short


def test_every_golden_message_takes_the_short_way() -> None:
    """Otherwise the two ways would agree because there is only one."""
    for one in GOLDEN:
        message = from_xml(one.model, one.utf8)
        members = json_object(message, "0")
        assert members is not None
        assert read_object(one.model, members, 10_000) is not None


def test_an_unknown_element_makes_the_way_long() -> None:
    message = from_xml(QualificationResult, golden("result_newer_layout_utf8.xml"))
    assert json_object(message, "0") is None
    assert "NewGroup" in str(to_json(message))


def test_what_vanishes_in_cp932_makes_the_way_long_and_becomes_a_mark() -> None:
    raw = golden("result_face_utf8.xml").replace("協会　太郎".encode(), "\U000e0100".encode())
    message = from_xml(QualificationResult, raw)
    written = to_xml(message, encoding="cp932")
    assert "<Name>●</Name>" in written.decode("cp932")
    assert written == long_xml(message, "cp932", "spec")


def test_texts_that_look_like_markup_stay_texts() -> None:
    raw = golden("result_face_utf8.xml").replace("協会　太郎".encode(), b"&lt;b&gt; &amp;amp; ]]&gt; \" '")
    message = from_xml(QualificationResult, raw)
    assert message.only_result is not None
    assert message.only_result.name == "<b> &amp; ]]> \" '"
    for encoding in get_args(Encoding):
        assert to_xml(message, encoding=encoding) == long_xml(message, encoding, "spec")
    assert etree.fromstring(to_xml(message)).findtext(".//Name") == message.only_result.name


def test_values_in_json_are_plain_texts() -> None:
    """Not members of an enumeration, which some writers of JSON write in their own way."""
    header = cast("Any", to_json(from_xml(QualificationResult, golden("result_spec_utf8.xml"))))["XmlMsg"][
        "MessageHeader"
    ]
    assert all(type(value) is str for value in header.values())
    assert header["CharacterCodeIdentifier"] == CharacterCodeIdentifier.UTF_8
