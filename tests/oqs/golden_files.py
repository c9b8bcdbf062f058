"""The golden messages: written by hand from online-qualification.md, not by the code under test."""

from __future__ import annotations

import json
from pathlib import Path
from typing import NamedTuple

from eligibility.oqs.elements import Element
from eligibility.oqs.file_names import MessageKind
from eligibility.oqs.kinds import answer_model, request_model

FOLDER = Path(__file__).parent / "golden"


class Golden(NamedTuple):
    """A message in the order of the layout, in both encodings."""

    name: str
    kind: MessageKind
    is_request: bool

    @property
    def model(self) -> type[Element]:
        return request_model(self.kind) if self.is_request else answer_model(self.kind)

    @property
    def utf8(self) -> bytes:
        return golden(f"{self.name}_utf8.xml")

    @property
    def cp932(self) -> bytes:
        return golden(f"{self.name}_cp932.xml")


GOLDEN = (
    Golden("request", MessageKind.QUALIFICATION, True),
    Golden("result_spec", MessageKind.QUALIFICATION, False),
    Golden("bulk_request", MessageKind.BULK_QUALIFICATION, True),
    Golden("bulk_receipt", MessageKind.BULK_QUALIFICATION, False),
    Golden("bulk_receipt_refused", MessageKind.BULK_QUALIFICATION, False),
    Golden("bulk_result_request", MessageKind.BULK_QUALIFICATION_RESULT, True),
    Golden("bulk_result", MessageKind.BULK_QUALIFICATION_RESULT, False),
    Golden("bulk_result_running", MessageKind.BULK_QUALIFICATION_RESULT, False),
    Golden("reference_number_request", MessageKind.REFERENCE_NUMBER, True),
    Golden("reference_number_result", MessageKind.REFERENCE_NUMBER, False),
    Golden("bulk_reference_number_request", MessageKind.BULK_REFERENCE_NUMBER, True),
    Golden("bulk_receipt", MessageKind.BULK_REFERENCE_NUMBER, False),
    Golden("bulk_result_request", MessageKind.BULK_REFERENCE_NUMBER_RESULT, True),
    Golden("bulk_reference_number_result", MessageKind.BULK_REFERENCE_NUMBER_RESULT, False),
    Golden("medicines_request", MessageKind.MEDICINES, True),
    Golden("medicines_result", MessageKind.MEDICINES, False),
    Golden("medicines_none", MessageKind.MEDICINES, False),
    Golden("checkups_request", MessageKind.HEALTH_CHECKUPS, True),
    Golden("checkups_result", MessageKind.HEALTH_CHECKUPS, False),
)


def golden(name: str) -> bytes:
    """The bytes of a golden file."""
    return (FOLDER / name).read_bytes()


def golden_json(name: str) -> dict[str, object]:
    """A golden JSON message, parsed."""
    parsed: dict[str, object] = json.loads(golden(name))
    return parsed
