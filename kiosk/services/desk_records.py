"""What the service can do for the desk beyond the answer: 薬剤・健診情報, 照会番号, the face file; and how quick it is.

Shares the counter's one client. Keeps nothing of a patient. Every method but `last_answer_seconds` asks over the
network: call it on a thread. What breaks if it is wrong: the desk reads data of another visit than the one it looks at.
"""

from __future__ import annotations

from collections.abc import Callable, Collection

from kiosk.flow.answer import Qualification
from kiosk.services.interfaces import QualificationClient
from kiosk.services.medical_information import InsuredNumbers, MedicalInformation


class ServiceRecords:
    """`connect` gives the client, the first time after a while; `connected` gives it at once, if it is there."""

    def __init__(
        self, connect: Callable[[], QualificationClient], connected: Callable[[], QualificationClient | None]
    ) -> None:
        self._connect = connect
        self._connected = connected

    @property
    def last_answer_seconds(self) -> float | None:
        """How long the service's newest answer took, to whoever asked; None where it gave none, or was not asked."""
        client = self._connected()
        return None if client is None else client.last_answer_seconds

    @property
    def out_of_service(self) -> bool:
        """Whether the service answered the newest question with that it is not at work."""
        client = self._connected()
        return client is not None and client.out_of_service

    def health(self) -> float:
        """Ask whether the service is there; seconds. Raises ServiceStopped.

        A service that said it is not at work is asked for a challenge too, about nobody: only a question tells when its
        work begins again.
        """
        client = self._connect()
        seconds = client.health()
        if client.out_of_service:
            client.challenge()
        return seconds

    def medical_information(self, answer: Qualification, items: Collection[str]) -> MedicalInformation:
        """Medicines and checkups of whom the answer is about, as far as `items` names them. Raises ServiceStopped."""
        return self._connect().medical_information(InsuredNumbers.of(answer), items)

    def register_reference_number(self, answer: Qualification, reference_number: str) -> None:
        """Register 照会番号 for whom the answer is about. Raises ServiceStopped."""
        self._connect().register_reference_number(InsuredNumbers.of(answer), reference_number)

    def face_file(self, answer: Qualification) -> str:
        """How far the answer's face file is: none, waiting, written, collected, expired. Raises ServiceStopped.

        An answer that did not come by card has none.
        """
        return self._connect().face_file(answer.visit) if answer.visit else "none"
