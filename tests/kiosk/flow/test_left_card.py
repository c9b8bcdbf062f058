"""A card that still lies there is its holder's alone: no paper of anybody else's visit is typed beside it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from eligibility.documents import MynaCard
from kiosk.flow import effects as do
from kiosk.flow import events as ev
from kiosk.flow.counter import CARD_IN_HAND, Counter, UnexpectedEventError
from kiosk.flow.facts import Way
from kiosk.flow.states import (
    ChoosingPaper,
    ConfirmingPaper,
    Idle,
    InTrouble,
    ReadingCard,
    TakingCard,
    TakingFourItems,
    Trouble,
    TypingPaper,
)
from tests.kiosk.flow.samples import (
    BY_NUMBERS,
    CARD,
    CERTIFICATE,
    DRAFT,
    ITEMS,
    NO_CONSENT,
    NOTICE,
    OTHER_PAPER,
    PAPER,
    QUALIFICATION,
    TYPED_ANSWER,
    WAITS,
    a_pin,
    play,
)

WRITTEN = ev.EntryWritten(ok=True)
BY_CARD = (
    ev.CardPlaced(),
    ev.CardRead(CARD),
    ev.WayChosen(Way.PIN),
    ev.PinEntered(a_pin()),
    ev.PinAccepted(),
    ev.Answered(QUALIFICATION),
    ev.Decided(NO_CONSENT),
    WRITTEN,
    ev.Acknowledged(),
)
LOCKED = (ev.CardPlaced(), ev.CardRead(replace(CARD, attempts_left=0)))
ANSWERED = (ev.Answered(BY_NUMBERS), ev.Decided(TYPED_ANSWER), WRITTEN)


def typed_beside_the_card() -> Counter:
    """A 資格情報のお知らせ was typed in beside a card that was read, and the card lies there still."""
    steps = (ev.PaperChosen(NOTICE), ev.PaperCompleted(PAPER, DRAFT), ev.PaperConfirmed(), *ANSWERED)
    return play(*LOCKED, *steps)[0]


@pytest.mark.parametrize("key", [ev.ManualRequested(), ev.PaperChosen(NOTICE), ev.FourItemsRequested()])
def test_nobodys_paper_begins_while_the_last_persons_card_lies_there(key: ev.Event) -> None:
    taking, _ = play(*BY_CARD)
    assert isinstance(taking.state, TakingCard)
    with pytest.raises(UnexpectedEventError):
        play(key, start=replace(taking, outage=True))


def test_the_paper_of_the_next_person_begins_when_the_card_is_gone_and_in_a_visit_of_its_own() -> None:
    taking, _ = play(*BY_CARD)
    typing, _ = play(ev.CardTaken(), ev.ManualRequested(), start=taking)
    assert typing.state == ChoosingPaper(None, card_on_reader=False)
    assert typing.visit == taking.visit + 1
    assert typing.card is None


def test_the_card_of_one_member_of_a_family_is_not_the_next_ones() -> None:
    counter, _ = play(ev.NextOfFamily(), ev.PaperChosen(CERTIFICATE), start=typed_beside_the_card())
    assert isinstance(counter.state, TypingPaper)
    assert not counter.state.card_on_reader
    assert CARD_IN_HAND not in dict(counter.state.draft)
    asked = (ev.PaperCompleted(OTHER_PAPER, DRAFT), ev.PaperConfirmed())
    stopped, effects = play(*asked, ev.StaffCalled(), start=counter)
    assert isinstance(stopped.state, InTrouble)
    assert not stopped.state.card_on_reader
    assert not [effect for effect in effects if isinstance(effect, do.ReadCard)]
    again, effects = play(ev.RetryRequested(), start=stopped)
    assert isinstance(again.state, TakingCard), "it has to be taken before anybody is asked by card"
    assert not [effect for effect in effects if isinstance(effect, do.ReadCard)]
    assert isinstance(play(ev.CardTaken(), start=again)[0].state, Idle)


def test_the_next_of_a_family_may_lay_down_a_card_of_their_own() -> None:
    counter, _ = play(ev.NextOfFamily(), ev.CardTaken(), ev.CardPlaced(), start=typed_beside_the_card())
    assert isinstance(counter.state, ChoosingPaper)
    assert counter.own_card_lies_there


def test_a_card_that_waits_goes_on_waiting_for_the_next_of_the_family() -> None:
    shown, _ = play(ev.PaperChosen(NOTICE), ev.PaperCompleted(PAPER), ev.PaperConfirmed(), *ANSWERED)
    waiting, _ = play(ev.CardPlaced(), ev.NextOfFamily(), start=shown)
    assert not waiting.own_card_lies_there
    ended, effects = play(ev.Back(), start=waiting)
    assert isinstance(ended.state, ReadingCard)
    assert [effect for effect in effects if isinstance(effect, do.ReadCard)]


# --- what the counter knows of the card, nobody has to say --------------------------------------------------------


@pytest.mark.parametrize("form", [NOTICE, "declaration", "portal_screen"])
def test_a_card_that_was_read_and_lies_there_is_in_hand(form: str) -> None:
    typing, _ = play(*LOCKED, ev.PaperChosen(form))
    assert isinstance(typing.state, TypingPaper)
    assert dict(typing.state.draft)[CARD_IN_HAND] == "yes"


def test_nobody_knows_of_a_card_that_is_not_there_or_of_a_paper_that_counts_without() -> None:
    without, _ = play(ev.PaperChosen(NOTICE))
    unread, _ = play(ev.CardPlaced(), ev.CardFailed(Trouble.NOT_MYNA_CARD), ev.PaperChosen(NOTICE))
    alone, _ = play(*LOCKED, ev.PaperChosen(CERTIFICATE))
    for counter in (without, unread, alone):
        assert isinstance(counter.state, TypingPaper)
        assert CARD_IN_HAND not in dict(counter.state.draft)


def test_what_staff_said_of_the_card_stands() -> None:
    said = (*DRAFT, (CARD_IN_HAND, "no"))
    typing, _ = play(*LOCKED, ev.PaperChosen(NOTICE), ev.Back(said), ev.PaperChosen(NOTICE))
    assert isinstance(typing.state, TypingPaper)
    assert dict(typing.state.draft)[CARD_IN_HAND] == "no"


def test_the_rules_hear_of_the_card_that_lies_beside_the_paper() -> None:
    typing, _ = play(*LOCKED, ev.PaperChosen(NOTICE))
    assert isinstance(typing.state, TypingPaper)
    compared, _ = play(ev.PaperCompleted(PAPER, typing.state.draft), start=typing)
    assert isinstance(compared.state, ConfirmingPaper)
    assert compared.state.card_in_hand
    asked, _ = play(ev.PaperConfirmed(), start=compared)
    assert isinstance(asked.facts.device, MynaCard)


def test_a_form_that_is_kept_says_nothing_of_a_card_that_may_be_gone_by_then() -> None:
    typing, _ = play(*LOCKED, ev.PaperChosen(NOTICE))
    _, effects = play(ev.Expired((*DRAFT, (CARD_IN_HAND, "yes"))), start=typing)
    assert [effect.draft for effect in effects if isinstance(effect, do.KeepDraft)] == [DRAFT]
    _, effects = play(ev.Expired(((CARD_IN_HAND, "yes"),)), start=typing)
    assert not [effect for effect in effects if isinstance(effect, do.KeepDraft)]


def test_four_items_of_the_next_of_a_family_begin_without_the_last_ones_card() -> None:
    start = Counter(outage=True, card_present=True)
    taken = (ev.FourItemsRequested(), ev.FourItemsTaken(ITEMS), ev.Decided(WAITS), WRITTEN)
    shown, _ = play(*taken, start=start)
    counter, _ = play(ev.NextOfFamily(), start=shown)
    assert isinstance(counter.state, TakingFourItems)
    assert counter.left_card
    assert not counter.own_card_lies_there
