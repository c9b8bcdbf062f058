"""What a reader must find in a file of the corpus, as JSON that any language can compare.

Elements by path, texts as they stand in the file; the order of elements means nothing. What breaks if wrong: a right
parser is called wrong.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from eligibility.oqs.charset import Encoding, fit
from eligibility.oqs.codec import to_json
from eligibility.oqs.codes import CharacterCodeIdentifier
from eligibility.oqs.elements import Element
from eligibility.oqs.layout import LISTS
from eligibility.oqs.messages import QualificationResult
from mock_server.corpus.conclusions import conclusions_of

VERSION: Final = 1
REPEATED: Final = frozenset(
    (
        "ResultList/ResultOfQualificationConfirmation",
        "SpecificDiseasesCertificateList/SpecificDiseasesCertificateInfo",
        "PublicExpenseResultList/MedicalTicketInfo",
        "MessageBody/BulkConfirmUnit",
        "MessageBody/BulkRegistrationUnit",
        "MockMedicineList/MockMedicine",
        "MockHealthCheckupList/MockHealthCheckup",
        "MockCheckupItemList/MockCheckupItem",
    )
)
"""Elements that may stand several times beside each other, behind their parent: their paths carry [1], [2] …"""
REPEATED_IN: Final = {
    "OQSmuquc01req": frozenset(("MessageBody/QualificationConfirmSearchInfo",)),
    "OQSmuimm01req": frozenset(("MessageBody/ReferenceNumberRegistrationInfo",)),
}
"""And those that may do so in one message only."""
_IDENTIFIERS: Final = {"utf-8": CharacterCodeIdentifier.UTF_8, "cp932": CharacterCodeIdentifier.SHIFT_JIS}
_PEOPLE: Final = {
    "name": "Name",
    "kana": "NameKana",
    "birthdate": "Birthdate",
    "insurer_number": "InsurerNumber",
    "symbol": "InsuredCardSymbol",
    "number": "InsuredIdentificationNumber",
    "branch": "InsuredBranchNumber",
}

Reading = dict[str, Any]


def reading_of(message: Element, kind: str, encoding: Encoding) -> Reading:
    """The expected reading of a message in a file of that encoding."""
    elements = dict(_elements(message, encoding))
    reading: Reading = {
        "version": VERSION,
        "message": kind,
        "encoding": encoding,
        "readable": True,
        "why": "",
        "elements": elements,
        "ignored": [],
    }
    if isinstance(message, QualificationResult):
        reading |= {
            "confirmed": message.is_valid,
            "segment": elements.get("MessageHeader/SegmentOfResult", ""),
            "status": elements.get("MessageBody/ProcessingResultStatus", ""),
            "validity": elements.get("MessageBody/QualificationValidity", ""),
            "code": message.result_code,
            "people": [_person(elements, number) for number in range(1, len(message.results) + 1)],
        }
    return reading | conclusions_of(message)


def unreadable(kind: str, encoding: Encoding, why: str) -> Reading:
    """The expected reading of a file that must not be taken for an answer; `why` is a word of the README."""
    return {
        "version": VERSION,
        "message": kind,
        "encoding": encoding,
        "readable": False,
        "why": why,
        "elements": {},
        "ignored": [],
        "confirmed": False,
    }


def _elements(message: Element, encoding: Encoding) -> Iterator[tuple[str, str]]:
    [root] = to_json(message).values()
    for path, text in _paths("", root):
        name = path.rpartition("/")[2]
        if name == "CharacterCodeIdentifier":
            yield path, _IDENTIFIERS[encoding].value
        elif name == "InsurerNumber":
            # Six digits have two zeros in front in JSON, two blanks in XML (online-qualification.md §1.3).
            yield path, (text.removeprefix("00") if len(text) == 8 else text).rjust(8)
        else:
            yield path, fit(text, encoding)


def _paths(path: str, value: object) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield path.removeprefix("/"), value
    elif isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _paths(f"{path}/{name}", inner)
    elif isinstance(value, list):
        for number, item in enumerate(value, 1):
            if path.rpartition("/")[2] not in LISTS:
                yield from _paths(f"{path}[{number}]", item)
                continue
            for name, inner in item.items():
                yield from _paths(f"{path}/{name}[{number}]", inner)


def _person(elements: Mapping[str, str], number: int) -> dict[str, str]:
    group = f"MessageBody/ResultList/ResultOfQualificationConfirmation[{number}]"
    return {key: elements.get(f"{group}/{name}", "").lstrip(" ") for key, name in _PEOPLE.items()}
