"""The states of a visit. Each holds exactly what its screen needs; none holds a PIN, a key or a certificate."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import Enum, IntEnum

from eligibility.papers.paper import Paper
from kiosk.flow.answer import Reception
from kiosk.flow.facts import Way


class Trouble(Enum):
    """Why the card path stopped. The value is the stem of the words shown (`trouble.<value>.*` in the catalogue)."""

    NO_READER = "no_reader"
    NO_PCSC_SERVICE = "no_pcsc_service"
    ACCESS_DENIED = "access_denied"
    NO_PYSCARD = "no_pyscard"
    READER_LOST = "reader_lost"
    CARD_PULLED = "card_pulled"
    CARD_UNREADABLE = "card_unreadable"
    CARD_BUSY = "card_busy"
    NOT_MYNA_CARD = "not_myna_card"
    REAL_CARD = "real_card"
    REAL_CARD_NOT_ENROLLED = "real_card_not_enrolled"
    FACE_ONLY = "face_only"
    PIN_LOCKED = "pin_locked"
    PIN_UNKNOWN = "pin_unknown"
    CERTIFICATE_REFUSED = "certificate_refused"
    NOT_REGISTERED = "not_registered"
    SERVER_DOWN = "server_down"
    SERVER_REFUSED = "server_refused"
    CALLED_STAFF = "called_staff"
    FACE_REJECTED = "face_rejected"
    """The face is not the card's."""
    FACE_LOCKED = "face_locked"
    """Too many misses of the face (10, unverified: reception.md §4)."""
    NO_PHOTO = "no_photo"
    """A card of a child under one year has no photo: no face, no 目視 (reception.md §13b)."""
    PHONE_NOT_EQUIPPED = "phone_not_equipped"
    OUTAGE = "outage"
    """システム障害時モード is on: nobody is asked by card."""
    DISASTER = "disaster"
    """災害時モード is on."""
    INTERNAL = "internal"


CALLS_STAFF = frozenset({Trouble.CALLED_STAFF, Trouble.PIN_UNKNOWN, Trouble.PIN_LOCKED, Trouble.FACE_ONLY})
"""Where the person asked for staff, or cannot go on without them: the bell rings."""


CONSENT_ITEMS = ("checkups", "medicines", "diagnosis", "operation", "specific_diseases")
"""What may be agreed to one by one (online-qualification.md §5); 包括同意 is all of them. 限度額 is not asked."""


PHONES = frozenset({"android", "ios"})
"""Kinds of card that are phones: their certificate has no grace (reception.md §4)."""


class Stage(IntEnum):
    """The four steps a person reads at the head of the screen, in their order."""

    CARD = 1
    IDENTITY = 2
    CONSENT = 3
    DONE = 4


@dataclass(frozen=True, slots=True)
class CardSummary:
    """What is shown of a card that was read: nothing that identifies a person.

    `kind` is what its label says (`reader.jpki.CardKind`); `attempts_left` the tries of the 利用者証明用 PIN;
    `certificate_until` the last day of the certificate (inclusive), None while that is behind the PIN; `real` whether
    this installation did not issue it; `face_only` whether it has no PIN at all (顔認証マイナンバーカード).
    """

    kind: str
    attempts_left: int
    certificate_until: date | None
    real: bool = False
    face_only: bool = False
    has_photo: bool = True
    """False for the card of a child under one year, as far as this counter can know (software cards)."""

    @property
    def ways(self) -> tuple[Way, ...]:
        """What its holder can choose; 目視 is the desk's. Face: software cards only (design.md §3)."""
        pin = (Way.PIN,) if not self.face_only and self.attempts_left > 0 else ()
        face = (Way.FACE,) if self.has_photo and not self.real and not self.is_phone else ()
        return (*pin, *face)

    @property
    def pin_locked(self) -> bool:
        """Whether it has a PIN, and no try left for it."""
        return not self.face_only and self.attempts_left == 0

    @property
    def is_phone(self) -> bool:
        """Whether it is a phone and no card."""
        return self.kind in PHONES


@dataclass(frozen=True, slots=True)
class Idle:
    """Nobody is here. `trouble` is set while the reader cannot be used."""

    trouble: Trouble | None = None


@dataclass(frozen=True, slots=True)
class ReadingCard:
    """A card lies on the reader and is being read: nothing to press."""


@dataclass(frozen=True, slots=True)
class ConfirmingRealCard:
    """A real person's card was read, no more: its PIN is asked for only if the person agrees (design.md §3)."""

    card: CardSummary


@dataclass(frozen=True, slots=True)
class ChoosingMethod:
    """The card was read: how does the person want to show that it is theirs?"""

    card: CardSummary


@dataclass(frozen=True, slots=True)
class ConfirmingLastTry:
    """One try is left: it is spent only if the person says so (design.md §2)."""

    card: CardSummary


@dataclass(frozen=True, slots=True)
class EnteringPin:
    """The PIN pad."""

    card: CardSummary
    attempts_left: int
    rejected_once: bool = False


@dataclass(frozen=True, slots=True)
class VerifyingPin:
    """The card checks the PIN and signs."""

    card: CardSummary


@dataclass(frozen=True, slots=True)
class AskingService:
    """The service was asked: about a card, or (`card` None) by the numbers of a paper or by the four items."""

    card: CardSummary | None

    @property
    def by_numbers(self) -> bool:
        """Whether the question is about what the desk typed, and not about a card."""
        return self.card is None


