"""What is offered fits what the visit came to, and a key that cannot work says why."""

from __future__ import annotations

from dataclasses import replace

import pytest
from rich.cells import cell_len

from eligibility.case import Person
from kiosk.flow import states as st
from kiosk.staff.actions import Ask, actions_for, other_actions
from kiosk.staff.panel import FINE, panel_for
from kiosk.staff.passcode_pad import PasscodePad
from kiosk.staff.record_pages import answer_of
from kiosk.staff.standing import Standing
from kiosk.words import Words
from tests.kiosk.staff.harness import Fakes, staff
from tests.kiosk.staff.samples import BY_CARD, CARD, CARD_FACTS, ENDED_FACTS, NOW, PAPER_FACTS, STANDINGS, answered

WORDS_OF_A_CHOICE = 80 - 2 - 13 - 1 - 8
"""Columns, without the page's edges, the label of the row, the scroll bar, and the number before the words."""
OF_F_KEYS = {Ask.TODAY, Ask.QUEUE, Ask.OUTAGE, Ask.DISASTER, Ask.HELP_LINES, Ask.PATIENT}
TAKEN_OVER = {"side.do.copy", "side.do.reference"}


def words_of(now: Standing) -> set[str]:
    return {action.word for action in actions_for(now)}


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_every_action_is_one_line_at_the_smallest_size(lang: str) -> None:
    words = Words(lang)
    for now in STANDINGS.values():
        for action in (*actions_for(now), *other_actions(now)):
            said = words.text(action.word, **dict(action.params))
            assert cell_len(said) <= WORDS_OF_A_CHOICE, said


@pytest.mark.parametrize("name", STANDINGS)
def test_whatever_an_f_key_opens_has_a_number_under_0_as_well(name: str) -> None:
    now = STANDINGS[name]
    others = [action for action in other_actions(now) if action not in actions_for(now)]
    asked = {action.does for action in (*others, *actions_for(now)) if isinstance(action.does, Ask)}
    assert asked >= OF_F_KEYS, "F6 and F7, and the way back"
    assert len(others) <= 9, "each has a digit"


def test_nothing_is_used_of_an_answer_that_is_somebody_elses() -> None:
    agreed = (("medicines", True),)
    mine = answered(CARD_FACTS, consents=agreed)
    other = answered(replace(CARD_FACTS, person=Person.DIFFERENT), consents=agreed)
    of_an_answer = {*TAKEN_OVER, "side.do.real_name", "side.do.medical"}
    assert words_of(mine) >= of_an_answer
    assert not words_of(other) & of_an_answer


def test_only_a_valid_answer_is_taken_over_and_numbered() -> None:
    assert words_of(answered(CARD_FACTS)) >= TAKEN_OVER
    assert not words_of(answered(ENDED_FACTS)) & TAKEN_OVER


def test_a_face_file_is_collected_where_a_card_was_asked_about() -> None:
    assert "side.do.face_file" in words_of(answered(CARD_FACTS))
    assert "side.do.face_file" not in words_of(answered(PAPER_FACTS))


def test_a_consent_that_opens_nothing_here_offers_nothing_to_look_at() -> None:
    given = answered(CARD_FACTS, consents=(("treatments", True), ("surgery", True)))
    assert "side.do.medical" not in words_of(given)


def test_a_paper_that_counts_is_the_headline_and_the_services_answer_its_reason() -> None:
    ended = answered(ENDED_FACTS)
    assert isinstance(ended.state, st.ShowingAnswer)
    accepted = replace(ended.state.reception, ask_for=(), outcome="OK_CERTIFICATE")
    panel = panel_for(replace(ended, state=replace(ended.state, reception=accepted)), Words("ja"), NOW)
    assert panel.sign == FINE
    assert panel.headline == Words("ja").text("outcome.OK_CERTIFICATE")
    assert panel.reasons[0].startswith(Words("ja").text("side.validity.2"))


def test_a_visit_that_is_over_without_a_decision_charges_nothing() -> None:
    assert panel_for(Standing(state=st.TakingCard(None)), Words("ja"), NOW).charge == ()


@pytest.mark.parametrize(
    ("state", "sentence"),
    [(st.TakingCard(None), "side.card_first"), (st.VerifyingPin(CARD), "side.wait_first")],
)
async def test_f8_says_what_has_to_come_first_and_is_not_offered(state: st.State, sentence: str) -> None:
    async with staff(Standing(state=state)) as running:
        assert "F8" not in running.text()
        await running.press("f8")
        assert running.app.words.text(sentence) in running.text()
        assert running.app.sent == []


@pytest.mark.parametrize("key", ["f6", "f7"])
async def test_keys_of_pages_say_that_the_form_comes_first(key: str) -> None:
    async with staff(Standing(state=st.ChoosingPaper(None, card_on_reader=False))) as running:
        await running.press(key)
        assert running.app.words.text("side.form_first") in running.text()


