"""The states of a visit. Each holds exactly what its screen needs; none holds a PIN, a key or a certificate."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import Enum


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
    INTERNAL = "internal"


CALLS_STAFF = frozenset({Trouble.CALLED_STAFF, Trouble.PIN_UNKNOWN, Trouble.PIN_LOCKED, Trouble.FACE_ONLY})
"""Where the person asked for staff, or cannot go on without them: the bell rings."""


class Document(Enum):
    """The papers that can be typed in. Values are the words of design.md §5."""

    ELIGIBILITY_CERTIFICATE = "eligibility_certificate"
    """資格確認書: enough by itself."""
    ELIGIBILITY_NOTICE = "eligibility_notice"
    """資格情報のお知らせ: only together with the card."""


PHONES = frozenset({"android", "ios"})
"""Kinds of card that are phones: their certificate has no grace (reception.md §4)."""


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

    @property
    def is_phone(self) -> bool:
        """Whether it is a phone and no card."""
        return self.kind in PHONES


@dataclass(frozen=True, slots=True)
class ManualEntry:
    """A paper typed in and validated: the keys of a query by numbers and the dates printed on the paper.

    Numbers are canonical half-width text with their leading zeros; `symbol` and `branch` are "" where the paper has
    none. Personal data: never in a log, so out of the repr.
    """

    document: Document
    insurer_number: str = field(repr=False)
    symbol: str = field(repr=False)
    number: str = field(repr=False)
    branch: str = field(repr=False)
    birthdate: date = field(repr=False)
    issued_on: date | None = None
    expires_on: date | None = None
    burden_ratio: int | None = None
    """Percent printed on the paper (10, 20, 30), or None."""
    card_in_hand: bool = False
    """Whether staff hold the person's card: an お知らせ counts only with it."""


@dataclass(frozen=True, slots=True)
class Reception:
    """The end of a visit as it is shown: what the service said and what the rules make of it.

    `validity` is 資格有効性 1–5 or None where nobody could be asked; texts are as the service sent them;
    `outcome` and `reasons` are the policy's words; `charge` is `ratio:30`, `ask:30`, `ask:`, `full`, `none` or "".
    """

    outcome: str
    row: int
    charge: str
    reasons: tuple[str, ...] = ()
    ask_for: tuple[str, ...] = ()
    tell: tuple[str, ...] = ()
    queue: str | None = None
    by: str = ""
    """`card`, `numbers`, or "" where the service was not asked or did not answer."""
    validity: int | None = None
    insurer_number: str = field(default="", repr=False)
    insurer_name: str = field(default="", repr=False)
    symbol: str = field(default="", repr=False)
    number: str = field(default="", repr=False)
    branch: str = field(default="", repr=False)
    name: str = field(default="", repr=False)
    name_kana: str = field(default="", repr=False)
    birthdate: date | None = field(default=None, repr=False)
    ratio: int | None = None
    """Percent the service named for this person today, or None."""
    valid_until: date | None = None
    lost_on: date | None = None

    @property
    def accepted(self) -> bool:
        """Whether the person may be treated as insured."""
        return self.outcome.startswith("OK_")


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
    """The service was asked; `entry` is set for a query by numbers."""

    card: CardSummary | None
    entry: ManualEntry | None = None


@dataclass(frozen=True, slots=True)
class ShowingAnswer:
    """The answer, for as long as somebody reads it."""

    reception: Reception
    card_on_reader: bool


@dataclass(frozen=True, slots=True)
class TakingCard:
    """Done: stays until the card is gone."""

    reception: Reception | None


@dataclass(frozen=True, slots=True)
class InTrouble:
    """Something stopped the card path; staff choose what is next. `card` is set where one had been read."""

    trouble: Trouble
    card: CardSummary | None = None
    card_on_reader: bool = False
    detail: str = ""
    """A code for staff (`MOCK-…`, a status word); never personal."""


@dataclass(frozen=True, slots=True)
class ChoosingDocument:
    """Staff: which paper did the person bring? `because` is the trouble that led here, if any."""

    because: Trouble | None
    card_on_reader: bool
    can_retry: bool = False


@dataclass(frozen=True, slots=True)
class FillingForm:
    """Staff type a paper in. `draft` is what was typed before, so that going back loses nothing."""

    document: Document
    because: Trouble | None
    card_on_reader: bool
    draft: tuple[tuple[str, str], ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class ConfirmingForm:
    """The summary, laid out as the paper, to be compared with it."""

    entry: ManualEntry
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
    | ChoosingDocument
    | FillingForm
    | ConfirmingForm
)
