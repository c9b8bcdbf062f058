"""What the application and `madoguchi check` rely on, and the errors they may see."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol

from kiosk.flow.effects import RecordVisit
from kiosk.flow.states import CardSummary, ManualEntry, Reception, Trouble
from reader.connection import CardSlot
from reader.pin import PinHandle

Now = Callable[[], datetime]
"""The clock: an aware date-time in Asia/Tokyo. "Today" is its date."""
RandomBytes = Callable[[int], bytes]
"""Where nonces come from; `os.urandom` but in tests."""


class CardStopped(Exception):  # noqa: N818 - it is an outcome with a name, not a fault of the program
    """The card path ended: `trouble` says why for the flow, `detail` is a code for staff, never personal."""

    def __init__(self, trouble: Trouble, detail: str = "") -> None:
        super().__init__(trouble.value)
        self.trouble = trouble
        self.detail = detail


class BrokenCertificateError(Exception):
    """The bytes are no certificate that can be read. Carries none of them."""


class PinRefused(Exception):  # noqa: N818
    """The card did not take the PIN; `attempts_left` as the card says (0: locked)."""

    def __init__(self, attempts_left: int) -> None:
        super().__init__(str(attempts_left))
        self.attempts_left = attempts_left


class ServiceStopped(Exception):  # noqa: N818
    """The service gave no usable answer: SERVER_DOWN, SERVER_REFUSED, CERTIFICATE_REFUSED; `detail` is its code."""

    def __init__(self, trouble: Trouble, detail: str = "") -> None:
        super().__init__(trouble.value)
        self.trouble = trouble
        self.detail = detail


@dataclass(frozen=True, slots=True)
class ExchangeCount:
    """How much was said to the card: commands, those from VERIFY on, and bytes both ways."""

    total: int = 0
    after_pin: int = 0
    total_bytes: int = 0


class CardDesk(Protocol):
    """The card of one visit. At most one card is open; every call but `count` and `cancel` talks to it."""

    def read(self) -> CardSummary:
        """Open the card and read label, certificate and tries left; the PIN file stays selected.

        Raises:
            CardStopped: With the trouble for the screen; the card is released.
        """
        ...

    def verify_and_sign(self, handle: PinHandle, message: bytes) -> bytes:
        """VERIFY, then sign the hash of `message`. The handle is spent in any case.

        Raises:
            PinRefused: A try was spent and the card said no.
            CardStopped: The card is gone, or the PIN was refused before a try was spent.
        """
        ...

    @property
    def certificate(self) -> bytes:
        """The 利用者証明用電子証明書 of the open test card, DER; empty where no card was read, and for a real one."""
        ...

    @property
    def public_key(self) -> bytes:
        """The public key (SubjectPublicKeyInfo, DER) of the open real card that is enrolled; empty otherwise."""
        ...

    @property
    def count(self) -> ExchangeCount:
        """What was said to the card since it was opened; stays readable after `release`."""
        ...

    def cancel(self) -> None:
        """From any thread: end what is under way with the card, now; holds until `release`. Never raises."""
        ...

    def release(self) -> None:
        """Power the card down and forget it. Safe to call twice; never raises."""
        ...


@dataclass(frozen=True, slots=True)
class Challenge:
    """What the service wants signed, for one institution and purpose, once."""

    server: str
    nonce: str
    institution: str
    purpose: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Qualification:
    """The service's answer in plain fields (the siquc01 result), before the rules saw it.

    `validity` 資格有効性 1–5; ratios in percent; `registered` False where the card's owner has no 利用登録 (then
    `validity` is None). Personal data stay out of the repr.
    """

    by: str
    """`card` or `numbers` (照会区分 1 or 2)."""
    registered: bool = True
    validity: int | None = None
    code: str = ""
    """ProcessingResultCode, invented (`MOCK-…`), or ""."""
    certificate_state: str = ""
    """`valid`, `expiring` or `grace` as the service saw the card's certificate; "" where it saw none."""
    card_class: str = ""
    insurer_number: str = field(default="", repr=False)
    insurer_name: str = field(default="", repr=False)
    symbol: str = field(default="", repr=False)
    number: str = field(default="", repr=False)
    branch: str = field(default="", repr=False)
    name: str = field(default="", repr=False)
    name_kana: str = field(default="", repr=False)
    birthdate: date | None = field(default=None, repr=False)
    burden_ratio: int | None = None
    elderly_burden_ratio: int | None = None
    valid_until: date | None = None
    lost_on: date | None = None
    visit: str = field(default="", repr=False)
    """What the service calls this visit: consents refer to it. "" for a query by numbers."""


