"""Undo where nothing had been decided before: back to the form, filled; the visit has no result any more."""

from __future__ import annotations

import pytest

from kiosk.flow import effects as do
from kiosk.flow import events as ev
from kiosk.flow.counter import Counter
from kiosk.flow.effects import Effect
from kiosk.flow.facts import VisitFacts
from kiosk.flow.states import DESK_STATES, Idle, InTrouble, ShowingAnswer, TakingFourItems, Trouble, TypingPaper
from kiosk.journal.record import VisitRecord, entry_of
from tests.kiosk.flow.samples import CARD, ITEMS, NOTICE, PAPER, TYPED_ANSWER, UNTIL, WAITS, paper, play
from tests.kiosk.flow.test_desk import ANSWERED, DECIDED, FOUR_ITEMS, TYPED, WRITTEN, records, typed_answer


def decides(effects: list[Effect]) -> list[Effect]:
    return [effect for effect in effects if isinstance(effect, do.Decide)]


def test_the_only_paper_goes_back_to_its_form_with_all_that_was_typed() -> None:
    counter, effects = play(ev.Undone(), start=typed_answer())
    assert isinstance(counter.state, TypingPaper), "the patient's side: staff are at it"
    assert isinstance(counter.state, DESK_STATES)
    assert counter.state.form == NOTICE
    text = dict(counter.state.draft)
    assert {word: text[word] for word in PAPER.typed()} == PAPER.typed()
    assert text["card_in_hand"] == "no", "nobody had said that the card is there"
    assert (counter.facts, counter.reception, counter.history) == (VisitFacts(), None, ())
    assert decides(effects) == [], "nothing is decided on nothing"


def test_the_journal_reads_that_it_was_taken_back_and_no_charge() -> None:
    _, effects = play(ev.Undone(), start=typed_answer())
    [entry] = records(effects)
    assert (entry.outcome, entry.charge, entry.row, entry.corrects) == ("", "", 0, True)
    written = entry_of(VisitRecord.from_effect(entry), UNTIL, "run")
    assert (written.kind, written.outcome, written.charge) == ("correction", "", "")


def test_the_corrected_paper_is_asked_about_and_recorded_as_a_visit() -> None:
    undone, _ = play(ev.Undone(), WRITTEN, start=typed_answer())
    other = paper(NOTICE, branch="02")
    counter, effects = play(ev.PaperCompleted(other), ev.PaperConfirmed(), *ANSWERED, start=undone)
    assert isinstance(counter.state, ShowingAnswer)
    assert counter.facts.papers == (other,)
    assert [(entry.outcome, entry.corrects) for entry in records(effects)] == [(TYPED_ANSWER.outcome, False)]


def test_who_ends_the_visit_after_it_leaves_no_further_entry() -> None:
    undone, _ = play(ev.Undone(), WRITTEN, start=typed_answer())
    counter, effects = play(ev.Abandoned(), start=undone)
    assert (counter.state, records(effects)) == (Idle(), [])


@pytest.mark.parametrize("more", [(), (ev.ManualRequested(),), (ev.PaperChosen(NOTICE),)], ids=["", "papers", "a form"])
def test_who_begins_with_a_paper_after_it_and_gives_up_leaves_no_further_entry(more: tuple[ev.Event, ...]) -> None:
    start, _ = play(ev.CardPlaced(), ev.CardFailed(Trouble.CARD_UNREADABLE))
    undone, _ = play(ev.VerbalConfirmed(), *DECIDED, WRITTEN, ev.Undone(), WRITTEN, ev.CardTaken(), start=start)
    assert isinstance(undone.state, InTrouble)
    counter, effects = play(*more, ev.Abandoned(), start=undone)
    assert (counter.state, records(effects)) == (Idle(), [])


def test_one_step_back_from_the_form_leads_to_the_trouble_before_the_paper() -> None:
    troubled, _ = play(ev.CardPlaced(), ev.CardRead(CARD), ev.StaffCalled())
    undone, _ = play(*TYPED, *ANSWERED, ev.Undone(), start=troubled)
    assert undone.state == TypingPaper(
        NOTICE, Trouble.CALLED_STAFF, card_on_reader=True, draft=(*PAPER.typed().items(), ("card_in_hand", "yes"))
    )
    back, _ = play(ev.Back(), ev.Back(), start=undone)
    assert isinstance(back.state, InTrouble)
    assert back.state.trouble is Trouble.CALLED_STAFF


def test_the_four_items_go_back_to_their_form() -> None:
    outage, _ = play(ev.OutageSwitched(on=True))
    noted, _ = play(*FOUR_ITEMS, ev.Decided(WAITS), WRITTEN, start=outage)
    counter, effects = play(ev.Undone(), start=noted)
    assert isinstance(counter.state, TakingFourItems)
    assert dict(counter.state.draft) == {
        "name": ITEMS.name,
        "birthdate": ITEMS.birthdate.isoformat(),
        "sex": ITEMS.sex,
        "address": ITEMS.address,
    }
    assert [effect for effect in effects if isinstance(effect, do.WithdrawLater)] == [do.WithdrawLater(counter.visit)]
    assert decides(effects) == []


@pytest.mark.parametrize("trouble", [Trouble.CARD_UNREADABLE, Trouble.PIN_LOCKED])
def test_what_is_no_form_goes_back_to_the_trouble(trouble: Trouble) -> None:
    start, _ = play(ev.CardPlaced(), ev.CardFailed(trouble))
    counter, effects = play(ev.VerbalConfirmed(), *DECIDED, ev.Undone(), start=start)
    assert isinstance(counter.state, InTrouble)
    assert counter.state.trouble is trouble
    assert [entry.outcome for entry in records(effects)] == [TYPED_ANSWER.outcome, ""]
    assert any(isinstance(effect, do.Advise) for effect in effects)


def test_a_second_paper_goes_back_to_what_was_decided_before_it() -> None:
    second: Counter = play(*TYPED, *ANSWERED, start=typed_answer())[0]
    _, effects = play(ev.Undone(), start=second)
    assert [effect.facts.papers for effect in decides(effects) if isinstance(effect, do.Decide)] == [(PAPER,)]
