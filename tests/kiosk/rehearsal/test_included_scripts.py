"""Each included script, played by keys at the real counter: without mistakes to full points, with them to fewer."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from eligibility.papers.paper import Shown
from kiosk.flow import events as ev
from kiosk.flow import states as st
from kiosk.flow.counter import Counter
from kiosk.flow.facts import Way
from kiosk.rehearsal.included import INCLUDED
from kiosk.rehearsal.model_trainee import ModelTrainee, Move
from kiosk.rehearsal.notes import Deed
from kiosk.rehearsal.person_screen import PersonScreen
from kiosk.rehearsal.report import make_report
from tests.kiosk.rehearsal.playing import known, play_day, rehearsal, right_of, script_named


@pytest.mark.long
@pytest.mark.parametrize("name", INCLUDED)
async def test_a_trainee_without_mistakes_gets_every_point(name: str, tmp_path: Path) -> None:
    """In the morning, and at noon by whoever goes on with a day that was left there."""
    script = script_named(name)
    middle = len(script.visits) // 2
    right = await asyncio.to_thread(right_of, script, tmp_path / "right")
    for first, last in ((0, middle), (middle, None)):
        played = await play_day(script, tmp_path / f"from-{first}", first=first, last=last)
        report = make_report(script, played, right, known().names)
        less = [(row.number, [one.word for one in row.score.minus]) for row in report.rows if not row.score.is_full]
        assert less == []
        assert [row.number for row in report.rows] == list(range(first + 1, (last or len(script.visits)) + 1))
        assert (report.percent, report.next_visit) == (100, None if last is None else last + 1)


class Careless(ModelTrainee):
    """Spends last tries, agrees to everything, looks at no record, and takes a copy for the paper."""

    def move(self, counter: Counter) -> Move | None:
        state = counter.state
        match state:
            case st.ChoosingMethod(card) if Way.PIN in card.ways:
                return ev.WayChosen(Way.PIN)
            case st.ConfirmingLastTry():
                return ev.LastTryAccepted()
            case st.AskingConsent():
                return ev.ConsentForAll(given=True)
            case st.ShowingAnswer(reception=reception) if reception.by == "card":
                return ev.Acknowledged()
        move = super().move(counter)
        if isinstance(move, ev.PaperCompleted):
            return ev.PaperCompleted(replace(move.paper, shown=Shown.ITSELF), move.draft, card_in_hand=True)
        return move


async def test_a_careless_trainee_is_told_of_each_mistake(tmp_path: Path) -> None:
    script = script_named("quiet_morning", 2, 3, 6)  # last try, no consent, somebody else's record
    right = await asyncio.to_thread(right_of, script, tmp_path / "right")
    report = make_report(script, await play_day(script, tmp_path / "counter", Careless), right, known().names)
    assert [[(one.word, one.points) for one in row.score.minus] for row in report.rows] == [
        [("last_try_right", 0)],
        [("consent_not_as_said", 3)],
        [("outcome", 4), ("charge", 3), ("other_person_accepted", 3)],
    ]
    assert report.percent == (10 + 7 + 0) * 100 // 30


async def test_a_copy_taken_for_the_paper_itself_is_a_mistake(tmp_path: Path) -> None:
    script = script_named("after_job_changes", 9)
    right = await asyncio.to_thread(right_of, script, tmp_path / "right")
    report = make_report(script, await play_day(script, tmp_path / "counter", Careless), right, known().names)
    assert [one.word for one in report.rows[0].score.minus] == ["outcome", "charge", "copy_as_original"]
    assert report.rows[0].score.points == 0


async def test_a_card_left_behind_and_a_visit_broken_off_are_told(tmp_path: Path) -> None:
    script = script_named("quiet_morning", 0, 1)
    right = await asyncio.to_thread(right_of, script, tmp_path / "right")
    async with rehearsal(script, tmp_path / "counter") as at:
        await at.call_next()
        await at.person("1")
        await at.until(lambda: isinstance(at.state, st.ChoosingMethod), "the card was read")
        await at.person("2")  # somebody is still there: it is said, and asked once more
        await at.until(lambda: isinstance(at.app.screen, PersonScreen), "the question")
        assert "まだ終わっていません" in at.lines()
        await at.press("2")
        await at.until(lambda: at.day.index == 1, "the next person")
        played = at.day.played()
    report = make_report(script, played, right, known().names)
    assert [one.word for one in report.rows[0].score.minus] == ["abandoned"]
    assert report.rows[0].done.of(Deed.CARD_LEFT)
    assert report.next_visit == 2


async def test_nobody_is_passed_over_who_was_not_served_yet(tmp_path: Path) -> None:
    script = script_named("quiet_morning", 0, 1)
    async with rehearsal(script, tmp_path / "counter") as at:
        await at.call_next()
        await at.person("2")  # nothing lies there and nothing was said: a slip of the finger
        await at.until(lambda: isinstance(at.app.screen, PersonScreen), "the question")
        assert "まだ終わっていません" in at.lines()
        assert at.day.index == 0
        await at.press("2")
        await at.until(lambda: at.day.index == 1, "the next person")


def test_whose_card_takes_no_pin_has_none_to_say() -> None:
    assert "kao" in known().pins
    assert "kao" not in known().known_pins


async def test_the_person_behind_f5_says_and_shows_what_the_script_says(tmp_path: Path) -> None:
    script = script_named("after_job_changes", 9)
    async with rehearsal(script, tmp_path / "counter", size=(80, 24)) as at:
        assert "入退社の季節の月曜日" in at.lines()
        assert "1  ＞ 最初の人を呼ぶ" in at.lines()
        assert "Ctrl+Q" in at.lines().splitlines()[-1]
        await at.person("1")
        await at.until(lambda: at.day.index == 0 and isinstance(at.app.screen, PersonScreen), "the first person")
        shown = at.lines()
        assert "資格確認書のコピーです" in shown
        assert "マイナンバーカードは持っていません" in shown
        assert "8831" in shown
        await at.press("escape")
        assert "国保　七海" in at.lines().splitlines()[0]
        keys = at.lines().splitlines()[-1]
        assert "F1" in keys
        assert "F2" not in keys, "the rehearsal lays the cards itself"
        at.app.action_drawer()
        assert len(at.app.screen_stack) == 1


async def test_a_day_begun_in_the_middle_has_what_went_wrong_before(tmp_path: Path) -> None:
    script = script_named("reader_broken_at_nine")
    async with rehearsal(script, tmp_path / "counter", first=2) as at:
        await at.until(lambda: at.app.counter is not None and at.app.counter.reader_trouble is not None, "no reader")
        await at.call_next()
        assert at.day.visit == script.visits[2]
