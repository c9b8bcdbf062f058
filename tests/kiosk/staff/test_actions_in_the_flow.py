"""The flow takes every event that staff are offered, in the state in which they are offered it."""

from __future__ import annotations

import pytest

from eligibility.case import Membership, Person
from kiosk.flow import events as ev
from kiosk.flow import states as st
from kiosk.flow.counter import Counter, Happened
from kiosk.flow.facts import Way
from kiosk.flow.machine import advance
from kiosk.staff.actions import Ask, actions_for, other_actions, reception_of
from kiosk.staff.standing import Standing, standing_of
from tests.kiosk.staff.samples import CONSENTED, STANDINGS

OF_A_PAGE: dict[Ask, tuple[ev.Event, ...]] = {
    Ask.VISUAL: (ev.WayChosen(Way.VISUAL),),
    Ask.SPOKEN_CONSENT: (ev.SpokenConsent(CONSENTED),),
    Ask.PERSON: tuple(ev.PersonJudged(person) for person in Person),
    Ask.PROTECTION: (ev.ProtectionTold("self_info_refused"), ev.ProtectionTold("undisclosed")),
    Ask.MEMBERSHIP: tuple(ev.MembershipTold(known) for known in Membership),
    Ask.OUTAGE: (ev.OutageSwitched(True), ev.OutageSwitched(False)),
    Ask.DISASTER: (ev.DisasterSwitched(True), ev.DisasterSwitched(False)),
    Ask.UNDO: (ev.Undone(),),
}
"""What a page sends when it is answered."""


def counter_at(now: Standing) -> Counter:
    card = getattr(now.state, "card", None)
    return Counter(
        visit=now.visit,
        state=now.state,
        card_present=now.card_present,
        reader_trouble=now.reader_trouble,
        outage=now.outage,
        disaster=now.disaster,
        facts=now.facts,
        history=(now.facts,) if now.can_undo else (),
        card=card,
        reception=reception_of(now.state) if not isinstance(now.state, st.InTrouble) else None,
        opened=not isinstance(now.state, st.Idle),
    )


@pytest.mark.parametrize("name", STANDINGS)
def test_the_flow_takes_what_staff_are_offered(name: str) -> None:
    now = STANDINGS[name]
    before = counter_at(now)
    assert standing_of(before) == now
    for action in (*actions_for(now), *other_actions(now)):
        if isinstance(action.does, tuple):
            counter = before
            for event in action.does:
                counter = advance(counter, Happened(event, counter.visit)).counter
        else:
            for event in OF_A_PAGE.get(action.does, ()):
                advance(before, Happened(event, before.visit))


@pytest.mark.parametrize("name", STANDINGS)
def test_an_action_that_is_offered_does_something(name: str) -> None:
    now = STANDINGS[name]
    before = counter_at(now)
    for action in actions_for(now):
        if isinstance(action.does, tuple):
            counter, effects = before, 0
            for event in action.does:
                transition = advance(counter, Happened(event, counter.visit))
                counter, effects = transition.counter, effects + len(transition.effects)
            assert counter != before or effects, action.word


@pytest.mark.parametrize("name", [name for name in STANDINGS if name.startswith(("answer", "trouble"))])
def test_a_paper_that_is_asked_for_ends_in_its_form(name: str) -> None:
    counter = counter_at(STANDINGS[name])
    for action in actions_for(STANDINGS[name]):
        if isinstance(action.does, tuple) and isinstance(action.does[-1], ev.PaperChosen):
            here = counter
            for event in action.does:
                here = advance(here, Happened(event, here.visit)).counter
            assert isinstance(here.state, st.TypingPaper)
            assert here.state.form == action.does[-1].form


@pytest.mark.parametrize("name", [name for name in STANDINGS if not name.startswith("idle")])
def test_no_action_leads_to_the_pin(name: str) -> None:
    """A PIN is asked for by the person's own choice at the reader's side only."""
    counter = counter_at(STANDINGS[name])
    for action in actions_for(STANDINGS[name]):
        if isinstance(action.does, tuple):
            here = counter
            for event in action.does:
                here = advance(here, Happened(event, here.visit)).counter
            assert not isinstance(here.state, st.EnteringPin | st.VerifyingPin), action.word


def test_what_was_half_typed_comes_back_after_the_lock() -> None:
    """One step back and forth, as the lock sends them: the same form, with what was typed."""
    draft = (("name", "協会"),)
    typing = Counter(visit=7, state=st.TypingPaper("certificate_other", None, card_on_reader=False), opened=True)
    four = Counter(visit=7, state=st.TakingFourItems(None, card_on_reader=False), opened=True, outage=True)
    for counter, again in ((typing, ev.PaperChosen("certificate_other")), (four, ev.FourItemsRequested())):
        here = counter
        for event in (ev.Back(draft), again):
            here = advance(here, Happened(event, here.visit)).counter
        assert type(here.state) is type(counter.state)
        assert getattr(here.state, "draft", None) == draft
