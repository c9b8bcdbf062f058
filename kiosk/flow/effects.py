"""What the flow asks others to do. Every effect carries its visit; its answer must name the same one."""

from __future__ import annotations

from dataclasses import dataclass, field

from kiosk.flow.states import ManualEntry, Trouble
from reader.pin import PinHandle


@dataclass(frozen=True, slots=True)
class ReadCard:
    """Open the card; answer CardRead or CardFailed."""

    visit: int


@dataclass(frozen=True, slots=True)
class FetchChallenge:
    """Get a challenge from the service while the person is still choosing; a failure is told when it is needed."""

    visit: int


@dataclass(frozen=True, slots=True)
class VerifyPin:
    """VERIFY and sign; answer PinAccepted, PinRejected, CardFailed, or ServiceFailed before a try is spent."""

    visit: int
    handle: PinHandle


@dataclass(frozen=True, slots=True)
class AskByCard:
    """Send certificate and signature; answer AnswerReceived or ServiceFailed."""

    visit: int


@dataclass(frozen=True, slots=True)
class AskByNumbers:
    """Query by numbers and decide; answers AnswerReceived in any case.

    Where the service is down the rules decide without its answer. `card_trouble` says why the card path was not taken.
    """

    visit: int
    entry: ManualEntry
    card_trouble: Trouble | None


@dataclass(frozen=True, slots=True)
class DiscardPin:
    """Wipe a PIN that nobody will use."""

    visit: int
    handle: PinHandle


@dataclass(frozen=True, slots=True)
class ReleaseCard:
    """Power the card down and let go of it."""

    visit: int


@dataclass(frozen=True, slots=True)
class RecordVisit:
    """Write one journal entry for the visit.

    `outcome` is the policy's word, or `ABANDONED` where the visit ended without an answer; `document` is the paper
    typed in, or ""; `troubles` are all that were met, in order.
    """

    visit: int
    outcome: str
    method: str
    document: str = ""
    troubles: tuple[str, ...] = ()
    validity: int | None = None
    charge: str = ""
    insurer_number: str = field(default="", repr=False)
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ForgetPatient:
    """Drop everything known about the visit on the patient side."""

    visit: int


Effect = (
    ReadCard
    | FetchChallenge
    | VerifyPin
    | AskByCard
    | AskByNumbers
    | DiscardPin
    | ReleaseCard
    | RecordVisit
    | ForgetPatient
)
