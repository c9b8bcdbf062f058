"""A reading of the day that a newer one overtakes is called off, never in the middle of a page that it puts up."""

from __future__ import annotations

import pytest

from kiosk.staff.actions import Ask
from kiosk.staff.page_place import PagePlace
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
