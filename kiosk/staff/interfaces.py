"""What the staff side asks of the rest of the program: small, so that each part can be a list in a test.

Methods marked "slow" use disk or network and are called on a thread. What breaks if this is wrong: the staff side knows
a file or an address, or a disk holds up the keys.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final, Protocol

from eligibility.papers.paper import Paper
from eligibility.rule_dates import STANDARD_RULES, Rules
from kiosk.flow.answer import Qualification
from kiosk.services.medical_information import MedicalInformation
from kiosk.settings.passcodes import Checked
from kiosk.staff.later_words import CameBack

Draft = tuple[tuple[str, str], ...]


class StaffPasscode(Protocol):
    """The passcode that opens the staff side (`kiosk.settings.passcodes`, kind STAFF). All slow."""

    def is_set(self) -> bool:
        """Whether there is one."""
        ...

    def wait_seconds(self) -> int:
        """Until the next try; 0: at once."""
        ...

    def check(self, typed: bytearray) -> Checked:
        """Compare; `typed` is wiped."""
        ...


@dataclass(frozen=True, slots=True)
class DayEntry:
    """One line of 今日の受付. Words are the journal's; personal data stay out of the repr.

    `kind` is the journal's word (`visit`, `correction`, …); `corrects` the sequence that this entry stands in place of,
    or 0; `charge` and `queue` as in `Reception`.
    """

    sequence: int
    at: datetime
    visit: int
    kind: str
    outcome: str = ""
    method: str = ""
    charge: str = ""
    queue: str = ""
    validity: int | None = None
    row: int = 0
    documents: tuple[str, ...] = ()
    troubles: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    consent: tuple[tuple[str, bool], ...] = ()
    spoken: bool = False
    attested_by: str = ""
    corrects: int = 0
    run: str = ""
    """The start of the counter that counted the visit: only both together name one; "" in entries of old."""
    day: date | None = None
    """The day of the visit that an entry of another day is about."""
    why: str = ""
    differs: tuple[str, ...] = ()
    """Of a later answer: names of what came back otherwise than it was noted."""
    name: str = field(default="", repr=False)
    real_name: str = field(default="", repr=False)
    name_kana: str = field(default="", repr=False)
    birthdate: date | None = field(default=None, repr=False)
    insurer_number: str = field(default="", repr=False)
    symbol: str = field(default="", repr=False)
    number: str = field(default="", repr=False)
    branch: str = field(default="", repr=False)
    ratio: int | None = field(default=None, repr=False)
    """Percent."""


CORRECTIONS: Final = ("other_person", "wrong_answer", "not_treated", "mistyped")
"""Why a visit that is over is taken back: words of `side.correct.<word>`."""
NAMED: Final = "named"
"""The kind of entry that holds how a name with ● is written."""


class DayJournal(Protocol):
    """The journal as the desk uses it. Methods are slow, raising OSError where the disk refuses, ValueError where a
    text is.
    """

    @property
    def run(self) -> str:
        """This start of the counter: visits of other runs are not those of this screen, whatever their number."""
        ...

    def today(self, day: date) -> Sequence[DayEntry]:
        """Every entry of a day, in the order of the chain."""
        ...

    def note_lock(self, word: str) -> None:
        """`opened`, `refused` or `locked`: who may look at the day's visits is a fact of the day."""
        ...

    def correct(self, entry: DayEntry, why: str) -> None:
        """An entry that takes `entry` back; `why` is one of `CORRECTIONS`."""
        ...

    def note_real_name(self, visit: int, name: str) -> None:
        """How a name with ● is really written, as staff read it on the paper or the card."""
        ...


class RecordDesk(Protocol):
    """What the service can do for the desk beyond the answer. Slow, and raising `ServiceStopped`, but for the first."""

    @property
    def last_answer_seconds(self) -> float | None:
        """How long the service's last answer took; None where the last question had none, or there was no question."""
        ...

    @property
    def out_of_service(self) -> bool:
        """Whether the service answered the newest question with that it is not at work. Not slow."""
        ...

    def health(self) -> float:
        """Ask whether the service is there: seconds."""
        ...

    def medical_information(self, answer: Qualification, items: Collection[str]) -> MedicalInformation:
        """Medicines and checkups, as far as `items` were agreed to."""
        ...

    def register_reference_number(self, answer: Qualification, number: str) -> None:
        """Register 照会番号, the office's own number of this person."""
        ...

    def face_file(self, answer: Qualification) -> str:
        """How far the visit's `face` file is: `none`, `waiting`, `written`, `collected`, `expired`."""
        ...


@dataclass(frozen=True, slots=True)
class QueuedPerson:
    """Somebody who is asked about when the service is back.

    `result` "" while waiting, then the policy's word, or `refused` for good; `differences` are names of fields.
    """

    since: datetime
    why: str
    name: str = field(default="", repr=False)
    result: str = ""
    differences: tuple[str, ...] = ()
    refused: str = ""
    """The service's code where it refused to be asked about this person, the last time."""
    question: str = ""
    """Its id in the queue."""
    lacks_numbers: bool = False
    """Cannot be asked about before somebody types the numbers."""
    birthdate: date | None = field(default=None, repr=False)
    record: CameBack | None = field(default=None, repr=False)
    """What came back, with the record as the service has it; None while nothing did, or no more than a word."""


REFUSED: Final = "refused"
"""The result of somebody about whom the service refuses to be asked, for good."""


class OutageDesk(Protocol):
    """保留: the queue on disk, and whoever asks it."""

    @property
    def waiting(self) -> int:
        """How many are waiting. Not slow."""
        ...

    @property
    def progress(self) -> tuple[int, int] | None:
        """(asked, all) while the queue is being asked, else None. Not slow."""
        ...

    def people(self) -> Sequence[QueuedPerson]:
        """Those who wait and those asked today, in order. Slow; raises OSError."""
        ...

    def ask_now(self) -> None:
        """Ask those who wait; returns at once, `progress` tells. Not slow."""
        ...

    def complete(self, question: str, paper: Paper) -> bool:
        """The numbers of somebody who was noted without them; False where nobody waits for them. Slow; OSError."""
        ...


@dataclass(frozen=True, slots=True)
class KeptForm:
    """A half-typed form: its form word, since when it is kept, and what the store knows it by."""

    form: str
    draft: Draft = field(repr=False)
    word: str
    since: datetime


class DraftShelf(Protocol):
    """Half-typed forms that were kept. All slow, raising OSError."""

    def kept(self) -> Sequence[KeptForm]:
        """What can be taken up again, newest first."""
        ...

    def drop(self, word: str) -> None:
        """Throw one away."""
        ...


@dataclass(frozen=True, slots=True)
class Desk:
    """Everything the staff side needs from outside, put together by `kiosk.cli`.

    What is None is not there at this counter; the staff side says so instead of offering it.
    """

    now: Callable[[], datetime]
    """Aware, Asia/Tokyo."""
    clock: Callable[[], float]
    """Seconds, monotonic."""
    reader_name: str
    passcode: StaffPasscode
    journal: DayJournal
    records: RecordDesk | None = None
    queue: OutageDesk | None = None
    drafts: DraftShelf | None = None
    rules: Rules = STANDARD_RULES
    auto_lock_seconds: float = 60.0
    clipboard_seconds: float = 60.0
    unwritten: Callable[[], int] = lambda: 0
    """How many records a full disk refused, that wait in memory. Not slow."""