class QualificationClient(Protocol):
    """The オンライン資格確認 service as the counter sees it. Every call raises ServiceStopped when it cannot answer."""

    def challenge(self) -> Challenge:
        """A fresh challenge for this institution; nothing about a patient is sent."""
        ...

    def check_by_card(self, challenge: Challenge, certificate: bytes, signature: bytes) -> Qualification:
        """Ask with a signed challenge: one HTTP request."""
        ...

    def check_enrolled(self, challenge: Challenge, public_key: bytes, signature: bytes) -> Qualification:
        """Ask with a challenge that an enrolled real card signed: one HTTP request, to this machine only."""
        ...

    def check_by_numbers(self, entry: ManualEntry) -> Qualification:
        """Ask with the numbers of a paper: one HTTP request."""
        ...

    def give_consent(self, visit: str, items: Mapping[str, bool]) -> datetime:
        """Say what the patient agreed to in a visit, by item; until when it counts."""
        ...

    def close(self) -> None:
        """Let go of connections and threads. Safe to call twice."""
        ...


@dataclass(frozen=True, slots=True)
class Proof:
    """What a card did after its PIN: it signed the challenge, and shows for it its certificate or its public key.

    `certificate` is empty for a real card, whose `public_key` (SubjectPublicKeyInfo, DER) is all that may be sent.
    """

    challenge: Challenge
    signature: bytes = field(repr=False)
    certificate: bytes = field(default=b"", repr=False)
    public_key: bytes = field(default=b"", repr=False)

    def ask(self, client: QualificationClient) -> Qualification:
        """Ask the service with it, once. Raises ServiceStopped."""
        if self.public_key:
            return client.check_enrolled(self.challenge, self.public_key, self.signature)
        return client.check_by_card(self.challenge, self.certificate, self.signature)


class Decider(Protocol):
    """The rules of the desk for one visit (adapter over `eligibility.policy`)."""

    def by_card(self, card: CardSummary, answer: Qualification) -> Reception:
        """What a card identified by PIN and the service's answer amount to today."""
        ...

    def by_paper(self, entry: ManualEntry, answer: Qualification | None, card_trouble: Trouble | None) -> Reception:
        """What a typed paper amounts to; `answer` is None where the service could not be asked."""
        ...


class Journal(Protocol):
    """Receptions on disk."""

    def record(self, entry: RecordVisit) -> None:
        """Append one entry and return when it is on disk. Raises OSError where the disk refuses."""
        ...


@dataclass(frozen=True, slots=True)
class ShelfCard:
    """One card in the drawer: the persona's name, what is shown, what happens with it, and the PIN to type.

    `pin` is "" for a card that has none or cannot be asked for it.
    """

    persona: str
    title: str
    what_happens: str
    pin: str = field(repr=False)


class CardHeldElsewhereError(Exception):
    """The persona's card lies in another program's reader: a software card is in one place, as a real one is."""

    def __init__(self, persona: str) -> None:
        super().__init__(persona)
        self.persona = persona


class CardShelf(Protocol):
    """The drawer (F2): whoever plays the patient picks a card and does things to it. Software reader only."""

    def cards(self) -> tuple[ShelfCard, ...]:
        """Every persona's card, in the order of the table. Reads files, makes no keys."""
        ...

    def place(self, persona: str) -> None:
        """Lay the persona's card on the reader, in place of another one; issues it on first use.

        Raises:
            KeyError: There is no such persona.
            CardHeldElsewhereError: Another program holds this card; the reader is as it was.
        """
        ...

    def remove(self) -> None:
        """Take the card away."""
        ...

    def break_card(self) -> None:
        """The card on the reader goes mute, as a damaged chip does, until it is placed again."""
        ...

    def unplug_reader(self) -> None:
        """The reader is gone."""
        ...

    def plug_reader_in(self) -> None:
        """The reader is back, empty."""
        ...

    @property
    def lies_there(self) -> str | None:
        """The persona whose card is on the reader."""
        ...

    @property
    def reader_attached(self) -> bool:
        """Whether the software reader is plugged in."""
        ...


@dataclass(frozen=True, slots=True)
class Services:
    """Everything the counter needs from outside, put together by `kiosk.cli`."""

    slot: CardSlot
    desk: CardDesk
    decider: Decider
    journal: Journal
    shelf: CardShelf | None
    """None with a real reader."""
    connect_service: Callable[[], QualificationClient]
    """Makes the client (and the server in process); slow the first time, so it runs in its own thread."""
    now: Now