async def test_the_pad_of_the_door_is_whole_in_a_narrow_terminal() -> None:
    fakes = Fakes()
    fakes.passcode.digits = b"7418"
    async with staff(fakes=fakes, shut=True, size=(60, 20), lang="en") as running:
        running.side.knock()
        await running.until(lambda: bool(running.app.screen.query(PasscodePad)), "asked")
        await running.pilot.pause()
        assert "Erase" in running.text()
        assert running.text().count("Enter") >= 1
        pad = running.app.screen.query_one(PasscodePad)
        assert pad.region.right <= 60
        assert pad.content_size.width >= 44


def test_a_recipient_certificate_is_not_asked_for_first_while_nobody_knows_the_age() -> None:
    asked = ("elderly_recipient_certificate", "portal", "eligibility_notice")
    pending = answered(ENDED_FACTS)
    assert isinstance(pending.state, st.ShowingAnswer)
    reception = replace(pending.state.reception, ask_for=asked, birthdate=None)
    now = replace(pending, state=replace(pending.state, reception=reception))
    papers = [action.word for action in actions_for(now) if action.word.startswith("staff.ask.")]
    assert papers == ["staff.ask.portal", "staff.ask.eligibility_notice", "staff.ask.elderly_recipient_certificate"]
    known = replace(now, state=replace(pending.state, reception=replace(reception, birthdate=NOW.date())))
    papers = [action.word for action in actions_for(known) if action.word.startswith("staff.ask.")]
    assert papers[0] == "staff.ask.elderly_recipient_certificate"


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_an_answer_that_is_somebody_elses_is_undone_or_left_and_nothing_of_it_is_shown(lang: str) -> None:
    other = replace(answered(replace(CARD_FACTS, person=Person.DIFFERENT)), can_undo=True)
    words = words_of(other)
    gone = {"side.do.person", "side.do.spoken_consent", "side.do.face_file", "side.do.return_card", "side.do.finish"}
    assert not words & gone
    assert {"side.do.undo", "side.do.return_card.unreceived"} <= words
    panel = panel_for(other, Words(lang), NOW)
    assert panel.record == ()
    assert not any("同意" in line or "Agreed" in line for line in panel.later)
    validity = Words(lang).text("side.validity.1")
    assert not any(validity in line for line in (panel.headline, *panel.reasons))


def test_nothing_is_taken_over_of_a_record_in_doubt_and_it_can_still_be_compared() -> None:
    doubted = answered(replace(CARD_FACTS, person=Person.UNSURE), consents=(("medicines", True),))
    words = words_of(doubted)
    assert not words & {*TAKEN_OVER, "side.do.real_name", "side.do.medical"}
    assert "side.do.person" in words


async def test_a_page_that_is_open_all_the_same_asks_about_nobody() -> None:
    fakes = Fakes()
    other = answered(replace(CARD_FACTS, person=Person.DIFFERENT), consents=(("medicines", True),))
    async with staff(other, fakes) as running:
        for ask in (Ask.MEDICAL, Ask.COPY, Ask.FACE_FILE):
            running.screen.open(ask)
            await running.until(lambda: running.page != "side-now", "open")
            assert "06129993" not in running.text()
            await running.press("escape")
            await running.at("side-now")
        assert fakes.records.asked_for == []


def test_of_two_answers_the_one_that_was_decided_on_is_taken_over() -> None:
    class Seen:
        standing = answered(replace(CARD_FACTS, by_numbers=replace(BY_CARD, by="numbers", number="777")))

    assert answer_of(Seen()) == Seen.standing.facts.by_card  # type: ignore[arg-type]
    state = Seen.standing.state
    assert isinstance(state, st.ShowingAnswer)
    by_numbers = replace(state, reception=replace(state.reception, by="numbers"))
    Seen.standing = replace(Seen.standing, state=by_numbers)
    assert answer_of(Seen()) == Seen.standing.facts.by_numbers  # type: ignore[arg-type]


async def test_f2_says_where_the_drawer_is() -> None:
    async with staff() as running:
        await running.press("f2")
        await running.until(lambda: Words("ja").text("side.no_drawer")[:8] in running.text(), "said")


async def test_the_days_visits_are_not_shown_twice() -> None:
    async with staff(size=(100, 30)) as running:
        assert "F7" in running.lines()[-1]
        await running.until(lambda: "08:58" in running.text(), "read")
        await running.press("f7")
        await running.at("side-today")
        await running.until(lambda: running.text().count("08:58") == 1, "shown once")
        await running.press("escape")
        await running.until(lambda: running.text().count("08:58") == 1, "beside いま again")
