"""今日の受付 on the screen: visits that came to nothing fold into one line, and another run's visit is not this one."""

from __future__ import annotations

from dataclasses import replace

from kiosk.staff.interfaces import DayEntry
from kiosk.staff.standing import Standing
from tests.kiosk.staff.harness import Fakes, staff
from tests.kiosk.staff.samples import ENTRIES, NOW
from tests.kiosk.staff.test_today import YESTERDAY, broken_off


async def test_broken_off_visits_are_one_line_that_opens_to_each_of_them() -> None:
    fakes = Fakes()
    answer = DayEntry(40, NOW, 3, "requeried", "OK_ONLINE", run="a", day=YESTERDAY, validity=1, name="昨日　花子")
    fakes.journal.entries[:] = [*ENTRIES, *(broken_off(number) for number in (31, 32, 33)), answer]
    async with staff(Standing(50), fakes=fakes) as running:
        await running.until(lambda: bool(running.screen.entries), "read")
        await running.press("f7")
        await running.at("side-today")
        assert "途中で終わった受付 3件" in running.text()
        assert f"{YESTERDAY.month}/{YESTERDAY.day}の受付 昨日　花子" in running.text()
        await running.press("2")
        await running.at("side-entry")
        assert all(f"途中で終了 No.{number}" in running.text() for number in (31, 32, 33))
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
