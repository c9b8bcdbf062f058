"""What can happen. Facts, never requests; none carries digits.

Events about the reader (`ReaderEvent`) are about now; all others answer an effect, or a key pressed on a screen, and
belong to the visit they name when they are sent (`kiosk.flow.machine.Happened`).
"""

from __future__ import annotations

from dataclasses import dataclass, field

from kiosk.flow.states import CardSummary, Document, ManualEntry, Reception, Trouble
from reader.pin import PinHandle


@dataclass(frozen=True, slots=True)
class CardPlaced:
    """A card was put on the reader."""


@dataclass(frozen=True, slots=True)
class CardTaken:
    """The reader is empty now."""


@dataclass(frozen=True, slots=True)
class ReaderGone:
    """The reader or its service cannot be used."""

    trouble: Trouble


@dataclass(frozen=True, slots=True)
class ReaderBack:
    """The reader can be used again and is empty."""


ReaderEvent = CardPlaced | CardTaken | ReaderGone | ReaderBack


@dataclass(frozen=True, slots=True)
class CardRead:
    """The card gave its label, certificate and tries left."""

    card: CardSummary


@dataclass(frozen=True, slots=True)
class CardFailed:
    """Reading, verifying or signing did not work out."""

    trouble: Trouble
    detail: str = ""


@dataclass(frozen=True, slots=True)
class RealCardAccepted:
    """The holder of a real card knows what is done with it and agrees."""


@dataclass(frozen=True, slots=True)
class PinChosen:
    """The person will type the PIN."""


@dataclass(frozen=True, slots=True)
class LastTryAccepted:
    """The person knows that this is the last try and wants it."""


@dataclass(frozen=True, slots=True)
class PinEntered:
    """Four digits were typed; they travel in the handle only."""

    handle: PinHandle


@dataclass(frozen=True, slots=True)
class PinRejected:
    """The card refused the PIN; `attempts_left` as the card says."""

    attempts_left: int


@dataclass(frozen=True, slots=True)
class PinAccepted:
    """The card took the PIN and signed the challenge."""


@dataclass(frozen=True, slots=True)
class AnswerReceived:
    """The service answered and the rules decided."""

    reception: Reception


@dataclass(frozen=True, slots=True)
class ServiceFailed:
    """No usable answer: the service is down, refused the card, or refused the question."""

    trouble: Trouble
    detail: str = ""


@dataclass(frozen=True, slots=True)
class ManualRequested:
    """Staff want to type a paper in."""


@dataclass(frozen=True, slots=True)
class DocumentChosen:
    """Which paper."""

    document: Document


@dataclass(frozen=True, slots=True)
class FormCompleted:
    """Every field of the form is valid."""

    entry: ManualEntry
    draft: tuple[tuple[str, str], ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class FormConfirmed:
    """Screen and paper agree."""


@dataclass(frozen=True, slots=True)
class Back:
    """One step back; nothing typed is lost."""

    draft: tuple[tuple[str, str], ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class RetryRequested:
    """Try the card, or the question, once more."""


@dataclass(frozen=True, slots=True)
class StaffCalled:
    """「係を呼ぶ」 was pressed, or the person does not know the PIN."""

    trouble: Trouble = Trouble.CALLED_STAFF


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """The answer was read."""


@dataclass(frozen=True, slots=True)
class Abandoned:
    """The visit ends without going on."""


@dataclass(frozen=True, slots=True)
class Expired:
    """Nobody touched the counter for the privacy time."""


Event = (
    ReaderEvent
    | CardRead
    | CardFailed
    | RealCardAccepted
    | PinChosen
    | LastTryAccepted
    | PinEntered
    | PinRejected
    | PinAccepted
    | AnswerReceived
    | ServiceFailed
    | ManualRequested
    | DocumentChosen
    | FormCompleted
    | FormConfirmed
    | Back
    | RetryRequested
    | StaffCalled
    | Acknowledged
    | Abandoned
    | Expired
)
