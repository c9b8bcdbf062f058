"""What comes from outside while somebody is at a page: it is put up to its end, and stays under the hand."""

from __future__ import annotations

import pytest

from kiosk.flow import states as st
from kiosk.staff.actions import Ask
from kiosk.staff.page_place import PagePlace
from kiosk.staff.standing import Standing
from kiosk.staff.today_pages import TodayPage
from tests.kiosk.staff.harness import staff


async def test_a_page_is_put_up_to_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    async with staff() as running:
        screen = running.screen
        screen.open(Ask.TODAY)
        await running.at(TodayPage.NAME)
        await running.until(lambda: bool(screen.entries), "read")
        page, went = screen.body, list[TodayPage]()

        def overtaken(going: TodayPage) -> None:
            went.append(going)
            if len(went) == 1:
                screen.read_today()

        monkeypatch.setattr(TodayPage, "on_unmount", overtaken, raising=False)
        screen.read_today()
        await running.until(lambda: len(went) == 2, "read and shown twice")
        await running.until(lambda: screen.body.is_attached, "there")
        assert not page.is_attached
        place = screen.query_one(PagePlace)
        assert list(place.query_one("#side-page").children) == [screen.body]
        await running.press("escape")
        await running.until(lambda: running.page != TodayPage.NAME, "left by its key")


async def test_a_page_stays_when_the_reader_comes_back() -> None:
    """A digit on its way would be another page's."""
    async with staff(Standing(7, st.Idle(st.Trouble.READER_LOST), reader_trouble=st.Trouble.READER_LOST)) as running:
        await running.press("f6")
        await running.at("side-outage")
        page = running.screen.body
        await running.move_to(Standing(7, st.Idle()))
        assert running.screen.body is page
        await running.press("escape")
        await running.until(lambda: running.page == "side-now", "back at いま")
