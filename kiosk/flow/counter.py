"""What the flow remembers between two events, and what one step of it is. Values only: `machine` holds the rules."""

from __future__ import annotations

from dataclasses import dataclass, field

from kiosk.flow.effects import Effect
from kiosk.flow.events import Event
from kiosk.flow.states import Document, Idle, InTrouble, ShowingAnswer, State, Trouble

Draft = tuple[tuple[str, str], ...]
"""What was typed into a form: (field name, text) pairs in the order of the form."""


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
    """Everything the flow remembers. One patient at a time."""

    visit: int = 1
    state: State = field(default_factory=Idle)
    card_present: bool = False
    next_card: bool = False
    """The card on the reader was placed while another person's answer was shown: it is read after that."""
    reader_trouble: Trouble | None = None
    troubles: tuple[Trouble, ...] = ()
    """Troubles met in this visit, oldest first."""
    method: str = ""
    """`pin`, `manual` or "" so far."""
    recorded: bool = False
    """An entry was written for all that happened so far: the visit ends without another ABANDONED one."""
    drafts: tuple[tuple[Document, Draft], ...] = field(default=(), repr=False)
    paper_from: InTrouble | ShowingAnswer | None = field(default=None, repr=False)
    """Where staff turned to a paper: one step back from the choice of a paper leads there."""


@dataclass(frozen=True, slots=True)
class Transition:
    """Where the counter stands now, and what has to be done, in this order."""

    counter: Counter
    effects: tuple[Effect, ...] = ()
