"""The broken and the unusual files of the kinds that are not siquc01: cut off, misdeclared, newer, without an item.

Pure. What breaks if wrong: a parser passes that takes half a list for the whole.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final

from eligibility.oqs.charset import Encoding
from eligibility.oqs.codec import from_json, to_json, to_xml
from eligibility.oqs.layout import Order
from mock_server.corpus.families import Specimen
from mock_server.corpus.readings import reading_of, unreadable
from mock_server.corpus.spoiling import NEWER, Spoiled, wrongly_declared

NEEDED: Final = {
    "OQSsiimm01req": "ReferenceNumber",
    "OQSsiimm01res": "SegmentOfResult",
    "OQSmuquc01req": "Birthdate",
    "OQSmuquc01res": "ReceptionNumber",
    "OQSmuquc02req": "ReceptionNumber",
    "OQSmuquc02res": "SegmentOfResult",
    "OQSmuimm01req": "InsuredIdentificationNumber",
    "OQSmuimm01res": "ReceptionNumber",
    "OQSmuimm02req": "ReceptionNumber",
    "OQSmuimm02res": "SegmentOfResult",
    "YZKsiquc01req": "FileCategory",
    "YZKsiquc01res": "ResultCode",
    "TKKsiquc01req": "FileCategory",
    "TKKsiquc01res": "ResultCode",
}
"""Of each message an element without which nobody can say what is meant; of a list, the last person lacks it."""

OtherSpoiler = Callable[[Specimen, Encoding, Order], Spoiled | None]
"""None where there is nothing to spoil in this message."""


def _half(specimen: Specimen, encoding: Encoding, order: Order) -> Spoiled:
    raw = to_xml(specimen.message, encoding=encoding, order=order)
    return Spoiled(raw[: len(raw) // 2], unreadable(specimen.kind, encoding, "incomplete"))


def _wrong_encoding(specimen: Specimen, encoding: Encoding, order: Order) -> Spoiled | None:
    content = wrongly_declared(specimen.message, encoding, order)
    return None if content is None else Spoiled(content, unreadable(specimen.kind, encoding, "encoding"))


def _missing_element(specimen: Specimen, encoding: Encoding, order: Order) -> Spoiled | None:
    name = NEEDED[specimen.kind]
    text = to_xml(specimen.message, encoding=encoding, order=order).decode(encoding)
    found = list(re.finditer(rf" *<{name}>[^<]*</{name}>\n", text))
    if not found:
        return None
    changed = text[: found[-1].start()] + text[found[-1].end() :]
    return Spoiled(changed.encode(encoding), unreadable(specimen.kind, encoding, "missing_element"))


def _newer_layout(specimen: Specimen, encoding: Encoding, order: Order) -> Spoiled:
    """Elements that nobody knows, in the header, the body and each person of a list: to be passed over."""
    said: Any = to_json(specimen.message)
    root = said["XmlMsg"]
    root["MessageHeader"][NEWER] = "MOCK"
    ignored = [f"MessageHeader/{NEWER}"]
    body = root.get("MessageBody", {})
    for name, members in list(body.items()):
        if isinstance(members, list) and not name.endswith("List"):
            for number, member in enumerate(members, 1):
                member[NEWER] = "MOCK"
                ignored.append(f"MessageBody/{name}[{number}]/{NEWER}")
    if body:
        body[NEWER] = {NEWER: "MOCK"}
        ignored.append(f"MessageBody/{NEWER}/{NEWER}")
    content = to_xml(from_json(type(specimen.message), said), encoding=encoding, order=order)
    return Spoiled(content, reading_of(specimen.message, specimen.kind, encoding) | {"ignored": sorted(ignored)})


OTHER_SPOILERS: Final[dict[str, OtherSpoiler]] = {
    "half": _half,
    "wrong-encoding": _wrong_encoding,
    "missing-element": _missing_element,
    "newer-layout": _newer_layout,
}
"""Every one by the name its files carry."""
