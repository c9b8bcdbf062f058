"""Whom the flow puts into the outage queue, takes out again, and when it is held."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from eligibility.case import Membership
from kiosk.flow import effects as do
from kiosk.flow import events as ev
from kiosk.flow.counter import Counter
from kiosk.flow.effects import Effect
from kiosk.flow.states import Trouble
from tests.kiosk.flow.samples import WITHOUT_NUMBER, play
from tests.kiosk.flow.test_desk import QUEUED_CERTIFICATE, TYPED, WRITTEN


def of(kind: type[Effect], effects: list[Effect]) -> list[Effect]:
    return [effect for effect in effects if isinstance(effect, kind)]


def pending() -> Counter:
    return play(*TYPED, ev.ServiceFailed(Trouble.SERVER_DOWN), ev.Decided(QUEUED_CERTIFICATE), WRITTEN)[0]


def test_what_is_taken_back_at_the_desk_is_taken_out_of_the_queue() -> None:
    counter = pending()
    assert counter.queued is not None
    undone, effects = play(ev.Undone(), start=counter)
    assert of(do.WithdrawLater, effects) == [do.WithdrawLater(counter.visit)]
    assert undone.queued is None


def test_whoever_still_waits_after_a_correction_is_not_taken_out() -> None:
    more = (ev.MembershipTold(Membership.CURRENT), ev.Decided(QUEUED_CERTIFICATE), WRITTEN)
    _, effects = play(*more, ev.Undone(), ev.Decided(QUEUED_CERTIFICATE), start=pending())
    assert of(do.WithdrawLater, effects) == []


def test_whoever_was_taken_out_is_put_in_again_when_the_rules_say_so_again() -> None:
    counter = pending()
    undone, _ = play(ev.Undone(), WRITTEN, start=counter)
    _, effects = play(*TYPED[1:], ev.ServiceFailed(Trouble.SERVER_DOWN), ev.Decided(QUEUED_CERTIFICATE), start=undone)
    assert len(of(do.QueueLater, effects)) == 1


def test_somebody_whose_numbers_are_missing_is_noted_by_name_and_birthdate() -> None:
    noted = replace(QUEUED_CERTIFICATE, name="健保　健太", birthdate=date(1985, 4, 1))
    _, effects = play(
        ev.PaperChosen("portal_screen"), ev.PaperCompleted(WITHOUT_NUMBER), ev.PaperConfirmed(), ev.Decided(noted)
    )
    assert of(do.QueueLater, effects) == [do.QueueLater(1, "recheck", name="健保　健太", birthdate=date(1985, 4, 1))]


def test_the_queue_is_held_while_outage_mode_is_on() -> None:
    on, effects = play(ev.OutageSwitched(on=True))
    assert effects == [do.HoldQueue(on.visit)]
    off, effects = play(ev.OutageSwitched(on=False), start=on)
    assert effects == [do.AskQueue(off.visit)]
