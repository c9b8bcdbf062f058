"""Every screen is complete in 80 by 24 and in 120 by 40, in both languages: nothing clipped, nothing out of line."""

from __future__ import annotations

import dataclasses
import unicodedata
from pathlib import Path

import pytest
from rich.cells import cell_len
from textual.geometry import Size

from kiosk.flow import states as st
from kiosk.screens.overlays import HelpScreen, TooSmallScreen
from kiosk.widgets.choice import Choice
from kiosk.widgets.fact import Fact
from tests.kiosk.screens.driving import SIZES, Counter, counter
from tests.kiosk.screens.samples import EVERY_STATE, PATIENT, REFUSED, STAFF, name_of


async def show(desk: Counter, state: st.State) -> None:
    """Put the counter into `state` and draw it; waiting screens as they are after their patience."""
    assert desk.app.counter is not None
    desk.app.counter = dataclasses.replace(desk.app.counter, visit=desk.app.counter.visit + 1, state=state)
    await desk.app._show()
    await desk.settle()
    if hasattr(desk.view, "count_seconds"):
        desk.clock.now += 3
        desk.view.count_seconds()
        await desk.settle()


def size_of(desk: Counter) -> Size:
    return desk.app.screen.size


def problems(desk: Counter, state: st.State, size: tuple[int, int]) -> list[str]:
    """What is wrong with the picture of `state`."""
    found = []
    name = name_of(state)
    for widget in desk.app.screen.query("Prose, Choice, KeyHint, PinPad, JaInput, YesNo, Static"):
        if not widget.display or not widget.region.area:
            continue
        place = desk.app.screen.find_widget(widget)
        if isinstance(widget.parent, Fact):
            continue  # the desk's panel may be longer than the screen: see the test of PageDown
        if place.visible_region != place.region:
            found.append(f"{name}: {widget!r} is cut off")
        needed = widget.get_content_height(size_of(desk), size_of(desk), widget.content_size.width)
        if needed > widget.content_size.height:
            found.append(f"{name}: {widget!r} needs {needed} lines and has {widget.content_size.height}")
    for choice in desk.view.choices():
        if not choice.region.area:
            found.append(f"{name}: {choice!r} cannot be seen")
    lines = desk.lines()
    if len(lines) != size[1] or any(cell_len(line) != size[0] for line in lines):
        found.append(f"{name}: lines of {sorted({cell_len(line) for line in lines})} cells")
    ambiguous = {character for line in lines for character in line if unicodedata.east_asian_width(character) == "A"}
    if ambiguous - {"●"}:  # ● stands in names, as data
        found.append(f"{name}: {ambiguous} may be drawn two cells wide")
    return found


@pytest.mark.parametrize("lang", ["ja", "en"])
@pytest.mark.parametrize("size", SIZES)
async def test_every_screen_is_complete(tmp_path: Path, size: tuple[int, int], lang: str) -> None:
    async with counter(tmp_path, size=size, lang=lang) as desk:
        found = []
        for state in EVERY_STATE:
            await show(desk, state)
            found += problems(desk, state, size)
            practice = "練習用"
            if practice not in desk.text():
                found.append(f"{name_of(state)}: does not say that it is practice")
            if not any(isinstance(widget, Choice) for widget in desk.view.choices()):
                found.append(f"{name_of(state)}: no way on")
            if desk.app.focused is None:
                found.append(f"{name_of(state)}: nothing has the focus")
        assert not found, "\n".join(found)


@pytest.mark.parametrize("size", SIZES)
async def test_the_panel_of_an_answer_fits_in_japanese(tmp_path: Path, size: tuple[int, int]) -> None:
    async with counter(tmp_path, size=size) as desk:
        for state in EVERY_STATE:
            if isinstance(state, st.ShowingAnswer):
                await show(desk, state)
                assert desk.view.query_one(".desk").max_scroll_y == 0


async def test_what_is_longer_in_english_is_read_with_page_down(tmp_path: Path) -> None:
    async with counter(tmp_path, lang="en") as desk:
        await show(desk, st.ShowingAnswer(REFUSED, card_on_reader=False))
        assert "PageDown" in desk.lines()[-1]
        panel = desk.view.query_one(".desk")
        for _ in range(3):
            await desk.press("pagedown")
        assert panel.scroll_y == panel.max_scroll_y
        assert "理由 Reasons" in desk.text()


async def test_every_kind_of_state_is_looked_at() -> None:
    assert {type(state) for state in EVERY_STATE} == set(st.State.__args__)


async def test_the_steps_and_the_call_for_staff_are_on_every_screen(tmp_path: Path) -> None:
    async with counter(tmp_path) as desk:
        for state in PATIENT:
            await show(desk, state)
            assert all(step in desk.lines()[1] for step in ("カード", "本人確認", "確認", "完了"))
            keys = [choice.key for choice in desk.view.choices()]
            assert ("slash" if isinstance(state, st.EnteringPin) else "0") in keys, name_of(state)
        for state in STAFF:
            await show(desk, state)
            assert "本人確認" in desk.lines()[1]


async def test_help_explains_every_screen_in_both_languages(tmp_path: Path) -> None:
    for lang in ("ja", "en"):
        async with counter(tmp_path, lang=lang) as desk:
            for state in EVERY_STATE:
                await show(desk, state)
                words = desk.view.setting.words
                assert words.has(f"help.{desk.view.NAME}"), desk.view.NAME
            await desk.press("f1")
            assert isinstance(desk.app.screen, HelpScreen)
            assert all(cell_len(line) == 80 for line in desk.lines())
            await desk.press("escape")
            assert not isinstance(desk.app.screen, HelpScreen)


async def test_help_goes_away_with_the_screen_it_explains(tmp_path: Path) -> None:
    async with counter(tmp_path) as desk:
        await desk.press("f1")
        await desk.place()
        await desk.reach(st.ChoosingMethod)
        await desk.until(lambda: not isinstance(desk.app.screen, HelpScreen), "closed")


async def test_a_terminal_made_too_small_asks_to_be_enlarged_and_loses_nothing(tmp_path: Path) -> None:
    async with counter(tmp_path) as desk:
        await desk.press("f8")
        await desk.reach(st.ChoosingDocument)
        await desk.press("1")
        await desk.reach(st.FillingForm)
        await desk.fill(number="123456")
        await desk.pilot.resize_terminal(60, 20)
        await desk.until(lambda: isinstance(desk.app.screen, TooSmallScreen), "asked")
        assert "小さすぎます" in desk.text()
        await desk.press("escape", "1")
        assert isinstance(desk.state, st.FillingForm)
        await desk.pilot.resize_terminal(80, 24)
        await desk.until(lambda: not isinstance(desk.app.screen, TooSmallScreen), "gone")
        assert "123456" in desk.text()


async def test_a_resized_screen_keeps_what_was_typed(tmp_path: Path) -> None:
    async with counter(tmp_path) as desk:
        await desk.to_pin()
        await desk.reach(st.EnteringPin)
        await desk.press("4", "6")
        await desk.pilot.resize_terminal(120, 40)
        await desk.press("1", "9")
        await desk.reach(st.ShowingAnswer)
