"""What a prepared day is: its visits, what each person brings and says, and what goes wrong. Values only.

A script holds facts and no judgement: what would be right is worked out by the counter itself (`kiosk.rehearsal.right`)
from these facts. What breaks if it is wrong: two trainees play two different days. Reading: `kiosk.rehearsal.reading`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time
from enum import StrEnum

from eligibility.papers.paper import Paper
from kiosk.flow.facts import FourItems


class When(StrEnum):
    """When something goes wrong in a visit."""

    ARRIVAL = "arrival"
    """Before the person lays anything down."""
    READING = "reading"
    """The card is being read."""
    PIN = "pin"
    """The PIN pad is on the screen."""
    ASKING = "asking"
    """The service is being asked."""
    ANSWER = "answer"
    """The answer is on the screen."""


class What(StrEnum):
    """What goes wrong, or is put right again. All but the camera lasts until it is put right."""

    UNPLUG_READER = "unplug_reader"
    PLUG_IN_READER = "plug_in_reader"
    PULL_CARD = "pull_card"
    """The person takes the card away too early; it is laid down again when staff ask for it."""
    BREAK_CARD = "break_card"
    """The card goes mute."""
    ARM = "arm"
    """A scenario of the server begins (docs/scenarios.md)."""
    DISARM = "disarm"
    """Every armed scenario ends."""


class Pin(StrEnum):
    """What the person knows of their 暗証番号."""

    KNOWN = "known"
    FORGOTTEN = "forgotten"
    MISTYPED = "mistyped"
    """Types a wrong one first, and then the right one."""


class Record(StrEnum):
    """Whose record comes back."""

    OWN = "own"
    OTHER = "other"
    """Somebody else's: staff see it by name and birthday."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """One thing that goes wrong. `scenario` and what follows belong to `What.ARM`."""

    what: What
    when: When = When.ARRIVAL
    scenario: str = ""
    params: tuple[tuple[str, str | int], ...] = ()
    call: str = ""
    times: int | None = None
    """How many calls it strikes; None: until it is taken away."""


@dataclass(frozen=True, slots=True)
class Expected:
    """What the author of a script thinks is right; held against the rules by `--check`. "" says nothing."""

    outcome: str = ""
    charge: str = ""
    queue: str = ""


Text = Mapping[str, str]
"""One sentence per language: `ja`, `en`."""


@dataclass(frozen=True, slots=True)
class Visit:
    """One person at the counter."""

    at: time
    who: str
    """The persona who comes."""
    says: Text = field(repr=False)
    card: str = ""
    """The persona whose card is brought; "" for no card."""
    pin: Pin = Pin.KNOWN
    face_is_the_cards: bool = True
    registers: bool = False
    """What the person answers where 利用登録 is offered."""
    consents: bool = True
    known_patient: bool = False
    """再診, and nothing changed: a 口頭確認 is possible."""
    record: Record = Record.OWN
    papers: tuple[Paper, ...] = field(default=(), repr=False)
    """What is brought besides, in the order in which it is handed over."""
    card_in_hand: bool = False
    """A マイナンバーカード can be shown beside the papers where no reader reads it."""
    four_items: FourItems | None = field(default=None, repr=False)
    """基本4情報 as they stand on the card's face."""
    troubles: tuple[Trouble, ...] = ()
    plays: tuple[str, ...] = ()
    """Which failures of reception.md §12 it plays: F01 to F32."""
    expected: Expected = Expected()


@dataclass(frozen=True, slots=True)
class Script:
    """One prepared day."""

    name: str
    title: Text
    about: Text
    on: date
    visits: tuple[Visit, ...]
    site: str = "clinic"
    equipped: bool = False
    """The counter reads phones."""
    minutes: int = 30
    """About how long it takes."""

    def said(self, text: Text, lang: str) -> str:
        """A text of the script in a language; Japanese where it lacks that."""
        return text.get(lang) or text["ja"]
