"""The broken and the unusual files of the corpus: what is done to a good answer, and what a reader must make of it.

Pure. Each is something that a clinic meets on a bad morning, or that the facts record as a difference between sources.
What breaks if wrong: a parser passes that would fail a patient.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Callable
from typing import Any, Final, NamedTuple

from eligibility.oqs.charset import Encoding, declaration, encode, fit
from eligibility.oqs.codec import from_json, to_json, to_xml
from eligibility.oqs.elements import Element
from eligibility.oqs.layout import Order
from eligibility.oqs.messages import QualificationResult
from mock_server.corpus.readings import Reading, reading_of, unreadable

_KIND: Final = "OQSsiquc01res"
_RESULT: Final = "ResultOfQualificationConfirmation"
NEWER: Final = "MockNewerItem"
"""An element that no layout has."""
_OPTIONAL: Final = ("InsuredName", "NameKana", "Address", "PostNumber", "QualificationDate", "InsurerName")


class Spoiled(NamedTuple):
    """A file, and the reading that is expected of it."""

    content: bytes
    reading: Reading


Spoiler = Callable[[QualificationResult, Encoding, Order], Spoiled | None]
"""None where there is nothing to spoil in this answer."""


def _half(message: QualificationResult, encoding: Encoding, order: Order) -> Spoiled:
    raw = to_xml(message, encoding=encoding, order=order)
    return Spoiled(raw[: len(raw) // 2], unreadable(_KIND, encoding, "incomplete"))


def _cut_in_a_character(message: QualificationResult, encoding: Encoding, order: Order) -> Spoiled | None:
    """Ends after the first byte of a character of several."""
    raw = to_xml(message, encoding=encoding, order=order)
    last = max((at for at, byte in enumerate(raw) if byte >= 0x81), default=-1)
    if last < 0:
        return None
    while last and raw[last - 1] >= 0x81:
        last -= 1
    return Spoiled(raw[: last + 1], unreadable(_KIND, encoding, "incomplete"))


def _empty(_: QualificationResult, encoding: Encoding, __: Order) -> Spoiled:
    return Spoiled(b"", unreadable(_KIND, encoding, "incomplete"))


def wrongly_declared(message: Element, encoding: Encoding, order: Order) -> bytes | None:
    """Bytes of one encoding under the declaration of the other; None where nobody can see that in this message."""
    other: Encoding = "utf-8" if encoding == "cp932" else "cp932"
    text = to_xml(message, encoding=other, order=order).decode(other).partition("\n")[2]
    content = declaration(other).encode() + encode(fit(text, encoding), encoding)
    try:
        content.decode(other)
    except UnicodeDecodeError:
        return content
    return None


def _wrong_encoding(message: QualificationResult, encoding: Encoding, order: Order) -> Spoiled | None:
    """The bytes are of one encoding, declaration and CharacterCodeIdentifier of the other, where that can be seen."""
    content = wrongly_declared(message, encoding, order)
    return None if content is None else Spoiled(content, unreadable(_KIND, encoding, "encoding"))


def _contradiction(message: QualificationResult, encoding: Encoding, order: Order) -> Spoiled:
    """The bytes are as declared, but CharacterCodeIdentifier names the other encoding."""
    text = to_xml(message, encoding=encoding, order=order).decode(encoding)
    said, other = ("0", "1") if encoding == "utf-8" else ("1", "0")
    tag = "CharacterCodeIdentifier"
    changed = text.replace(f"<{tag}>{said}<", f"<{tag}>{other}<")
    return Spoiled(changed.encode(encoding), unreadable(_KIND, encoding, "contradiction"))


def _newer_layout(message: QualificationResult, encoding: Encoding, order: Order) -> Spoiled:
    """Elements that nobody knows, in the header, the body and the result: to be passed over."""
    said: Any = to_json(message)
    root = said["XmlMsg"]
    ignored = [f"MessageHeader/{NEWER}", f"MessageBody/{NEWER}/{NEWER}"]
    root["MessageHeader"][NEWER] = "MOCK"
    root["MessageBody"][NEWER] = {NEWER: "MOCK"}
    for number, item in enumerate(root["MessageBody"].get("ResultList", []), 1):
        item[_RESULT][NEWER] = "MOCK"
        ignored.append(f"MessageBody/ResultList/{_RESULT}[{number}]/{NEWER}")
    content = to_xml(from_json(QualificationResult, said), encoding=encoding, order=order)
    return Spoiled(content, reading_of(message, _KIND, encoding) | {"ignored": sorted(ignored)})


def _without_optional(message: QualificationResult, encoding: Encoding, order: Order) -> Spoiled | None:
    """Items are missing that an answer is understood without."""
    if not message.results:
        return None
    said: Any = to_json(message)
    for item in said["XmlMsg"]["MessageBody"]["ResultList"]:
        for name in _OPTIONAL:
            item[_RESULT].pop(name, None)
    poorer = from_json(QualificationResult, said)
    return Spoiled(to_xml(poorer, encoding=encoding, order=order), reading_of(poorer, _KIND, encoding))


def _without_validity(message: QualificationResult, encoding: Encoding, order: Order) -> Spoiled | None:
    """QualificationValidity is missing: readable, and confirms nothing."""
    if message.validity is None:
        return None
    said: Any = to_json(message)
    del said["XmlMsg"]["MessageBody"]["QualificationValidity"]
    silent = from_json(QualificationResult, said)
    return Spoiled(to_xml(silent, encoding=encoding, order=order), reading_of(silent, _KIND, encoding))


def _two_results(message: QualificationResult, encoding: Encoding, order: Order) -> Spoiled | None:
    """The result stands there twice: exactly one confirms, two never do (online-qualification.md §3)."""
    if len(message.results) != 1:
        return None
    said: Any = to_json(message)
    listed = said["XmlMsg"]["MessageBody"]["ResultList"]
    listed.append(copy.deepcopy(listed[0]))
    two = from_json(QualificationResult, said)
    return Spoiled(to_xml(two, encoding=encoding, order=order), reading_of(two, _KIND, encoding))


def _element_twice(message: QualificationResult, encoding: Encoding, order: Order) -> Spoiled | None:
    """One person with two birthdates: which is theirs nobody can say."""
    text = to_xml(message, encoding=encoding, order=order).decode(encoding)
    element = re.search(r"( *)<Birthdate>\d{8}</Birthdate>\n", text)
    if element is None:
        return None
    changed = text.replace(element.group(), element.group() + f"{element.group(1)}<Birthdate>19000101</Birthdate>\n", 1)
    return Spoiled(changed.encode(encoding), unreadable(_KIND, encoding, "doubled_element"))


def _black_circle(message: QualificationResult, encoding: Encoding, order: Order) -> Spoiled | None:
    """A character of the name could not be told."""
    if not message.results:
        return None
    said: Any = to_json(message)
    for item in said["XmlMsg"]["MessageBody"]["ResultList"]:
        item[_RESULT]["Name"] = "●" + item[_RESULT]["Name"][1:]
    lacking = from_json(QualificationResult, said)
    return Spoiled(to_xml(lacking, encoding=encoding, order=order), reading_of(lacking, _KIND, encoding))


def _padded(padding: str) -> Spoiler:
    """A 6-digit 保険者番号 without the two blanks, or with zeros in front, as other sources have it."""

    def spoil(message: QualificationResult, encoding: Encoding, order: Order) -> Spoiled | None:
        text = to_xml(message, encoding=encoding, order=order).decode(encoding)
        changed = re.sub(r"<InsurerNumber>  (\d{6})<", rf"<InsurerNumber>{padding}\1<", text)
        if changed == text:
            return None
        reading = reading_of(message, _KIND, encoding)
        elements = {
            path: padding + value.lstrip(" ") if path.endswith("/InsurerNumber") and value[:2] == "  " else value
            for path, value in reading["elements"].items()
        }
        return Spoiled(changed.encode(encoding), reading | {"elements": elements})

    return spoil


def _one_line(message: QualificationResult, encoding: Encoding, order: Order) -> Spoiled:
    """No blanks and no line ends between elements."""
    text = to_xml(message, encoding=encoding, order=order).decode(encoding)
    joined = re.sub(r">\n *<", "><", text).rstrip("\n")
    return Spoiled(joined.encode(encoding), reading_of(message, _KIND, encoding))


def _windows_lines(message: QualificationResult, encoding: Encoding, order: Order) -> Spoiled:
    """CR LF at every line's end, and a byte order mark before UTF-8."""
    raw = to_xml(message, encoding=encoding, order=order).replace(b"\n", b"\r\n")
    mark = b"\xef\xbb\xbf" if encoding == "utf-8" else b""
    return Spoiled(mark + raw, reading_of(message, _KIND, encoding))


SPOILERS: Final[dict[str, Spoiler]] = {
    "half": _half,
    "cut-in-a-character": _cut_in_a_character,
    "empty": _empty,
    "wrong-encoding": _wrong_encoding,
    "encoding-contradiction": _contradiction,
    "newer-layout": _newer_layout,
    "without-optional": _without_optional,
    "without-validity": _without_validity,
    "two-results": _two_results,
    "element-twice": _element_twice,
    "black-circle": _black_circle,
    "padding-none": _padded(""),
    "padding-zeros": _padded("00"),
    "one-line": _one_line,
    "windows-lines": _windows_lines,
}
"""Every one by the name its files carry."""
