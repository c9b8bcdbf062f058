"""What can happen. Facts, never requests; none carries digits.

Events about the reader (`ReaderEvent`) are about now; all others answer an effect, or a key pressed on a screen, and
belong to the visit they name when they are sent (`kiosk.flow.machine.Happened`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from eligibility.case import Membership, Person
from eligibility.papers.paper import Paper
from kiosk.flow.answer import Qualification, Reception
from kiosk.flow.facts import FourItems, Way
from kiosk.flow.states import CardSummary, Trouble
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
class ServiceFailed:
    """No usable answer: the service is down, refused the card, or refused the question."""

    trouble: Trouble
    detail: str = ""


@dataclass(frozen=True, slots=True)
class ManualRequested:
    """Staff want to type a paper in."""


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
    """Nobody touched the counter for the privacy time; `draft` is what stands half-typed in a form."""

    draft: tuple[tuple[str, str], ...] = field(default=(), repr=False)


# --- ways of showing whose card it is ---


@dataclass(frozen=True, slots=True)
class PhoneChosen:
    """The person has it on a phone. `kind` is `android` or `ios`."""

    kind: str


@dataclass(frozen=True, slots=True)
class WayChosen:
    """The person, or staff for them (目視), chose how to show that the card is theirs."""

    way: Way


@dataclass(frozen=True, slots=True)
class FaceMatched:
    """The (simulated) camera saw the card's face."""


@dataclass(frozen=True, slots=True)
class FaceRejected:
    """It saw another face, or none. `tries_left` 0: no more; `no_photo`: the card has none to compare with."""

    tries_left: int
    no_photo: bool = False


@dataclass(frozen=True, slots=True)
class PasscodeEntered:
    """Staff typed the facility passcode; its digits travel in the handle only."""

    handle: PinHandle


@dataclass(frozen=True, slots=True)
class PasscodeAccepted:
    """It was right: staff vouch for the person."""


@dataclass(frozen=True, slots=True)
class PasscodeRejected:
    """It was wrong; `wait_seconds` > 0: no further try before then."""

    tries_left: int
    wait_seconds: int = 0


# --- from the answer to the end ---


@dataclass(frozen=True, slots=True)
class Answered:
    """The service answered; the rules have not seen it yet."""

    answer: Qualification = field(repr=False)


@dataclass(frozen=True, slots=True)
class Decided:
    """The rules decided on all that is known of the visit."""

    reception: Reception = field(repr=False)


@dataclass(frozen=True, slots=True)
class Advised:
    """What the rules make of a trouble as it stands; nothing is recorded of it."""

    reception: Reception = field(repr=False)


@dataclass(frozen=True, slots=True)
class EntryWritten:
    """The journal has the entry on disk, or (`ok` False) the disk refused it."""

    ok: bool


@dataclass(frozen=True, slots=True)
class NoticeRead:
    """The word about the certificate was read."""


@dataclass(frozen=True, slots=True)
class RegistrationAccepted:
    """利用登録: yes."""


@dataclass(frozen=True, slots=True)
class RegistrationDeclined:
    """利用登録: no."""


@dataclass(frozen=True, slots=True)
class CardRegistered:
    """利用登録 was made; `already`: it had been made before."""

    already: bool = False


@dataclass(frozen=True, slots=True)
class OneByOneChosen:
    """個別に選ぶ: the consent items one at a time."""


@dataclass(frozen=True, slots=True)
class ConsentForAll:
    """包括同意, or none of it."""

    given: bool


@dataclass(frozen=True, slots=True)
class ConsentAnswered:
    """One item."""

    item: str
    given: bool


@dataclass(frozen=True, slots=True)
class ConsentSent:
    """The service has the consent; until when it counts (aware), or `until` None: it could not be told."""

    until: datetime | None


# --- what the desk adds ---


@dataclass(frozen=True, slots=True)
class PaperChosen:
    """Which paper, by the word of its form; `draft` is what choosing it already told, such as the insurer's number."""

    form: str
    draft: tuple[tuple[str, str], ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class PaperCompleted:
    """Every field of the form is valid. `card_in_hand`: staff hold the person's card, which counts beside the paper."""

    paper: Paper = field(repr=False)
    draft: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    card_in_hand: bool = False


@dataclass(frozen=True, slots=True)
class PaperConfirmed:
    """Screen and paper agree."""


@dataclass(frozen=True, slots=True)
class FourItemsRequested:
    """Staff will write the four items down."""


@dataclass(frozen=True, slots=True)
class FourItemsTaken:
    """They are written down and valid."""

    items: FourItems = field(repr=False)
    draft: tuple[tuple[str, str], ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class DraftResumed:
    """A half-typed form that was kept is taken up again. `word` is what the store knows it by."""

    form: str
    draft: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    word: str = ""


@dataclass(frozen=True, slots=True)
class PersonJudged:
    """Is the record that came back this person's?"""

    person: Person


@dataclass(frozen=True, slots=True)
class MembershipTold:
    """What is known of the membership the papers name."""

    membership: Membership


@dataclass(frozen=True, slots=True)
class VerbalConfirmed:
    """再診, and the person said that nothing changed (口頭確認)."""


@dataclass(frozen=True, slots=True)
class ProtectionTold:
    """自己情報提供不可 or 不開示該当, learned at the desk."""

    flag: str


@dataclass(frozen=True, slots=True)
class SpokenConsent:
    """The person agreed by mouth; staff enter it, item by item."""

    answers: tuple[tuple[str, bool], ...]


@dataclass(frozen=True, slots=True)
class OutageSwitched:
    """システム障害時モード on or off."""

    on: bool


@dataclass(frozen=True, slots=True)
class DisasterSwitched:
    """災害時モード on or off."""

    on: bool


@dataclass(frozen=True, slots=True)
class NextOfFamily:
    """The next person of the same family: what the papers share is kept."""


@dataclass(frozen=True, slots=True)
class Undone:
    """The last thing the desk added to this visit is taken back."""


Event = (
    ReaderEvent
    | CardRead
    | CardFailed
    | RealCardAccepted
    | LastTryAccepted
    | PinEntered
    | PinRejected
    | PinAccepted
    | ServiceFailed
    | ManualRequested
    | Back
    | RetryRequested
    | StaffCalled
    | Acknowledged
    | Abandoned
    | Expired
    | PhoneChosen
    | WayChosen
    | FaceMatched
    | FaceRejected
    | PasscodeEntered
    | PasscodeAccepted
    | PasscodeRejected
    | Answered
    | Decided
    | Advised
    | EntryWritten
    | NoticeRead
    | RegistrationAccepted
    | RegistrationDeclined
    | CardRegistered
    | OneByOneChosen
    | ConsentForAll
    | ConsentAnswered
    | ConsentSent
    | PaperChosen
    | PaperCompleted
    | PaperConfirmed
    | FourItemsRequested
    | FourItemsTaken
    | DraftResumed
    | PersonJudged
    | MembershipTold
    | VerbalConfirmed
    | ProtectionTold
    | SpokenConsent
    | OutageSwitched
    | DisasterSwitched
    | NextOfFamily
    | Undone
)
