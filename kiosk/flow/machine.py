"""`advance`: the only place that knows which event leads where. The steps themselves are in the modules beside it.

What breaks if it is wrong: an event of one visit is taken for another's.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from kiosk.flow import effects as do
from kiosk.flow import events as ev
from kiosk.flow.answer import Reception
from kiosk.flow.card_steps import card_step
from kiosk.flow.counter import Counter, Happened, Transition, UnexpectedEventError
from kiosk.flow.desk_steps import desk_step, mode_step
from kiosk.flow.ending import end_visit
from kiosk.flow.events import Event
from kiosk.flow.paper_steps import paper_step
from kiosk.flow.patient_steps import patient_step
from kiosk.flow.reader_steps import reader_step
from kiosk.flow.states import Idle, InTrouble

__all__ = ["advance", "can_expire", "end_visit"]

_STEPS: Final = (card_step, patient_step, paper_step, desk_step)
"""Asked one after the other; the first that knows the event in this state has it."""


def advance(counter: Counter, happened: Happened) -> Transition:
    """The next state for one event.

    Raises:
        UnexpectedEventError: The event makes no sense in this state; the counter is unchanged.
    """
    event = happened.event
    switched = mode_step(counter, event)
    if switched is not None:
        return _opening(counter, switched)
    if happened.visit is not None and happened.visit != counter.visit:
        return _drop(counter, happened.visit, event)
    if isinstance(event, ev.ReaderEvent):
        return _opening(counter, reader_step(counter, event))
    return _opening(counter, _within_visit(counter, event))


def can_expire(counter: Counter) -> bool:
    """Whether the visit ends, or a question is over, when nobody touches the counter for the privacy time."""
    return advance(counter, Happened(ev.Expired(), counter.visit)).counter.state != counter.state


def _drop(counter: Counter, visit: int, event: Event) -> Transition:
    """An event of a visit that is over changes nothing; a PIN or passcode in it is wiped."""
    if isinstance(event, ev.PinEntered | ev.PasscodeEntered):
        return Transition(counter, (do.DiscardPin(visit, event.handle),))
    return Transition(counter)


def _within_visit(counter: Counter, event: Event) -> Transition:
    for step in _STEPS:
        transition = step(counter, event)
        if transition is not None:
            return transition
    match event:
        case ev.Expired():
            return Transition(counter)
        case ev.Advised(reception):
            return Transition(_advised_late(counter, reception))
        # The last digit crossed with another key: no bug, and no PIN may stay behind.
        case ev.PinEntered(handle) | ev.PasscodeEntered(handle):
            return Transition(counter, (do.DiscardPin(counter.visit, handle),))
    raise UnexpectedEventError(counter.state, event)


def _advised_late(counter: Counter, reception: Reception) -> Counter:
    """Advice for a trouble that staff have turned away from: it is there when they come back."""
    if isinstance(counter.turned_from, InTrouble):
        return replace(counter, turned_from=replace(counter.turned_from, advice=reception))
    return counter


def _opening(before: Counter, transition: Transition) -> Transition:
    """The journal hears of a visit as soon as it will have an entry, so that a crash can close it."""
    after = transition.counter
    if after.opened or isinstance(after.state, Idle) or after.recorded:
        return transition
    opened = replace(after, opened=True)
    own = [index for index, effect in enumerate(transition.effects) if effect.visit == after.visit]
    at = own[0] if own else len(transition.effects)
    effects = (*transition.effects[:at], do.OpenVisit(after.visit), *transition.effects[at:])
    return Transition(opened, effects)
