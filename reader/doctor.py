"""Why does my reader not work, and what fixes it: looks from the service down to the card, and stops where it breaks.

Owns: the order of the looks and their verdicts, as ids and parameters; the sentences are `reader.words`'.
Rule: a look spends nothing. It asks a card for its label and its tries left, never for a certificate, and sends no PIN.
What breaks if this is wrong: somebody buys another reader because pcscd was not running, or loses a try to a check.
Facts: jpki-card.md §1.2, §1.5, §4.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from reader.connection import CardSlot, SmartCardConnection
from reader.errors import (
    AccessDeniedError,
    AmbiguousReaderError,
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
from reader.jpki import AUTHENTICATION_PIN, SIGNING_PIN, JpkiSession
from reader.status import SW
from reader.transports import pcsc
from reader.transports.reader_names import is_sam_slot

Params = dict[str, str | int]


@dataclass(frozen=True, slots=True)
class Finding:
    """One verdict. The words are `message_id` and `remedy_id` of `reader.words`, both filled with `params`.

    `ok`: True works; False does not; None is no fault by itself, but something is missing or worth knowing.
    """

    check: str
    """`pyscard`, `service`, `readers` or `card`."""
    ok: bool | None
    code: str
    params: Params = field(default_factory=dict)

    @property
    def message_id(self) -> str:
        """The id of the sentence that says what was found."""
        return f"finding.{self.code}"

    @property
    def remedy_id(self) -> str | None:
        """The id of what fixes it; None where nothing needs to be done."""
        return None if self.ok else f"{self.message_id}.remedy"


def examine(wanted: str | None = None) -> tuple[Finding, ...]:
    """All looks in order for the reader that is meant (as `choose_reader` takes it), up to the first fault."""
    findings: list[Finding] = []
    for look in (check_pcsc_service, lambda: check_readers(wanted), lambda: check_card(wanted)):
        findings.append(look())
        if not findings[-1].ok:
            break
    return tuple(findings)


def check_pcsc_service() -> Finding:
    """Is pyscard there, and does the PC/SC service answer this user?"""
    try:
        pcsc.list_readers()
    except ReaderError as error:
        return _service_fault(error)
    return Finding("service", True, "service.answers")


def check_readers(wanted: str | None = None) -> Finding:
    """Which readers are attached, and which of them is meant (`params["reader"]` where that is clear)."""
    try:
        names = pcsc.list_readers()
    except ReaderError as error:
        return _service_fault(error)
    try:
        chosen = pcsc.choose_reader(wanted)
    except ReaderError as error:
        return _choice_fault(error, wanted)
    params: Params = {"reader": chosen, **_listed(names)}
    if is_sam_slot(chosen):
        return Finding("readers", False, "readers.sam_slot", params)
    return Finding("readers", True, "readers.found", params)


def check_card(reader: CardSlot | str | None = None) -> Finding:
    """What lies on the reader, and how many tries each PIN has left. Powers the card down afterwards.

    `reader` is a slot, or what `choose_reader` takes.
    """
    if reader is not None and not isinstance(reader, str):
        return _look_on(reader)
    try:
        slot = pcsc.PcscSlot(pcsc.choose_reader(reader))
    except ReaderError as error:
        return _choice_fault(error, reader)
    try:
        return _look_on(slot)
    finally:
        slot.close()


def _look_on(slot: CardSlot) -> Finding:
    try:
        connection = slot.connect()
    except ReaderError as error:
        return _card_fault(error, slot.name)
    try:
        return _look_at(connection, slot.name)
    except ReaderError as error:
        return _card_fault(error, slot.name)
    finally:
        connection.close()


def _look_at(connection: SmartCardConnection, reader: str) -> Finding:
    session = JpkiSession(connection)
    label, kind = session.token_label(), session.kind()
    params: Params = {"reader": reader, "label": label, "kind": kind, "auth": session.attempts_left(AUTHENTICATION_PIN)}
    try:
        params["sign"] = session.attempts_left(SIGNING_PIN)
    except StatusWordError as refusal:
        # A card for a child, or for the face only, may lack the signing password (jpki-card.md §1.9).
        if refusal.sw != SW.FILE_NOT_FOUND:
            raise
    if params["auth"] == 0:
        return Finding("card", None, "card.pin_locked", params)
    if params["auth"] == 1:
        return Finding("card", None, "card.last_try", params)
    return Finding("card", True, "card.answers" if "sign" in params else "card.answers_without_sign", params)


def _service_fault(error: ReaderError) -> Finding:
    if isinstance(error, AccessDeniedError):
        return Finding("service", False, "service.denied")
    if isinstance(error, ServiceUnavailableError) and error.reason == "no_pyscard":
        return Finding("pyscard", False, "pyscard.missing")
    if isinstance(error, ServiceUnavailableError):
        return Finding("service", False, "service.stopped")
    return Finding("service", False, "service.broken", {"detail": str(error)})


def _choice_fault(error: ReaderError, wanted: str | None) -> Finding:
    match error:
        case ReaderUnavailableError(names=()):
            return Finding("readers", False, "readers.none")
        case ReaderUnavailableError():
            return Finding("readers", False, "readers.unknown", {"wanted": error.wanted, **_listed(error.names)})
        case AmbiguousReaderError():
            # Nobody asked for a certain one: then having several is no fault.
            return Finding("readers", None if wanted is None else False, "readers.several", _listed(error.names))
    return _service_fault(error)


def _listed(names: tuple[str, ...]) -> Params:
    return {"count": len(names), "names": " / ".join(names)}


def _card_fault(error: ReaderError, reader: str) -> Finding:
    params: Params = {"reader": reader}
    match error:
        case NoCardError():
            return Finding("card", None, "card.none", params)
        case CardBusyError():
            return Finding("card", False, "card.busy", params)
        case CardUnresponsiveError() | CardTimeoutError():
            return Finding("card", False, "card.mute", params)
        case CardRemovedError():
            return Finding("card", False, "card.removed", params)
        case NotMynaCardError():
            return Finding("card", False, "card.foreign", {**params, "label": error.label or "-"})
        case ReaderUnavailableError():
            return Finding("readers", False, "readers.gone", params)
        case AccessDeniedError() | ServiceUnavailableError():
            return _service_fault(error)
    return Finding("card", False, "card.broken", {**params, "detail": f"{type(error).__name__} {error}".strip()})
