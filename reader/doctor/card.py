"""What lies on the reader, and how many tries each PIN has left.

Rule: spends nothing. Reads the label and which certificates there are, and asks for the tries; never reads a
certificate, and sends no PIN. So it cannot say whether a card is a real person's, and says that.
What breaks if this is wrong: a check costs somebody a try, or a person's certificate lands in a report.
Facts: jpki-card.md §1.2, §1.4, §1.5, §1.9.
"""

from __future__ import annotations

from reader.connection import CardSlot, SmartCardConnection
from reader.doctor.finding import Finding, Params
from reader.doctor.readers import choice_fault
from reader.doctor.service import service_fault
from reader.doctor.system import System
from reader.doctor.usb_table import page_of
from reader.errors import (
    AccessDeniedError,
    CardBusyError,
    CardRemovedError,
    CardTimeoutError,
    CardUnresponsiveError,
    NoCardError,
    NotMynaCardError,
    ReaderError,
    ReaderUnavailableError,
    ServiceUnavailableError,
    StatusWordError,
)
from reader.jpki import JpkiSession
from reader.status import SW
from reader.trace import Sink, TracedConnection
from reader.transports import pcsc


def check_card(
    reader: CardSlot | str | None = None, system: System | None = None, *, trace: Sink | None = None
) -> Finding:
    """What lies on the reader, and how many tries each PIN has left. Powers the card down afterwards.

    `reader` is a slot, or what `choose_reader` takes; `trace` is told what was said to the card, masked.
    """
    system = system or System()
    if reader is not None and not isinstance(reader, str):
        return _look_on(reader, system, trace)
    try:
        slot = pcsc.PcscSlot(pcsc.choose_reader(reader))
    except ReaderError as error:
        return choice_fault(error, reader, system)
    try:
        return _look_on(slot, system, trace)
    finally:
        slot.close()


def _look_on(slot: CardSlot, system: System, trace: Sink | None) -> Finding:
    try:
        connection: SmartCardConnection = slot.connect()
    except ReaderError as error:
        return _card_fault(error, slot.name, system)
    try:
        return _look_at(_traced(connection, trace), slot.name)
    except ReaderError as error:
        return _card_fault(error, slot.name, system)
    finally:
        connection.close()


def _traced(connection: SmartCardConnection, trace: Sink | None) -> SmartCardConnection:
    return connection if trace is None else TracedConnection(connection, trace)


def _look_at(connection: SmartCardConnection, reader: str) -> Finding:
    session = JpkiSession(connection)
    profile = session.profile
    params: Params = {"reader": reader, "label": profile.label, "kind": profile.kind}
    if profile.kind == "juki":
        return Finding("card", False, "card.juki", params)
    params["auth"] = session.attempts_left(profile.authentication_pin)
    if profile.signing_pin is not None and _may_sign(session):
        params["sign"] = session.attempts_left(profile.signing_pin)
    if params["auth"] == 0:
        return Finding("card", None, "card.face_only" if session.is_face_only() else "card.pin_locked", params)
    if params["auth"] == 1:
        return Finding("card", None, "card.last_try", params)
    return Finding("card", True, "card.answers" if "sign" in params else "card.answers_without_sign", params)


def _may_sign(session: JpkiSession) -> bool:
    """Whether the card says that it has a 署名用 certificate: a child's, and one for the face only, has none (§1.9)."""
    try:
        sign, _auth = session.certificates_present()
    except StatusWordError as refusal:
        if refusal.sw != SW.FILE_NOT_FOUND:
            raise
        return False
    return sign


def _card_fault(error: ReaderError, reader: str, system: System) -> Finding:
    params, page = {"reader": reader}, page_of(reader)
    match error:
        case NoCardError():
            return Finding("card", None, "card.none", {**params}, page)
        case CardBusyError():
            return Finding("card", False, "card.busy", {**params})
        case CardUnresponsiveError() | CardTimeoutError():
            return Finding("card", False, "card.mute", {**params}, page)
        case CardRemovedError():
            return Finding("card", False, "card.removed", {**params}, page)
        case NotMynaCardError():
            return Finding("card", False, "card.foreign", {**params, "label": error.label or "-"})
        case ReaderUnavailableError():
            return Finding("readers", False, "readers.gone", {**params}, page)
        case AccessDeniedError() | ServiceUnavailableError():
            return service_fault(error, system)
    return Finding("card", False, "card.broken", {**params, "detail": f"{type(error).__name__} {error}".strip()}, page)
