"""What the application and `madoguchi check` rely on, and the errors they may see."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Protocol

from eligibility.papers.paper import Paper
from kiosk.flow.answer import Qualification, Reception
from kiosk.flow.effects import RecordVisit
from kiosk.flow.facts import FourItems, VisitFacts, Way
from kiosk.flow.states import CardSummary, Trouble
from kiosk.services.desk_interfaces import DraftStore, FaceCamera, OutageQueue, PasscodeDesk
from kiosk.services.face_camera import SimulatedCamera
from kiosk.services.medical_information import InsuredNumbers, MedicalInformation
from kiosk.services.passcode_desk import PracticePasscode
from reader.connection import CardSlot
from reader.pin import PinHandle

if TYPE_CHECKING:  # the staff side stands above the services
    from kiosk.staff.interfaces import Desk

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

    def sign_again(self, message: bytes) -> bytes:
        """Sign the hash of another `message` while the card still counts the PIN as verified. Spends no try.

        Raises:
            CardStopped: The card is gone, was never verified in this visit, or does not count it as verified any more.
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


class QualificationClient(Protocol):
    """The オンライン資格確認 service as the counter sees it. Every call raises ServiceStopped when it cannot answer."""

    def challenge(self, purpose: str = "qualification") -> Challenge:
        """A fresh challenge for this institution and purpose; nothing about a patient is sent."""
        ...

    def check_by_card(self, challenge: Challenge, certificate: bytes, signature: bytes) -> Qualification:
        """Ask with a signed challenge: one HTTP request."""
        ...

    def check_enrolled(self, challenge: Challenge, public_key: bytes, signature: bytes) -> Qualification:
        """Ask with a challenge that an enrolled real card signed: one HTTP request, to this machine only."""
        ...

    def check_attested(self, certificate: bytes, way: Way) -> Qualification:
        """Ask with a certificate that signed nothing; the institution vouches (顔認証, 目視). Software cards only."""
        ...

    def check_by_paper(self, paper: Paper) -> Qualification:
        """Ask with the numbers of a paper that lacks none of them: one HTTP request."""
        ...

    def check_by_four_items(self, items: FourItems, *, disaster: bool = False) -> Qualification:
        """Ask by 氏名, 生年月日, 性別, 住所: in a disaster, or of somebody who was noted in an outage."""
        ...

    def register_card(self, challenge: Challenge, certificate: bytes, signature: bytes) -> bool:
        """利用登録 with a signed challenge for registration; whether it had been made before."""
        ...

    def medical_information(self, numbers: InsuredNumbers, items: Collection[str]) -> MedicalInformation:
        """What the patient agreed to let this institution see: `medicines`, `checkups` or both."""
        ...

    def register_reference_number(self, numbers: InsuredNumbers, reference_number: str) -> None:
        """照会番号: the institution's own number of the person, which later answers carry."""
        ...

    def face_file(self, visit: str) -> str:
        """How far the visit's file in the レセコン's `face` folder is.

        `none` (no folder, nothing to tell), `waiting`, `written`, `collected`, or `expired`.
        """
        ...

    def health(self) -> float:
        """How long the service took to say that it is there, in seconds."""
        ...

    @property
    def last_answer_seconds(self) -> float | None:
        """How long the newest answer took; None while there is none, or where the newest question had none."""
        ...

    @property
    def out_of_service(self) -> bool:
        """Whether the service answered the newest question with that it is not at work (maintenance, night)."""
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

    def decide(self, facts: VisitFacts) -> Reception:
        """What all that is known of the visit amounts to today, with guidance. Total."""
        ...


class DeskRecords(Protocol):
    """What the service can do for the desk beyond the answer. Every method asks over the network: on a thread.

    Every method raises ServiceStopped.
    """

    @property
    def last_answer_seconds(self) -> float | None:
        """How long the service's newest answer took; None where it gave none, or was not asked yet. Not slow."""
        ...

    @property
    def out_of_service(self) -> bool:
        """Whether the service answered the newest question with that it is not at work. Not slow."""
        ...

    def health(self) -> float:
        """Ask whether the service is there; seconds."""
        ...

    def medical_information(self, answer: Qualification, items: Collection[str]) -> MedicalInformation:
        """Medicines and checkups of whom the answer is about, as far as `items` names them."""
        ...

    def register_reference_number(self, answer: Qualification, reference_number: str) -> None:
        """Register 照会番号 for whom the answer is about."""
        ...

    def face_file(self, answer: Qualification) -> str:
        """How far the answer's face file is: none, waiting, written, collected, expired."""
        ...


class Journal(Protocol):
    """Receptions on disk."""

    def record(self, entry: RecordVisit) -> None:
        """Append one entry and return when it is on disk. Raises OSError where the disk refuses."""
        ...

    def begin_visit(self, visit: int) -> None:
        """Note that a visit began, so that a crash in it is told. Raises OSError where the disk refuses."""
        ...


@dataclass(frozen=True, slots=True)
class ShelfCard:
    """One card in the drawer: the persona's name, what is shown, what happens with it, and the PIN to type.

    `pin` is "" for a card that has none or cannot be asked for it. The rest stands on its face beside `title`, and its
    holder would show it: `sex` is 1 or 2 (OQSCD007).
    """

    persona: str
    title: str
    what_happens: str
    pin: str = field(repr=False)
    birthdate: date | None = field(default=None, repr=False)
    sex: str = field(default="", repr=False)
    address: str = field(default="", repr=False)


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

    def spent_tries(self) -> Mapping[str, int]:
        """How often the PIN may still be typed, by persona: cards only that have fewer tries left than a new one.

        0 is a locked PIN. Reads files, makes no keys.
        """
        ...

    def make_new(self, persona: str) -> None:
        """The persona's card as if it had just been issued, PIN and tries too; off the reader if it lies there.

        Raises:
            KeyError: There is no such persona.
            CardHeldElsewhereError: Another program holds this card; it is as it was.
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
    camera: FaceCamera = field(default_factory=SimulatedCamera)
    passcodes: PasscodeDesk = field(default_factory=PracticePasscode)
    queue: OutageQueue | None = None
    """None: nobody is asked later on by program."""
    records: DeskRecords | None = None
    """None: the desk is told nothing beyond the answer."""
    drafts: DraftStore | None = None
    """None: a half-typed form ends with its visit."""
    first_visit: int = 1
    """The number of the first visit: after a start in the middle of a day no number of that day comes again."""
    staff: Desk | None = None
    """What the staff side needs; None: this counter has none."""
    at_end: Callable[[], None] = lambda: None
    """Called on the journal's thread when the counter ends: what waits for the disk is tried once more."""
    unwritten: Callable[[], int] = lambda: 0
    """How many records the disk refused and that wait in memory; after `at_end`: that are lost. Not slow."""
