"""Somebody in the outage queue as staff see them: who, since when, and what came of it.

A plain value, made of what the disk says. What breaks if it is wrong: an answer stands beside another person's name.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from kiosk.journal.queued import QueueAnswer, Queued, Standing


@dataclass(frozen=True, slots=True)
class LaterPerson:
    """Somebody in the queue as staff see them. `answer` None: still waiting; `refused`: the service's last word."""

    at: datetime
    why: str
    visit: int
    name: str = field(default="", repr=False)
    answer: QueueAnswer | None = None
    refused: str = ""
    """Code of a refusal after which the person still waits; "" for none."""
    question: str = ""
    """Its id in the queue."""
    lacks_numbers: bool = False
    """Nobody can be asked before somebody types the numbers."""
    birthdate: date | None = field(default=None, repr=False)

    @classmethod
    def of(cls, one: Standing, refused: str) -> LaterPerson:
        """`refused` is the service's last word about somebody whose answer is not there."""
        queued = one.queued
        return cls(
            queued.at,
            queued.why,
            queued.visit,
            _name(queued),
            one.answer,
            "" if one.answer is not None else refused,
            queued.id,
            one.answer is None and queued.lacks_numbers,
            _birthdate(queued),
        )


def _name(queued: Queued) -> str:
    if queued.items is not None:
        return queued.items.name
    return (queued.paper.name if queued.paper is not None else None) or queued.name


def _birthdate(queued: Queued) -> date | None:
    if queued.items is not None:
        return queued.items.birthdate
    return (queued.paper.birthdate if queued.paper is not None else None) or queued.birthdate
