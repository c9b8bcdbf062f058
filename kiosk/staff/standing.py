"""Where the counter stands, as the desk sees it: the one place that reads the flow's memory.

A value only. It ends with the visit: nothing of the staff side keeps one longer than the screen shows it. What breaks
if it is wrong: the desk acts on another visit than the one at the counter.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from kiosk.flow.counter import Counter
from kiosk.flow.facts import VisitFacts
from kiosk.flow.states import Idle, State, Trouble


@dataclass(frozen=True, slots=True)
class Standing:
    """What the staff side knows of the counter now."""

    visit: int = 1
    state: State = field(default_factory=Idle)
    card_present: bool = False
    reader_trouble: Trouble | None = None
    facts: VisitFacts = field(default_factory=VisitFacts, repr=False)
    outage: bool = False
    disaster: bool = False
    can_undo: bool = False
    """The desk added something to this visit that can be taken back."""
    drafts: int = 0
    """How many half-typed forms are kept."""


def standing_of(counter: Counter) -> Standing:
    """The present one."""
    return Standing(
        counter.visit,
        counter.state,
        counter.card_present,
        counter.reader_trouble,
        counter.facts,
        counter.outage,
        counter.disaster,
        bool(counter.history),
    )
