"""Reads a message file by element names, with the standard library's parser (facts §1.3, §2, §3)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from xml.etree import ElementTree as ET

SHIFT_JIS = {"shift_jis", "shift-jis", "sjis", "windows-31j", "cp932", "ms932", "x-sjis"}
_DECLARATION = re.compile(rb"^(?:\xef\xbb\xbf)?<\?xml[^>]*?\?>")
_ENCODING = re.compile(rb"""encoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")

Group = dict[str, "str | list[Group]"]
"""Children by name: a text, or every group of that name in its order."""


class UnreadableError(Exception):
    """The file is no message that could be read."""


@dataclass(frozen=True)
class Reading:
    """What stood in a result."""

    header: Group
    body: Group
    results: list[Group] = field(default_factory=list)

    @property
    def identifier(self) -> str:
        return text(self.header, "ArbitraryFileIdentifier")

    @property
    def segment(self) -> str:
        return text(self.header, "SegmentOfResult")

    @property
    def is_valid(self) -> bool:
        """Only if everything says so, and for exactly one qualification (facts §3)."""
        return (
            self.segment == "1"
            and text(self.body, "ProcessingResultStatus") == "1"
            and text(self.body, "QualificationValidity") == "1"
            and len(self.results) == 1
        )

    @property
    def code(self) -> str:
        return text(self.body, "ProcessingResultCode") or text(self.header, "ErrorCode")


NEEDED: dict[str, tuple[tuple[str, tuple[str, ...]], ...]] = {
    "OQSsiimm01req": (
        ("MessageHeader", ("MedicalInstitutionCode",)),
        ("MessageBody/ReferenceNumberRegistrationInfo", ("ReferenceNumber", "InsuredIdentificationNumber")),
    ),
    "OQSsiimm01res": (("MessageHeader", ("SegmentOfResult",)),),
    "OQSmuquc01req": (
        ("MessageHeader", ("MedicalInstitutionCode", "QualificationConfirmationDate")),
        ("MessageBody/QualificationConfirmSearchInfo", ("InsuredIdentificationNumber", "Birthdate")),
    ),
    "OQSmuquc02req": (("MessageHeader", ("MedicalInstitutionCode",)), ("MessageBody", ("ReceptionNumber",))),
    "OQSmuquc02res": (("MessageHeader", ("SegmentOfResult", "ReceptionNumber")),),
    "OQSmuimm01req": (
        ("MessageHeader", ("MedicalInstitutionCode",)),
        ("MessageBody/ReferenceNumberRegistrationInfo", ("ReferenceNumber", "InsuredIdentificationNumber")),
    ),
    "OQSmuimm02req": (("MessageHeader", ("MedicalInstitutionCode",)), ("MessageBody", ("ReceptionNumber",))),
    "OQSmuimm02res": (("MessageHeader", ("SegmentOfResult", "ReceptionNumber")),),
    "YZKsiquc01req": (("MessageHeader", ("InsuredPersonIdentificationNumber",)), ("MessageBody", ("FileCategory",))),
    "YZKsiquc01res": (("MessageBody", ("ResultCode",)),),
    "TKKsiquc01req": (("MessageHeader", ("InsuredPersonIdentificationNumber",)), ("MessageBody", ("FileCategory",))),
    "TKKsiquc01res": (("MessageBody", ("ResultCode",)),),
}
"""What every group at a path must say, by message (facts §2); a receipt says a number or a failure."""
RECEIPTS = ("OQSmuquc01res", "OQSmuimm01res")


def read_as(kind: str, raw: bytes) -> Reading:
    """The message of that kind, with everything that it cannot be understood without.

    Raises:
        UnreadableError: As `read`; or something is missing.
    """
    reading = read(raw)
    root = parse(raw)
    for path, names in NEEDED.get(kind, ()):
        holders = root.findall(path)
        if not holders or any(not (holder.findtext(name) or "").strip() for holder in holders for name in names):
            raise UnreadableError(f"{kind} {path}")
    if kind in RECEIPTS and not text(reading.body, "ReceptionNumber") and reading.segment != "9":
        raise UnreadableError(f"{kind} ReceptionNumber")
    return reading


def text(group: Group, name: str) -> str:
    found = group.get(name, "")
    return found if isinstance(found, str) else ""


def groups(group: Group, name: str) -> list[Group]:
    found = group.get(name, [])
    return found if isinstance(found, list) else []


def read(raw: bytes) -> Reading:
    """The result in the bytes of a file.

    Raises:
        UnreadableError: Cut off, in another encoding than it says, or something else.
    """
    root = parse(raw)
    if root.tag != "XmlMsg":
        raise UnreadableError("root")
    whole = as_group(root)
    [header] = groups(whole, "MessageHeader") or [{}]
    [body] = groups(whole, "MessageBody") or [{}]
    results = [
        one for listed in groups(body, "ResultList") for one in groups(listed, "ResultOfQualificationConfirmation")
    ]
    said = text(header, "CharacterCodeIdentifier")
    if said and said != {"utf-8": "0", "cp932": "1"}[encoding_of(raw)]:
        raise UnreadableError("CharacterCodeIdentifier")
    return Reading(header, body, results)


def parse(raw: bytes) -> ET.Element:
    declaration = _DECLARATION.match(raw)
    rest = raw[declaration.end() :] if declaration else raw
    try:
        decoded = rest.decode(encoding_of(raw))
        if "<!DOCTYPE" in decoded:
            raise UnreadableError("doctype")
        return ET.fromstring(decoded)
    except (UnicodeDecodeError, ET.ParseError, ValueError) as error:
        raise UnreadableError(type(error).__name__) from error


def encoding_of(raw: bytes) -> str:
    declaration = _DECLARATION.match(raw)
    declared = _ENCODING.search(declaration.group()) if declaration else None
    name = declared.group(1).decode("ascii").lower() if declared else "utf-8"
    if name in SHIFT_JIS:
        return "cp932"
    if name in ("utf-8", "utf8"):
        return "utf-8"
    raise UnreadableError(name)


def as_group(element: ET.Element) -> Group:
    group: Group = {}
    for child in element:
        if len(child):
            several = group.setdefault(child.tag, [])
            if not isinstance(several, list):
                raise UnreadableError(child.tag)
            several.append(as_group(child))
        elif (child.text or "").strip(" \t\r\n"):
            if child.tag in group:
                raise UnreadableError(child.tag)
            group[child.tag] = child.text or ""
    return group
