"""Every state has a door for staff, and every number does what its words say."""

from __future__ import annotations

from dataclasses import replace

import pytest

from eligibility.case import Person
from eligibility.words import knows
from kiosk.flow import events as ev
from kiosk.flow import states as st
from kiosk.flow.facts import Way
from kiosk.flow.states import Trouble
from kiosk.staff.actions import FORM_OF_ASKED, Action, Ask, actions_for, can_compare_by_eye, other_actions
from kiosk.staff.standing import Standing
from kiosk.words import Words
from tests.kiosk.staff.samples import (
    CARD,
    CARD_FACTS,
    ENDED_FACTS,
    NO_PHOTO,
    PHONE,
    REAL,
    SILENT_FACTS,
    STANDINGS,
    answered,
    decided,
    troubled,
)

WORDS = Words("ja")


def words_of(standing: Standing) -> list[str]:
    return [action.word for action in actions_for(standing)]


def events_of(standing: Standing, word: str) -> tuple[ev.Event, ...]:
    [action] = [action for action in actions_for(standing) if action.word == word]
    assert isinstance(action.does, tuple)
    return action.does


@pytest.mark.parametrize("name", STANDINGS)
def test_every_state_has_a_way_on(name: str) -> None:
    assert actions_for(STANDINGS[name])


@pytest.mark.parametrize("name", STANDINGS)
@pytest.mark.parametrize("lang", ["ja", "en"])
def test_every_action_has_words(name: str, lang: str) -> None:
    words = Words(lang)
    for action in (*actions_for(STANDINGS[name]), *other_actions(STANDINGS[name])):
        assert words.text(action.word, **dict(action.params)) != action.word


@pytest.mark.parametrize("name", STANDINGS)
def test_no_state_offers_the_same_twice(name: str) -> None:
    words = words_of(STANDINGS[name])
    assert len(words) == len(set(words))


@pytest.mark.parametrize(
    "state",
    [
        st.ChoosingPaper(None, card_on_reader=False),
        st.TypingPaper("certificate_other", None, card_on_reader=False),
        st.TakingFourItems(None, card_on_reader=False),
    ],
)
def test_a_form_of_papers_has_its_own_keys(state: st.State) -> None:
    assert actions_for(Standing(7, state)) == ()


def test_at_idle_staff_type_a_paper() -> None:
    assert events_of(Standing(), "side.do.paper") == (ev.ManualRequested(),)


def test_in_an_outage_the_four_items_come_first() -> None:
    assert words_of(Standing(outage=True))[0] == "side.do.four_items"
    assert words_of(STANDINGS["trouble-outage"])[0] == "side.do.four_items"


def test_a_locked_pin_leads_to_the_face_then_to_the_eye_and_never_to_the_pin() -> None:
    words = words_of(STANDINGS["trouble-pin-locked"])
    assert words[:2] == ["side.do.face", "side.do.visual"]
    face = events_of(STANDINGS["trouble-pin-locked"], "side.do.face")
    assert face == (ev.WayChosen(Way.FACE),)
    assert not any("pin" in word for word in words)


def test_a_locked_pin_is_not_read_again_but_another_card_may_be_placed() -> None:
    words = words_of(STANDINGS["trouble-pin-locked"])
    assert "side.do.read_again" not in words
    assert "side.do.other_card" in words


@pytest.mark.parametrize("card", [PHONE, REAL, NO_PHOTO, None])
def test_nobody_is_vouched_for_without_a_readable_photo(card: st.CardSummary | None) -> None:
    assert not can_compare_by_eye(card, on_reader=True)
    assert "side.do.visual" not in words_of(troubled(Trouble.CALLED_STAFF, SILENT_FACTS, card))


def test_nobody_is_vouched_for_when_the_card_was_taken() -> None:
    assert can_compare_by_eye(CARD, on_reader=True)
    assert not can_compare_by_eye(CARD, on_reader=False)


def test_a_face_that_did_not_fit_is_not_offered_again_by_the_desk() -> None:
    for trouble in (Trouble.FACE_REJECTED, Trouble.FACE_LOCKED):
        words = words_of(troubled(trouble, SILENT_FACTS))
        assert "side.do.face" not in words
        assert "side.do.visual" in words


def test_a_face_that_is_another_persons_is_told_by_the_desk() -> None:
    different = (ev.PersonJudged(Person.DIFFERENT),)
    assert events_of(STANDINGS["face-failed"], "side.do.other_face") == different
    assert events_of(STANDINGS["by-eye"], "side.do.other_face") == different


