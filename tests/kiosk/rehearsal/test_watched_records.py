"""What the desk does with a record beyond the steps of the visit is told, and done as without a watcher."""

from __future__ import annotations

from collections.abc import Collection

import pytest

from kiosk.flow.answer import Qualification
from kiosk.flow.states import Trouble
from kiosk.rehearsal.watched_records import MEDICAL, REFERENCE, WatchedRecords, is_of
from kiosk.services.interfaces import ServiceStopped
from kiosk.services.medical_information import MedicalInformation
from kiosk.staff.interfaces import RecordDesk

ANSWER = Qualification("card", number="1155", name="協会　太郎")
INFORMATION = MedicalInformation(medicines=())
STOPPED = ServiceStopped(Trouble.SERVER_DOWN)


class Records:
    """A desk's records; `stopped` is raised instead of every answer."""

    last_answer_seconds: float | None = 0.5
    out_of_service = False

    def __init__(self, stopped: ServiceStopped | None = None) -> None:
        self.stopped = stopped
        self.registered: list[str] = []

    def health(self) -> float:
        return 0.25

    def medical_information(self, answer: Qualification, items: Collection[str]) -> MedicalInformation:
        assert answer is ANSWER
        assert tuple(items) == ("medicines",)
        self._answer()
        return INFORMATION

    def register_reference_number(self, answer: Qualification, number: str) -> None:
        assert answer is ANSWER
        self._answer()
        self.registered.append(number)

    def face_file(self, answer: Qualification) -> str:
        assert answer is ANSWER
        return "waiting"

    def _answer(self) -> None:
        if self.stopped is not None:
            raise self.stopped


def test_medicines_and_reference_number_are_told_once_they_were_there() -> None:
    told: list[str] = []
    records = Records()
    watched: RecordDesk = WatchedRecords(records, told.append)
    assert watched.medical_information(ANSWER, ("medicines",)) is INFORMATION
    watched.register_reference_number(ANSWER, "A-17")
    assert told == [MEDICAL, REFERENCE]
    assert records.registered == ["A-17"]
    assert (watched.health(), watched.face_file(ANSWER)) == (0.25, "waiting")
    assert (watched.last_answer_seconds, watched.out_of_service) == (0.5, False)
    assert told == [MEDICAL, REFERENCE]


def test_what_the_service_refused_was_not_used() -> None:
    told: list[str] = []
    watched = WatchedRecords(Records(STOPPED), told.append)
    with pytest.raises(ServiceStopped):
        watched.medical_information(ANSWER, ("medicines",))
    with pytest.raises(ServiceStopped):
        watched.register_reference_number(ANSWER, "A-17")
    assert told == []


@pytest.mark.parametrize(
    ("text", "answer", "expected"),
    [
        ("氏名\t協会　太郎\n番号\t1155", ANSWER, True),
        ("氏名\t協会　花子\n番号\t1155", ANSWER, False),
        ("{}", ANSWER, False),
        ("1155", None, False),
        ("", Qualification("card"), False),
    ],
)
def test_a_copied_text_is_known_by_number_and_name(text: str, answer: Qualification | None, expected: bool) -> None:
    assert is_of(text, answer) is expected
