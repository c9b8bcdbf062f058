"""What the flow remembers between two events, and what one step of it is. Values only: `machine` holds the rules."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime

from kiosk.flow.answer import Reception
from kiosk.flow.effects import Effect, QueueLater
from kiosk.flow.events import Event
from kiosk.flow.facts import VisitFacts, Way
from kiosk.flow.states import (
    CardSummary,
    ChoosingMethod,
    FaceFailed,
    Idle,
    InTrouble,
    ShowingAnswer,
    State,
    Trouble,
)

Draft = tuple[tuple[str, str], ...]
"""What was typed into a form: (field name, text) pairs in the order of the form."""
FOUR_ITEMS = "four_items"
"""The word of the four items where the word of a paper's form stands otherwise."""
CARD_IN_HAND = "card_in_hand"
"""The word in a draft under which staff say whether they hold the person's card: `yes`, `no`, or nothing yet."""


class UnexpectedEventError(Exception):
    """The flow was driven wrongly: a bug, never the patient's fault. Nothing has changed."""

    def __init__(self, state: State, event: Event) -> None:
        super().__init__(f"{type(event).__name__} in {type(state).__name__}")
        self.state_name = type(state).__name__
        self.event_name = type(event).__name__


@dataclass(frozen=True, slots=True)
class Happened:
    """An event and the visit it belongs to; `visit` is None for events about the reader, which are about now."""

    event: Event
    visit: int | None = None


@dataclass(frozen=True, slots=True)
class Counter:
    """Everything the flow remembers. One patient at a time.

    The first group is the counter's own and survives visits; all else is of the present visit.
    """

    visit: int = 1
    state: State = field(default_factory=Idle)
    card_present: bool = False
    next_card: bool = False
    """The card on the reader was placed while another person's answer was on its way or shown: it waits for that."""
    left_card: bool = False
    """The card on the reader is of somebody whose visit is over: it has to be taken, and says nothing of this visit."""
    reader_trouble: Trouble | None = None
    equipped: bool = False
    """The counter reads phones."""
    outage: bool = False
    """システム障害時モード."""
    disaster: bool = False
    """災害時モード."""

    opened: bool = False
    """The journal was told that this visit began: it will have an entry."""
    troubles: tuple[Trouble, ...] = ()
    """Troubles met in this visit, oldest first."""
    method: str = ""
    """`pin`, `face`, `visual`, `manual` or "" so far."""
    recorded: bool = False
    """An entry was written for all that happened so far: the visit ends without another ABANDONED one."""
    card: CardSummary | None = None
    """The card that was read in this visit, with the tries it has left now."""
    way: Way | None = None
    """How its holder was identified; None: not yet."""
    facts: VisitFacts = field(default_factory=VisitFacts, repr=False)
    history: tuple[VisitFacts, ...] = field(default=(), repr=False)
    """The facts before each thing the desk added, oldest first: what undo goes back to."""
    reception: Reception | None = field(default=None, repr=False)
    """What the rules made of the facts, the last time they were asked for good."""
    deciding: bool = False
    """The rules are being asked."""
    correcting: bool = False
    """Something was taken back: the next entry stands in place of the one before."""
    taken_back: bool = False
    """All that the visit came to was taken back once, and the journal has both."""
    unwritten: int = 0
    """Entries on their way to the disk."""
    disk_refused: bool = False
    """The disk refused an entry of this visit."""
    noticed: bool = False
    """The word about the certificate was read."""
    registration_answered: bool = False
    consent_asked: bool = False
    """The person was asked for consent, or the time for it is over."""
    consents: tuple[tuple[str, bool], ...] = ()
    """What was agreed to and what was not, once it counts."""
    consent_until: datetime | None = None
    consent_failed: bool = False
    queued: QueueLater | None = field(default=None, repr=False)
    """What was put into the outage queue for this visit."""
    drafts: tuple[tuple[str, Draft], ...] = field(default=(), repr=False)
    """What was typed into each form, by its word."""
    resumed: tuple[str, str] | None = None
    """(form, the store's word) of the kept draft that was taken up again and is on the disk still."""
    kept: Draft = field(default=(), repr=False)
    """What a further paper has in common with those before."""
    turned_from: InTrouble | ShowingAnswer | ChoosingMethod | FaceFailed | None = field(default=None, repr=False)
    """Where staff turned to a paper or to 目視: one step back leads there."""

    @property
    def typed(self) -> bool:
        """Whether the visit rests on what the desk typed, so that it does not go with the card."""
        return bool(self.facts.papers) or self.facts.four_items is not None

    @property
    def own_card_lies_there(self) -> bool:
        """Whether the card on the reader is this person's."""
        return self.card_present and not self.next_card and not self.left_card

    def known(self) -> VisitFacts:
        """The facts, with what the counter's own modes say now."""
        return replace(self.facts, outage=self.outage, disaster=self.disaster)


@dataclass(frozen=True, slots=True)
class Transition:
    """Where the counter stands now, and what has to be done, in this order."""

    counter: Counter
    effects: tuple[Effect, ...] = ()
