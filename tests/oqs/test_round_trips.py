"""Whatever can be said in the vocabulary is read back as it was written: every message, encoding, order, and JSON."""

from __future__ import annotations

import json
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eligibility.oqs.bulk import read_bulk
from eligibility.oqs.charset import Encoding, fit
from eligibility.oqs.codec import Order, from_json, from_xml, to_json, to_xml
from eligibility.oqs.elements import Element
from eligibility.oqs.layout import child_models, known_children, repeated
from tests.oqs.strategies import MODELS, messages
from tests.thoroughness import examples

orders = st.sampled_from(get_args(Order))
encodings = st.sampled_from(get_args(Encoding))
every_model = pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)


def fitted(message: Element, encoding: Encoding) -> object:
    """What a message says after its way through an encoding, by tag; without the element that names the encoding."""
    said: dict[str, object] = {}
    for tag, known in known_children(type(message)).items():
        value = getattr(message, known.field)
        if value is None or tag == "CharacterCodeIdentifier":
            continue
        if known.model is not None:
            said[tag] = [found for child in child_models(message, known) if (found := fitted(child, encoding))]
        else:
            said[tag] = fit(str(value), encoding)
    return {tag: value for tag, value in said.items() if value}


@every_model
@settings(max_examples=examples(20))
@given(data=st.data(), order=orders, encoding=encodings)
def test_every_message_in_xml(model: type[Element], data: st.DataObject, order: Order, encoding: Encoding) -> None:
    message = data.draw(messages(model))
    raw = to_xml(message, encoding=encoding, order=order)
    again = from_xml(model, raw)
    assert fitted(again, "utf-8") == fitted(message, encoding)
    assert to_xml(again, encoding=encoding, order=order) == raw


@every_model
@settings(max_examples=examples(20))
@given(data=st.data())
def test_every_message_in_json(model: type[Element], data: st.DataObject) -> None:
    message = data.draw(messages(model))
    written = json.loads(json.dumps(to_json(message)))
    again = from_json(model, written)
    assert fitted(again, "utf-8") == fitted(message, "utf-8")
    assert to_json(again) == written


@settings(max_examples=examples(60))
@given(data=st.data(), order=orders, encoding=encodings)
def test_a_bulk_message_person_by_person(data: st.DataObject, order: Order, encoding: Encoding) -> None:
    model = data.draw(st.sampled_from([model for model in MODELS if repeated(model)]))
    many = repeated(model)
    header_type = known_children(model)["MessageHeader"].model
    assert many is not None
    assert header_type is not None
    raw = to_xml(data.draw(messages(model)), encoding=encoding, order=order)
    reading = read_bulk(model, header_type, many.model, [raw[start : start + 7] for start in range(0, len(raw), 7)])
    whole = from_xml(model, raw)
    body = getattr(whole, "message_body")  # noqa: B009
    assert reading.header == getattr(whole, "message_header")  # noqa: B009
    assert tuple(reading) == (getattr(body, many.field) if body else ())
