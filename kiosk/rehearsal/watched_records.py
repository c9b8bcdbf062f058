"""What the desk does with a record beyond the visit's steps: medicines and checkups opened, 照会番号 registered.

Stands before the counter's own `RecordDesk`, changes nothing, and tells what was done. What breaks if it is wrong:
whoever opens a stranger's medicines at the rehearsal is never told.
"""

from __future__ import annotations

from collections.abc import Callable, Collection

from kiosk.flow.answer import Qualification
from kiosk.services.medical_information import MedicalInformation
from kiosk.staff.interfaces import RecordDesk

MEDICAL = "medical"
REFERENCE = "reference"
COPIED = "copied"


class WatchedRecords:
    """`RecordDesk` over another one."""

    def __init__(self, records: RecordDesk, used: Callable[[str], None]) -> None:
        """`used` hears on the asking thread what was done, once the service did it."""
        self._records = records
        self._used = used

    @property
    def last_answer_seconds(self) -> float | None:
        """As the other one."""
        return self._records.last_answer_seconds

    @property
    def out_of_service(self) -> bool:
        """As the other one."""
        return self._records.out_of_service

    def health(self) -> float:
        """As the other one."""
        return self._records.health()

    def medical_information(self, answer: Qualification, items: Collection[str]) -> MedicalInformation:
        """As the other one, and told."""
        information = self._records.medical_information(answer, items)
        self._used(MEDICAL)
        return information

    def register_reference_number(self, answer: Qualification, number: str) -> None:
        """As the other one, and told."""
        self._records.register_reference_number(answer, number)
        self._used(REFERENCE)

    def face_file(self, answer: Qualification) -> str:
        """As the other one."""
        return self._records.face_file(answer)


def is_of(text: str, answer: Qualification | None) -> bool:
    """Whether a text that was copied holds this record."""
    return answer is not None and bool(answer.number) and answer.number in text and answer.name in text
