"""今日の受付 on the screen: visits that came to nothing fold into one line, and another run's visit is not this one."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import pytest
from rich.cells import cell_len

from kiosk.staff.interfaces import DayEntry
from kiosk.staff.standing import Standing
from kiosk.staff.today_pages import DayRow, LineChoice
from kiosk.widgets.choice import Choice
from kiosk.widgets.plain import PLAIN
from tests.kiosk.staff.harness import Fakes, Staff, staff
from tests.kiosk.staff.samples import ENTRIES, NOW
from tests.kiosk.staff.test_today import YESTERDAY, broken_off, visit_of


async def test_broken_off_visits_are_one_line_that_opens_to_each_of_them() -> None:
    fakes = Fakes()
    answer = DayEntry(40, NOW, 3, "requeried", "OK_ONLINE", run="a", day=YESTERDAY, validity=1, name="昨日　花子")
    fakes.journal.entries[:] = [*ENTRIES, *(broken_off(number) for number in (31, 32, 33)), answer]
    async with staff(Standing(50), fakes=fakes) as running:
        await running.until(lambda: bool(running.screen.entries), "read")
        await running.press("f7")
        await running.at("side-today")
        assert "中断 3件" in running.text()
        assert f"{YESTERDAY.month}/{YESTERDAY.day}の受付 昨日　花子" in running.text()
        await running.press("2")
        await running.at("side-entry")
        assert all(f"中断 No.{number}" in running.text() for number in (31, 32, 33))
        assert "取り消す" not in running.text(), "each of them is taken back by itself"
        await running.press("3")
        await running.until(lambda: "取り消す" in running.text(), "one of them in full")
        assert "受付 31" in running.text()


async def test_an_answer_for_another_day_is_no_visit_that_is_taken_back_today() -> None:
    fakes = Fakes()
    answer = DayEntry(40, NOW, 3, "requeried", "OK_ONLINE", run="a", day=YESTERDAY, validity=1, name="昨日　花子")
    fakes.journal.entries.append(answer)
    async with staff(Standing(50), fakes=fakes) as running:
        await running.until(lambda: bool(running.screen.entries), "read")
        await running.press("f7", "1")
        await running.at("side-entry")
        assert "昨日　花子" in running.text()
        assert "取り消す" not in running.text()


async def test_another_runs_visit_of_this_number_is_over_and_lends_no_name() -> None:
    fakes = Fakes()
    fakes.journal.run = "todayrun"
    fakes.journal.entries[:] = [
        replace(ENTRIES[1], run="earlierr"),
        DayEntry(40, NOW, 1, "named", run="earlierr", real_name="別人　太郎"),
    ]
    async with staff(replace(Standing(), visit=1), fakes=fakes) as running:
        await running.until(lambda: bool(running.screen.entries), "read")
        assert running.screen.real_name == ""
        await running.press("f7", "1")
        await running.at("side-entry")
        assert "この受付を 取り消す" in running.text()


def cursor(running: Staff) -> str:
    """The words that the cursor stands on, as far as they are in sight."""
    focused = running.screen.focused
    assert isinstance(focused, Choice)
    seen = focused.region.height and running.screen.body.region.contains_region(focused.region)
    return focused.label if seen else ""


def stands_on(running: Staff, name: str) -> bool:
    return name in cursor(running)


async def test_the_arrows_reach_every_visit_of_the_day_and_the_way_back() -> None:
    fakes = Fakes()
    fakes.journal.entries[:] = [visit_of("a", number, f"甲{number}", number) for number in range(1, 31)]
    async with staff(Standing(50), fakes=fakes) as running:
        await running.until(lambda: bool(running.screen.entries), "read")
        await running.press("f7")
        await running.at("side-today")
        for number in range(30, 0, -1):
            name = f"甲{number} "
            await running.until(partial(stands_on, running, name), f"at {name}")
            await running.press("down")
        await running.until(lambda: "戻る" in cursor(running), "at the way back")
        await running.press("up", "enter")
        await running.at("side-entry")
        assert "甲1 " in running.text()


async def test_a_line_without_a_number_has_no_bar_for_one() -> None:
    fakes = Fakes()
    fakes.journal.entries[:] = [visit_of("a", number, f"甲{number}", number) for number in range(1, 12)]
    async with staff(Standing(50), fakes=fakes) as running:
        await running.until(lambda: bool(running.screen.entries), "read")
        await running.press("f7")
        await running.at("side-today")
        *_, ninth, tenth, _ = running.screen.query(LineChoice)
        assert (bool(ninth.render().spans), bool(tenth.render().spans)) == (True, False)
        running.screen.add_class(PLAIN)
        assert (ninth.render().plain[:3], tenth.render().plain[:3]) == ("9: ", f"{NOW:%H:%M}"[:3])


async def test_the_cursor_stays_on_its_visit_when_the_list_is_read_again() -> None:
    fakes = Fakes()
    fakes.journal.entries[:] = [visit_of("a", number, f"甲{number}", number) for number in range(1, 31)]
    async with staff(Standing(50), fakes=fakes) as running:
        await running.until(lambda: bool(running.screen.entries), "read")
        await running.press("f7")
        await running.at("side-today")
        await running.press("up", "up", "up")
        await running.until(lambda: "甲2 " in cursor(running), "at 甲2")
        fakes.journal.entries.append(visit_of("a", 31, "甲31", 31))
        page = running.screen.body
        running.screen.read_today()
        await running.until(lambda: running.screen.body is not page, "shown anew")
        await running.until(lambda: "甲2 " in cursor(running), "at 甲2 again, in sight")


async def test_the_arrows_reach_every_visit_of_a_group() -> None:
    fakes = Fakes()
    fakes.journal.entries[:] = [broken_off(number) for number in range(1, 12)]
    async with staff(Standing(50), fakes=fakes) as running:
        await running.until(lambda: bool(running.screen.entries), "read")
        await running.press("f7", "enter")
        await running.at("side-entry")
        await running.press(*["down"] * 10)
        await running.until(lambda: "中断 No.1 " in cursor(running), "at the eleventh")
        await running.press("enter")
        await running.until(lambda: "取り消す" in running.text(), "it in full")


async def test_enter_pressed_on_and_on_takes_nothing_back() -> None:
    async with staff(Standing(9)) as running:
        await running.until(lambda: bool(running.screen.entries), "read")
        await running.press("f7", "5")
        await running.at("side-entry")
        assert "戻る" in cursor(running)
        await running.press("1")
        await running.at("side-correct")
        assert "戻る" in cursor(running)
        await running.press("enter")
        await running.at("side-now")
        assert len(running.app.fakes.journal.entries) == len(ENTRIES)


@pytest.mark.parametrize("lang", ["ja", "en"])
async def test_the_narrow_list_shows_every_number_whole(lang: str) -> None:
    fakes = Fakes()
    answer = DayEntry(400, NOW, 21, "requeried", "OK_ONLINE", run="b", day=YESTERDAY, validity=1, ratio=30)
    fakes.journal.entries[:] = [
        *(broken_off(number) for number in range(101, 112)),
        visit_of("a", 112, "甲", 112),
        broken_off(121),
        answer,
    ]
    async with staff(Standing(500), fakes=fakes, size=(100, 30), lang=lang) as running:
        await running.until(lambda: bool(running.screen.query(DayRow)), "listed")
        rows = [row.render().plain for row in running.screen.query(DayRow)]
        assert len({cell_len(row) for row in rows}) == 1
        assert [part in row for part, row in zip(("No.21", "No.121", "甲", "11"), rows, strict=True)] == [True] * 4
        assert "11件" in rows[3] if lang == "ja" else "11 " in rows[3]


async def test_a_visit_that_was_just_taken_back_shows_when_and_why() -> None:
    async with staff(Standing(9)) as running:
        await running.until(lambda: bool(running.screen.entries), "read")
        await running.press("f7", "5", "1", "3")
        await running.until(lambda: len(running.screen.entries) > len(ENTRIES), "written and read")
        await running.press("f7", "5")
        await running.at("side-entry")
        assert f"{NOW:%H:%M}  受診せずに 帰った" in running.text()


async def test_what_came_of_asking_afterwards_is_told_when_it_comes_and_not_when_the_side_opens() -> None:
    fakes = Fakes()
    waiting = [replace(visit_of("a", number, "甲", number), queue="recheck") for number in (1, 2, 3)]
    first, second, third = (
        DayEntry(10 + number, NOW, number, "requeried", outcome, run="a", validity=1 if outcome == "OK_ONLINE" else 2)
        for number, outcome in ((1, "OK_ONLINE"), (2, "OK_ONLINE"), (3, "NOT_CONFIRMED"))
    )
    fakes.journal.entries[:] = [*waiting, first]
    async with staff(Standing(50), fakes=fakes) as running:
        await running.until(lambda: bool(running.screen.entries), "read")
        assert "保留の照会" not in running.text()
        fakes.journal.entries.append(second)
        running.screen.read_today()
        await running.until(lambda: "保留の照会 1件: 済 1件、確認 0件（F7）" in running.text(), "told")
        fakes.journal.entries.append(third)
        running.screen.read_today()
        await running.until(lambda: "保留の照会 2件: 済 1件、確認 1件（F7）" in running.text(), "both told")
