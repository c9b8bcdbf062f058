"""A record that turned out to be somebody else's: nothing of it is shown, agreed to, asked with or counted."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from eligibility.case import Person
from eligibility.documents import Identity, MynaCard
from kiosk.flow import effects as do
from kiosk.flow import events as ev
from kiosk.flow.answer import Reception
from kiosk.flow.counter import CARD_IN_HAND, Counter
from kiosk.flow.effects import Effect
from kiosk.flow.facts import VisitFacts
from kiosk.flow.states import Settling, ShowingAnswer, TakingCard, TypingPaper
from tests.kiosk.flow.samples import (
    ALL_GIVEN,
    ANSWER,
    BY_NUMBERS,
    CERTIFICATE,
    DRAFT,
    ITEMS,
    NONE_GIVEN,
    NOTICE,
    PAPER,
    SITUATIONS,
    UNTIL,
    play,
)

WRITTEN = ev.EntryWritten(ok=True)
DIFFERENT = ev.PersonJudged(Person.DIFFERENT)
REFUSED = Reception(
    "NOT_CONFIRMED",
    3,
    "",
    ("different_person",),
    by="card",
    validity=1,
    insurer_number="01139997",
    insurer_name="練習協会",
    symbol="1234",
    number="567",
    branch="01",
    name="別人 花子",
    name_kana="ベツジン ハナコ",
    birthdate=date(1979, 3, 31),
    ratio=30,
    valid_until=date(2027, 3, 31),
)
OF_THE_RECORD = ("insurer_number", "insurer_name", "symbol", "number", "branch", "name", "name_kana")


def agreed() -> Counter:
    """An answer by card, and all was agreed to, by mouth."""
    return play(ev.SpokenConsent(ALL_GIVEN), ev.ConsentSent(UNTIL), WRITTEN, start=SITUATIONS["answer by card"])[0]


def records(effects: list[Effect]) -> list[do.RecordVisit]:
    return [effect for effect in effects if isinstance(effect, do.RecordVisit)]


def decided_on(effects: list[Effect]) -> VisitFacts:
    return [effect.facts for effect in effects if isinstance(effect, do.Decide)][-1]


def test_nothing_of_the_record_stays_on_any_screen_or_in_the_entry() -> None:
    counter, effects = play(DIFFERENT, ev.Decided(REFUSED), WRITTEN, start=SITUATIONS["answer by card"])
    assert isinstance(counter.state, ShowingAnswer)
    left = play(ev.Acknowledged(), start=counter)[0].state
    assert isinstance(left, TakingCard)
    for shown in (counter.state.reception, left.reception, records(effects)[-1]):
        assert shown is not None
        assert {getattr(shown, word, "") for word in OF_THE_RECORD} == {""}
        assert (shown.birthdate, shown.ratio, shown.validity) == (None, None, None)
    assert counter.state.reception.outcome == "NOT_CONFIRMED"
    assert counter.state.reception.consent is None


def test_what_was_agreed_to_is_void_and_the_journal_and_the_service_hear_of_it() -> None:
    before = agreed()
    assert isinstance(before.state, ShowingAnswer)
    assert dict(before.state.consents)["medicines"]
    counter, effects = play(DIFFERENT, start=before)
    assert do.WithdrawConsent(counter.visit, NONE_GIVEN) in effects
    [taken_back] = records(effects)
    assert (taken_back.consent, taken_back.spoken, taken_back.name) == (NONE_GIVEN, True, "")
    assert not decided_on(effects).spoken_consent
    settling, _ = play(ev.Decided(REFUSED), WRITTEN, start=counter)
    assert isinstance(settling.state, Settling), "two entries are on their way, and one of them is on the disk"
    shown, _ = play(WRITTEN, start=settling)
    assert isinstance(shown.state, ShowingAnswer)
    assert (shown.state.consents, shown.state.consent_until) == ((), None)


def test_taking_the_judgement_back_does_not_bring_the_consent_back() -> None:
    judged, _ = play(DIFFERENT, ev.Decided(REFUSED), WRITTEN, WRITTEN, start=agreed())
    undone, effects = play(ev.Undone(), ev.Decided(ANSWER), WRITTEN, start=judged)
    assert isinstance(undone.state, ShowingAnswer)
    assert undone.state.consents == ()
    assert decided_on(effects).person is None
    again, _ = play(ev.SpokenConsent(ALL_GIVEN), ev.ConsentSent(UNTIL), WRITTEN, start=undone)
    assert isinstance(again.state, ShowingAnswer)
    assert again.state.consents == ALL_GIVEN


def test_without_a_consent_there_is_none_to_take_back() -> None:
    _, effects = play(DIFFERENT, start=SITUATIONS["answer by card"])
    assert records(effects) == []
    assert not any(isinstance(effect, do.WithdrawConsent) for effect in effects)


@pytest.mark.parametrize("person", [Person.SAME, Person.UNSURE])
def test_another_judgement_leaves_the_consent_as_it_is(person: Person) -> None:
    counter, effects = play(ev.PersonJudged(person), start=agreed())
    assert counter.consents == ALL_GIVEN
    assert not any(isinstance(effect, do.WithdrawConsent) for effect in effects)


def test_a_paper_after_it_is_decided_without_that_answer_and_without_that_card() -> None:
    judged, _ = play(DIFFERENT, ev.Decided(REFUSED), WRITTEN, start=SITUATIONS["answer by card"])
    typed = (ev.PaperChosen(CERTIFICATE), ev.PaperCompleted(PAPER, DRAFT), ev.PaperConfirmed())
    _, effects = play(*typed, ev.Answered(BY_NUMBERS), start=judged)
    assert decided_on(effects) == VisitFacts(papers=(PAPER,), by_numbers=BY_NUMBERS)


def test_a_service_that_is_silent_then_leaves_no_answer_of_the_other_person() -> None:
    judged, _ = play(DIFFERENT, ev.Decided(REFUSED), WRITTEN, start=SITUATIONS["answer by numbers"])
    typed = (ev.PaperChosen(NOTICE), ev.PaperCompleted(PAPER, DRAFT), ev.PaperConfirmed())
    down = ev.ServiceFailed(next(iter(SITUATIONS["trouble, no card"].troubles)))
    _, effects = play(*typed, down, start=judged)
    assert decided_on(effects).by_numbers is None


def test_a_record_in_doubt_does_not_count_beside_the_paper_that_was_asked_for() -> None:
    doubted, _ = play(ev.PersonJudged(Person.UNSURE), ev.Decided(REFUSED), WRITTEN, start=SITUATIONS["answer by card"])
    typed = (ev.PaperChosen(NOTICE), ev.PaperCompleted(PAPER, DRAFT), ev.PaperConfirmed())
    _, effects = play(*typed, ev.Answered(BY_NUMBERS), start=doubted)
    facts = decided_on(effects)
    assert (facts.by_card, facts.by_numbers) == (None, BY_NUMBERS)
    assert facts.device == MynaCard(identity=Identity.PIN, readable=False), "the card is this person's all the same"


def test_the_card_of_somebody_else_is_not_in_this_persons_hand() -> None:
    judged, _ = play(DIFFERENT, ev.Decided(REFUSED), WRITTEN, start=SITUATIONS["answer by card"])
    typing, _ = play(ev.PaperChosen(NOTICE), start=judged)
    own, _ = play(ev.PaperChosen(NOTICE), start=SITUATIONS["answer by card"])
    assert isinstance(typing.state, TypingPaper)
    assert isinstance(own.state, TypingPaper)
    assert CARD_IN_HAND not in dict(typing.state.draft)
    assert dict(own.state.draft)[CARD_IN_HAND] == "yes"


def test_four_items_after_it_are_a_question_of_their_own() -> None:
    start = replace(SITUATIONS["answer by numbers"], disaster=True)
    judged, _ = play(DIFFERENT, ev.Decided(REFUSED), WRITTEN, start=start)
    counter, _ = play(ev.FourItemsRequested(), ev.FourItemsTaken(ITEMS), start=judged)
    assert (counter.facts.person, counter.facts.by_numbers) == (None, None)
