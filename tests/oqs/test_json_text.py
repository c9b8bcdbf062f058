"""The short way to JSON text and the long way over a tree: the same members in the same order, for every message."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from eligibility.oqs import file_names, kinds
from eligibility.oqs.codec import from_xml, to_json
from eligibility.oqs.elements import Element
from eligibility.oqs.errors import MessageError
from eligibility.oqs.json_text import to_json_text
from eligibility.oqs.messages import QualificationResult

GOLDEN = Path(__file__).parent / "golden"


def models() -> list[type[Element]]:
    return [model for kind in file_names.MessageKind for model in (kinds.request_model(kind), kinds.answer_model(kind))]


def golden_messages() -> list[tuple[str, Element]]:
    """Every golden file, read as whatever model it fits."""
    found = []
    for path in sorted(GOLDEN.glob("*.xml")):
        for model in dict.fromkeys(models()):
            try:
                found.append((path.name, from_xml(model, path.read_bytes())))
            except MessageError:
                continue
            break
    return found


MESSAGES = golden_messages()


def same(message: Element) -> None:
    text = to_json_text(message)
    assert json.loads(text) == to_json(message)
    assert text == json.dumps(to_json(message), ensure_ascii=False, separators=(",", ":"))


def test_there_are_messages_of_many_kinds() -> None:
    assert len({type(message) for _, message in MESSAGES}) > 5


@pytest.mark.parametrize(("name", "message"), MESSAGES, ids=[name for name, _ in MESSAGES])
def test_both_ways_of_writing_a_message_give_the_same_text(name: str, message: Element) -> None:
    same(message)


def test_an_unknown_element_is_not_lost() -> None:
    name, message = next((name, one) for name, one in MESSAGES if isinstance(one, QualificationResult))
    raw = (GOLDEN / name).read_bytes().replace(b"</MessageHeader>", b"<Tomorrow>1</Tomorrow></MessageHeader>", 1)
    newer = from_xml(QualificationResult, raw)
    same(newer)
    assert "Tomorrow" in to_json_text(newer)
    assert "Tomorrow" not in to_json_text(message)


MESSAGES_HEADER = next(
    one.message_header for _, one in MESSAGES if isinstance(one, QualificationResult) and one.message_body is not None
)


@pytest.mark.parametrize("value", ["a\tb", 'quote " and \\', "髙　橋\u3000●", "\x7f", "😀"])
def test_odd_texts(value: str) -> None:
    message = QualificationResult.model_construct(
        message_header=MESSAGES_HEADER.model_copy(update={"arbitrary_file_identifier": value}), message_body=None
    )
    same(message)
