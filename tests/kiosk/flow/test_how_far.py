"""How far a visit came, as the screen that waits for the card says it: nobody reads as done what was not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kiosk.flow import events as ev
from kiosk.flow.counter import Counter
from kiosk.flow.facts import Way
from kiosk.flow.states import InTrouble, ShowingAnswer, Stage, TakingCard, Trouble
from tests.kiosk.flow.samples import ANSWER, CARD, IN_GRACE, NONE_GIVEN, UNREGISTERED, a_pin, by_card, play

READ = (ev.CardPlaced(), ev.CardRead(CARD))
PIN = (ev.WayChosen(Way.PIN), ev.PinEntered(a_pin()))


def left(*before: ev.Event, start: Counter | None = None) -> TakingCard:
    state = play(*before, start=start)[0].state
    assert isinstance(state, TakingCard)
    return state


@pytest.mark.parametrize("end", [ev.Abandoned(), ev.Expired()])
def test_who_gives_up_before_the_pin_has_not_been_identified(end: ev.Event) -> None:
    assert left(*READ, end) == TakingCard(None, Stage.IDENTITY)
    assert left(*READ, ev.WayChosen(Way.PIN), end).stage is Stage.IDENTITY


def test_a_card_that_could_not_be_read_came_no_further() -> None:
    assert left(ev.CardPlaced(), ev.CardFailed(Trouble.NOT_MYNA_CARD), ev.Abandoned()).stage is Stage.CARD


def test_who_was_identified_but_never_answered_for_has_not_been_received() -> None:
    silent = (ev.PinAccepted(), ev.ServiceFailed(Trouble.SERVER_DOWN))
    assert left(*READ, *PIN, *silent, ev.Abandoned()).stage is Stage.CONSENT


def test_a_refusal_is_not_done() -> None:
    refused = replace(ANSWER, outcome="NOT_CONFIRMED", row=13, charge="full", consent=None)
    answered = (ev.PinAccepted(), ev.Answered(UNREGISTERED), ev.Decided(refused), ev.EntryWritten(ok=True))
    assert left(*READ, *PIN, *answered, ev.Acknowledged()).stage is Stage.CONSENT


def test_only_who_was_received_reads_that_all_is_done() -> None:
    answered = by_card(ShowingAnswer(ANSWER, card_on_reader=True, consents=NONE_GIVEN), consents=NONE_GIVEN)
    done = left(ev.Acknowledged(), start=answered)
    assert (done.stage, done.consented) == (Stage.DONE, True)
    # The time is over: of the answer nothing is shown any more, but the person was received.
    assert left(ev.Expired(), start=answered).stage is Stage.DONE
    grace = left(ev.Acknowledged(), start=by_card(ShowingAnswer(IN_GRACE, card_on_reader=True)))
    assert (grace.stage, grace.consented) == (Stage.DONE, False)


def test_what_the_desk_has_yet_to_ask_for_is_done_when_the_desk_ends_it_and_not_by_time() -> None:
    owed = replace(ANSWER, outcome="OK_DECLARATION", row=10, ask_for=("declaration",), consent=None)
    answered = by_card(ShowingAnswer(owed, card_on_reader=True))
    answered = replace(answered, reception=owed)
    assert left(ev.Acknowledged(), start=answered).stage is Stage.DONE
    assert left(ev.Expired(), start=answered).stage is Stage.CONSENT
    taken, _ = play(ev.CardTaken(), start=answered)
    assert taken.state == ShowingAnswer(owed, card_on_reader=False), "the card alone ends nothing"
    assert taken.visit == answered.visit


def test_what_was_judged_in_trouble_keeps_the_stage_of_its_device() -> None:
    pulled, _ = play(*READ, *PIN, ev.PinAccepted(), ev.CardTaken())
    assert isinstance(pulled.state, InTrouble)
    there = replace(pulled, card_present=True)
    assert left(ev.Abandoned(), start=there).stage is Stage.CONSENT