@dataclass(frozen=True, slots=True)
class ShowingAnswer:
    """The answer, for as long as somebody reads it."""

    reception: Reception
    card_on_reader: bool
    written: bool = True
    """False: the disk refused the entry; the screen says so, and it is written as soon as the disk works again."""
    consents: tuple[tuple[str, bool], ...] = ()
    consent_until: datetime | None = None
    consent_failed: bool = False
    """The service did not take the consent: said to the desk."""
    noted: bool = False
    """The four items are written down: the person is received, and the service is asked later."""


@dataclass(frozen=True, slots=True)
class TakingCard:
    """Over: stays until the card is gone."""

    reception: Reception | None
    stage: Stage = Stage.CARD
    """How far the visit came; only `DONE` means that its person was received."""
    consented: bool = False
    """The questions of consent were answered."""


@dataclass(frozen=True, slots=True)
class InTrouble:
    """Something stopped the card path; staff choose what is next. `card` is set where one had been read."""

    trouble: Trouble
    card: CardSummary | None = None
    card_on_reader: bool = False
    detail: str = ""
    """A code for staff (`MOCK-…`, a status word); never personal."""
    advice: Reception | None = None
    """What the rules make of it as it stands: the guidance the desk reads. None until they have said."""


# --- the patient's way, beyond card and PIN ---


@dataclass(frozen=True, slots=True)
class AwaitingPhone:
    """スマホ was chosen: the phone is held to the reader. `kind` is `android` or `ios`."""

    kind: str


@dataclass(frozen=True, slots=True)
class ComparingFace:
    """顔認証, simulated: the camera looks."""

    card: CardSummary


@dataclass(frozen=True, slots=True)
class FaceFailed:
    """The face did not match; it may be tried again, or another way taken."""

    card: CardSummary
    tries_left: int


@dataclass(frozen=True, slots=True)
class VouchingByEye:
    """目視確認: staff compare photo and face, and type the facility passcode (施設のパスコード, 4 digits).

    `tries_left` None: not known yet; `wait_seconds` > 0: too many wrong ones, not before then; `checking`: what
    was typed is being checked.
    """

    card: CardSummary
    rejected_once: bool = False
    tries_left: int | None = None
    wait_seconds: int = 0
    checking: bool = False


@dataclass(frozen=True, slots=True)
class Settling:
    """The answer is there: the rules decide, and the journal writes. Shown as the question that is being answered."""

    by_numbers: bool


@dataclass(frozen=True, slots=True)
class NoticingCertificate:
    """The certificate ends within three months, or has ended and is in grace: said once, then on."""

    reception: Reception


@dataclass(frozen=True, slots=True)
class OfferingRegistration:
    """健康保険証利用登録 here and now? `possible` False: face and 目視 cannot register, the desk explains."""

    card: CardSummary
    reception: Reception
    possible: bool = True


@dataclass(frozen=True, slots=True)
class Registering:
    """利用登録 is being made."""

    card: CardSummary
    reception: Reception


@dataclass(frozen=True, slots=True)
class AskingConsent:
    """May this clinic see…? `items` in the order they are asked; `answers` so far; `one_by_one` after 個別に選ぶ."""

    reception: Reception
    items: tuple[str, ...] = CONSENT_ITEMS
    answers: tuple[tuple[str, bool], ...] = ()
    one_by_one: bool = False

    @property
    def asked(self) -> str | None:
        """The item that is asked now, one by one; None when all are answered."""
        return next((item for item in self.items if item not in dict(self.answers)), None)


@dataclass(frozen=True, slots=True)
class SendingConsent:
    """What was agreed to is told to the service."""

    reception: Reception
    answers: tuple[tuple[str, bool], ...]


# --- papers ---


@dataclass(frozen=True, slots=True)
class ChoosingPaper:
    """Staff: which paper did the person bring? `because` is the trouble that led here; `kept` what may be kept on.

    `kept` are fields of the person before (next of the family) or of the paper before (second document).
    """

    because: Trouble | None
    card_on_reader: bool
    can_retry: bool = False
    kept: tuple[tuple[str, str], ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class TypingPaper:
    """Staff type a paper in. `form` is the word of an `eligibility.papers` form; `draft` what was typed before."""

    form: str
    because: Trouble | None
    card_on_reader: bool
    draft: tuple[tuple[str, str], ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class ConfirmingPaper:
    """The summary, laid out as the paper, to be compared with it. `card_in_hand`: staff hold the person's card."""

    paper: Paper = field(repr=False)
    because: Trouble | None
    card_on_reader: bool
    draft: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    card_in_hand: bool = False


@dataclass(frozen=True, slots=True)
class TakingFourItems:
    """Staff write down 氏名, 生年月日, 性別, 住所 from the card's face (outage, disaster)."""

    because: Trouble | None
    card_on_reader: bool
    draft: tuple[tuple[str, str], ...] = field(default=(), repr=False)


State = (
    Idle
    | ReadingCard
    | ConfirmingRealCard
    | ChoosingMethod
    | ConfirmingLastTry
    | EnteringPin
    | VerifyingPin
    | AskingService
    | ShowingAnswer
    | TakingCard
    | InTrouble
    | AwaitingPhone
    | ComparingFace
    | FaceFailed
    | VouchingByEye
    | Settling
    | NoticingCertificate
    | OfferingRegistration
    | Registering
    | AskingConsent
    | SendingConsent
    | ChoosingPaper
    | TypingPaper
    | ConfirmingPaper
    | TakingFourItems
)

DESK_STATES = (
    ChoosingPaper,
    TypingPaper,
    ConfirmingPaper,
    TakingFourItems,
)
"""Where staff work: shown on the unlocked staff side only; the patient side says that staff are busy with it."""
