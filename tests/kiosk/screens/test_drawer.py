"""The drawer: cards are placed, taken and broken, the reader pulled and plugged; the visit goes on beneath it."""

from __future__ import annotations

from pathlib import Path
from threading import Event

import pytest

from kiosk.flow import states as st
from kiosk.flow.states import Trouble
from kiosk.screens.drawer import DrawerScreen
from kiosk.services.interfaces import ShelfCard
from tests.kiosk.screens.driving import SIZES, Counter, counter
from tests.kiosk.screens.fakes import Outside


async def open_drawer(desk: Counter) -> DrawerScreen:
    await desk.press("f2")
    await desk.until(lambda: isinstance(desk.app.screen, DrawerScreen), "open")
    drawer = desk.app.screen
    assert isinstance(drawer, DrawerScreen)
    return drawer


@pytest.mark.parametrize("size", SIZES)
async def test_it_shows_what_happens_with_each_card_and_the_pin_to_type(tmp_path: Path, size: tuple[int, int]) -> None:
    async with counter(tmp_path, size=size) as desk:
        await open_drawer(desk)
        assert "協会　太郎さんの資格は有効です" in desk.text()
        assert "4619" in desk.text()
        face = "".join(desk.text().split())
        assert "1975-05-03生男" in face
        assert "窓口一丁" in face
        assert "３号" in face  # it may go on in another line, beside the list
        await desk.press("down")
        assert "8035" in desk.text()
        await desk.press("enter")
        await desk.reach(st.ChoosingMethod)
        assert desk.outside.shelf.lies_there == "hanako"


def many(outside: Outside) -> Outside:
    """A drawer of more people than the screen has lines; taro and hanako come last."""
    strangers = tuple(ShelfCard(f"who{n:02d}", f"見本　{n:02d}", "Ｅｘｐｉｒｅｄ　期限切れ", "1111") for n in range(40))
    known = outside.shelf.cards()
    outside.shelf.cards = lambda: (*strangers, *known)  # type: ignore[method-assign]
    return outside


def here(drawer: DrawerScreen) -> str:
    """Whose card is under the cursor."""
    return "" if drawer.chosen is None else drawer.chosen.persona


def visible_lines(desk: Counter) -> list[str]:
    return [line for line in desk.lines() if "見本　" in line or "協会" in line]


@pytest.mark.parametrize("size", SIZES)
async def test_a_list_longer_than_the_screen_follows_the_cursor(tmp_path: Path, size: tuple[int, int]) -> None:
    async with counter(tmp_path, many(Outside()), size=size) as desk:
        drawer = await open_drawer(desk)
        titles = {card.persona: card.title for card in desk.outside.shelf.cards()}
        for keys, there in (
            (["down"] * 30, "who30"),
            (["up"] * 3, "who27"),
            (["pagedown"], "who35"),
            (["end"], "hanako"),
            (["down"], "hanako"),
            (["pageup"], "who33"),
            (["home"], "who00"),
            (["up"], "who00"),
        ):
            await desk.press(*keys)
            assert here(drawer) == there
            await desk.until(lambda there=there: f"＞ {titles[there]}" in desk.text(), f"{there} seen")  # type: ignore[misc]


async def test_letters_search_for_a_person_and_enter_lays_the_card_down(tmp_path: Path) -> None:
    async with counter(tmp_path, many(Outside())) as desk:
        await open_drawer(desk)
        await desk.press("T", "a", "r")
        assert len(visible_lines(desk)) == 1
        assert "42人中 1人" in desk.text()
        await desk.press("enter")
        await desk.until(lambda: desk.outside.shelf.lies_there == "taro", "placed")


async def test_a_title_is_found_without_its_blank_and_a_letter_can_be_taken_back(tmp_path: Path) -> None:
    async with counter(tmp_path, many(Outside())) as desk:
        drawer = await open_drawer(desk)
        await desk.press("葉", "花", "子")
        assert here(drawer) == "hanako"
        await desk.press(*["backspace"] * 3, "見", "本", "３")
        assert here(drawer) == "who30"
        assert "42人中 10人" in desk.text()


async def test_where_nobody_is_so_called_it_is_looked_for_in_what_happens(tmp_path: Path) -> None:
    async with counter(tmp_path, many(Outside())) as desk:
        drawer = await open_drawer(desk)
        await desk.press(*"expired")
        assert "42人中 40人" in desk.text()
        assert here(drawer) == "who00"


async def test_where_nobody_is_meant_nothing_is_laid_down(tmp_path: Path) -> None:
    async with counter(tmp_path, many(Outside())) as desk:
        drawer = await open_drawer(desk)
        await desk.press(*"zzz", "1", "enter", "down", "pagedown")
        assert desk.app.screen is drawer
        assert here(drawer) == ""
        assert visible_lines(desk) == []
        await desk.press("escape")
        assert desk.app.screen is drawer
        assert here(drawer) == "who00"
        await desk.press("escape")
        assert desk.app.screen is not drawer
        assert desk.outside.shelf.lies_there is None


