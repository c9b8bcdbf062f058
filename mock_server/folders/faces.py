"""Files in `face`: what the service said about a card at the reader, without anybody having asked in a file.

The rows are `mock_server.face_outbox`'s; here they become bytes and names. What breaks if wrong: a card was read
and the レセコン hears nothing, or of somebody else.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field

from eligibility.calendar import JST
from eligibility.oqs.codec import from_json, to_xml
from eligibility.oqs.codes import ReferenceClassification
from eligibility.oqs.elements import Element
from eligibility.oqs.file_names import face_name
from eligibility.oqs.messages import QualificationResult
from mock_server.answers import Asked, found
from mock_server.face_outbox import Face
from mock_server.findings import find_by_card
from mock_server.folders.parcels import Parcel, parcels, spoiled
from mock_server.folders.reference_numbers import without_reference_number
from mock_server.folders.settings import FolderSettings
from mock_server.people import Person

_HEX = 20
"""Hexadecimal digits of a name identifier (online-qualification.md §1.2)."""


@dataclass(frozen=True, slots=True)
class FaceFiles:
    """The files of one row: parcels, and the bytes of each."""

    parcels: tuple[Parcel, ...]
    bodies: tuple[bytes, ...] = field(repr=False)


def face_files(face: Face, other: Person | None, settings: FolderSettings) -> FaceFiles:
    """The files of a row. `other` is whose card was read in the same second (`same_second`), if anybody's was.

    Raises:
        MessageError: The row holds no message.
    """
    name = face_name(face.name_identifier, face.at.astimezone(JST))
    plan = parcels(name, face.troubles)
    body = spoiled(_bytes(from_json(QualificationResult, json.loads(face.content)), settings), face.troubles)
    bodies = [body for _ in plan]
    if other is not None:
        identifier = hashlib.sha256(f"{face.identifier}{other.key}".encode()).hexdigest()[:_HEX]
        plan = (*plan, Parcel(face_name(face.institution + identifier, face.at.astimezone(JST))))
        bodies.append(_bytes(_message_about(other, face, identifier), settings))
    return FaceFiles(plan, tuple(bodies))


def _bytes(message: Element, settings: FolderSettings) -> bytes:
    if not settings.reference_number:
        message = without_reference_number(message)
    return to_xml(message, encoding=settings.encoding, order=settings.order)


def _message_about(person: Person, face: Face, identifier: str) -> QualificationResult:
    at = face.at.astimezone(JST)
    asked = Asked(
        at, at.date(), face.institution, ReferenceClassification.CARD, file_identifier=f"MOCK{identifier[:12]}"
    )
    return found(asked, find_by_card(person, at.date()))