def test_an_answer_to_be_asked_for_again_gives_the_card_back_first() -> None:
    several = STANDINGS["answer-several"]
    assert events_of(several, "side.do.card_again") == (ev.Acknowledged(),)
    assert "side.do.return_card" not in words_of(several)


def test_a_silent_server_offers_the_outage_mode_and_an_outage_does_not() -> None:
    assert "side.do.outage_on" in words_of(STANDINGS["trouble-server-down"])
    assert "side.do.outage_on" not in words_of(replace(STANDINGS["trouble-server-down"], outage=True))


def test_what_the_rules_ask_for_can_be_typed_in_at_its_number() -> None:
    standing = answered(ENDED_FACTS)
    asked = decided(ENDED_FACTS).ask_for
    assert asked
    for word in asked:
        chosen = ev.PaperChosen(FORM_OF_ASKED[word])
        assert events_of(standing, f"staff.ask.{word}") == (chosen,)


def test_every_paper_that_is_asked_for_has_words_and_a_form() -> None:
    from eligibility.papers.forms import FORM_OF

    for word, form in FORM_OF_ASKED.items():
        assert knows(f"staff.ask.{word}")
        assert form in FORM_OF


def test_a_good_answer_ends_with_one_key() -> None:
    [first, *_] = actions_for(answered(CARD_FACTS))
    assert first == Action("side.do.return_card", (ev.Acknowledged(),), on_patient_side=True)


def test_medical_information_needs_a_consent() -> None:
    assert "side.do.medical" not in words_of(answered(CARD_FACTS))
    assert "side.do.medical" in words_of(answered(CARD_FACTS, consents=(("medicines", True),)))
    assert "side.do.medical" not in words_of(answered(CARD_FACTS, consents=(("medicines", False),)))
    assert "side.do.medical" in words_of(answered(CARD_FACTS, consents=(("operation", True),)))


@pytest.mark.parametrize("mode", ["outage", "disaster"])
def test_who_called_without_a_card_is_noted_by_the_four_items_in_both_modes(mode: str) -> None:
    called = Standing(state=st.InTrouble(Trouble.CALLED_STAFF))
    assert "side.do.four_items" not in words_of(called)
    assert words_of(replace(called, **{mode: True}))[0] == "side.do.four_items"  # type: ignore[arg-type]


def test_a_spoken_consent_is_entered_once_and_only_where_it_may_be_asked() -> None:
    assert "side.do.spoken_consent" in words_of(answered(CARD_FACTS))
    assert "side.do.spoken_consent" not in words_of(answered(CARD_FACTS, consents=(("medicines", False),)))
    assert "side.do.spoken_consent" not in words_of(answered(ENDED_FACTS))


def test_the_real_name_is_asked_for_only_beside_a_black_dot() -> None:
    assert "side.do.real_name" in words_of(answered(CARD_FACTS))
    named = replace(CARD_FACTS, by_card=replace(CARD_FACTS.by_card, name="千葉　花子"))  # type: ignore[type-var]
    assert "side.do.real_name" not in words_of(answered(named))


def test_the_next_of_a_family_follows_a_paper_and_no_card() -> None:
    assert "side.do.family" in words_of(STANDINGS["answer-paper"])
    assert "side.do.family" not in words_of(STANDINGS["answer-ok"])


def test_undo_is_there_once_the_desk_added_something() -> None:
    assert "side.do.undo" not in words_of(STANDINGS["answer-ended"])
    assert "side.do.undo" in words_of(replace(STANDINGS["answer-ended"], can_undo=True))


def test_while_the_pin_is_typed_staff_can_only_look_away_or_go_on_without_it() -> None:
    assert words_of(STANDINGS["pin"]) == ["side.do.patient", "side.do.paper", "side.do.end"]


def test_the_other_operations_switch_off_what_is_on() -> None:
    assert "side.do.outage_on" in [action.word for action in other_actions(Standing())]
    assert "side.do.outage_off" in [action.word for action in other_actions(Standing(outage=True))]
    assert "side.do.disaster_off" in [action.word for action in other_actions(Standing(disaster=True))]


def test_why_is_offered_where_there_was_a_decision() -> None:
    assert Ask.WHY in [action.does for action in other_actions(STANDINGS["answer-ok"])]
    assert Ask.WHY not in [action.does for action in other_actions(Standing())]


def test_a_kept_form_is_offered_first_to_whoever_is_free() -> None:
    assert words_of(Standing(drafts=1))[0] == "side.do.drafts"
    assert "side.do.drafts" not in words_of(replace(STANDINGS["answer-ok"], drafts=1))


def test_who_was_written_down_in_an_outage_is_received() -> None:
    assert words_of(STANDINGS["answer-pending"])[0] == "side.do.return_card"