async def test_another_card_takes_the_place_of_the_one_that_lies_there(tmp_path: Path) -> None:
    async with counter(tmp_path) as desk:
        await desk.place("taro")
        await desk.reach(st.ChoosingMethod)
        visit = desk.app.counter.visit if desk.app.counter else 0
        drawer = await open_drawer(desk)
        assert here(drawer) == "taro"
        assert "置いてあります" in desk.text()
        await desk.press("down", "1")
        await desk.until(lambda: desk.outside.shelf.lies_there == "hanako", "swapped")
        await desk.until(lambda: desk.shown() == "MethodView" and desk.view.setting.visit > visit, "read anew")


async def test_it_opens_on_the_card_that_lies_there_however_far_down_it_stands(tmp_path: Path) -> None:
    outside = many(Outside())
    outside.slot.place(outside.shelf.stock["hanako"])  # by somebody else than the drawer
    async with counter(tmp_path, outside) as desk:
        await desk.reach(st.ChoosingMethod)
        drawer = await open_drawer(desk)
        assert here(drawer) == "hanako"
        assert f"リーダーの上: {outside.shelf.cards()[-1].title}" in desk.text()
        await desk.press("2")
        await desk.until(lambda: outside.shelf.lies_there is None, "taken")
        await open_drawer(desk)
        assert "リーダーの上" not in desk.text()


async def test_a_card_on_its_way_to_the_reader_is_the_one_it_opens_on(tmp_path: Path) -> None:
    outside = many(Outside())
    gate, place = Event(), outside.shelf.place

    def slow(persona: str) -> None:
        assert gate.wait(10)
        place(persona)

    async with counter(tmp_path, outside, place="taro") as desk:
        await desk.reach(st.ChoosingMethod)
        outside.shelf.place = slow  # type: ignore[method-assign]
        await open_drawer(desk)
        await desk.press("end", "1")
        assert here(await open_drawer(desk)) == "hanako"
        gate.set()
        await desk.until(lambda: outside.shelf.lies_there == "hanako", "placed")


async def test_it_says_that_a_card_is_locked_and_seven_makes_it_new(tmp_path: Path) -> None:
    outside = Outside()
    outside.shelf.spent = {"taro": 2, "hanako": 0}
    async with counter(tmp_path, outside) as desk:
        await open_drawer(desk)
        await desk.until(lambda: "あと 2回" in desk.text(), "looked up")
        await desk.press("down")
        assert "ロック中" in desk.text()
        await desk.press("7")
        await desk.until(lambda: "新品に戻しました" in desk.text(), "told")
        assert outside.shelf.spent == {"taro": 2}
        await open_drawer(desk)
        await desk.until(lambda: "あと 2回" in desk.text(), "looked up again")
        await desk.press("down")
        assert "ロック中" not in desk.text()


async def test_card_and_reader_can_be_taken_away_and_given_back(tmp_path: Path) -> None:
    async with counter(tmp_path) as desk:
        await desk.place()
        await desk.reach(st.ChoosingMethod)
        await open_drawer(desk)
        await desk.press("2")
        assert (await desk.reach(st.InTrouble)).trouble is Trouble.CARD_PULLED
        await desk.press("9")
        await desk.reach(st.Idle)
        await open_drawer(desk)
        await desk.press("4")
        await desk.until(lambda: desk.state == st.Idle(Trouble.NO_READER), "unplugged")
        await open_drawer(desk)
        assert "外れています" in desk.text()
        await desk.press("5")
        await desk.until(lambda: desk.state == st.Idle(), "plugged in")
        await open_drawer(desk)
        await desk.press("3")
        await desk.until(lambda: desk.outside.shelf.broken, "broken")


async def test_the_drawer_stays_open_while_the_visit_moves_on_beneath_it(tmp_path: Path) -> None:
    outside = Outside()
    outside.client.answer_gate.clear()
    async with counter(tmp_path, outside) as desk:
        await desk.to_pin()
        await desk.reach(st.EnteringPin)
        await desk.type_pin("4619")
        await desk.reach(st.AskingService)
        drawer = await open_drawer(desk)
        outside.client.answer_gate.set()
        await desk.reach(st.ShowingAnswer)
        assert desk.app.screen is drawer
        await desk.press("escape")
        assert "受付できました" in desk.text()


async def test_a_real_reader_has_no_drawer(tmp_path: Path) -> None:
    async with counter(tmp_path, Outside(real_reader=True)) as desk:
        await desk.press("f2")
        assert not isinstance(desk.app.screen, DrawerScreen)


async def test_a_card_can_lie_there_from_the_start(tmp_path: Path) -> None:
    async with counter(tmp_path, place="hanako") as desk:
        await desk.reach(st.ChoosingMethod)


async def test_a_card_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    async with counter(tmp_path, place="nobody") as desk:
        await desk.until(lambda: "用意できませんでした" in desk.text(), "told")
        assert list((tmp_path / "crash").glob("crash-*.txt"))


async def test_a_drawer_asked_for_too_early_opens_when_the_counter_is_ready(tmp_path: Path) -> None:
    outside = Outside()
    outside.load_gate.clear()
    async with counter(tmp_path, outside, ready=False) as desk:
        await desk.press("f2")
        outside.load_gate.set()
        await desk.until(lambda: isinstance(desk.app.screen, DrawerScreen), "open")
