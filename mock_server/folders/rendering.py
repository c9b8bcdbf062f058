"""From what the service said to the bytes of an answer: encoding, order, PDF, ZIP, and what a scenario does to them.

What breaks if wrong: a レセコン gets another form than its installation would give it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from eligibility.oqs.bulk import write_bulk
from eligibility.oqs.charset import Encoding
from eligibility.oqs.codec import to_xml
from eligibility.oqs.codes import FileCategory
from eligibility.oqs.elements import Element
from eligibility.oqs.file_names import Extension
from eligibility.oqs.layout import Order
from eligibility.oqs.medical_information import (
    HealthCheckupsRequest,
    HealthCheckupsResult,
    MedicinesRequest,
    MedicinesResult,
)
from mock_server.folders.bulk_file import zipped
from mock_server.folders.desk import BulkReply
from mock_server.folders.outlet import hidden_name
from mock_server.folders.parcels import spoiled
from mock_server.folders.pdf import medical_pdf
from mock_server.folders.places import Place
from mock_server.folders.reference_numbers import without_reference_number
from mock_server.folders.replies import Reply
from mock_server.folders.settings import FolderSettings
from mock_server.scenarios.delivery import Delivery

_SPOILING: Final = ("wrong_encoding", "truncated")


class Rendering:
    """Writes answers as one installation does. Large ones go straight to `hidden`."""

    def __init__(self, settings: FolderSettings, hidden: Place) -> None:
        self._settings = settings
        self._hidden = hidden

    def answer(self, request: Element, message: Element, encoding: Encoding, delivery: Delivery) -> Reply:
        """An answer that is one message."""
        if _wants_pdf(request) and _is_done(message):
            return Reply("file", encoding, ".pdf", spoiled(medical_pdf(message), delivery, is_text=False))
        if not self._settings.reference_number:
            message = without_reference_number(message)
        body = to_xml(message, encoding=encoding, order=self._order(delivery))
        return Reply("file", encoding, ".xml", spoiled(body, delivery))

    def list_of_people(self, claim: str, name: str, answer: BulkReply, encoding: Encoding, delivery: Delivery) -> Reply:
        """A bulk result with people in it, written straight to the disk; through memory only to be spoiled.

        `name` is that of the XML, also inside a ZIP. Raises OSError where it cannot be written now.
        """
        extension: Extension = ".zip" if self._settings.bulk_zip else ".xml"
        pieces = self._pieces(answer, encoding, delivery)
        if any(delivery.trouble(word) for word in _SPOILING):
            pieces = iter([spoiled(b"".join(pieces), delivery)])
        if extension == ".zip":
            pieces = zipped(name, pieces, answer.at)
        self._hidden.write(hidden_name(claim, 0), pieces)
        return Reply("staged", encoding, extension)

    def _pieces(self, answer: BulkReply, encoding: Encoding, delivery: Delivery) -> Iterator[bytes]:
        header: Element = answer.message.message_header  # type: ignore[attr-defined] # every answer has one
        units = answer.units or ()
        if not self._settings.reference_number:
            units = map(without_reference_number, units)
        return write_bulk(header, units, encoding=encoding, order=self._order(delivery))

    def _order(self, delivery: Delivery) -> Order:
        return "face" if delivery.trouble("scrambled_order") else self._settings.answers_order


def _wants_pdf(request: Element) -> bool:
    return (
        isinstance(request, MedicinesRequest | HealthCheckupsRequest)
        and request.message_body.file_category is FileCategory.PDF
    )


def _is_done(message: Element) -> bool:
    return isinstance(message, MedicinesResult | HealthCheckupsResult) and message.is_done
