"""How visits begin and end, and what stops them.

A *visit* is one patient's turn at the counter, by number. Whenever something that was under way is given up (card
pulled, reader gone, staff go on without the service), the visit ends there and the next number begins, so that a late
answer always names a visit that is over and is dropped. What breaks if it is wrong: something of one patient is left
for the next.
"""

from __future__ import annotations

from dataclasses import replace

from eligibility.documents import IDENTIFIED
from kiosk.flow import effects as do
from kiosk.flow.counter import Counter, Transition
from kiosk.flow.effects import Effect
from kiosk.flow.facts import VisitFacts
from kiosk.flow.presented import device_of
from kiosk.flow.recording import abandoned
from kiosk.flow.states import (
    AwaitingPhone,
    Idle,
    InTrouble,
    ReadingCard,
    ShowingAnswer,
    Stage,
    State,
    TakingCard,
    Trouble,
)

SERVICE_SILENT = frozenset({Trouble.SERVER_DOWN, Trouble.SERVER_REFUSED})
"""The service was asked and did not answer the question."""


def closing_effects(counter: Counter) -> tuple[Effect, ...]:
    """What a visit leaves behind when it ends: one entry where none was written, and nothing of the patient."""
    visit = counter.visit
    effects: list[Effect] = [do.ReleaseCard(visit)]
    if not isinstance(counter.state, Idle) and not counter.recorded:
        effects.append(abandoned(counter))
    effects.append(do.ForgetPatient(visit))
    return tuple(effects)


def next_visit(counter: Counter, state: State, troubles: tuple[Trouble, ...] = ()) -> Counter:
    """A counter that remembers nothing but itself."""
    return Counter(
        visit=counter.visit + 1,
        state=state,
        card_present=counter.card_present,
        reader_trouble=counter.reader_trouble,
        equipped=counter.equipped,
        outage=counter.outage,
        disaster=counter.disaster,
        troubles=troubles,
    )


def end_visit(counter: Counter) -> Transition:
    """The visit ends here, whatever it is at: also when the counter itself is closed in the middle of it."""
    following = next_visit(counter, Idle(counter.reader_trouble))
    return Transition(following, closing_effects(counter))


def called(counter: Counter, trouble: Trouble = Trouble.CALLED_STAFF) -> Trouble:
    """Why staff are called: whatever key was pressed, of a locked card it is that."""
    card = counter.card
    return Trouble.PIN_LOCKED if card is not None and card.pin_locked else trouble


def stop_in_trouble(counter: Counter, trouble: Trouble) -> Transition:
    """Give up what is under way; the same person goes on in the next visit, with what was typed for them."""
    closing = closing_effects(replace(counter, troubles=(*counter.troubles, trouble)))
    state = InTrouble(trouble, card_on_reader=counter.card_present and not counter.left_card)
    silent = counter.facts.service_silent or trouble in SERVICE_SILENT
    facts = VisitFacts(
        device=device_of(counter.card, trouble, counter.way),
        service_silent=silent,
        certificate_until=counter.facts.certificate_until,
    )
    # The entry just written names this trouble; where none was written, the next visit's has to.
    following = replace(
        next_visit(counter, state, (trouble,)),
        recorded=not counter.recorded,
        left_card=counter.left_card,
        facts=facts,
        drafts=counter.drafts,
        kept=counter.kept,
    )
    return Transition(following, (*closing, *advising(following)))


def advising(counter: Counter) -> tuple[Effect, ...]:
    """Ask what a trouble means as it stands; not before anything was shown: that would speak of full charge at once."""
    facts = counter.known()
    if facts.device is None and not facts.papers and facts.four_items is None:
        return ()
    return (do.Advise(counter.visit, facts),)


def in_trouble(counter: Counter, trouble: Trouble, detail: str = "") -> Transition:
    """The card path stops here; staff choose what is next, in the same visit."""
    facts = counter.facts
    if facts.by_card is None:
        device = device_of(counter.card, trouble, counter.way) or facts.device
        silent = facts.service_silent or trouble in SERVICE_SILENT
        facts = replace(facts, device=device, set_aside=False, service_silent=silent)
    moved = replace(
        counter,
        state=InTrouble(trouble, counter.card, counter.own_card_lies_there, detail),
        troubles=(*counter.troubles, trouble),
        facts=facts,
    )
    return Transition(moved, (do.ReleaseCard(counter.visit), *advising(moved)))


def going_on(counter: Counter) -> Counter:
    """Something new happens in the visit: it has to be recorded, unless the visit has, or had, an outcome already."""
    had_outcome = counter.reception is not None or counter.taken_back
    return replace(counter, recorded=counter.recorded and had_outcome)


def start_reading(counter: Counter) -> Transition:
    """Read the card that lies there, in a visit of its own. In an outage nobody is asked by card."""
    fresh = isinstance(counter.state, Idle | AwaitingPhone) and not counter.troubles
    closing = () if fresh else closing_effects(counter)
    following = replace(counter, state=ReadingCard()) if fresh else next_visit(counter, ReadingCard())
    visit = following.visit
    if following.outage:
        stopped = in_trouble(following, Trouble.OUTAGE)
        return Transition(stopped.counter, (*closing, *stopped.effects))
    return Transition(following, (*closing, do.ReadCard(visit), do.FetchChallenge(visit)))


def stage_of(counter: Counter, *, by_time: bool = False) -> Stage:
    """How far the visit came: what was not done is not to be read as done.

    Who ends an accepted visit has seen to what was to be asked for; the time (`by_time`) has seen to nothing.
    """
    reception, device = counter.reception, counter.facts.device
    if reception is not None:
        noted = reception.outcome == "PENDING_4INFO" and counter.facts.four_items is not None
        received = reception.complete if by_time else reception.accepted
        if received or noted:
            return Stage.DONE
        return Stage.IDENTITY if reception.outcome == "IDENTIFY" else Stage.CONSENT
    if counter.way is not None or (device is not None and device.identity in IDENTIFIED):
        return Stage.CONSENT
    return Stage.CARD if counter.card is None and device is None else Stage.IDENTITY


def leave(counter: Counter, *, in_view: bool = True) -> Transition:
    """The visit is done with; a card that still lies there has to be taken first.

    `in_view` is False where nobody is there to read on (time-out): then the answer goes now, not with the card.
    """
    if not counter.card_present:
        return end_visit(counter)
    if counter.next_card:
        return start_reading(counter)
    state = counter.state
    reception = state.reception if isinstance(state, ShowingAnswer) and in_view else None
    entry = () if counter.recorded else (abandoned(counter),)
    forgotten = Counter(
        visit=counter.visit,
        state=TakingCard(reception, stage_of(counter, by_time=not in_view), consented=bool(counter.consents)),
        card_present=True,
        reader_trouble=counter.reader_trouble,
        equipped=counter.equipped,
        outage=counter.outage,
        disaster=counter.disaster,
        opened=counter.opened,
        troubles=counter.troubles,
        method=counter.method,
        recorded=True,
        unwritten=counter.unwritten,
        disk_refused=counter.disk_refused,
    )
    return Transition(forgotten, (*entry, do.ReleaseCard(counter.visit)))
