"""A language or a look that somebody chose is theirs alone: it goes with them, and so does whatever they opened."""

from __future__ import annotations

from pathlib import Path

import pytest

from kiosk.flow import states as st
from kiosk.flow.events import Expired
from kiosk.screens.language_menu import LanguageMenu
from kiosk.screens.messages import FlowEvent, LanguageAsked, LookAsked
from kiosk.screens.overlays import HelpScreen
from kiosk.settings.model import Settings
from kiosk.settings.themes import theme_name
from kiosk.widgets.pin_pad import PinPad
from kiosk.words import LANGUAGES, Words
from tests.kiosk.screens.driving import Counter, counter
from tests.kiosk.screens.fakes import Outside

SHORT = Settings(privacy_seconds=20)


async def nobody_touches_it(desk: Counter) -> None:
    desk.clock.now += 21
    desk.app.end_idle_visit()


async def test_a_language_chosen_at_the_idle_screen_goes_back_after_the_privacy_time(tmp_path: Path) -> None:
    async with counter(tmp_path, settings=SHORT) as desk:
        desk.app.post_message(LanguageAsked(1, "en"))
        await desk.until(lambda: "Please place" in desk.text(), "in English")
        await nobody_touches_it(desk)
        await desk.until(lambda: "リーダーの中央に" in desk.text(), "in the counter's own language")
        assert isinstance(desk.state, st.Idle)


@pytest.mark.parametrize("keys", [("f1",), ("9",), ("9", "f1")])
async def test_what_somebody_opened_and_left_does_not_wait_for_the_next_person(
    tmp_path: Path, keys: tuple[str, ...]
) -> None:
    async with counter(tmp_path, settings=SHORT) as desk:
        desk.app.post_message(LanguageAsked(1, "en"))
        await desk.until(lambda: "Please place" in desk.text(), "in English")
        await desk.press(*keys)
        await desk.until(lambda: isinstance(desk.app.screen, HelpScreen | LanguageMenu), "open")
        await nobody_touches_it(desk)
        await desk.until(lambda: len(desk.app.screen_stack) == 1, "closed")
        await desk.until(lambda: "リーダーの中央に" in desk.text(), "in the counter's own language")


async def test_big_digits_and_strong_contrast_are_chosen_by_the_person_and_end_with_their_visit(tmp_path: Path) -> None:
    async with counter(tmp_path) as desk:
        await desk.to_pin()
        await desk.reach(st.EnteringPin)
        small = desk.app.screen.query_one(PinPad).size.height
        await desk.press("f3", "8")
        await desk.until(lambda: desk.app.screen.query_one(PinPad).size.height > small, "large")
        await desk.press("f3")
        assert Words("ja").text("look.big.off") in desk.text()
        await desk.click("#language-contrast")
        await desk.until(lambda: desk.app.theme == "night-contrast", "of strong contrast")
        assert isinstance(desk.state, st.EnteringPin)
        await desk.press("f3")
        await desk.press("up", "up", "enter")  # from the first language over 戻る to the colours
        await desk.until(lambda: desk.app.theme == "night", "as before")
        await desk.press("f3", "9")
        await desk.until(lambda: desk.app.theme == "night-contrast", "of strong contrast again")
        await desk.take_card()
        await desk.reach(st.InTrouble)
        assert desk.app.theme == "night-contrast", "the same person goes on"
        await desk.place("hanako")
        await desk.reach(st.ChoosingMethod)
        assert desk.app.theme == "night"
        await desk.press("1")
        await desk.reach(st.EnteringPin)
        assert desk.app.screen.query_one(PinPad).size.height == small


