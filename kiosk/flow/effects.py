"""What the flow asks others to do. Every effect carries its visit; its answer must name the same one."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from eligibility.papers.paper import Paper
from kiosk.flow.facts import FourItems, VisitFacts, Way
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
    """Send certificate and signature; answer Answered or ServiceFailed."""

    visit: int


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

    `outcome` is the policy's word, `ABANDONED` where the visit ended without an answer, or "" (with `corrects`) where
    its result was taken back and it has none; `document` is the paper typed in, or ""; `troubles` are all that were
    met, in order.
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
    row: int = 0
    queue: str = ""
    documents: tuple[str, ...] = ()
    """Words of all documents shown, card first."""
    symbol: str = field(default="", repr=False)
    number: str = field(default="", repr=False)
    branch: str = field(default="", repr=False)
    name: str = field(default="", repr=False)
    name_kana: str = field(default="", repr=False)
    birthdate: date | None = field(default=None, repr=False)
    ratio: int | None = None
    consent: tuple[tuple[str, bool], ...] = ()
    spoken: bool = False
    attested_by: str = ""
    """`face` or `visual` where nobody proved possession of the card."""
    corrects: bool = False
    """The desk took something back: this entry stands in place of the visit's entry before it."""


@dataclass(frozen=True, slots=True)
class CompareFace:
    """Let the (simulated) camera look; answer FaceMatched or FaceRejected."""

    visit: int


@dataclass(frozen=True, slots=True)
class CheckPasscode:
    """Check the facility passcode, which is wiped; answer PasscodeAccepted or PasscodeRejected."""

    visit: int
    handle: PinHandle


@dataclass(frozen=True, slots=True)
class AskAttested:
    """Ask with certificate, way and institution token, no signature; answer Answered or ServiceFailed."""

    visit: int
    way: Way


@dataclass(frozen=True, slots=True)
class AskByPaper:
    """Query by the numbers of a paper; answer Answered, or ServiceFailed."""

    visit: int
    paper: Paper = field(repr=False)


@dataclass(frozen=True, slots=True)
class AskByFourItems:
    """Query by 氏名, 生年月日, 性別, 住所 (disaster); answer Answered or ServiceFailed."""

    visit: int
    items: FourItems = field(repr=False)


@dataclass(frozen=True, slots=True)
class Decide:
    """Ask the rules with all that is known; answer Decided, always."""

    visit: int
    facts: VisitFacts = field(repr=False)


@dataclass(frozen=True, slots=True)
class Advise:
    """Ask the rules what a trouble means as it stands; answer Advised, always. Only where something was shown."""

    visit: int
    facts: VisitFacts = field(repr=False)


@dataclass(frozen=True, slots=True)
class RegisterCard:
    """利用登録: sign a second challenge, for registration, and send it; answer CardRegistered or a failure."""

    visit: int


@dataclass(frozen=True, slots=True)
class SendConsent:
    """Tell the service what was agreed to; answer ConsentSent. `spoken`: entered by staff."""

    visit: int
    answers: tuple[tuple[str, bool], ...]
    spoken: bool = False


@dataclass(frozen=True, slots=True)
class WithdrawConsent:
    """Tell the service that what was agreed to in this visit does not count; no answer.

    Where it cannot be told, the counter looks at nothing all the same, and the consent ends with its day.
    """

    visit: int
    answers: tuple[tuple[str, bool], ...]
    """Every item that was asked, none of them given."""


@dataclass(frozen=True, slots=True)
class QueueLater:
    """Put the person into the outage queue on disk, to be asked when the service is back; no answer."""

    visit: int
    why: str
    """`four_items` or `recheck`."""
    items: FourItems | None = field(default=None, repr=False)
    paper: Paper | None = field(default=None, repr=False)
    name: str = field(default="", repr=False)
    birthdate: date | None = field(default=None, repr=False)
    """Whom it is about, where neither paper nor items can be asked with: the numbers are still to come."""


@dataclass(frozen=True, slots=True)
class WithdrawLater:
    """What was put into the outage queue for this visit was taken back: nobody is asked about; no answer."""

    visit: int


@dataclass(frozen=True, slots=True)
class HoldQueue:
    """システム障害時モード begins: nobody in the queue is asked about before AskQueue; no answer."""

    visit: int


@dataclass(frozen=True, slots=True)
class AskQueue:
    """The service is back: everything in the queue is asked in order. Told by the queue's own progress, no event."""

    visit: int


@dataclass(frozen=True, slots=True)
class KeepDraft:
    """Keep a half-typed form, encrypted, until closing time."""

    visit: int
    form: str
    draft: tuple[tuple[str, str], ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class DropDraft:
    """A kept form was finished, or is kept anew: destroy what was kept before, by its own word. No answer."""

    visit: int
    word: str


@dataclass(frozen=True, slots=True)
class OpenVisit:
    """Note that a visit began, so that a crash can close it. No answer."""

    visit: int


@dataclass(frozen=True, slots=True)
class ForgetPatient:
    """Drop everything known about the visit on the patient side."""

    visit: int


Effect = (
    ReadCard
    | FetchChallenge
    | VerifyPin
    | AskByCard
    | DiscardPin
    | ReleaseCard
    | RecordVisit
    | ForgetPatient
    | CompareFace
    | CheckPasscode
    | AskAttested
    | AskByPaper
    | AskByFourItems
    | Decide
    | Advise
    | RegisterCard
    | SendConsent
    | WithdrawConsent
    | QueueLater
    | HoldQueue
    | AskQueue
    | WithdrawLater
    | KeepDraft
    | DropDraft
    | OpenVisit
)
