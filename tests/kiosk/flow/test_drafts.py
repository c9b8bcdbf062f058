"""A kept form: on the disk until it is finished, then gone; cut short again it is kept anew, never twice."""

from __future__ import annotations

from dataclasses import replace

from kiosk.flow import effects as do
from kiosk.flow import events as ev
from kiosk.flow.counter import Counter
from kiosk.flow.effects import Effect
from kiosk.flow.states import Idle
from tests.kiosk.flow.samples import DRAFT, ITEMS, NOTICE, PAPER, play

RESUMED = ev.DraftResumed(NOTICE, DRAFT, "kept-1")
FINISHED = (ev.PaperCompleted(PAPER, DRAFT), ev.PaperConfirmed())


def drops(effects: list[Effect] | tuple[Effect, ...]) -> list[str]:
    return [effect.word for effect in effects if isinstance(effect, do.DropDraft)]


def test_a_kept_form_leaves_the_disk_when_it_is_finished_and_not_before() -> None:
    typing, effects = play(RESUMED)
    assert drops(effects) == []
    counter, effects = play(*FINISHED, start=typing)
    assert drops(effects) == ["kept-1"]
    assert counter.resumed is None


def test_kept_four_items_leave_the_disk_when_they_are_taken() -> None:
    resumed = ev.DraftResumed("four_items", DRAFT, "kept-2")
    _, effects = play(resumed, ev.FourItemsTaken(ITEMS), start=Counter(visit=1, outage=True))
    assert drops(effects) == ["kept-2"]


def test_a_form_cut_short_again_is_kept_anew_before_the_older_one_goes() -> None:
    longer = (*DRAFT, ("address", "千葉県"))
    _, effects = play(RESUMED, ev.Expired(longer))
    kept = [effect for effect in effects if isinstance(effect, do.KeepDraft | do.DropDraft)]
    assert kept == [do.KeepDraft(1, NOTICE, longer), do.DropDraft(1, "kept-1")]


def test_a_kept_form_that_was_opened_by_mistake_stays_for_whom_it_belongs_to() -> None:
    counter, effects = play(RESUMED, ev.Back(DRAFT), ev.Back())
    assert drops(effects) == []
    assert (counter.state, counter.resumed) == (Idle(), None)


def test_another_persons_paper_does_not_take_the_kept_one_away() -> None:
    other = replace(RESUMED, form="portal_screen")
    _, effects = play(other, ev.Back(DRAFT), ev.PaperChosen(NOTICE), *FINISHED)
    assert drops(effects) == []