async def test_who_asks_to_read_the_card_again_keeps_their_language_and_look(tmp_path: Path) -> None:
    async with counter(tmp_path) as desk:
        await desk.to_pin()
        await desk.reach(st.EnteringPin)
        desk.app.post_message(LanguageAsked(1, "en"))
        desk.app.post_message(LookAsked(1, "contrast"))
        await desk.press("slash")
        await desk.reach(st.InTrouble)
        await desk.press("1")
        await desk.reach(st.ChoosingMethod)
        assert Words("en").text("method.title") in desk.text()
        assert desk.app.theme == "night-contrast"


async def test_what_somebody_chose_too_late_is_not_the_next_persons(tmp_path: Path) -> None:
    async with counter(tmp_path) as desk:
        await desk.to_pin()
        await desk.reach(st.EnteringPin)
        await desk.take_card()
        await desk.reach(st.InTrouble)
        visit = desk.app.counter.visit if desk.app.counter is not None else 0
        desk.app.post_message(FlowEvent(visit, Expired(), by_key=True))
        desk.app.post_message(LanguageAsked(visit, "en"))
        desk.app.post_message(LookAsked(visit, "contrast"))
        await desk.reach(st.Idle)
        await desk.place("hanako")
        await desk.reach(st.ChoosingMethod)
        assert Words("ja").text("method.title") in desk.text()
        assert desk.app.theme == "night"


async def test_after_a_restart_in_the_day_the_first_screen_answers_and_speaks_as_asked(tmp_path: Path) -> None:
    outside = Outside(first_visit=5)
    outside.load_gate.clear()
    async with counter(tmp_path, outside, ready=False, settings=Settings(equipped_for_smartphone=True)) as desk:
        await desk.press("1")  # before its number is known
        outside.load_gate.set()
        await desk.until(lambda: desk.app.counter is not None, "loaded")
        await desk.reach(st.AwaitingPhone)
    async with counter(tmp_path, Outside(first_visit=5)) as desk:
        await desk.press("f3", "3")
        await desk.until(lambda: "Please place" in desk.text(), "in English")


async def test_looks_chosen_before_any_visit_go_back_after_the_privacy_time(tmp_path: Path) -> None:
    async with counter(tmp_path, settings=SHORT) as desk:
        await desk.press("9", "9")
        await desk.until(lambda: desk.app.theme == "night-contrast", "chosen")
        await nobody_touches_it(desk)
        await desk.until(lambda: desk.app.theme == "night", "back")


async def test_a_clinic_that_chose_strong_contrast_gets_it_back(tmp_path: Path) -> None:
    settings = Settings(high_contrast=True, privacy_seconds=20)
    async with counter(tmp_path, settings=settings) as desk:
        await desk.press("9", "9")
        await desk.until(lambda: desk.app.theme == "night", "without")
        await nobody_touches_it(desk)
        await desk.until(lambda: desk.app.theme == theme_name(settings), "back")


async def test_a_theme_that_staff_chose_meanwhile_stays(tmp_path: Path) -> None:
    async with counter(tmp_path, settings=SHORT) as desk:
        await desk.press("9", "9")
        await desk.until(lambda: desk.app.theme == "night-contrast", "chosen")
        desk.app.theme = "day"
        await nobody_touches_it(desk)
        await desk.settle()
        assert desk.app.theme == "day"


async def test_plain_text_has_no_looks_to_choose(tmp_path: Path) -> None:
    async with counter(tmp_path, settings=Settings(plain=True)) as desk:
        await desk.press("9")
        await desk.until(lambda: isinstance(desk.app.screen, LanguageMenu), "open")
        assert not desk.app.screen.query("#language-big, #language-contrast")
        await desk.press("9")
        assert isinstance(desk.app.screen, LanguageMenu), "no such answer"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_help_of_the_menu_speaks_of_more_than_languages(lang: str) -> None:
    words = Words(lang)
    menu = {words.text(f"look.{look}.{way}") for look in ("big", "contrast") for way in ("on", "off")}
    assert len(menu) == 4
    if lang != "ja":
        assert not menu & {Words("ja").text(f"look.{look}.on") for look in ("big", "contrast")}
