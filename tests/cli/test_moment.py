"""The day that counts as today, with a time of day or without."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest

from kiosk.cli.context import JST, clock
from kiosk.cli.errors import CommandError
from kiosk.cli.values import moment
from tests.cli.command import Madoguchi

FRIDAY = date(2026, 11, 20)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("2026-11-20", (FRIDAY, None)),
        ("2026-11-20T10:40", (FRIDAY, time(10, 40))),
        ("令8.11.20T00:00", (FRIDAY, time(0))),
        ("R8/11/20T23:59", (FRIDAY, time(23, 59))),
    ],
)
def test_a_day_may_have_a_time(typed: str, meant: tuple[date, time | None]) -> None:
    assert moment(typed, "--date") == meant


@pytest.mark.parametrize("typed", ["T10:40", "2026-11-20T", "2026-11-20T24:00", "2026-11-20T10:60", "2026-11-20T1040"])
def test_what_is_no_time_is_said(typed: str) -> None:
    with pytest.raises(CommandError, match="bad_date"):
        moment(typed, "--date")


def test_the_clock_begins_there_and_runs_on() -> None:
    begins = datetime.combine(FRIDAY, time(10, 40), JST)
    now = clock(FRIDAY, time(10, 40))
    first = now()
    assert begins <= first <= now()
    assert first - begins < timedelta(hours=1), "however slow this computer is"


@pytest.mark.parametrize(("at", "is_open"), [("10:40", True), ("03:00", False)])
def test_a_help_line_is_open_or_closed_at_that_time(madoguchi: Madoguchi, at: str, *, is_open: bool) -> None:
    done = madoguchi.run("ask", "暗証番号を忘れた", "--date", f"2026-11-20T{at}", "--json")
    lines = done.document("ask")["topics"][0]["help_lines"]
    assert [line["open"] for line in lines] == [is_open]
